-- name: head()^
SELECT position, digest FROM events ORDER BY position DESC LIMIT 1;

-- name: version_of(stream)$
SELECT coalesce(max(version), 0) FROM events WHERE stream = :stream;

-- name: append_event(position, stream, version, kind, schema, recorded_at, payload, previous, digest)!
INSERT INTO events (
    position, stream, version, kind, schema, recorded_at, payload, previous, digest
) VALUES (
    :position, :stream, :version, :kind, :schema, :recorded_at, :payload, :previous, :digest
);

-- name: read_stream(stream, after)
SELECT position, stream, version, kind, schema, recorded_at, payload, previous, digest
FROM events
WHERE stream = :stream AND version > :after
ORDER BY version;

-- name: read_page(after, size)
SELECT position, stream, version, kind, schema, recorded_at, payload, previous, digest
FROM events
WHERE position > :after
ORDER BY position
LIMIT :size;

-- name: streams(prefix)
-- The byte FF is greater than any byte of UTF-8: the range is every name with this beginning.
SELECT stream
FROM events
WHERE version = 1 AND stream >= :prefix AND stream < :prefix || CAST(x'FF' AS TEXT)
ORDER BY position;

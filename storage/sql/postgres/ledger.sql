-- name: head()^
SELECT position, digest FROM ledger_head;

-- name: lock_head()^
-- Held until the commit: whoever else appends waits here, in this process or in another.
SELECT position, digest FROM ledger_head FOR UPDATE;

-- name: versions_of(streams)
-- One look at the end of each stream; max() with GROUP BY would read all of it.
SELECT
    asked.stream,
    coalesce((SELECT max(events.version) FROM events WHERE events.stream = asked.stream), 0)
FROM unnest(:streams::text[]) AS asked (stream);

-- name: append_events(positions, streams, versions, kinds, schemas, times, payloads, previous, digests)!
INSERT INTO events (
    position, stream, version, kind, schema, recorded_at, payload, previous, digest
)
SELECT * FROM unnest(
    :positions::bigint[],
    :streams::text[],
    :versions::bigint[],
    :kinds::text[],
    :schemas::integer[],
    :times::text[],
    :payloads::bytea[],
    :previous::bytea[],
    :digests::bytea[]
)
ORDER BY 1;

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
-- Two hundred times the last code point, as a name has at most two hundred: the range is every
-- name with this beginning.
SELECT stream
FROM events
WHERE version = 1
    AND stream >= :prefix::text
    AND stream <= :prefix || repeat(chr(1114111), 200)
ORDER BY position;

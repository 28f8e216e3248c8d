-- name: put(stream, key, at)!
INSERT INTO keys (stream, key, made_at) VALUES (:stream, :key, :at) ON CONFLICT DO NOTHING;

-- name: key_of(stream)^
SELECT key, destroyed FROM keys WHERE stream = :stream;

-- name: every_key()
SELECT stream, key, destroyed FROM keys ORDER BY id;

-- name: replace(stream, key)!
UPDATE keys SET key = :key WHERE stream = :stream AND destroyed = 0;

-- name: destroy(stream)!
UPDATE keys SET key = zeroblob(length(key)), destroyed = 1
WHERE stream = :stream AND destroyed = 0;

-- name: empty_notices(about)!
-- A body is JSON of our own; a number in it stands between quotes, and in a key between strokes.
-- The key of a timer names a deadline, and so does the time at which it is due.
UPDATE outbox SET
    key = 'erased/' || id,
    body = CAST('{}' AS BLOB),
    due_at = 'erased',
    state = CASE WHEN state IN ('waiting', 'sending') THEN 'failed' ELSE state END,
    reason = CASE WHEN state IN ('waiting', 'sending') THEN 'erased' ELSE reason END
WHERE instr(key, '/' || :about || '/') > 0 OR instr(CAST(body AS TEXT), '"' || :about || '"') > 0;

-- name: empty_dead_letters()!
UPDATE inbox SET raw = x'' WHERE state = 'dead' AND length(raw) > 0;

-- name: sweep()^
-- Not in a transaction. The first column says whether a reader stood in the way.
PRAGMA wal_checkpoint(TRUNCATE);

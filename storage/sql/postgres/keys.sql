-- name: put(stream, key, at)!
-- A known stream is left out first: ON CONFLICT alone would use up a number.
INSERT INTO keys (stream, key, made_at)
SELECT :stream, :key, :at
WHERE NOT EXISTS (SELECT 1 FROM keys WHERE stream = :stream)
ON CONFLICT (stream) DO NOTHING;

-- name: key_of(stream)^
SELECT key, destroyed FROM keys WHERE stream = :stream;

-- name: every_key()
SELECT stream, key, destroyed FROM keys ORDER BY id;

-- name: replace(stream, key)!
UPDATE keys SET key = :key WHERE stream = :stream AND NOT destroyed;

-- name: destroy(stream)!
UPDATE keys SET key = decode(repeat('00', length(key)), 'hex'), destroyed = true
WHERE stream = :stream AND NOT destroyed;

-- name: empty_notices(about)!
-- A body is JSON of our own; a number in it stands between quotes, and in a key between strokes.
-- The key of a timer names a deadline, and so does the time at which it is due.
UPDATE outbox SET
    key = 'erased/' || id,
    body = convert_to('{}', 'UTF8'),
    due_at = 'erased',
    state = CASE WHEN state IN ('waiting', 'sending') THEN 'failed' ELSE state END,
    reason = CASE WHEN state IN ('waiting', 'sending') THEN 'erased' ELSE reason END,
    claimed_by = NULL
WHERE strpos(key, '/' || :about::text || '/') > 0
    OR position(convert_to('"' || :about || '"', 'UTF8') IN body) > 0;

-- name: empty_dead_letters()!
UPDATE inbox SET raw = ''::bytea WHERE state = 'dead' AND length(raw) > 0;

-- name: wait_briefly()!
-- For locks: nobody can write while a table that is to be written anew is waited for.
SET lock_timeout = '200ms';

-- name: wait_as_before()!
RESET lock_timeout;

-- name: rewrite_keys()!
-- Not in a transaction. FULL writes the table anew: what was destroyed is in no page of it.
VACUUM (FULL) keys;

-- name: rewrite_inbox()!
VACUUM (FULL) inbox;

-- name: rewrite_outbox()!
VACUUM (FULL) outbox;

-- name: accept(key, lane, raw, received_at)<!
-- Refused for a key that is known: unlike ON CONFLICT DO NOTHING, that uses up no id, and it costs
-- a quarter of asking first.
INSERT INTO inbox (key, lane, raw, received_at) VALUES (:key, :lane, :raw, :received_at);

-- name: undone()
SELECT id, key, lane, raw, received_at FROM inbox WHERE state = 'undone' ORDER BY id;

-- name: mark_done(update_id)!
UPDATE inbox SET state = 'done', raw = NULL WHERE id = :update_id AND state = 'undone';

-- name: mark_dead(update_id, reason, at)!
UPDATE inbox SET state = 'dead', reason = :reason, put_aside_at = :at
WHERE id = :update_id AND state = 'undone';

-- name: oldest_undone()$
SELECT min(received_at) FROM inbox WHERE state = 'undone';

-- name: counts()^
SELECT
    count(*) FILTER (WHERE state = 'undone'),
    count(*) FILTER (WHERE state = 'done'),
    count(*) FILTER (WHERE state = 'dead')
FROM inbox;

-- name: prune(before)!
DELETE FROM inbox WHERE state <> 'undone' AND received_at < :before;

-- name: put_mark(name, value)!
INSERT INTO intake_marks (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: mark(name)$
SELECT value FROM intake_marks WHERE name = :name;

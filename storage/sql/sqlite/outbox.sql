-- name: owe(key, recipient, kind, body, due_at)!
-- Not ON CONFLICT DO NOTHING: each repeat would use up an id.
INSERT INTO outbox (key, recipient, kind, body, due_at)
SELECT :key, :recipient, :kind, :body, :due_at
WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE key = :key);

-- name: is_same(key, recipient, kind, body)$
SELECT count(*) = 1 FROM outbox
WHERE key = :key AND recipient = :recipient AND kind = :kind AND body = :body;

-- name: due(now, busy, size)
SELECT id, key, recipient, kind, body, due_at, attempts, perhaps_sent OR state = 'sending'
FROM outbox
WHERE state IN ('waiting', 'sending')
    AND due_at <= :now
    AND recipient NOT IN (SELECT value FROM json_each(:busy))
ORDER BY due_at, id
LIMIT :size;

-- name: mark_sending(notice, at)$
UPDATE outbox SET
    perhaps_sent = perhaps_sent OR state = 'sending',
    state = 'sending',
    attempts = attempts + 1,
    changed_at = :at
WHERE id = :notice AND state IN ('waiting', 'sending')
RETURNING attempts;

-- name: mark_sent(notice, at, message_id)!
UPDATE outbox SET
    state = 'sent', perhaps_sent = 1, changed_at = :at, message_id = :message_id, reason = NULL
WHERE id = :notice AND state IN ('waiting', 'sending');

-- name: settle(notice, at, state, message_id, reason)!
UPDATE outbox SET
    state = :state,
    perhaps_sent = perhaps_sent OR :state = 'sent',
    changed_at = :at,
    message_id = :message_id,
    reason = :reason
WHERE id = :notice AND state IN ('waiting', 'sending');

-- name: mark_failed(notice, at, reason, retry_at, perhaps_sent)!
UPDATE outbox SET
    state = CASE WHEN :retry_at IS NULL THEN 'failed' ELSE 'waiting' END,
    due_at = coalesce(:retry_at, due_at),
    perhaps_sent = perhaps_sent OR :perhaps_sent,
    changed_at = :at,
    reason = :reason
WHERE id = :notice AND state IN ('waiting', 'sending');

-- name: counts()^
SELECT
    count(*) FILTER (WHERE state = 'waiting'),
    count(*) FILTER (WHERE state = 'sending'),
    count(*) FILTER (WHERE state = 'sent'),
    count(*) FILTER (WHERE state = 'failed')
FROM outbox;

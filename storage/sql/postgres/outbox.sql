-- name: known(keys)
SELECT key, recipient, kind, body FROM outbox WHERE key = ANY(:keys::text[]);

-- name: owe(keys, recipients, kinds, bodies, times)!
INSERT INTO outbox (key, recipient, kind, body, due_at)
SELECT new.key, new.recipient, new.kind, new.body, new.due_at
FROM unnest(
    :keys::text[], :recipients::text[], :kinds::text[], :bodies::bytea[], :times::text[]
) WITH ORDINALITY AS new (key, recipient, kind, body, due_at, place)
ORDER BY new.place;

-- name: due(now, busy, size)
SELECT id, key, recipient, kind, body, due_at, attempts, perhaps_sent OR state = 'sending'
FROM outbox
WHERE state IN ('waiting', 'sending')
    AND due_at <= :now
    AND recipient <> ALL(:busy::text[])
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
    state = 'sent', perhaps_sent = true, changed_at = :at, message_id = :message_id, reason = NULL
WHERE id = :notice AND state IN ('waiting', 'sending');

-- name: settle(notice, at, state, message_id, reason)!
UPDATE outbox SET
    state = :state::text,
    perhaps_sent = perhaps_sent OR :state = 'sent',
    changed_at = :at,
    message_id = :message_id,
    reason = :reason
WHERE id = :notice AND state IN ('waiting', 'sending');

-- name: mark_failed(notice, at, reason, retry_at, perhaps_sent)!
UPDATE outbox SET
    state = CASE WHEN :retry_at::text IS NULL THEN 'failed' ELSE 'waiting' END,
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

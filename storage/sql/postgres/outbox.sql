-- name: known(keys)
SELECT key, recipient, kind, body FROM outbox WHERE key = ANY(:keys::text[]);

-- name: owe(keys, recipients, kinds, bodies, times)!
INSERT INTO outbox (key, recipient, kind, body, due_at)
SELECT new.key, new.recipient, new.kind, new.body, new.due_at
FROM unnest(
    :keys::text[], :recipients::text[], :kinds::text[], :bodies::bytea[], :times::text[]
) WITH ORDINALITY AS new (key, recipient, kind, body, due_at, place)
ORDER BY new.place;

-- name: is_any_due(now, busy, replica)$
SELECT EXISTS (
    SELECT 1
    FROM outbox
    WHERE state IN ('waiting', 'sending')
        AND due_at <= :now
        AND recipient <> ALL(:busy::text[])
        AND (claimed_by IS NULL OR claimed_by = :replica)
);

-- name: everything_due(now, busy, size)
SELECT id, key, recipient, kind, body, due_at, attempts, perhaps_sent OR state = 'sending'
FROM outbox
WHERE state IN ('waiting', 'sending')
    AND due_at <= :now
    AND recipient <> ALL(:busy::text[])
ORDER BY due_at, id
LIMIT :size;

-- name: one_claims_at_a_time(claims)$
-- Until the commit: two who claimed at once could each take a part of what one person is owed.
SELECT pg_advisory_xact_lock(:claims, 1)::text;

-- name: claim(now, busy, size, replica)
-- Nothing for a recipient of whom another process has a notice: that one goes first.
WITH found AS (
    SELECT id
    FROM outbox
    WHERE state IN ('waiting', 'sending')
        AND due_at <= :now
        AND recipient <> ALL(:busy::text[])
        AND (claimed_by IS NULL OR claimed_by = :replica)
        AND recipient NOT IN (
            SELECT other.recipient FROM outbox AS other WHERE other.claimed_by <> :replica
        )
    ORDER BY due_at, id
    LIMIT :size
    FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET claimed_by = :replica
FROM found
WHERE outbox.id = found.id
RETURNING
    outbox.id, key, recipient, kind, body, due_at, attempts, perhaps_sent OR state = 'sending';

-- name: mark_sending(notice, at, replica)$
UPDATE outbox SET
    perhaps_sent = perhaps_sent OR state = 'sending',
    state = 'sending',
    attempts = attempts + 1,
    changed_at = :at,
    claimed_by = :replica
WHERE id = :notice
    AND state IN ('waiting', 'sending')
    AND (claimed_by IS NULL OR claimed_by = :replica)
RETURNING attempts;

-- name: mark_sent(notice, at, message_id)!
UPDATE outbox SET
    state = 'sent', perhaps_sent = true, changed_at = :at, message_id = :message_id, reason = NULL,
    claimed_by = NULL
WHERE id = :notice AND state IN ('waiting', 'sending');

-- name: settle(notice, at, state, message_id, reason)!
UPDATE outbox SET
    state = :state::text,
    perhaps_sent = perhaps_sent OR :state = 'sent',
    changed_at = :at,
    message_id = :message_id,
    reason = :reason,
    claimed_by = NULL
WHERE id = :notice AND state IN ('waiting', 'sending');

-- name: mark_failed(notice, at, reason, retry_at, perhaps_sent)!
UPDATE outbox SET
    state = CASE WHEN :retry_at::text IS NULL THEN 'failed' ELSE 'waiting' END,
    due_at = coalesce(:retry_at, due_at),
    perhaps_sent = perhaps_sent OR :perhaps_sent,
    changed_at = :at,
    reason = :reason,
    -- Put off, it stays with whoever has it: those behind it wait there.
    claimed_by = CASE WHEN :retry_at IS NULL THEN NULL ELSE claimed_by END
WHERE id = :notice AND state IN ('waiting', 'sending');

-- name: counts()^
SELECT
    count(*) FILTER (WHERE state = 'waiting'),
    count(*) FILTER (WHERE state = 'sending'),
    count(*) FILTER (WHERE state = 'sent'),
    count(*) FILTER (WHERE state = 'failed')
FROM outbox;

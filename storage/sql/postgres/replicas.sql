-- name: join()$
INSERT INTO replicas DEFAULT VALUES RETURNING id;

-- name: hold(space, number)$
-- For as long as the session lives: a process that was killed lets go at once.
SELECT pg_try_advisory_lock(:space, :number);

-- name: let_go(space, number)$
SELECT pg_advisory_unlock(:space, :number);

-- name: beat(replica)!
UPDATE replicas SET seen_at = clock_timestamp() WHERE id = :replica;

-- name: gone(replica, space, silent)
-- Whose session is over, or who has been silent for too long: it hangs.
SELECT id
FROM replicas
WHERE id <> :replica
    AND (
        seen_at < clock_timestamp() - make_interval(secs => :silent)
        OR NOT EXISTS (
            SELECT 1
            FROM pg_locks
            WHERE locktype = 'advisory'
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND classid = :space::bigint::oid
                AND objid = replicas.id::oid
                AND granted
        )
    )
ORDER BY id
FOR UPDATE SKIP LOCKED;

-- name: lanes_of(replica)
SELECT lane FROM lanes WHERE replica = :replica;

-- name: remove(replica)!
-- Its lanes and the claims on notices go with it.
DELETE FROM replicas WHERE id = :replica;

-- name: end_session(replica, space)$
-- One that hangs still holds its duties: they are locks of its session.
SELECT count(pg_terminate_backend(pid))
FROM pg_locks
WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = :space::bigint::oid
    AND objid = :replica::bigint::oid
    AND granted;

-- name: tell(channel, said)
SELECT pg_notify(:channel, one) FROM unnest(:said::text[]) AS one;

-- name: elsewhere(replica)
SELECT lane FROM lanes WHERE replica <> :replica;

-- name: release(replica)!
DELETE FROM lanes
WHERE replica = :replica
    AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.state = 'undone' AND inbox.lane = lanes.lane);

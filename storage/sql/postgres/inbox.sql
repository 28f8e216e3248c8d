-- name: accept(keys, lanes, raws, times, replica, idle)
-- The lanes come first: each is locked until the commit, so that in one lane the ids have the order
-- of the commits, whichever process writes. A lane is ours when it is new, when it was ours, or
-- when it was long idle. A known key is left out before the insert: ON CONFLICT alone, which is for
-- races, would use up its id.
WITH new AS MATERIALIZED (
    SELECT * FROM unnest(:keys::text[], :lanes::text[], :raws::bytea[], :times::text[])
        WITH ORDINALITY AS new (key, lane, raw, received_at, place)
),
owned AS (
    INSERT INTO lanes AS known (lane, replica, used_at, handed)
    SELECT one.lane, :replica::integer, clock_timestamp(), pg_current_xact_id()::text::bigint
    FROM (SELECT DISTINCT new.lane FROM new) AS one
    ORDER BY one.lane
    ON CONFLICT (lane) DO UPDATE SET
        replica = CASE
            WHEN known.used_at < clock_timestamp() - make_interval(secs => :idle)
                AND NOT EXISTS (
                    SELECT 1 FROM inbox WHERE inbox.state = 'undone' AND inbox.lane = known.lane
                )
            THEN excluded.replica
            ELSE known.replica
        END,
        used_at = clock_timestamp(),
        handed = CASE
            WHEN known.replica = excluded.replica THEN known.handed ELSE excluded.handed
        END
    RETURNING lane, replica, handed
),
kept AS (
    INSERT INTO inbox (key, lane, raw, received_at)
    SELECT new.key, new.lane, new.raw, new.received_at
    FROM new JOIN owned ON owned.lane = new.lane
    WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.key = new.key)
    ORDER BY new.place
    ON CONFLICT (key) DO NOTHING
    RETURNING id, key, lane
)
SELECT kept.id, kept.key, owned.replica, owned.handed FROM kept JOIN owned ON owned.lane = kept.lane;

-- name: waiting_before(ids)
-- Asked after the lanes are locked, and so in a statement of its own: whatever another process kept
-- in them is seen, even if this process has not heard of it yet.
SELECT one.id, earlier.id, earlier.key, earlier.lane, earlier.raw, earlier.received_at
FROM inbox AS one
JOIN inbox AS earlier ON earlier.lane = one.lane AND earlier.id < one.id
WHERE one.id = ANY(:ids::bigint[])
    AND earlier.state = 'undone'
    AND earlier.id <> ALL(:ids::bigint[])
ORDER BY earlier.id;

-- name: everything_undone()
SELECT id, key, lane, raw, received_at FROM inbox WHERE state = 'undone' ORDER BY id;

-- name: undone(replica)
-- What waits in our lanes; a lane that nobody has, although something waits in it, becomes ours.
WITH orphaned AS (
    INSERT INTO lanes (lane, replica, used_at, handed)
    SELECT one.lane, :replica::integer, clock_timestamp(), pg_current_xact_id()::text::bigint
    FROM (SELECT DISTINCT inbox.lane FROM inbox WHERE inbox.state = 'undone') AS one
    WHERE NOT EXISTS (SELECT 1 FROM lanes WHERE lanes.lane = one.lane)
    ORDER BY one.lane
    ON CONFLICT (lane) DO NOTHING
    RETURNING lane
)
SELECT id, key, lane, raw, received_at
FROM inbox
WHERE state = 'undone'
    AND (
        EXISTS (SELECT 1 FROM lanes WHERE lanes.lane = inbox.lane AND lanes.replica = :replica)
        OR lane IN (SELECT orphaned.lane FROM orphaned)
    )
ORDER BY id;

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

-- name: forget_lanes(idle)!
-- A lane at rest says nothing that matters; a flood of strangers must not leave a table of them.
DELETE FROM lanes
WHERE used_at < clock_timestamp() - make_interval(secs => :idle)
    AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.state = 'undone' AND inbox.lane = lanes.lane);

-- name: put_mark(name, value)!
INSERT INTO intake_marks (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: mark(name)$
SELECT value FROM intake_marks WHERE name = :name;

-- name: claim(names, seconds, rooms)$
-- The seconds to wait, 0 when the call was counted. The rows are locked in the order of their
-- names, so whoever else counts on one of them waits for the end of this statement.
WITH asked AS (
    SELECT * FROM unnest(:names::text[], :seconds::float8[], :rooms::float8[])
        AS asked (name, seconds, room)
),
locked AS MATERIALIZED (
    SELECT name, rests_at FROM pace
    WHERE name = ANY(:names::text[]) OR name = ''
    ORDER BY name
    FOR UPDATE
),
waiting AS MATERIALIZED (
    SELECT greatest(0.0, max(
        extract(epoch FROM locked.rests_at - clock_timestamp())::float8 - coalesce(asked.room, 0.0)
    )) AS seconds
    FROM locked LEFT JOIN asked USING (name)
),
counted AS (
    INSERT INTO pace AS kept (name, rests_at)
    SELECT asked.name, now() + make_interval(secs => asked.seconds)
    FROM asked, waiting
    WHERE coalesce(waiting.seconds, 0.0) <= 0.0
    ORDER BY asked.name
    ON CONFLICT (name) DO UPDATE SET
        rests_at = greatest(kept.rests_at, clock_timestamp()) + (excluded.rests_at - now())
)
SELECT coalesce(seconds, 0.0)::float8 FROM waiting;

-- name: pause(seconds)!
INSERT INTO pace AS kept (name, rests_at)
VALUES ('', clock_timestamp() + make_interval(secs => :seconds))
ON CONFLICT (name) DO UPDATE SET rests_at = greatest(kept.rests_at, excluded.rests_at);

-- name: paused()$
SELECT greatest(0.0, extract(epoch FROM rests_at - clock_timestamp()))::float8
FROM pace WHERE name = '';

-- name: forget()!
-- A meter at rest is as good as none.
DELETE FROM pace WHERE rests_at < clock_timestamp() - interval '1 minute';

-- The processes that share this database, and what each of them has claimed. None of it is the
-- record. What is UNLOGGED costs no write-ahead log and is empty after a crash of the server:
-- every lane then belongs to whoever takes it first, and every meter is at rest.

CREATE TABLE replicas (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Whose updates each process handles: one person's all in one process, in their order.
CREATE UNLOGGED TABLE lanes (
    lane text COLLATE "C" PRIMARY KEY,
    replica integer NOT NULL REFERENCES replicas (id) ON DELETE CASCADE,
    used_at timestamptz NOT NULL,
    -- The last transaction in which another process than its own kept an update in it, or in which
    -- it was taken: whoever has not seen that number looks for what waits.
    handed bigint NOT NULL
) WITH (fillfactor = 70);

CREATE INDEX lanes_of ON lanes (replica);

-- Who sends a notice. While somebody has one, nobody else sends to its recipient.
ALTER TABLE outbox ADD COLUMN claimed_by integer REFERENCES replicas (id) ON DELETE SET NULL;

CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE claimed_by IS NOT NULL;

CREATE UNLOGGED TABLE pace (
    name text COLLATE "C" PRIMARY KEY,
    rests_at timestamptz NOT NULL
);

-- The ledger, what waits beside it, where the cards stand, PINs and keys. The database itself
-- refuses to change or remove what was recorded. Text that is put in order has the order of its
-- bytes.

CREATE TABLE event_kinds (
    kind text PRIMARY KEY
);

INSERT INTO event_kinds (kind) VALUES
    ('screening-opened'),
    ('answer-given'),
    ('answer-corrected'),
    ('answer-set-aside'),
    ('judgement-given'),
    ('determination-made'),
    ('all-reasons-requested'),
    ('screening-finished'),
    ('screening-paused'),
    ('screening-resumed'),
    ('screening-stopped'),
    ('quick-check-promoted'),
    ('screening-handed-over'),
    ('site-added'),
    ('site-changed'),
    ('person-added'),
    ('person-revoked'),
    ('role-delegated'),
    ('delegation-revoked'),
    ('invitation-made'),
    ('invitation-used'),
    ('invitation-confirmed'),
    ('invitation-withdrawn'),
    ('language-chosen'),
    ('clock-stepped-back'),
    ('access-refused'),
    ('protocol-adopted'),
    ('screening-signed'),
    ('signature-voided'),
    ('pin-chosen'),
    ('pin-reset'),
    ('pin-locked'),
    ('follow-up-recorded'),
    ('criterion-queried'),
    ('case-taken'),
    ('notice-seen'),
    ('notice-sent'),
    ('notice-failed'),
    ('notice-escalated'),
    ('window-closed'),
    ('trial-closed'),
    ('rota-set'),
    ('answer-carried'),
    ('reminder-set'),
    ('criterion-query-answered'),
    ('trial-reopened'),
    ('principal-investigator-named'),
    ('site-times-set'),
    ('digest-chosen'),
    ('email-chosen'),
    ('screening-erased'),
    ('checkpoint-signed'),
    ('export-made'),
    ('clock-set-back');

CREATE TABLE events (
    position bigint PRIMARY KEY CHECK (position >= 1),
    stream text COLLATE "C" NOT NULL CHECK (length(stream) BETWEEN 1 AND 200),
    version bigint NOT NULL CHECK (version >= 1),
    kind text NOT NULL REFERENCES event_kinds (kind),
    schema integer NOT NULL CHECK (schema >= 1),
    recorded_at text NOT NULL CHECK (length(recorded_at) BETWEEN 1 AND 64),
    payload bytea NOT NULL,
    previous bytea NOT NULL CHECK (length(previous) = 32),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    UNIQUE (stream, version)
);

-- The first entry of each stream: lists the streams without reading the ledger.
CREATE INDEX events_first ON events (stream, position) WHERE version = 1;

-- The one end of the ledger. Whoever appends locks this row: positions have no gap and no fork.
CREATE TABLE ledger_head (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    position bigint NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32)
);

-- The genesis: SHA-256 of the text below, as storage/chain.py has it.
INSERT INTO ledger_head (position, digest)
VALUES (0, sha256(convert_to('screening-ledger/1 genesis', 'UTF8')));

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'SL001';
END;
$$;

CREATE TRIGGER events_no_update BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION refuse_change('the ledger is append-only');

CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the ledger is append-only');

CREATE TRIGGER event_kinds_no_update BEFORE UPDATE OR DELETE ON event_kinds
FOR EACH ROW EXECUTE FUNCTION refuse_change('a kind of event keeps its name and stays known');

CREATE TRIGGER event_kinds_no_truncate BEFORE TRUNCATE ON event_kinds
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a kind of event stays known');

CREATE TRIGGER ledger_head_no_removal BEFORE DELETE ON ledger_head
FOR EACH ROW EXECUTE FUNCTION refuse_change('the ledger has one end');

CREATE TRIGGER ledger_head_no_truncate BEFORE TRUNCATE ON ledger_head
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the ledger has one end');

-- At depth 0 no trigger runs, so no event is being added.
CREATE TRIGGER ledger_head_follows BEFORE UPDATE ON ledger_head
FOR EACH ROW WHEN (pg_trigger_depth() < 1)
EXECUTE FUNCTION refuse_change('the end of the ledger moves with its events');

CREATE FUNCTION add_at_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head record;
BEGIN
    SELECT * INTO STRICT head FROM ledger_head FOR UPDATE;
    IF NEW.position IS DISTINCT FROM head.position + 1 THEN
        RAISE EXCEPTION 'an event is added at the end of the ledger' USING ERRCODE = 'SL001';
    END IF;
    IF NEW.previous IS DISTINCT FROM head.digest THEN
        RAISE EXCEPTION 'an event follows the event before it' USING ERRCODE = 'SL001';
    END IF;
    IF NEW.version IS DISTINCT FROM (
        SELECT coalesce(max(version), 0) + 1 FROM events WHERE stream = NEW.stream
    ) THEN
        RAISE EXCEPTION 'an event is added at the end of its stream' USING ERRCODE = 'SL001';
    END IF;
    UPDATE ledger_head SET position = NEW.position, digest = NEW.digest;
    RETURN NEW;
END;
$$;

CREATE TRIGGER events_only_at_end BEFORE INSERT ON events
FOR EACH ROW EXECUTE FUNCTION add_at_end();

-- What waits to be done and to be sent. None of it is the record.

CREATE TABLE inbox (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    lane text NOT NULL,
    state text NOT NULL DEFAULT 'undone' CHECK (state IN ('undone', 'done', 'dead')),
    raw bytea,
    received_at text COLLATE "C" NOT NULL,
    reason text,
    put_aside_at text,
    -- A done update keeps nothing of what was said.
    CHECK ((raw IS NULL) = (state = 'done'))
);

CREATE INDEX inbox_undone ON inbox (id) WHERE state = 'undone';
CREATE INDEX inbox_settled ON inbox (received_at) WHERE state <> 'undone';

CREATE TABLE intake_marks (
    name text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE outbox (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    recipient text NOT NULL,
    kind text NOT NULL,
    body bytea NOT NULL,
    due_at text COLLATE "C" NOT NULL,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    perhaps_sent boolean NOT NULL DEFAULT false,
    changed_at text,
    message_id bigint,
    reason text
);

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state IN ('waiting', 'sending');

CREATE TABLE cards (
    stream text COLLATE "C" NOT NULL,
    chat bigint NOT NULL,
    message_id bigint NOT NULL,
    drawn_version bigint NOT NULL,
    PRIMARY KEY (stream, chat)
);

-- Signing PINs. No PIN is the record.
CREATE TABLE pins (
    person text COLLATE "C" PRIMARY KEY,
    -- None chosen yet, or forgotten: tries are counted all the same.
    hash text,
    tries integer NOT NULL CHECK (tries >= 0),
    -- Its first guess; once it allows no more, the last of them.
    window_from text,
    set_at text,
    CHECK ((hash IS NULL) = (set_at IS NULL)),
    CHECK ((tries = 0) = (window_from IS NULL))
);

-- The key of each screening's payloads. Destroying a key is how a screening is forgotten.
CREATE TABLE keys (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    stream text COLLATE "C" NOT NULL UNIQUE CHECK (length(stream) BETWEEN 1 AND 200),
    key bytea NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    made_at text NOT NULL CHECK (length(made_at) BETWEEN 1 AND 64),
    destroyed boolean NOT NULL DEFAULT false,
    CHECK (NOT destroyed OR key = decode(repeat('00', length(key)), 'hex'))
);

CREATE TRIGGER keys_stay_destroyed BEFORE UPDATE ON keys
FOR EACH ROW WHEN (OLD.destroyed)
EXECUTE FUNCTION refuse_change('a destroyed key stays destroyed');

CREATE TRIGGER keys_no_delete BEFORE DELETE ON keys
FOR EACH ROW EXECUTE FUNCTION refuse_change('a key is destroyed, and its place stays known');

CREATE TRIGGER keys_no_truncate BEFORE TRUNCATE ON keys
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a key is destroyed, and its place stays known');

-- The ledger. The database itself refuses to change or remove what was recorded.

CREATE TABLE event_kinds (
    kind TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

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
    ('protocol-adopted');

CREATE TABLE events (
    position INTEGER PRIMARY KEY CHECK (position >= 1),
    stream TEXT NOT NULL CHECK (length(stream) BETWEEN 1 AND 200),
    version INTEGER NOT NULL CHECK (version >= 1),
    kind TEXT NOT NULL REFERENCES event_kinds (kind),
    schema INTEGER NOT NULL CHECK (schema >= 1),
    recorded_at TEXT NOT NULL CHECK (length(recorded_at) BETWEEN 1 AND 64),
    payload BLOB NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    UNIQUE (stream, version)
) STRICT;

-- The first entry of each stream: lists the streams without reading the ledger.
CREATE INDEX events_first ON events (stream, position) WHERE version = 1;

CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER events_only_at_end BEFORE INSERT ON events
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events)
BEGIN
    SELECT RAISE(ABORT, 'an event is added at the end of the ledger');
END;

-- INSERT OR REPLACE would remove the older row without asking events_no_delete.
CREATE TRIGGER events_only_at_end_of_stream BEFORE INSERT ON events
WHEN NEW.version IS NOT (
    SELECT coalesce(max(version), 0) + 1 FROM events WHERE stream = NEW.stream
)
BEGIN
    SELECT RAISE(ABORT, 'an event is added at the end of its stream');
END;

-- The chain cannot fork: an event follows the one before it.
CREATE TRIGGER events_follow BEFORE INSERT ON events
WHEN NEW.position > 1
    AND NEW.previous IS NOT (SELECT digest FROM events WHERE position = NEW.position - 1)
BEGIN
    SELECT RAISE(ABORT, 'an event follows the event before it');
END;

CREATE TRIGGER event_kinds_no_update BEFORE UPDATE ON event_kinds
BEGIN
    SELECT RAISE(ABORT, 'a kind of event keeps its name');
END;

CREATE TRIGGER event_kinds_no_delete BEFORE DELETE ON event_kinds
BEGIN
    SELECT RAISE(ABORT, 'a kind of event stays known');
END;

BEGIN TRANSACTION;
CREATE TABLE event_kinds (
    kind TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO "event_kinds" VALUES('access-refused');
INSERT INTO "event_kinds" VALUES('all-reasons-requested');
INSERT INTO "event_kinds" VALUES('answer-corrected');
INSERT INTO "event_kinds" VALUES('answer-given');
INSERT INTO "event_kinds" VALUES('answer-set-aside');
INSERT INTO "event_kinds" VALUES('clock-stepped-back');
INSERT INTO "event_kinds" VALUES('delegation-revoked');
INSERT INTO "event_kinds" VALUES('determination-made');
INSERT INTO "event_kinds" VALUES('invitation-confirmed');
INSERT INTO "event_kinds" VALUES('invitation-made');
INSERT INTO "event_kinds" VALUES('invitation-used');
INSERT INTO "event_kinds" VALUES('invitation-withdrawn');
INSERT INTO "event_kinds" VALUES('judgement-given');
INSERT INTO "event_kinds" VALUES('language-chosen');
INSERT INTO "event_kinds" VALUES('person-added');
INSERT INTO "event_kinds" VALUES('person-revoked');
INSERT INTO "event_kinds" VALUES('protocol-adopted');
INSERT INTO "event_kinds" VALUES('quick-check-promoted');
INSERT INTO "event_kinds" VALUES('role-delegated');
INSERT INTO "event_kinds" VALUES('screening-finished');
INSERT INTO "event_kinds" VALUES('screening-handed-over');
INSERT INTO "event_kinds" VALUES('screening-opened');
INSERT INTO "event_kinds" VALUES('screening-paused');
INSERT INTO "event_kinds" VALUES('screening-resumed');
INSERT INTO "event_kinds" VALUES('screening-stopped');
INSERT INTO "event_kinds" VALUES('site-added');
INSERT INTO "event_kinds" VALUES('site-changed');
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
INSERT INTO "events" VALUES(1,'screening/LYS-001',1,'screening-opened',1,'2026-03-01T08:00:00.000Z',X'7B22747269616C223A224C5953594D45227D',X'C9FFC8940DFAC11595D3DCC1755E95F1DC141BCD3A1C9067C94A845BBC72AD47',X'45AE84D32EA36B2B5E10AC5BA3D43A3B758C2FD667859D939231F475875212FC');
INSERT INTO "events" VALUES(2,'screening/LYS-001',2,'answer-given',1,'2026-03-01T08:00:00.000Z',X'7B22616E73776572223A226F75692C2064C3A96AC3A0227D',X'45AE84D32EA36B2B5E10AC5BA3D43A3B758C2FD667859D939231F475875212FC',X'81A42B179CFEEE4ACAED85A6F28386AE3AFCFCB69CC73A9EC97D05BD538E6629');
INSERT INTO "events" VALUES(3,'screening/LYS-001',3,'answer-given',1,'2026-03-01T08:00:00.000Z',X'7B22616E73776572223A226E6F227D',X'81A42B179CFEEE4ACAED85A6F28386AE3AFCFCB69CC73A9EC97D05BD538E6629',X'7EC1B1BAE352720C02F47A680DA0CE3F3EF3E619058476EA81B81869F688817B');
INSERT INTO "events" VALUES(4,'screening/LYS-002',1,'screening-opened',1,'2026-03-01T08:00:00.000Z',X'7B22747269616C223A224C5953594D45227D',X'7EC1B1BAE352720C02F47A680DA0CE3F3EF3E619058476EA81B81869F688817B',X'35ED8CD7057EA60D51D0F292F4396137AE5E6ADA27CB23E95595783605D85DBD');
CREATE TABLE schema_version (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL
) STRICT;
INSERT INTO "schema_version" VALUES(1,'ledger','2026-03-01T08:00:00.000Z');
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
CREATE TRIGGER events_only_at_end_of_stream BEFORE INSERT ON events
WHEN NEW.version IS NOT (
    SELECT coalesce(max(version), 0) + 1 FROM events WHERE stream = NEW.stream
)
BEGIN
    SELECT RAISE(ABORT, 'an event is added at the end of its stream');
END;
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
COMMIT;

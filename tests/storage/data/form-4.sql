BEGIN TRANSACTION;
CREATE TABLE cards (
    stream TEXT NOT NULL,
    chat INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    drawn_version INTEGER NOT NULL,
    PRIMARY KEY (stream, chat)
) STRICT, WITHOUT ROWID;
CREATE TABLE event_kinds (
    kind TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO "event_kinds" VALUES('access-refused');
INSERT INTO "event_kinds" VALUES('all-reasons-requested');
INSERT INTO "event_kinds" VALUES('answer-carried');
INSERT INTO "event_kinds" VALUES('answer-corrected');
INSERT INTO "event_kinds" VALUES('answer-given');
INSERT INTO "event_kinds" VALUES('answer-set-aside');
INSERT INTO "event_kinds" VALUES('case-taken');
INSERT INTO "event_kinds" VALUES('checkpoint-signed');
INSERT INTO "event_kinds" VALUES('clock-set-back');
INSERT INTO "event_kinds" VALUES('clock-stepped-back');
INSERT INTO "event_kinds" VALUES('criterion-queried');
INSERT INTO "event_kinds" VALUES('criterion-query-answered');
INSERT INTO "event_kinds" VALUES('delegation-revoked');
INSERT INTO "event_kinds" VALUES('determination-made');
INSERT INTO "event_kinds" VALUES('digest-chosen');
INSERT INTO "event_kinds" VALUES('email-chosen');
INSERT INTO "event_kinds" VALUES('export-made');
INSERT INTO "event_kinds" VALUES('follow-up-recorded');
INSERT INTO "event_kinds" VALUES('invitation-confirmed');
INSERT INTO "event_kinds" VALUES('invitation-made');
INSERT INTO "event_kinds" VALUES('invitation-used');
INSERT INTO "event_kinds" VALUES('invitation-withdrawn');
INSERT INTO "event_kinds" VALUES('judgement-given');
INSERT INTO "event_kinds" VALUES('language-chosen');
INSERT INTO "event_kinds" VALUES('notice-escalated');
INSERT INTO "event_kinds" VALUES('notice-failed');
INSERT INTO "event_kinds" VALUES('notice-seen');
INSERT INTO "event_kinds" VALUES('notice-sent');
INSERT INTO "event_kinds" VALUES('person-added');
INSERT INTO "event_kinds" VALUES('person-revoked');
INSERT INTO "event_kinds" VALUES('pin-chosen');
INSERT INTO "event_kinds" VALUES('pin-locked');
INSERT INTO "event_kinds" VALUES('pin-reset');
INSERT INTO "event_kinds" VALUES('principal-investigator-named');
INSERT INTO "event_kinds" VALUES('protocol-adopted');
INSERT INTO "event_kinds" VALUES('quick-check-promoted');
INSERT INTO "event_kinds" VALUES('reminder-set');
INSERT INTO "event_kinds" VALUES('role-delegated');
INSERT INTO "event_kinds" VALUES('rota-set');
INSERT INTO "event_kinds" VALUES('screening-erased');
INSERT INTO "event_kinds" VALUES('screening-finished');
INSERT INTO "event_kinds" VALUES('screening-handed-over');
INSERT INTO "event_kinds" VALUES('screening-opened');
INSERT INTO "event_kinds" VALUES('screening-paused');
INSERT INTO "event_kinds" VALUES('screening-resumed');
INSERT INTO "event_kinds" VALUES('screening-signed');
INSERT INTO "event_kinds" VALUES('screening-stopped');
INSERT INTO "event_kinds" VALUES('signature-voided');
INSERT INTO "event_kinds" VALUES('site-added');
INSERT INTO "event_kinds" VALUES('site-changed');
INSERT INTO "event_kinds" VALUES('site-times-set');
INSERT INTO "event_kinds" VALUES('trial-closed');
INSERT INTO "event_kinds" VALUES('trial-reopened');
INSERT INTO "event_kinds" VALUES('window-closed');
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
INSERT INTO "events" VALUES(5,'screening/LYS-001',4,'screening-signed',1,'2026-03-01T08:00:00.000Z',X'7B226D65616E696E67223A22656C696769626C65227D',X'35ED8CD7057EA60D51D0F292F4396137AE5E6ADA27CB23E95595783605D85DBD',X'76556D0840C8896FA21E85D3BF831255E4CE6F040A75E7E876E2A9AF9B065674');
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'undone' CHECK (state IN ('undone', 'done', 'dead')),
    raw BLOB,
    received_at TEXT NOT NULL,
    reason TEXT,
    put_aside_at TEXT,
    -- A done update keeps nothing of what was said.
    CHECK ((raw IS NULL) = (state = 'done'))
) STRICT;
INSERT INTO "inbox" VALUES(1,'telegram/1','person-1','undone',X'7B22757064617465223A202274656C656772616D2F31227D','2026-03-01T08:00:00.000Z',NULL,NULL);
INSERT INTO "inbox" VALUES(2,'telegram/2','person-1','undone',X'7B22757064617465223A202274656C656772616D2F32227D','2026-03-01T08:00:00.000Z',NULL,NULL);
CREATE TABLE intake_marks (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    due_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    perhaps_sent INTEGER NOT NULL DEFAULT 0 CHECK (perhaps_sent IN (0, 1)),
    changed_at TEXT,
    message_id INTEGER,
    reason TEXT
) STRICT;
INSERT INTO "outbox" VALUES(1,'n1','person-2','determination',X'4C59532D3030313A20656C696769626C65','2026-03-01T08:00:00.000Z','waiting',0,0,NULL,NULL,NULL);
CREATE TABLE pins (
    person TEXT PRIMARY KEY,
    -- None chosen yet, or forgotten: tries are counted all the same.
    hash TEXT,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    -- Its first guess; once it allows no more, the last of them.
    window_from TEXT,
    set_at TEXT,
    CHECK ((hash IS NULL) = (set_at IS NULL)),
    CHECK ((tries = 0) = (window_from IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO "pins" VALUES('person-1','$argon2id$v=19$m=19456,t=4,p=1$c2FsdA$aGFzaA',1,'2026-03-01T08:00:00.000Z','2026-03-01T08:00:00.000Z');
INSERT INTO "pins" VALUES('person-2',NULL,1,'2026-03-01T08:00:00.000Z',NULL);
CREATE TABLE schema_version (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL
) STRICT;
INSERT INTO "schema_version" VALUES(1,'ledger','2026-03-01T08:00:00.000Z');
INSERT INTO "schema_version" VALUES(2,'inbox_and_outbox','2026-03-01T08:00:00.000Z');
INSERT INTO "schema_version" VALUES(3,'signatures','2026-03-01T08:00:00.000Z');
INSERT INTO "schema_version" VALUES(4,'follow_up','2026-03-01T08:00:00.000Z');
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
CREATE INDEX inbox_undone ON inbox (id) WHERE state = 'undone';
CREATE INDEX inbox_settled ON inbox (received_at) WHERE state <> 'undone';
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state IN ('waiting', 'sending');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('inbox',2);
INSERT INTO "sqlite_sequence" VALUES('outbox',1);
COMMIT;

-- What waits to be done and to be sent, and where the cards stand. None of it is the record.

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

CREATE INDEX inbox_undone ON inbox (id) WHERE state = 'undone';
CREATE INDEX inbox_settled ON inbox (received_at) WHERE state <> 'undone';

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

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state IN ('waiting', 'sending');

CREATE TABLE cards (
    stream TEXT NOT NULL,
    chat INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    drawn_version INTEGER NOT NULL,
    PRIMARY KEY (stream, chat)
) STRICT, WITHOUT ROWID;

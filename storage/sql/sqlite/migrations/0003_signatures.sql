-- Signing PINs, and the kinds of event that follow a determination. No PIN is the record.

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

INSERT INTO event_kinds (kind) VALUES
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
    ('rota-set');

-- The key of each screening's payloads. Destroying a key is how a screening is forgotten.

-- A row keeps its place and its size for ever: a destroyed key is overwritten where it stands. With
-- WITHOUT ROWID, SQLite moves rows between pages and may leave a copy of a key behind, even under
-- secure_delete (seen with 3.40.1).
CREATE TABLE keys (
    id INTEGER PRIMARY KEY,
    stream TEXT NOT NULL UNIQUE CHECK (length(stream) BETWEEN 1 AND 200),
    key BLOB NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    made_at TEXT NOT NULL CHECK (length(made_at) BETWEEN 1 AND 64),
    destroyed INTEGER NOT NULL DEFAULT 0 CHECK (destroyed IN (0, 1)),
    CHECK (destroyed = 0 OR key = zeroblob(length(key)))
) STRICT;

CREATE TRIGGER keys_stay_destroyed BEFORE UPDATE ON keys WHEN OLD.destroyed = 1
BEGIN
    SELECT RAISE(ABORT, 'a destroyed key stays destroyed');
END;

CREATE TRIGGER keys_no_delete BEFORE DELETE ON keys
BEGIN
    SELECT RAISE(ABORT, 'a key is destroyed, and its place stays known');
END;

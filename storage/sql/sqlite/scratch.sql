-- name: create#
-- In a database without a name, which is a file without a name: it goes with the connection.
CREATE TABLE kept (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    label INTEGER NOT NULL,
    at INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX kept_by_time ON kept (at, name, label);
CREATE INDEX kept_by_move ON kept (moved);

-- name: put(name, label, at, moved, body)!
INSERT INTO kept (name, label, at, moved, body) VALUES (:name, :label, :at, :moved, :body)
ON CONFLICT (name) DO UPDATE SET
    label = excluded.label, at = excluded.at, moved = excluded.moved, body = excluded.body;

-- name: drop(name)!
DELETE FROM kept WHERE name = :name;

-- name: body_of(name)$
SELECT body FROM kept WHERE name = :name;

-- name: after(labels, at, name, size)
SELECT at, name, body FROM kept
WHERE (at, name) > (:at, :name) AND label IN (SELECT value FROM json_each(:labels))
ORDER BY at, name LIMIT :size;

-- name: newest(labels, since, offset, size)
SELECT at, name FROM kept
WHERE at >= :since AND label IN (SELECT value FROM json_each(:labels))
ORDER BY at DESC, name DESC LIMIT :size OFFSET :offset;

-- name: count(labels)$
SELECT count(*) FROM kept WHERE label IN (SELECT value FROM json_each(:labels));

-- name: moved(labels, since)
SELECT name, body FROM kept
WHERE moved >= :since AND label IN (SELECT value FROM json_each(:labels))
ORDER BY at, name;

-- name: hash_of(person)$
SELECT hash FROM pins WHERE person = :person;

-- name: choose(person, hash, at)!
INSERT INTO pins (person, hash, tries, window_from, set_at)
VALUES (:person, :hash, 0, NULL, :at)
ON CONFLICT (person) DO UPDATE SET
    hash = excluded.hash, tries = 0, window_from = NULL, set_at = excluded.set_at
WHERE pins.hash IS NULL;

-- name: forget(person)!
UPDATE pins SET hash = NULL, tries = 0, window_from = NULL, set_at = NULL WHERE person = :person;

-- name: one_at_a_time(person, pins)$
-- Until the end of the transaction. A row lock would not do: the first guess has no row yet.
SELECT pg_advisory_xact_lock(:pins, hashtext(:person))::text;

-- name: window(person)^
SELECT tries, window_from FROM pins WHERE person = :person;

-- name: put_window(person, tries, window_from)!
INSERT INTO pins (person, tries, window_from) VALUES (:person, :tries, :window_from)
ON CONFLICT (person) DO UPDATE SET tries = excluded.tries, window_from = excluded.window_from;

-- name: clear(person)!
UPDATE pins SET tries = 0, window_from = NULL WHERE person = :person AND tries > 0;

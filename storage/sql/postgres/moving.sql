-- Every row of every part, in the order of its key, and back in: for moving house.

-- name: events_page(position, size)
SELECT position, stream, version, kind, schema, recorded_at, payload, previous, digest
FROM events
WHERE position > :position
ORDER BY position
LIMIT :size;

-- name: events_last()^
SELECT position FROM events ORDER BY position DESC LIMIT 1;

-- name: events_count()$
SELECT count(*) FROM events;

-- name: put_events*!
INSERT INTO events (
    position, stream, version, kind, schema, recorded_at, payload, previous, digest
)
VALUES (:position, :stream, :version, :kind, :schema, :recorded_at, :payload, :previous, :digest);

-- name: inbox_page(id, size)
SELECT id, key, lane, state, raw, received_at, reason, put_aside_at
FROM inbox
WHERE id > :id
ORDER BY id
LIMIT :size;

-- name: inbox_last()^
SELECT id FROM inbox ORDER BY id DESC LIMIT 1;

-- name: inbox_count()$
SELECT count(*) FROM inbox;

-- name: put_inbox*!
INSERT INTO inbox (id, key, lane, state, raw, received_at, reason, put_aside_at)
VALUES (:id, :key, :lane, :state, :raw, :received_at, :reason, :put_aside_at);

-- name: intake_marks_page(name, size)
SELECT name, value
FROM intake_marks
WHERE name > :name AND name <> 'unfinished-move'
ORDER BY name
LIMIT :size;

-- name: intake_marks_last()^
SELECT name FROM intake_marks WHERE name <> 'unfinished-move' ORDER BY name DESC LIMIT 1;

-- name: intake_marks_count()$
SELECT count(*) FROM intake_marks WHERE name <> 'unfinished-move';

-- name: put_intake_marks*!
INSERT INTO intake_marks (name, value)
VALUES (:name, :value);

-- name: outbox_page(id, size)
SELECT
    id, key, recipient, kind, body, due_at, state, attempts, perhaps_sent::integer, changed_at,
    message_id, reason
FROM outbox
WHERE id > :id
ORDER BY id
LIMIT :size;

-- name: outbox_last()^
SELECT id FROM outbox ORDER BY id DESC LIMIT 1;

-- name: outbox_count()$
SELECT count(*) FROM outbox;

-- name: put_outbox*!
INSERT INTO outbox (
    id, key, recipient, kind, body, due_at, state, attempts, perhaps_sent, changed_at, message_id,
    reason
)
VALUES (
    :id, :key, :recipient, :kind, :body, :due_at, :state, :attempts,
    :perhaps_sent::integer::boolean, :changed_at, :message_id, :reason
);

-- name: cards_page(stream, chat, size)
SELECT stream, chat, message_id, drawn_version
FROM cards
WHERE (stream, chat) > (:stream, :chat)
ORDER BY stream, chat
LIMIT :size;

-- name: cards_last()^
SELECT stream, chat FROM cards ORDER BY stream DESC, chat DESC LIMIT 1;

-- name: cards_count()$
SELECT count(*) FROM cards;

-- name: put_cards*!
INSERT INTO cards (stream, chat, message_id, drawn_version)
VALUES (:stream, :chat, :message_id, :drawn_version);

-- name: pins_page(person, size)
SELECT person, hash, tries, window_from, set_at
FROM pins
WHERE person > :person
ORDER BY person
LIMIT :size;

-- name: pins_last()^
SELECT person FROM pins ORDER BY person DESC LIMIT 1;

-- name: pins_count()$
SELECT count(*) FROM pins;

-- name: put_pins*!
INSERT INTO pins (person, hash, tries, window_from, set_at)
VALUES (:person, :hash, :tries, :window_from, :set_at);

-- name: keys_page(id, size)
SELECT id, stream, key, made_at, destroyed::integer
FROM keys
WHERE id > :id
ORDER BY id
LIMIT :size;

-- name: keys_last()^
SELECT id FROM keys ORDER BY id DESC LIMIT 1;

-- name: keys_count()$
SELECT count(*) FROM keys;

-- name: put_keys*!
INSERT INTO keys (id, stream, key, made_at, destroyed)
VALUES (:id, :stream, :key, :made_at, :destroyed::integer::boolean);

-- name: number(part)$
-- The last one given out, which may be that of a row that is gone.
SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(:part, 'id')), 0);

-- name: keep_number(part, number)$
SELECT setval(pg_get_serial_sequence(:part, 'id'), :number);

-- name: unfinished()$
SELECT value FROM intake_marks WHERE name = 'unfinished-move';

-- name: begin(since)!
INSERT INTO intake_marks (name, value) VALUES ('unfinished-move', :since);

-- name: finish()!
DELETE FROM intake_marks WHERE name = 'unfinished-move';

-- name: put_card(stream, chat, message_id, drawn_version)!
INSERT INTO cards (stream, chat, message_id, drawn_version)
VALUES (:stream, :chat, :message_id, :drawn_version)
ON CONFLICT (stream, chat) DO UPDATE SET
    message_id = excluded.message_id, drawn_version = excluded.drawn_version;

-- name: drawn(stream)
SELECT chat, message_id, drawn_version FROM cards WHERE stream = :stream ORDER BY chat;

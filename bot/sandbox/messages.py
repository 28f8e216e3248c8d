"""The methods that write into chats, with the checks and words of Telegram's server."""

from dataclasses import replace

from bot.sandbox.content import formatted
from bot.sandbox.errors import Json, bad_request
from bot.sandbox.keyboards import Keyboard, read_keyboard
from bot.sandbox.markup import Entity
from bot.sandbox.parameters import Method, Parameters
from bot.sandbox.pictures import photo_size
from bot.sandbox.world import Attachment, Chat, Message, World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_DELETIONS = 100
DELETE_WITHIN = 48 * 3600
"""Seconds after which a message can no longer be deleted (Bot API manual)."""

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)


class Messages:
    """Send, edit and delete."""

    def __init__(self, world: World) -> None:
        self._world = world

    def methods(self) -> dict[str, Method]:
        """Return the methods by their lower-case names."""
        return {
            "sendmessage": self.send_message,
            "sendphoto": lambda parameters: self.send_file(parameters, "photo"),
            "senddocument": lambda parameters: self.send_file(parameters, "document"),
            "editmessagetext": self.edit_text,
            "editmessagereplymarkup": self.edit_markup,
            "deletemessage": self.delete_message,
            "deletemessages": self.delete_messages,
        }

    def send_message(self, parameters: Parameters) -> Json:
        """Post a text of 1–4096 characters."""
        text, entities = formatted(parameters, "text")
        if not text:
            raise bad_request("message text is empty")
        if len(text) > MAX_TEXT:
            raise bad_request("message is too long")
        return self._post(parameters, text, entities, None)

    def send_file(self, parameters: Parameters, kind: str) -> Json:
        """Post a photo or a document, uploaded now or known by its ``file_id``."""
        text, entities = formatted(parameters, "caption")
        if len(text) > MAX_CAPTION:
            raise bad_request("message caption is too long")
        return self._post(parameters, text, entities, self._attachment(parameters, kind))

    def _attachment(self, parameters: Parameters, kind: str) -> Attachment:
        given = parameters.text(kind)
        upload = parameters.files.get(given.removeprefix("attach://") or kind)
        if upload is not None:
            number = len(self._world.files) + 1
            size = photo_size(upload.content) if kind == "photo" else (0, 0)
            return Attachment(kind, f"sandbox-file-{number}", upload.name, upload.content, size)
        known = self._world.files.get(given)
        if known is None or known.kind != kind:
            raise bad_request(f"there is no {kind} in the request")
        return known

    def _post(
        self,
        parameters: Parameters,
        text: str,
        entities: tuple[Entity, ...],
        attachment: Attachment | None,
    ) -> Json:
        keyboard = read_keyboard(parameters.text("reply_markup"))
        chat = self._world.chat_for_bot(parameters.chat_id())
        message = replace(
            self._world.post(chat, self._world.bot, text),
            entities=entities,
            keyboard=keyboard,
            protected=parameters.flag("protect_content"),
            attachment=attachment,
        )
        return self._world.message_json(self._world.store(message))

    def edit_text(self, parameters: Parameters) -> Json:
        """Replace text and keyboard of the bot's own message; no keyboard given removes it."""
        text, entities = formatted(parameters, "text")
        keyboard = read_keyboard(parameters.text("reply_markup"))
        if not text:
            raise bad_request("message text is empty")
        if len(text) > MAX_TEXT:
            raise bad_request("MESSAGE_TOO_LONG")
        message = self._own(parameters)
        if message.attachment is not None:
            raise bad_request("there is no text in the message to edit")
        return self._change(message, text, entities, keyboard)

    def edit_markup(self, parameters: Parameters) -> Json:
        """Replace or remove the keyboard of the bot's own message."""
        keyboard = read_keyboard(parameters.text("reply_markup"))
        message = self._own(parameters)
        return self._change(message, message.text, message.entities, keyboard)

    def _own(self, parameters: Parameters) -> Message:
        chat = self._world.chat_for_bot(parameters.chat_id())
        message = chat.messages.get(parameters.integer("message_id"))
        if message is None:
            raise bad_request("message to edit not found")
        if not message.sender.is_bot:
            raise bad_request("message can't be edited")
        return message

    def _change(
        self, message: Message, text: str, entities: tuple[Entity, ...], keyboard: Keyboard
    ) -> Json:
        if (text, entities, keyboard) == (message.text, message.entities, message.keyboard):
            raise bad_request(_NOT_MODIFIED)
        now = int(self._world.clock())
        changed = replace(
            message,
            text=text,
            entities=entities,
            keyboard=keyboard,
            edited=now,
            edits=message.edits + 1,
        )
        return self._world.message_json(self._world.store(changed))

    def delete_message(self, parameters: Parameters) -> bool:
        """Delete one message that is younger than 48 hours."""
        chat = self._world.chat_for_bot(parameters.chat_id())
        message = chat.messages.get(parameters.integer("message_id"))
        if message is None:
            raise bad_request("message to delete not found")
        if not self._may_delete(chat, message):
            raise bad_request("message can't be deleted for everyone")
        self._world.remove(message)
        return True

    def delete_messages(self, parameters: Parameters) -> bool:
        """Delete 1–100 messages; those that cannot be found or deleted are passed over."""
        numbers = parameters.items("message_ids", "message_ids")
        if not numbers:
            raise bad_request("message identifiers are not specified")
        if len(numbers) > MAX_DELETIONS:
            raise bad_request("too many message identifiers specified")
        chat = self._world.chat_for_bot(parameters.chat_id())
        found = [
            chat.messages[one] for one in numbers if isinstance(one, int) and one in chat.messages
        ]
        for message in found:
            if self._may_delete(chat, message):
                self._world.remove(message)
        return True

    def _may_delete(self, chat: Chat, message: Message) -> bool:
        young = self._world.clock() - message.date <= DELETE_WITHIN
        return young and (chat.kind == "private" or message.sender.is_bot)

"""The state of the simulated world: people, chats, messages and taps.

Everything a person could see on a phone is here; what is owed to the bot is in ``updates``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.sandbox.clocks import Clock
from bot.sandbox.errors import Json, PhoneError, bad_request, forbidden
from bot.sandbox.keyboards import Keyboard, keyboard_json
from bot.sandbox.markup import Entity

TAP_LIFETIME = 150.0
"""Seconds for which Telegram keeps a button tap (tdlib/telegram-bot-api, ``Client.cpp``)."""


@dataclass(frozen=True, slots=True)
class User:
    """One simulated person, or the bot."""

    id: int
    first_name: str
    language_code: str = "en"
    username: str = ""
    is_bot: bool = False

    def as_json(self) -> Json:
        """Return the User object of the Bot API."""
        body: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        if not self.is_bot:
            body["language_code"] = self.language_code
        return body


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the bot sent: ``photo`` or ``document``; ``size`` is a photo's, in pixels."""

    kind: str
    file_id: str
    name: str
    content: bytes = field(repr=False)
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it stands now; ``edits`` counts how often the bot or the person changed it."""

    id: int
    chat_id: int
    sender: User
    date: int
    text: str
    entities: tuple[Entity, ...] = ()
    keyboard: Keyboard = ()
    edited: int = 0
    edits: int = 0
    protected: bool = False
    attachment: Attachment | None = None
    reaction: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The visible labels of the buttons, row by row."""
        return tuple(button.label for row in self.keyboard for button in row)


@dataclass(slots=True)
class Chat:
    """A private chat or a group. ``standing`` is the bot's: new, member, kicked or left."""

    id: int
    kind: str
    title: str
    standing: str = "member"
    messages: dict[int, Message] = field(default_factory=dict)
    action: str = ""

    def as_json(self) -> Json:
        """Return the Chat object of the Bot API."""
        name = "first_name" if self.kind == "private" else "title"
        return {"id": self.id, "type": self.kind, name: self.title}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tap was answered with: the words of the toast or alert, possibly none."""

    text: str
    show_alert: bool
    url: str = ""


@dataclass(slots=True)
class Tap:
    """One pressed button; ``answer`` stays None until the bot answers within the lifetime."""

    id: str
    user_id: int
    message_id: int
    data: str
    at: float
    answer: Answer | None = None
    body: Json = field(default_factory=dict)

    def open_at(self, now: float) -> bool:
        """Tell whether the bot may still answer this tap."""
        return self.answer is None and now < self.at + TAP_LIFETIME


class World:
    """All people and chats of one sandbox, and who wants to hear of changes."""

    def __init__(self, bot: User, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.taps_of: dict[int, list[Tap]] = {}
        self.files: dict[str, Attachment] = {}
        self.listeners: list[Callable[[int], None]] = []
        self.watchers: dict[int, Callable[[], None]] = {}
        self._next_message = 1

    def add_user(self, user: User) -> User:
        """Let a person exist; their private chat with the bot is not started yet."""
        self.users[user.id] = user
        self.chats.setdefault(user.id, Chat(user.id, "private", user.first_name, "new"))
        return user

    def add_group(self, chat_id: int, title: str) -> Chat:
        """Let a group exist that has the bot as a member. Group ids are negative."""
        if chat_id >= 0:
            raise PhoneError("a group's id is negative")
        return self.chats.setdefault(chat_id, Chat(chat_id, "group", title))

    def set_language(self, user_id: int, code: str) -> None:
        """Change the language of a person's app."""
        self.users[user_id] = replace(self.users[user_id], language_code=code)
        self.changed(user_id)

    def chat_for_bot(self, chat_id: int) -> Chat:
        """Return a chat that the bot may write to.

        Raises:
            ApiError: 400 when there is no such chat, 403 when the bot may not write there.
        """
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.standing != "member":
            raise forbidden(_reason(chat))
        return chat

    def post(self, chat: Chat, sender: User, text: str) -> Message:
        """Return a new, still bare message with the next number; the caller stores it."""
        number = self._next_message
        self._next_message += 1
        return Message(number, chat.id, sender, int(self.clock()), text)

    def store(self, message: Message) -> Message:
        """Put a new or changed message into its chat."""
        self.chats[message.chat_id].messages[message.id] = message
        self.chats[message.chat_id].action = ""
        if message.attachment is not None:
            self.files[message.attachment.file_id] = message.attachment
        self.changed(message.chat_id)
        return message

    def remove(self, message: Message) -> None:
        """Delete a message for everyone."""
        del self.chats[message.chat_id].messages[message.id]
        self.changed(message.chat_id)

    def changed(self, chat_id: int) -> None:
        """Tell every listener that something in this chat may look different now."""
        watching = self.watchers if chat_id < 0 else self.watchers.keys() & {chat_id}
        for user_id in tuple(watching):
            self.watchers[user_id]()
        for listener in tuple(self.listeners):
            listener(chat_id)

    def remember(self, tap: Tap) -> None:
        """Keep a tap, so that it can be answered."""
        self.taps[tap.id] = tap
        self.taps_of.setdefault(tap.user_id, []).append(tap)

    def message_json(self, message: Message) -> Json:
        """Return the Message object of the Bot API."""
        body: Json = {
            "message_id": message.id,
            "from": message.sender.as_json(),
            "chat": self.chats[message.chat_id].as_json(),
            "date": message.date,
        }
        if message.edited:
            body["edit_date"] = message.edited
        if message.protected:
            body["has_protected_content"] = True
        if message.keyboard:
            body["reply_markup"] = keyboard_json(message.keyboard)
        body.update(_content_json(message))
        return body


def _content_json(message: Message) -> Json:
    entities = [entity.as_json() for entity in message.entities]
    if message.attachment is None:
        return {"text": message.text, **({"entities": entities} if entities else {})}
    body = _attachment_json(message.attachment)
    if message.text:
        body["caption"] = message.text
    if entities:
        body["caption_entities"] = entities
    return body


def _attachment_json(attachment: Attachment) -> Json:
    size = len(attachment.content)
    identity: Json = {
        "file_id": attachment.file_id,
        "file_unique_id": attachment.file_id,
        "file_size": size,
    }
    if attachment.kind == "photo":
        width, height = attachment.size
        return {"photo": [{**identity, "width": width, "height": height}]}
    return {"document": {**identity, "file_name": attachment.name}}


def _reason(chat: Chat) -> str:
    if chat.kind == "private":
        if chat.standing == "kicked":
            return "bot was blocked by the user"
        return "bot can't initiate conversation with a user"
    if chat.standing == "kicked":
        return "bot was kicked from the group chat"
    return "bot is not a member of the group chat"

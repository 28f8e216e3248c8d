"""One person's phone: what it shows, and what a thumb can do with it."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.account import Account, Command
from bot.sandbox.errors import PhoneError
from bot.sandbox.keyboards import Button
from bot.sandbox.people import People
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.world import Answer, Message, Tap, User, World

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")

Predicate = Callable[["Phone"], bool]


class Phone:
    """The app of one simulated person in their private chat with the bot, and in groups.

    ``role`` holds what to call the person on the page, by language; ``clipboard`` and
    ``opened`` hold what the last copy or address button did.
    """

    def __init__(
        self,
        user: User,
        role: Mapping[str, str],
        world: World,
        people: People,
        queue: UpdateQueue,
        account: Account,
    ) -> None:
        self.id = user.id
        self.role = dict(role)
        self.clipboard = ""
        self.opened = ""
        self._world = world
        self._people = people
        self._queue = queue
        self._account = account
        self._turn = asyncio.Event()
        world.watchers[user.id] = self._turn.set

    def __repr__(self) -> str:
        return f"<Phone {self.id} {self.user.first_name}>"

    @property
    def user(self) -> User:
        """The person as Telegram knows them now."""
        return self._world.users[self.id]

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the private chat shows, oldest first."""
        return self.messages_in(self.id)

    def messages_in(self, chat_id: int) -> tuple[Message, ...]:
        """Return what a chat shows, oldest first."""
        return tuple(self._world.chats[chat_id].messages.values())

    @property
    def last_message(self) -> Message:
        """The newest message of the bot in the private chat.

        Raises:
            PhoneError: when there is none.
        """
        for message in reversed(self.messages):
            if message.sender.is_bot:
                return message
        raise PhoneError("the bot has not written anything")

    @property
    def labels(self) -> tuple[str, ...]:
        """The visible button labels of the private chat, newest message first."""
        return tuple(label for message in reversed(self.messages) for label in message.labels)

    @property
    def menu(self) -> list[Command]:
        """The command menu in the person's language."""
        return self._account.menu(self.id, self.user.language_code)

    @property
    def taps(self) -> tuple[Tap, ...]:
        """Every button press of this person, oldest first."""
        return tuple(self._world.taps_of.get(self.id, ()))

    @property
    def last_answer(self) -> Answer | None:
        """How the newest answered tap was answered, or None."""
        answered = [tap.answer for tap in self.taps if tap.answer is not None]
        return answered[-1] if answered else None

    @property
    def blocked(self) -> bool:
        """Whether this person has blocked the bot."""
        return self._world.chats[self.id].standing == "kicked"

    async def send(self, text: str, chat_id: int | None = None) -> Message:
        """Type a text and send it, to the bot or into a group."""
        return self._people.write(self.id, text, self.id if chat_id is None else chat_id)

    async def start(self, payload: str = "") -> Message:
        """Press START, with the payload of a deep link (1–64 of ``A-Za-z0-9_-``)."""
        if payload and not _PAYLOAD.fullmatch(payload):
            raise PhoneError(f"not a start payload: {payload!r}")
        return await self.send(f"/start {payload}".strip())

    async def open_link(self, url: str) -> None:
        """Follow an address; a deep link to the bot becomes START with its payload."""
        self.opened = url
        parts = urlsplit(url)
        if parts.netloc in ("t.me", "telegram.me") and parts.path == f"/{self._world.bot.username}":
            await self.start(parse_qs(parts.query).get("start", [""])[0])

    async def edit(self, message_id: int, text: str) -> Message:
        """Edit one of the person's own messages."""
        message = self._world.chats[self.id].messages.get(message_id)
        if message is None or message.sender.id != self.id:
            raise PhoneError("only a message of one's own can be edited")
        return self._people.rewrite(message, text)

    async def delete(self, message_id: int) -> None:
        """Delete a message for both sides, as the app offers in a private chat."""
        self._world.remove(self._world.chats[self.id].messages[message_id])

    async def tap(self, label: str, chat_id: int | None = None) -> Tap | None:
        """Press the button with this visible label on the newest message that has it.

        Returns the tap, or None for an address or copy button.

        Raises:
            PhoneError: when no visible button has that label; it lists those that are there.
        """
        place = self.id if chat_id is None else chat_id
        for message in reversed(self.messages_in(place)):
            for button in (one for row in message.keyboard for one in row):
                if button.label == label:
                    return await self._press(message, button)
        seen = [one for message in self.messages_in(place) for one in message.labels]
        raise PhoneError(f"no button {label!r}; visible: {seen}")

    async def _press(self, message: Message, button: Button) -> Tap | None:
        if button.action == "callback":
            return await self.tap_data(message.id, button.value, message.chat_id)
        if button.action == "url":
            await self.open_link(button.value)
        else:
            self.clipboard = button.value
        return None

    async def tap_data(self, message_id: int, data: str, chat_id: int | None = None) -> Tap:
        """Send any data as if a button of any message had been pressed (a forged tap)."""
        return self._people.press(
            self.id, self.id if chat_id is None else chat_id, message_id, data
        )

    async def block(self) -> None:
        """Block the bot: it gets 403 from now on."""
        self._people.set_standing(self.user, self._world.chats[self.id], "kicked")

    async def unblock(self) -> None:
        """Let the bot write again."""
        self._people.set_standing(self.user, self._world.chats[self.id], "member")

    def set_language(self, code: str) -> None:
        """Change the language of the app, which Telegram tells the bot with each update."""
        self._world.set_language(self.id, code)

    async def wait_for(
        self,
        predicate: Predicate,
        timeout: float = 5.0,  # noqa: ASYNC109 - a caller wants the words of the failure
    ) -> None:
        """Wait until ``predicate(phone)`` holds; ``timeout`` is in real seconds.

        Raises:
            TimeoutError: when it did not come true; it tells what the phone shows.
        """
        try:
            async with asyncio.timeout(timeout):
                while not predicate(self):
                    self._turn.clear()
                    await self._turn.wait()
        except TimeoutError:
            raise TimeoutError(f"{self} shows {self.describe()}") from None

    async def settled(
        self,
        quiet: float = 0.05,
        timeout: float = 5.0,  # noqa: ASYNC109 - a caller wants the words of the failure
    ) -> None:
        """Wait until the bot has taken all this person did, and nothing changed for ``quiet`` s.

        Raises:
            TimeoutError: when updates stay unconfirmed or taps unanswered for ``timeout`` s.
        """
        try:
            async with asyncio.timeout(timeout):
                while self._owed() or await self._changed_within(quiet):
                    if self._owed():
                        await self._changed_within(quiet)
        except TimeoutError:
            raise TimeoutError(
                f"{self} not settled, owed {self._owed()}; {self.describe()}"
            ) from None

    async def _changed_within(self, seconds: float) -> bool:
        self._turn.clear()
        return await _happens(self._turn.wait(), seconds)

    def _owed(self) -> list[str]:
        """Return what the bot still owes this person: updates to confirm, taps to answer."""
        queues = (f"chat:{self.id}", f"tap:{self.id}")
        updates = [f"update {one.id}" for name in queues for one in self._queue.waiting(name)]
        now = self._world.clock()
        return updates + [f"tap {tap.data!r}" for tap in self.taps if tap.open_at(now)]

    def describe(self) -> list[str]:
        """Return the newest messages with their labels, for the words of a failing test."""
        return [f"{one.text!r} {list(one.labels)}" for one in self.messages[-3:]]


async def _happens(what: Awaitable[object], within: float) -> bool:
    try:
        await asyncio.wait_for(what, within)
    except TimeoutError:
        return False
    return True

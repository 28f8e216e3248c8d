"""People who tap without pause: each presses what answers the question on the card.

They read what is on the card, press the label that answers it, and press again as soon as the card
has moved on and the tap was answered. They work the same with every bot.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

from tests.benchmarks.speed.api import Api
from tests.benchmarks.speed.hook import Hook

BOT: Final = {"id": 7000000001, "is_bot": True, "first_name": "Screening", "username": "a_bot"}
FIRST: Final = 10_001
_TAG: Final = re.compile(r"<(/?)(b|i|blockquote)(?: expandable)?>")
_KINDS: Final = {"b": "bold", "i": "italic", "blockquote": "blockquote"}


class Person:
    """One person, one chat, one card at a time. `answers` says which label answers a question."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self._crowd, self.id = crowd, FIRST + number
        self.user = {"id": self.id, "is_bot": False, "first_name": "N", "language_code": "en"}
        self.chat = {"id": self.id, "type": "private", "first_name": "N"}
        self.card: dict[str, Any] = {}
        self.confirmed = 0
        """Answers after which the card has moved on: they must be found on disk."""
        self._sent = self._taps = 0
        self._pressed = ""
        self._began = 0.0
        self._moved = self._answered = True
        self._answers = 0

    def send(self, text: str) -> None:
        """Write a command."""
        self._sent += 1
        entity = {"type": "bot_command", "offset": 0, "length": len(text)}
        self._crowd.put(
            self.id,
            {
                "message": {
                    "message_id": 10_000_000 + self._sent,
                    "date": 1_700_000_000,
                    "from": self.user,
                    "chat": self.chat,
                    "text": text,
                    "entities": [entity],
                }
            },
        )

    def shown(self, message: dict[str, Any]) -> None:
        """A card came, or moved on. What happens to an older card is not what was waited for."""
        newest = message["message_id"] > self.card.get("message_id", 0)
        if not newest and not (self._pressed and message["message_id"] == self.card["message_id"]):
            return
        self.card = message
        if not self._pressed:
            self.tap()
        elif not self._moved:
            self._moved = True
            self._crowd.seconds.append(perf_counter() - self._began)
            self.confirmed += self._answers
            self._next()

    def told(self, tap: str) -> None:
        """The bot answered a tap."""
        if tap == self._pressed:
            self._answered = True
            self._next()

    def _next(self) -> None:
        if self._moved and self._answered:
            self._pressed = ""
            self.tap()

    def tap(self) -> None:
        """Press what answers the question, or begin anew when nothing more is asked."""
        if self._crowd.over():
            self._crowd.rest()
            return
        label, answers = self._crowd.reading(self.card)
        if not label:
            self.send(self._crowd.command)
            return
        self._answers = int(answers)
        if (data := _data(self.card, label)) is None:
            self._crowd.stuck(f"no button {label!r} on: {self.card['text']}")
            return
        due = self._crowd.due()
        if due > perf_counter():
            asyncio.get_running_loop().call_later(due - perf_counter(), self._press, data, due)
        else:
            self._press(data, due)

    def _press(self, data: str, due: float) -> None:
        self._taps += 1
        self._pressed = f"{self.id}{self._taps:06d}"
        self._moved = self._answered = False
        # From when it was due: whoever has to wait for a free thumb has waited, too.
        self._began = due
        self._crowd.tapped += 1
        self._crowd.put(
            self.id,
            {
                "callback_query": {
                    "id": self._pressed,
                    "from": self.user,
                    "message": self.card,
                    "chat_instance": "-1234567890123456789",
                    "data": data,
                }
            },
        )


def _data(card: dict[str, Any], label: str) -> str | None:
    for row in card["reply_markup"]["inline_keyboard"]:
        for button in row:
            if button["text"] == label:
                return str(button["callback_data"])
    return None


class Crowd:
    """So many people before one bot; `answers` maps a question's words to a label's.

    `beside` are labels that are pressed where no question is asked. With `load` so many taps a
    second are due, one after the other, whatever the bot does; without, each person taps at once.
    """

    def __init__(
        self,
        count: int,
        answers: Mapping[str, str],
        beside: tuple[str, ...] = (),
        trip: float = 0.0,
        load: float = 0.0,
    ) -> None:
        self._load, self._start, self._due = load, 0.0, 0
        self.people = [Person(self, number) for number in range(count)]
        self.by_chat = {person.id: person for person in self.people}
        self.api = Api(self._call, trip)
        self.command = "/screen"
        self.seconds: list[float] = []
        self.tapped = 0
        self._answers, self._beside = answers, beside
        self._until = 0
        self._resting = 0
        self._rested = asyncio.Event()
        self._messages = 0
        self._trouble = ""
        self._texts: dict[str, tuple[str, list[dict[str, Any]]]] = {}
        self.hook: Hook | None = None
        """By which updates are delivered; None for a bot that polls."""
        self._updates = 0
        self.others: list[dict[str, Any]] = []

    def deliver_to(self, port: int) -> None:
        """Deliver by webhook from now on, to that port of this machine."""
        self.hook = Hook(port, self._call, self.stuck, self.api.trip)

    def put(self, person: int, update: dict[str, Any]) -> None:
        """Hand an update to the bot."""
        if self.hook is None:
            self.api.put(update)
        else:
            self._updates += 1
            self.hook.post(person, {"update_id": self._updates, **update})

    def due(self) -> float:
        """When the next tap is due, by `perf_counter`."""
        if not self._load:
            return perf_counter()
        self._due += 1
        return self._start + self._due / self._load

    def over(self) -> bool:
        """Whether everything was tapped that is to be tapped."""
        return self.tapped >= self._until

    def rest(self) -> None:
        """Somebody stops."""
        self._resting += 1
        if self._resting == len(self.people):
            self._rested.set()

    def stuck(self, trouble: str) -> None:
        """Somebody cannot go on: the whole ends with that."""
        self._trouble = trouble
        self._rested.set()

    async def tap(self, taps: int) -> float:
        """All tap until there were so many taps more; the seconds that took."""
        self._until = self.tapped + taps
        self._resting, self.seconds = 0, []
        self._rested.clear()
        start = self._start = perf_counter()
        self._due = 0
        for person in self.people:
            if person.card:
                person.tap()
            else:
                person.send(self.command)
        await self._rested.wait()
        assert not self._trouble, self._trouble
        return perf_counter() - start

    def reading(self, card: dict[str, Any]) -> tuple[str, bool]:
        """The label to press on a card, "" for none, and whether it answers a question."""
        for line in reversed(card["text"].split("\n")):
            if label := self._answers.get(line):
                return label, True
        for row in card["reply_markup"]["inline_keyboard"]:
            for button in row:
                if button["text"] in self._beside:
                    return button["text"], False
        return "", False

    def _call(self, method: str, fields: dict[str, Any]) -> object:
        if method == "getMe":
            return BOT
        if method == "answerCallbackQuery":
            person = self.by_chat.get(int(str(fields["callback_query_id"])[:5]))
            if person is not None:
                person.told(str(fields["callback_query_id"]))
            return True
        if method in ("sendMessage", "editMessageText"):
            return self._show(method, fields)
        return True

    def _show(self, method: str, fields: dict[str, Any]) -> object:
        person = self.by_chat.get(int(fields["chat_id"]))
        text, entities = self._plain(fields["text"])
        if method == "sendMessage":
            self._messages += 1
            identity = self._messages
        else:
            identity = int(fields["message_id"])
        markup = fields.get("reply_markup")
        if isinstance(markup, str):
            markup = json.loads(markup)
        message = {
            "message_id": identity,
            "from": BOT,
            "chat": person.chat if person else {"id": int(fields["chat_id"]), "type": "private"},
            "date": 1_700_000_000,
            "text": text,
            "entities": entities,
        }
        if markup:
            message["reply_markup"] = markup
        if person is None:
            self.others.append(message)
        elif markup:
            asyncio.get_running_loop().call_soon(person.shown, message)
        return message

    def _plain(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        """The words without tags, and where the tags were, as Telegram gives them back."""
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = _read(text)
            if len(self._texts) > 5_000:
                self._texts.clear()
        return found


def _read(text: str) -> tuple[str, list[dict[str, Any]]]:
    plain, entities, last = "", [], 0
    begun: list[int] = []
    for tag in _TAG.finditer(text):
        plain += html.unescape(text[last : tag.start()])
        last = tag.end()
        if not tag[1]:
            begun.append(len(plain))
        elif begun:
            start = begun.pop()
            entities.append({"type": _KINDS[tag[2]], "offset": start, "length": len(plain) - start})
    return plain + html.unescape(text[last:]), entities

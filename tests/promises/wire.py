"""The whole bot on a wire without sockets: what it calls is written down and answered at once.

What is measured here is the bot itself; the sandbox, which is a second server, would take most of
the time of a hundred thousand updates.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from telegram.request import RequestData

from bot.compose import House, open_house
from bot.settings import Settings
from bot.telegram.request import Data, Fields, WireRequest
from bot.telegram.running import Running, running
from flows.events import Role
from flows.outcomes import Delegated
from tests.bot.staff import BOSS, HandClock
from tests.bot.telegram_front.clinic import CANARY

SECRET = "a-webhook-secret-of-the-promises"
PEPPER = "a pepper of the promises, and long enough"
_BOT = {"id": 7000000001, "is_bot": True, "first_name": "Screening", "username": "screening_bot"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot."""

    method: str
    chat: int
    text: str
    buttons: tuple[str, ...]


@dataclass
class Wire:
    """Everything that the bot called, as far as it says something to somebody."""

    said: list[Call] = field(default_factory=list)
    calls: int = 0
    _ids: Any = field(default_factory=lambda: count(1))

    def answer(self, method: str, fields: Mapping[str, str]) -> object:
        """What the Bot API would answer."""
        self.calls += 1
        if method == "getMe":
            return _BOT
        if method in ("sendMessage", "editMessageText", "answerCallbackQuery"):
            chat = int(fields.get("chat_id", "0"))
            markup = json.loads(fields.get("reply_markup", "{}"))
            rows = markup.get("inline_keyboard", [])
            data = tuple(one.get("callback_data", "") for row in rows for one in row)
            self.said.append(Call(method, chat, fields.get("text", ""), data))
        if method != "sendMessage":
            return True
        private = {"id": int(fields["chat_id"]), "type": "private"}
        return {"message_id": next(self._ids), "date": 0, "chat": private, "text": "."}

    def buttons(self, chat: int) -> list[str]:
        """Every button that was ever shown in a chat."""
        return [data for call in self.said if call.chat == chat for data in call.buttons]


def request_on(wire: Wire) -> type[WireRequest]:
    """The bot's way out, laid on the wire."""

    class OnWire(WireRequest):
        async def initialize(self) -> None:
            """There is nothing to open."""

        async def _send(
            self, url: str, method: str, data: Data, limits: object
        ) -> tuple[int, bytes]:
            name = url.rpartition("/")[2]
            if name == "getUpdates":
                await asyncio.Event().wait()
            result = wire.answer(name, _fields(data))
            return 200, json.dumps({"ok": True, "result": result}).encode()

    return OnWire


def _fields(data: Data) -> Mapping[str, str]:
    """What a call said, each value as text."""
    if isinstance(data, RequestData):
        return data.json_parameters
    if not isinstance(data, Fields):
        return {}
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in data.values.items()
    }


@dataclass
class Ward:
    """A site, HM, and another, LY, with a running bot."""

    house: House
    bot: Running
    wire: Wire
    clock: HandClock
    _numbers: Any = field(default_factory=lambda: count(1))

    async def person(self, telegram_id: int, name: str, role: Role, site: str = "HM") -> str:
        """Somebody with a role; their id."""
        made = await self.bot.office.add_person(telegram_id, name, role, site, by=BOSS)
        assert isinstance(made, Delegated), made
        return made.person

    def tap(self, person: int, data: str, message: int = 1) -> dict[str, Any]:
        """A press as Telegram words it."""
        number = next(self._numbers)
        sender = {"id": person, "is_bot": False, "first_name": "N", "language_code": "en"}
        place = {"message_id": message, "date": 1, "chat": {"id": person, "type": "private"}}
        query = {"id": f"q{number}", "from": sender, "message": place, "chat_instance": "1"}
        return {"update_id": number, "callback_query": {**query, "data": data}}

    def text(self, person: int, text: str) -> dict[str, Any]:
        """A message as Telegram words it."""
        number = next(self._numbers)
        sender = {"id": person, "is_bot": False, "first_name": "N", "language_code": "en"}
        body: dict[str, Any] = {"message_id": number, "date": 1, "from": sender, "text": text}
        body["chat"] = {"id": person, "type": "private"}
        if text.startswith("/"):
            body["entities"] = [
                {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
            ]
        return {"update_id": number, "message": body}

    async def hear(self, *updates: object) -> None:
        """Hand updates to the intake, and wait until they are dealt with."""
        await self.bot.hearing.intake.take(updates)
        # Asked by its index: to count a hundred thousand rows each time would be what takes long.
        async with asyncio.timeout(300):
            while await self.house.store.inbox.oldest_undone():  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def screenings(self) -> dict[str, int]:
        """How many events each screening has."""
        ledger = self.house.store.ledger
        streams = await ledger.streams("screening/")
        return {stream: len(await ledger.read(stream)) for stream in streams}

    async def refusals(self) -> int:
        """How many refusals are in the record."""
        ledger = self.house.store.ledger
        return sum([len(await ledger.read(name)) for name in await ledger.streams("access/")])


@asynccontextmanager
async def a_ward(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, webhook: bool = False
) -> AsyncIterator[Ward]:
    """A ward that is open until the block ends."""
    wire, clock = Wire(), HandClock()
    request = request_on(wire)
    monkeypatch.setattr("bot.telegram.running.PacedRequest", lambda *_, **__: request())
    settings = Settings(
        _env_file=None,
        telegram_bot_token=SecretStr(CANARY),
        listen="127.0.0.1:0",
        database_url=f"sqlite:///{folder}/ward/screening.db",
        signing_pepper=SecretStr(PEPPER),
        public_url="http://127.0.0.1" if webhook else None,
        webhook_secret=SecretStr(SECRET) if webhook else None,
    )
    async with open_house(settings, clock=clock) as house, running(house, settings) as bot:
        for code in ("HM", "LY"):
            await bot.office.add_site(code, f"Site {code}", "Europe/Paris", by=BOSS)
        yield Ward(house, bot, wire, clock)

"""A sealed store with a desk, at which screenings are made, erased and looked at."""

from __future__ import annotations

import random
from collections.abc import Mapping

from bot.clock import RandomNumbers
from bot.desk import Desk, stream_of
from bot.erasing import Erasing
from bot.register import Register
from bot.shelf import Shelf
from flows.answers import Value
from flows.cases import FollowUp, FollowUpRecorded
from flows.commands import Finish, GiveAnswer, Sign, Stop
from flows.events import Actor, Happened, Mode, Role
from flows.log import Line
from flows.questions import AskInput
from flows.screening import Screening
from storage.frozen import fingerprint_of
from storage.ledger import Append
from storage.mapper import to_entry
from storage.opening import Store, sealed_store
from tests.bot.cases import DOCTOR, MAN
from tests.bot.staff import HandClock

BOSS = Actor("p-4", Role.ADMINISTRATOR)


class Archive:
    """Screenings in a sealed store, on a clock that is moved by hand."""

    def __init__(self, store: Store, clock: HandClock | None = None) -> None:
        self.store, self.clock = store, clock or HandClock()
        self.register = Register(store.ledger)
        self.desk = Desk(store.ledger, Shelf(store.ledger), self.clock, RandomNumbers())
        self.erasing = Erasing(self.desk, self.register, store.ledger, store.keys, self.clock)

    @classmethod
    async def over(cls, store: Store, record_key: bytes | None = None) -> Archive:
        """An archive over a store that seals nothing yet."""
        return cls(await sealed_store(store, random.Random(3).randbytes, record_key))

    async def screened(
        self, mode: Mode = Mode.SCREENING, answers: Mapping[str, Value] = MAN, site: str = "HM"
    ) -> str:
        """Somebody screened with these answers, as far as they go; the number."""
        opened = await self.desk.open("lysyme", site, mode, "en", DOCTOR)
        screening = opened.screening
        while isinstance(step := self._asks(screening), AskInput) and step.input in answers:
            command = GiveAnswer(step.input, answers[step.input])
            handled = await self.desk.handle(screening.number, command, DOCTOR)
            assert handled.events
            screening = handled.screening
        return screening.number

    def _asks(self, screening: Screening) -> object:
        return screening.walk(screening.day(self.clock.now())).step

    async def excluded(self, mode: Mode = Mode.SCREENING) -> str:
        """Somebody who is too old, and the screening is finished there."""
        number = await self.screened(mode, {"age_years": "> 75"})
        assert (await self.desk.handle(number, Finish(), DOCTOR)).events
        return number

    async def stopped(self, mode: Mode = Mode.SCREENING) -> str:
        """A screening that was given up after two answers."""
        number = await self.screened(mode, {"age_years": 43, "index_date": "2026-03-06"})
        assert (await self.desk.handle(number, Stop(), DOCTOR)).events
        return number

    async def signed(self) -> str:
        """A screening whose verdict was signed."""
        number = await self.screened()
        screening = await self.desk.look(number)
        sign = Sign("Dr Invented", fingerprint_of(screening))
        assert (await self.desk.handle(number, sign, DOCTOR)).events
        return number

    async def followed_up(self, number: str, status: FollowUp) -> None:
        """A step after the verdict is recorded beside the screening."""
        new = to_entry(Happened(FollowUpRecorded(number, status), self.clock.now(), DOCTOR))
        stream = f"case/{number}"
        expected = len(await self.store.ledger.read(stream))
        at = self.clock.now().isoformat()
        await self.store.ledger.append(Append(stream, expected, (new,), at))

    async def line(self, number: str) -> Line:
        """Its line in the register of this process."""
        await self.register.catch_up()
        return self.register.lines[number]

    async def replayed(self) -> Register:
        """A register that reads the ledger from the beginning, as after a restart."""
        fresh = Register(self.store.ledger)
        await fresh.catch_up()
        return fresh

    async def length(self, number: str) -> int:
        """How many events the screening has."""
        return len(await self.store.ledger.read(stream_of(number)))

"""A site whose coordinators are told, on virtual time: everything but Telegram is real."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.cases import Cases
from bot.clock import RandomNumbers
from bot.courier import Courier, Delivered, Road, Undeliverable, roads
from bot.desk import Along, Desk, Handled
from bot.escalation import Escalation
from bot.notice_trail import NoticeTrail
from bot.notices import CASE_KINDS, TIMEKEEPER
from bot.shelf import Shelf
from bot.timekeeper import Timekeeper
from flows.answers import Value
from flows.cases import NoticeEscalated
from flows.commands import GiveAnswer
from flows.duty import DutyEvent
from flows.events import Actor, Happened, Mode, Role
from flows.questions import AskInput
from storage.ledger import Append
from storage.mapper import to_entry, to_event
from storage.opening import Store
from storage.outbox import Notice
from tests.bot.cases import AT, MAN
from tests.bot.staff import BOSS, HandClock, Staff

SITE = "HM"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody was told: when, what kind of notice, and what its body says."""

    at: datetime
    who: str
    kind: str
    body: Mapping[str, Any]


class Ward:
    """The desk, the courier and the timekeeper over one store; telling is only noted."""

    def __init__(self, store: Store, clock: HandClock | None = None) -> None:
        self.store, self.clock = store, clock or HandClock()
        self.told: list[Told] = []
        self.blocked: set[str] = set()
        self.redrawn: list[str] = []
        self.names: dict[str, str] = {}
        self.start()

    def start(self) -> None:
        """Begin, or begin again: what was only in memory is gone."""
        ledger = self.store.ledger
        self.staff = Staff(ledger, self.clock)
        self.register = self.staff.register
        self.desk = Desk(ledger, Shelf(ledger), self.clock, RandomNumbers(), self.register)
        trail = NoticeTrail(ledger)
        self.escalation = Escalation(ledger, self.register, trail, self.clock)
        self.keeper = Timekeeper(
            ledger, self.desk, self.register, self.clock, self.escalation, self._changed
        )
        people = Road(self._tell, unreachable=self.escalation.unreachable)
        on_the_road = roads(people, Road(self.keeper.deliver), people)
        self.courier = Courier(self.store.outbox, trail, on_the_road, self.clock)
        self.cases = Cases(ledger, self.register, self.clock)

    async def _tell(self, notice: Notice) -> Delivered:
        await self.register.catch_up()
        person = self.register.directory.people.get(notice.recipient)
        if person is None or person.revoked or notice.recipient in self.blocked:
            raise Undeliverable("blocked")
        self.told.append(
            Told(self.clock.now(), notice.recipient, notice.kind, json.loads(notice.body))
        )
        return Delivered(len(self.told))

    async def _changed(self, number: str) -> None:
        self.redrawn.append(number)

    # --- who is there -------------------------------------------------------------------------

    async def add(self, name: str, role: Role) -> str:
        """Somebody at the site, by a name that the test gives them."""
        person = await self.staff.add(2000 + len(self.names), role)
        self.names[person] = name
        await self.register.catch_up()
        return person

    async def decree(self, event: DutyEvent, stream: str = f"duty/{SITE}") -> None:
        """An event about duty, as the office would record it."""
        version = len(await self.store.ledger.read(stream))
        now = self.clock.now()
        entry = to_entry(Happened(event, now, BOSS))
        await self.store.ledger.append(Append(stream, version, (entry,), now.isoformat()))
        await self.register.catch_up()

    # --- what happens -------------------------------------------------------------------------

    async def conclude(self, by: str, mode: Mode = Mode.SCREENING, /, **changes: Value) -> Handled:
        """Screen a man whose answers are these, to a verdict."""
        await self.register.catch_up()
        actor = Actor(by, Role.INVESTIGATOR)
        day = AT.date()
        assert self.clock.now().date() >= day
        handled = await self.desk.open("lysyme", SITE, mode, "en", actor, "Europe/Paris")
        number, answers = handled.screening.number, {**MAN, **changes}
        while True:
            step = handled.screening.walk(handled.screening.day(self.clock.now())).step
            if not isinstance(step, AskInput):
                return handled
            command = GiveAnswer(step.input, answers[step.input])
            handled = await self.desk.handle(number, command, actor)

    async def see(self, number: str, by: str) -> None:
        """Somebody taps *seen*."""
        await self.register.catch_up()
        await self.cases.seen(number, "verdict", Actor(by, Role.COORDINATOR), Along())

    async def until(self, moment: datetime) -> None:
        """Let time pass: whatever becomes due on the way is done when it is due."""
        await self.settle()
        while (due := await self._next()) is not None and due <= moment:
            self.clock.at = max(self.clock.at, due)
            await self.settle()
        self.clock.at = max(self.clock.at, moment)
        await self.settle()

    async def passes(self, length: timedelta) -> None:
        """Let so much time pass."""
        await self.until(self.clock.at + length)

    async def settle(self) -> None:
        """Do everything that is due now."""
        for _ in range(200):
            now = self.clock.now().isoformat(timespec="milliseconds")
            if not await self.store.outbox.due(now, 1):
                return
            await self.courier.round()
        raise AssertionError("it does not come to rest")

    async def _next(self) -> datetime | None:
        owed = await self.store.outbox.due("9999", 1)
        return datetime.fromisoformat(owed[0].due_at) if owed else None

    async def owed(self) -> list[Notice]:
        """Everything that is owed, now or later."""
        return list(await self.store.outbox.due("9999", 10_000))

    # --- what can be seen -----------------------------------------------------------------------

    def heard(self, *kinds: str) -> list[tuple[str, str]]:
        """Who was told which kind of notice, in order, by the names of the test."""
        return [
            (self.names[one.who], one.kind) for one in self.told if not kinds or one.kind in kinds
        ]

    async def escalated(self, number: str) -> list[tuple[str, str]]:
        """Whom the record says it went on to, and why."""
        entries = await self.store.ledger.read(f"case/{number}")
        events: Sequence[object] = [to_event(entry).event for entry in entries]
        return [
            (self.names[one.to], one.because.value)
            for one in events
            if isinstance(one, NoticeEscalated)
        ]

    async def timers(self) -> list[str]:
        """The kinds of the timers that wait."""
        return [one.kind for one in await self.owed() if one.recipient == TIMEKEEPER]


CASE = tuple(sorted(CASE_KINDS))

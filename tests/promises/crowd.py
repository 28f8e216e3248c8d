"""Many people who change one answer again and again, and what a ledger has kept of it.

For the promises about several processes and about a database that dies: the bots are real ones, in
processes of their own.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from bot.clock import RandomNumbers
from bot.compose import open_house
from bot.office import Office
from bot.register import Register
from bot.sandbox import Sandbox
from bot.settings import Settings
from flows.events import AnswerCorrected, Role
from storage.chain import verify
from storage.mapper import to_event
from storage.opening import open_store, sealed_store
from tests.acceptance.bot_process import today
from tests.acceptance.test_burst import Changer
from tests.bot.staff import BOSS
from tests.bot.telegram_front.robot import Robot

FIRST = 10_001
LOOKS_EVERY = 0.05
"""Seconds between two looks at everybody's card: a silence is known as closely as that."""


async def let_in(url: str, people: int) -> None:
    """A site with so many investigators, written as the bot writes it."""
    settings = Settings(_env_file=None, database_url=url)
    async with open_house(settings) as house:
        register = Register(house.store.ledger)
        office = Office(house.store.ledger, register, house.clock, RandomNumbers())
        await office.add_site("HM", "Henri Mondor", "Europe/Paris", by=BOSS)
        for number in range(people):
            name = f"N{FIRST + number}"
            await office.add_person(FIRST + number, name, Role.INVESTIGATOR, "HM", by=BOSS)


async def begun(sandbox: Sandbox, people: int) -> list[Changer]:
    """A screening with one answer for each of so many people."""
    few = asyncio.Semaphore(4)  # all at once would only wait for one another

    async def one(number: int) -> Changer:
        robot = Robot(sandbox.phone(FIRST + number, f"N{FIRST + number}"), "en", today())
        async with few:
            await robot.command("/screen")
            await robot.play({"age_years": 45})
        return Changer(robot)

    return list(await asyncio.gather(*(one(number) for number in range(people))))


async def tapping(people: Sequence[Changer], taps: int, rate: float, draw: random.Random) -> None:
    """So many taps in all, about `rate` a second, in turns; nobody waits for a card."""
    for place in range(taps):
        await people[place % len(people)].tap()
        await asyncio.sleep(draw.uniform(0, 2 / rate))


async def settled(people: Sequence[Changer], within: float = 60.0) -> None:
    """Wait until every card shows its last tap; raises TimeoutError."""
    async with asyncio.timeout(within):
        while any(waits(person) for person in people):  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(LOOKS_EVERY)


def waits(person: Changer) -> bool:
    """Whether a tap of this person does not show yet."""
    return person.shown() < 1 + len(person.said)


@dataclass
class Watch:
    """Looks at every card all the time; `longest` is the longest silence so far, in seconds.

    A silence is a time in which a person's taps waited and their card did not move.
    """

    people: Sequence[Changer]
    longest: float = 0.0
    when: str = ""
    """What was going on in the longest one."""
    now: str = ""
    _since: dict[str, tuple[int, float]] = field(default_factory=dict)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            for person in self.people:
                self._look(person)
            await asyncio.sleep(LOOKS_EVERY)

    def _look(self, person: Changer) -> None:
        shown, now = person.shown(), monotonic()
        version, since = self._since.get(person.number, (-1, now))
        if version != shown or not waits(person):
            self._since[person.number] = (shown, now)
        elif now - since > self.longest:
            self.longest, self.when = now - since, self.now


@dataclass(frozen=True, slots=True)
class Kept:
    """What a ledger has kept of what people tapped, counted."""

    taps: int
    lost: int
    doubled: int
    disordered: int
    undone: int
    sound: bool

    @property
    def whole(self) -> bool:
        """Whether every tap is there, once, in order, and nothing waits."""
        return self.sound and not (self.lost or self.doubled or self.disordered or self.undone)

    def __str__(self) -> str:
        return f"{self.lost} lost, {self.doubled} doubled, {self.disordered} out of order"


async def kept(url: str, people: Sequence[Changer]) -> Kept:
    """Compare the ledger with what everybody has tapped."""
    raw = await open_store(url, lambda: "", writing=False)
    store = await sealed_store(raw, secrets.token_bytes, writing=False)
    try:
        lost = doubled = disordered = 0
        for person in people:
            entries = await store.ledger.read(f"screening/{person.number}")
            events = [to_event(entry).event for entry in entries]
            found = [int(str(one.value)) for one in events if isinstance(one, AnswerCorrected)]
            said = person.said[1:]
            lost += sum((Counter(said) - Counter(found)).values())
            doubled += sum((Counter(found) - Counter(said)).values())
            left = iter(said)
            disordered += not all(value in left for value in found)
        undone = (await store.inbox.counts()).undone
        sound = (await verify(store.ledger.walk())).sound
        taps = sum(len(person.said) - 1 for person in people)
        return Kept(taps, lost, doubled, disordered, undone, sound)
    finally:
        await store.close()

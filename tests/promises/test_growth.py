"""Row 20: a tap takes as long when the ledger is large, and a thousand chats keep their order."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from bot.clock import RandomNumbers
from bot.desk import Desk
from bot.register import Register
from bot.shelf import Shelf
from bot.telegram.intake import Intake
from flows.commands import GiveAnswer
from flows.events import Mode, Reason
from storage.ledger import Append
from storage.mapper import to_entry
from storage.opening import Store, open_store
from tests.bot.cases import AT, DOCTOR, MAN, Case
from tests.bot.staff import HandClock
from tests.bot.telegram.intake.parts import HandClock as IntakeClock
from tests.bot.telegram.intake.parts import Recorder, payloads, settled, tap
from tests.promises.report import Promise, times

SEED, TAPS, CHATS, EACH = 20, 300, 1000, 10


async def filled(address: str, events: int) -> Store:
    """A store whose ledger has about so many events, all of screenings."""
    store = await open_store(address, AT.isoformat)
    story = tuple(to_entry(one) for one in Case().answer(MAN).history)
    numbers = RandomNumbers()
    for _ in range(0, events, len(story) * 50):
        batches = [
            Append(f"screening/{numbers.new_number()}", 0, story, AT.isoformat()) for _ in range(50)
        ]
        await store.ledger.append(*batches)
    return store


def files(folder: Path) -> tuple[str, str]:
    """The addresses of two databases in files."""
    return f"sqlite:///{folder}/small/screening.db", f"sqlite:///{folder}/large/screening.db"


class Tapper:
    """Somebody who changes one answer again and again, at a desk and a register of their own."""

    def __init__(self, store: Store) -> None:
        self.register = Register(store.ledger)
        self.desk = Desk(store.ledger, Shelf(store.ledger), HandClock(), RandomNumbers())
        self.taken: list[float] = []
        self.number = ""

    async def begin(self) -> None:
        """Read what is there, as a bot does when it starts."""
        await self.register.catch_up()
        opened = await self.desk.open("lysyme", "HM", Mode.SCREENING, "en", DOCTOR)
        self.number = opened.screening.number
        await self.desk.handle(self.number, GiveAnswer("age_years", 19), DOCTOR)

    async def tap(self, turn: int) -> None:
        """One tap, from the register to the commit, and how long it took."""
        began = perf_counter()
        await self.register.catch_up()
        command = GiveAnswer("age_years", 20 + turn % 50, Reason.TYPING_ERROR)
        assert (await self.desk.handle(self.number, command, DOCTOR)).events
        self.taken.append(perf_counter() - began)


async def slower(first: str, second: str, small: int, large: int) -> tuple[float, float]:
    """Median seconds of a tap over a small and over a large ledger, tapped in turns."""
    stores = [await filled(first, small), await filled(second, large)]
    tappers = [Tapper(store) for store in stores]
    for tapper in tappers:
        await tapper.begin()
    for turn in range(TAPS):
        for tapper in tappers:  # in turns: whatever else the machine does meets both
            await tapper.tap(turn)
    for store in stores:
        await store.close()
    few, many = (median(tapper.taken) for tapper in tappers)
    return few, many


async def measured(first: str, second: str, promise: Promise, large: int, where: str) -> None:
    """Compare a thousand events with `large` in two empty databases, and report."""
    few, many = await slower(first, second, 1_000, large)
    assert many < 2 * few, f"{few * 1000:.2f} ms, then {many * 1000:.2f} ms"
    promise(
        20,
        f"in {where}, a tap takes {few * 1000:.2f} ms at 1,000 events and {many * 1000:.2f} ms at "
        f"{large:,} ({many / few:.2f}×)",
        seed=SEED,
    )


@pytest.mark.promise
@pytest.mark.timeout(3000)
async def test_a_tap_at_a_hundred_thousand_events(fast: Path, promise: Promise) -> None:
    """At most twice as long as at a thousand."""
    await measured(*files(fast), promise, times(100_000), "SQLite")


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_a_tap_at_a_million_events(fast: Path, promise: Promise) -> None:
    """At most twice as long as at a thousand."""
    await measured(*files(fast), promise, times(1_000_000), "SQLite")


@pytest.mark.promise
@pytest.mark.timeout(3000)
async def test_a_tap_at_a_hundred_thousand_events_in_postgresql(
    postgres_url: str, bare_postgres_url: str, promise: Promise
) -> None:
    """At most twice as long as at a thousand."""
    await measured(postgres_url, bare_postgres_url, promise, times(100_000), "PostgreSQL")


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_a_tap_at_a_million_events_in_postgresql(
    postgres_url: str, bare_postgres_url: str, promise: Promise
) -> None:
    """At most twice as long as at a thousand."""
    await measured(postgres_url, bare_postgres_url, promise, times(1_000_000), "PostgreSQL")


@pytest.mark.promise
@pytest.mark.timeout(3000)
async def test_a_thousand_chats_at_once_keep_their_order(fast: Path, promise: Promise) -> None:
    """Ten taps in each of a thousand chats, shuffled into each other: none lost, order kept."""
    store = await open_store(f"sqlite:///{fast}/kept/screening.db", AT.isoformat)
    intake = Intake(store, Recorder(store), IntakeClock())
    draw = random.Random(SEED)
    people = [person for person in range(CHATS) for _ in range(EACH)]
    draw.shuffle(people)
    taps = [tap(number, 5000 + person) for number, person in enumerate(people)]
    batches = [taps[start : start + 100] for start in range(0, len(taps), 100)]
    await asyncio.gather(*(intake.take(batch) for batch in batches))
    counts = await settled(store, 600)
    assert (counts.done, counts.dead) == (CHATS * EACH, 0)
    for person in range(CHATS):
        expected = [f"tap:q{number}" for number, one in enumerate(people) if one == person]
        assert await payloads(store, str(5000 + person)) == expected
    await store.close()
    promise(20, f"{CHATS:,} chats at once, {CHATS * EACH:,} taps: 0 lost, order per chat kept")

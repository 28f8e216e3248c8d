"""A clock that goes backwards is found, told once in the record, and disturbs nothing else."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import RandomNumbers
from bot.clock_watch import SELF, STREAM, TOLERANCE, ClockWatch
from bot.compose import open_house
from bot.desk import Desk
from bot.settings import Settings
from bot.shelf import Shelf
from bot.telegram.health import Ear, Health
from bot.telegram.meters import Meters
from flows.commands import GiveAnswer
from flows.events import Mode, Reason
from flows.timekeeping import ClockSetBack
from storage.chain import verify
from storage.errors import VersionConflict
from storage.inbox import NewUpdate
from storage.ledger import Ledger
from storage.mapper import to_event
from storage.memory import MemoryLedger
from storage.opening import Store, memory_store, open_store
from tests.bot.cases import AT, DOCTOR
from tests.bot.staff import HOUR, SECOND, HandClock
from tests.promises.report import Promise
from tests.storage.ledger_contract import LedgerContract
from tests.storage.samples import KINDS, batch

SEED = 14


class TestWatchedLedger(LedgerContract):
    @pytest.fixture
    def store(self) -> Store:
        plain = memory_store()
        return replace(plain, ledger=ClockWatch(MemoryLedger(kinds=KINDS), HandClock()))


async def warnings(ledger: Ledger) -> list[tuple[datetime, ClockSetBack]]:
    """Every warning and the time that it bears."""
    found = [to_event(entry) for entry in await ledger.read(STREAM)]
    assert {one.by for one in found} <= {SELF}
    return [(one.at, one.event) for one in found if isinstance(one.event, ClockSetBack)]


async def test_a_step_back_is_told_once_with_the_event_that_bears_it(ledger: Ledger) -> None:
    """An hour: one warning, before the event, and none for the next; the next step is another."""
    clock = HandClock()
    watch = ClockWatch(ledger, clock)
    await watch.append(batch("a", 0, b"1"))
    clock.at -= HOUR
    (stored,) = await watch.append(batch("a", 1, b"2"))
    await watch.append(batch("a", 2, b"3"))
    assert stored.position == 3
    assert await warnings(ledger) == [(AT - HOUR, ClockSetBack(AT, 3600))]
    clock.at -= HOUR
    await watch.append(batch("a", 3, b"4"))
    assert [event.seconds for _, event in await warnings(ledger)] == [3600, 3600]
    assert (await verify(ledger.walk())).sound


async def test_a_correction_of_a_second_is_not_worth_a_word(ledger: Ledger) -> None:
    """Time servers set clocks by so much, and a warning for each would hide the real ones."""
    clock = HandClock()
    watch = ClockWatch(ledger, clock)
    await watch.append(batch("a", 0, b"1"))
    clock.at -= TOLERANCE
    await watch.append(batch("a", 1, b"2"))
    assert await warnings(ledger) == []


async def test_a_step_back_during_a_stop_is_found_at_the_next_start(tmp_path: Path) -> None:
    """The ledger remembers what the process does not."""
    settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/record.db")
    clock = HandClock()
    async with open_house(settings, clock=clock) as house:
        await house.desk.open("lysyme", "HM", Mode.SCREENING, "en", DOCTOR)
    clock.at -= 2 * HOUR
    async with open_house(settings, clock=clock) as house:
        await house.desk.open("lysyme", "HM", Mode.SCREENING, "en", DOCTOR)
        assert await warnings(house.store.ledger) == [(AT - 2 * HOUR, ClockSetBack(AT, 7200))]


async def test_of_many_at_once_one_brings_the_warning(ledger: Ledger) -> None:
    """Twenty appends in one moment after a step back: twenty entries and one warning."""
    clock = HandClock()
    watch = ClockWatch(ledger, clock)
    await watch.append(batch("a", 0, b"1"))
    clock.at -= HOUR
    await asyncio.gather(*(watch.append(batch(f"s/{n}", 0, b"1")) for n in range(20)))
    assert len(await warnings(ledger)) == 1
    assert (await ledger.head()).position == 22


async def test_an_append_that_fails_leaves_the_warning_to_the_next(ledger: Ledger) -> None:
    """Nothing of it was stored, so nothing was told yet."""
    clock = HandClock()
    watch = ClockWatch(ledger, clock)
    await watch.append(batch("a", 0, b"1"))
    clock.at -= HOUR
    with pytest.raises(VersionConflict):
        await watch.append(batch("a", 0, b"2"))
    assert await warnings(ledger) == []
    await watch.append(batch("a", 1, b"2"))
    assert len(await warnings(ledger)) == 1


async def test_a_jumping_clock_changes_neither_order_nor_ages(
    tmp_path: Path, promise: Promise
) -> None:
    """Two hundred jumps, half of them back: the trail keeps its order, no age is negative."""
    clock, draw = HandClock(), random.Random(SEED)
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    ledger = ClockWatch(store.ledger, clock)
    desk = Desk(ledger, Shelf(ledger), clock, RandomNumbers())
    health = Health(
        store.inbox, clock, Ear(lambda: AT, str, silence_is_deafness=True), Meters(), ""
    )
    number = (await desk.open("lysyme", "HM", Mode.SCREENING, "en", DOCTOR)).screening.number
    await desk.handle(number, GiveAnswer("age_years", 19), DOCTOR)
    await store.inbox.accept([NewUpdate("u", "1", b"{}", AT.isoformat(timespec="milliseconds"))])
    given, back, newest, days = [19], 0, clock.at, [AT.date()]
    for turn in range(200):
        clock.at += draw.choice((-1, 1)) * timedelta(seconds=draw.randrange(2, 300_000))
        back += clock.at + SECOND < newest
        newest = clock.at
        given.append(20 + turn % 40)
        handled = await desk.handle(
            number, GiveAnswer("age_years", given[-1], Reason.TYPING_ERROR), DOCTOR
        )
        report = await health.report()
        assert min(report.heard_age or 0, report.oldest_undone_age or 0) >= 0
        days.append(handled.screening.day(clock.at))
    entries = [entry async for entry in store.ledger.walk()]
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    events = [to_event(one).event for one in await store.ledger.read(f"screening/{number}")]
    assert [one.value for one in events if hasattr(one, "value")] == given
    assert days == sorted(days)
    found = await warnings(store.ledger)
    assert len(found) == back > 50
    assert all(event.seconds > 0 for _, event in found)
    assert (await verify(store.ledger.walk())).sound
    await store.close()
    promise(
        14,
        f"200 jumps of the clock, {back} back: order by sequence unchanged, 0 negative ages, "
        f"{len(found)} warning events",
        seed=SEED,
    )

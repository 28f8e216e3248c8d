"""Row 16: whatever is kept beside the trail can be made again from the trail, and is the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import RandomNumbers
from bot.desk import Desk, stream_of
from bot.notices import owed
from bot.register import Register
from bot.shelf import Shelf
from flows.events import Happened, ScreeningOpened
from flows.replies import Notice
from flows.screening import Screening, fold
from flows.trials import Where
from storage.ledger import Append
from storage.mapper import to_entry
from storage.opening import Store, open_store
from storage.outbox import NewNotice
from tests.bot.cases import AT, DOCTOR, lysyme
from tests.bot.registers import change_lines
from tests.bot.staff import HandClock, Staff
from tests.bot.test_notices import Told
from tests.flows.robot import Played, play
from tests.promises.report import Promise, times

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED, PLAYS, CHUNK = 16, 400, 500


def plays() -> list[Played]:
    """Screenings as a careless robot plays them, to their ends or not."""
    return [[*play(lysyme(), SEED + seed, steps=30)][-1][-1] for seed in range(PLAYS)]


def renamed(played: Played, number: str) -> list[Happened]:
    """The same story under another number."""
    return [
        replace(one, event=replace(one.event, number=number))
        if isinstance(one.event, ScreeningOpened)
        else one
        for one in played.history
    ]


def screenings(number: int) -> Iterator[tuple[str, list[Happened], list[Notice]]]:
    """So many stories: number, events, notices."""
    known, draw, numbers = plays(), random.Random(SEED), RandomNumbers()
    for _ in range(number):
        played, name = draw.choice(known), numbers.new_number()
        yield (
            name,
            renamed(played, name),
            [replace(notice, number=name) for notice in played.notices],
        )


async def written(store: Store, name: str, history: list[Happened], said: list[Notice]) -> int:
    """Append a story as the desk does, with the notices that it owes; how many those are."""
    entries = tuple(to_entry(one) for one in history)
    notices: dict[str, NewNotice] = {}
    for version, notice in enumerate(said, 1):
        for one in owed([notice], Where("site", "lysyme"), version, AT, Told("c-1", "c-2")):
            notices[one.key] = one
    batch = Append(stream_of(name), 0, entries, history[-1].at.isoformat())
    await store.ledger.append(batch, notices=tuple(notices.values()))
    return len(notices)


def views(register: Register) -> tuple[object, ...]:
    """Every list that is kept beside the trail; whoever adds one, adds it here."""
    return (
        dict(register.screenings.walk(lambda _: True)),
        register.duties,
        register.closed,
        register.directory,
        register._versions,
        register._position,
    )


async def test_everything_is_made_again_from_the_events(fast: Path, promise: Promise) -> None:
    """Lists kept live, and lists made from nothing; screenings in memory, and those from bytes."""
    address = f"sqlite:///{fast}/kept/screening.db"
    store = await open_store(address, AT.isoformat)
    staff = Staff(store.ledger)
    await staff.site()
    shelf = Shelf(store.ledger)
    await shelf.adopt(shelf.current("lysyme"), AT, DOCTOR)
    live, events, notices, stories = Register(store.ledger), 0, 0, {}
    for place, (name, history, said) in enumerate(screenings(times(10_000))):
        notices += await written(store, name, history, said)
        events += len(history)
        stories[name] = history
        if place % CHUNK == 0:
            await live.catch_up()  # as the bot does: a little at a time
    await live.catch_up()
    differences = await compared(store, live, stories)
    counts = await store.outbox.counts()
    differences += counts.waiting != notices
    control = await forgotten(store, live)
    await store.close()
    assert differences == 0
    promise(
        16,
        f"{len(stories):,} screenings, {events:,} events, {notices:,} notices: "
        f"{differences} differences",
        control=control,
        seed=SEED,
    )


async def compared(store: Store, live: Register, stories: dict[str, list[Happened]]) -> int:
    """How many lists and screenings differ from what the bytes in the file say."""
    anew = Register(store.ledger)
    await anew.catch_up()
    differences = sum(mine != theirs for mine, theirs in zip(views(live), views(anew), strict=True))
    differences += set(anew.lines) != set(stories)
    desk = Desk(store.ledger, Shelf(store.ledger), HandClock(), RandomNumbers())
    seen = 0
    async for screening in desk.all():
        kept: Screening = fold(screening.book, stories[screening.number])
        differences += screening != kept
        seen += 1
    return differences + (seen != len(stories))


async def forgotten(store: Store, live: Register) -> str:
    """A list that missed one event must differ."""
    await live.catch_up()
    change_lines(live, next(iter(live.open)), stopped=True)
    anew = Register(store.ledger)
    await anew.catch_up()
    assert views(live) != views(anew)
    return "one list that missed one event: found"

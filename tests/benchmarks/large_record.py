"""A large record for the benchmarks of exports: plays of the robot, again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.shelf import Shelf
from flows.cases import FollowUp, FollowUpRecorded
from flows.events import Actor, Happened, Mode, Role, ScreeningOpened
from storage.ledger import Append
from storage.mapper import to_entry
from storage.opening import open_store
from tests.flows.logs import histories
from tests.flows.robot import PEOPLE, START

_AT_ONCE = 200
"""Screenings in one transaction."""


async def written(path: Path, count: int) -> int:
    """A SQLite file with so many screenings, each tenth of them followed up; how many events."""
    store = await open_store(f"sqlite:///{path}", START.isoformat)
    shelf = Shelf(store.ledger)
    await shelf.adopt(shelf.current("lysyme"), START, PEOPLE[0])
    plays = [
        one
        for one in histories()
        if isinstance(one[0].event, ScreeningOpened) and one[0].event.mode is Mode.SCREENING
    ]
    events, waiting = 0, []
    for place in range(count):
        batches = _story(place, plays[place % len(plays)])
        events += sum(len(batch.entries) for batch in batches)
        waiting += batches
        if len(waiting) >= _AT_ONCE:
            await store.ledger.append(*waiting)
            waiting = []
    if waiting:
        await store.ledger.append(*waiting)
    await store.close()
    return events


def _story(place: int, play: tuple[Happened, ...]) -> list[Append]:
    number, later = f"B{place:07d}", timedelta(minutes=place)
    told = [replace(one, at=one.at + later) for one in play]
    opened = told[0].event
    assert isinstance(opened, ScreeningOpened)
    told[0] = replace(told[0], event=replace(opened, number=number, site="HM"))
    at = told[-1].at.isoformat()
    batches = [Append(f"screening/{number}", 0, tuple(map(to_entry, told)), at)]
    if place % 10 == 0:
        step = FollowUpRecorded(number, FollowUp.ENROLLED)
        done = to_entry(Happened(step, told[-1].at, Actor("c1", Role.COORDINATOR)))
        batches.append(Append(f"case/{number}", 0, (done,), at))
    return batches

"""A list of screenings, a page of it at a time: of a long one nobody reads more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.closed import Known, order
from bot.known import KnownScreenings
from flows.again import SOON, perhaps_the_same
from flows.events import Mode
from flows.listing import LONGEST_WEEK, UNFINISHED, Filter, Label, may_hold, selected
from flows.log import Line
from flows.trials import Placed


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for at a moment, and of which places they may read it."""

    wanted: Filter
    may: Callable[[Placed], bool]
    now: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page, counted from 0, of a list that holds `count` screenings."""

    count: int
    page: int
    lines: list[Line]


def page_of(screenings: KnownScreenings, asked: Asked, page: int, size: int) -> Page:
    """One page of a list, the newest first; the last one where there are not so many."""
    if asked.wanted is Filter.WEEK:
        return _page_of_week(screenings, asked, page, size)
    mine = [line for line in screenings.open.values() if asked.may(line)]
    opened = selected(mine, asked.wanted, asked.now)

    def wanted(label: Label) -> bool:
        return may_hold(asked.wanted, label) and asked.may(label)

    any_closed = asked.wanted not in UNFINISHED
    count = len(opened) + (screenings.closed.count(wanted) if any_closed else 0)
    page = min(page, max(0, count - 1) // size)
    # So many are before the page: at least all of these but the open ones are closed.
    before = max(0, page * size - len(opened))
    closed = screenings.closed.newest(wanted, before, len(opened) + size) if any_closed else []
    found = sorted(
        [*closed, *((order(line.opened_at), line.number) for line in opened)], reverse=True
    )
    numbers = [number for _, number in found[page * size - before :][:size]]
    return Page(count, page, _lines(screenings.get(number) for number in numbers))


def _page_of_week(screenings: KnownScreenings, asked: Asked, page: int, size: int) -> Page:
    """Which day it is depends on the site: whatever may be of this week is looked at."""
    recent = screenings.walk(asked.may, asked.now - LONGEST_WEEK)
    found = selected(_lines(known for _, known in recent), asked.wanted, asked.now)
    page = min(page, max(0, len(found) - 1) // size)
    return Page(len(found), page, found[page * size :][:size])


def just_opened(screenings: KnownScreenings, trial: str, site: str, now: datetime) -> Line | None:
    """A screening that may be of the same patient; see `flows.again.perhaps_the_same`."""
    # Of the closed ones the newest is enough, and in a busy hour there are many.
    closed = screenings.closed.newest(partial(_may_be_the_same, trial, site), 0, 1, now - SOON)
    newest = _lines(screenings.get(number) for _, number in closed)
    return perhaps_the_same([*newest, *screenings.open.values()], trial, site, now)


def _may_be_the_same(trial: str, site: str, label: Label) -> bool:
    there = (label.trial, label.site, label.mode) == (trial, site, Mode.SCREENING)
    return there and not (label.stopped or label.erased)


def _lines(found: Iterable[Known]) -> list[Line]:
    return [known.line for known in found if known.line is not None]

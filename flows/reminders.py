"""When somebody is reminded of a screening that has no lasting verdict yet, and when it expires.

A pending or not-yet screening always has an owner and a next date, so that none is forgotten.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from flows.determination import Verdict
from flows.events import Mode
from flows.protocol.conditions import Quantity
from flows.replies import ClosingNotice, Notice, PendingNotice, ReminderNotice
from flows.screening import Screening
from flows.stages import Stage

FIRST_DAYS: Final = (1, 2, 4, 7)
"""Days after the determination on which the owner is reminded; then every seventh."""

WEEK: Final = 7

TELL_AFTER: Final = 2
"""Days after the determination from which coordinators are told as well: the second reminder."""

_OPEN: Final = (Verdict.PENDING.value, Verdict.NOT_YET.value)
_DAY: Final = timedelta(days=1)


def waits(screening: Screening) -> bool:
    """Whether its owner waits for a result or a day; quick checks and practice are not followed."""
    if screening.mode is not Mode.SCREENING:
        return False
    if screening.stage is Stage.PAUSED:
        return screening.remind_on is not None
    made = screening.determination
    concluded = screening.stage is Stage.CONCLUDED and made is not None and made.complete
    return concluded and made is not None and made.verdict in _OPEN


def next_day(screening: Screening, after: date) -> date | None:
    """The next day after `after` on which somebody is reminded; None when nobody waits.

    The day that the owner chose takes the place of the usual days until it comes; the last two
    days of a window count in any case.
    """
    if not waits(screening):
        return None
    days = [day for last in last_days(screening) for day in (last - _DAY, last)]
    chosen, made = screening.remind_on, screening.determination
    if chosen is not None and chosen > after:
        days.append(chosen)
    elif made is not None and screening.stage is Stage.CONCLUDED:
        days.append(_usual(made.day, after))
    return min((day for day in days if day > after), default=None)


def last_days(screening: Screening) -> tuple[date, ...]:
    """The last days of the windows that keep it open, each once, in order."""
    made = screening.determination
    if made is None or screening.stage is not Stage.CONCLUDED or not waits(screening):
        return ()
    return tuple(sorted({day for _, day in made.deadlines}))


def closing_on(screening: Screening, day: date) -> ClosingNotice | None:
    """What is to be said on this day of a window that closes on it, or on the day after."""
    made = screening.determination
    if made is None or not waits(screening):
        return None
    for name, last in sorted(made.deadlines, key=lambda one: one[1]):
        if last in (day, day + _DAY):
            length = _length(screening, name)
            return ClosingNotice(screening.number, made.verdict, last, day, length)
    return None


def reminders(screening: Screening, day: date, *, owned: bool) -> tuple[Notice, ...]:
    """The notices owed on the morning of this day.

    `owned` says whether whoever carries it can still do so; otherwise the coordinators are told.
    """
    if not waits(screening):
        return ()
    closing = closing_on(screening, day)
    mine = (ReminderNotice(screening.number, screening.owner, closing),) if owned else ()
    if closing is not None:
        return (*mine, closing)
    since = _since(screening)
    if owned and (day - since).days < TELL_AFTER:
        return mine
    made = screening.determination
    verdict = made.verdict if made else Verdict.PENDING.value
    owner = screening.owner if owned else None
    return (*mine, PendingNotice(screening.number, verdict, since, owner))


def choices(screening: Screening, today: date) -> tuple[date, ...]:
    """The days that the owner may choose: tomorrow, in two and three days, a window's last day."""
    near = [today + timedelta(days=days) for days in (1, 2, 3)]
    last = [day for day in last_days(screening) if day > today]
    return tuple(dict.fromkeys([*near, *last]))


def _usual(start: date, after: date) -> date:
    for days in FIRST_DAYS:
        if start + timedelta(days=days) > after:
            return start + timedelta(days=days)
    weeks = (after - start).days // WEEK + 1
    return start + timedelta(days=weeks * WEEK)


def _since(screening: Screening) -> date:
    made = screening.determination
    return made.day if made else screening.day(screening.opened_at)


def _length(screening: Screening, name: str) -> int | None:
    """The days of the whole window, as the protocol file counts them."""
    for entry in screening.book.entries:
        for named in entry.deadlines:
            if named.deadline.name == name:
                return _days(named.deadline.date)
    return None


def _days(span: Quantity) -> int | None:
    return span.plus_days or None

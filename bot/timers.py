"""Timers: what is owed to nobody, but has to be looked at in time.

A timer is a row of the outbox, written in the transaction of the events that owe it and keyed so
that each is owed once. When it is due, whoever takes it looks at what holds then: a timer whose
screening has moved on does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.notices import TIMEKEEPER, Audience
from flows.reminders import last_days, next_day, waits
from flows.screening import Screening
from storage.outbox import NewNotice

REMIND: Final = "remind"
EXPIRE: Final = "expire"
DIGEST: Final = "digest"

AGAIN: Final = "again"
COUNTED: Final = "counted"
VOID: Final = frozenset({AGAIN, COUNTED})
"""Timers with nothing to do when they are due: that each is owed once is what they are for.

Two processes that decide at the same moment what only one of them may, each owing the same key with
other words, clash in the ledger's transaction, and one of them decides anew.
"""


def follow_up(
    screening: Screening, now: datetime, audience: Audience, *, late: bool = False
) -> list[NewNotice]:
    """The next reminder of a screening that waits, and the end of each of its windows.

    They hold for the version that the screening has now. With `late`, windows that have closed
    already are owed as well: an earlier version of this software may have looked away.
    """
    if not waits(screening):
        return []
    today = screening.day(now)
    ends = [day for day in last_days(screening) if late or day >= today]
    zone = ZoneInfo(screening.opened.time_zone)
    found = [_of(EXPIRE, screening, day, _at(day + timedelta(days=1), 0, zone)) for day in ends]
    return [*found, *next_reminder(screening, today, audience)]


def next_reminder(screening: Screening, after: date, audience: Audience) -> list[NewNotice]:
    """The timer of the next reminder after a day, when there is one."""
    day = next_day(screening, after)
    if day is None:
        return []
    zone, hour = ZoneInfo(screening.opened.time_zone), audience.duty(screening.opened).morning
    return [_of(REMIND, screening, day, _at(day, hour, zone))]


def digest(person: str, day: date, hour: int, zone: ZoneInfo) -> NewNotice:
    """The timer of one person's digest at an hour of a day in a time zone."""
    body = {"person": person, "day": day.isoformat(), "hour": hour}
    key = f"{DIGEST}/{person}/{day}/{hour}"
    return timer(DIGEST, key, body, _at(day, hour, zone))


def next_digest(person: str, hour: int, zone: ZoneInfo, now: datetime) -> NewNotice:
    """The timer of the next digest after this moment."""
    day = now.astimezone(zone).date()
    if _at(day, hour, zone) <= now:
        day += timedelta(days=1)
    return digest(person, day, hour, zone)


def only_attempt(number: str, later: str, now: datetime) -> NewNotice:
    """Owed with the attempt after a screening: there is one such attempt, and no second."""
    return timer(AGAIN, f"{AGAIN}/{number}/one", {"number": number, "later": later}, now)


def counted(trial: str, place: int, number: str, version: int, now: datetime) -> NewNotice:
    """Owed with a step that changes how many a trial has recruited: the only one at this place."""
    body = {"number": number, "version": version}
    return timer(COUNTED, f"{COUNTED}/{trial}/{place}", body, now)


def timer(kind: str, key: str, body: Mapping[str, object], due: datetime) -> NewNotice:
    """A timer as the outbox keeps it."""
    due_at = due.astimezone(UTC).isoformat(timespec="milliseconds")
    return NewNotice(key, TIMEKEEPER, kind, json.dumps(body).encode(), due_at)


def _of(kind: str, screening: Screening, day: date, due: datetime) -> NewNotice:
    number, version = screening.number, screening.version
    body = {"number": number, "version": version, "day": day.isoformat()}
    return timer(kind, f"{kind}/{number}/{version}/{day}", body, due)


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)

"""Which screenings a list holds: the filters of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from flows.events import Mode
from flows.log import Line


class Filter(StrEnum):
    """What somebody looks for in the log."""

    OPEN = "open"
    PENDING = "pending"
    UNSIGNED = "unsigned"
    WEEK = "week"
    ALL = "all"


UNFINISHED: Final = frozenset({Filter.OPEN, Filter.PENDING})
"""Lists that hold none but open screenings."""

_LONGER: Final = timedelta(days=9)
"""More than a week in any two time zones: what is older needs no calendar."""


def selected(lines: Iterable[Line], wanted: Filter, now: datetime) -> list[Line]:
    """The lines that a filter lets through, the newest first; never those of practice."""
    found = [one for one in lines if one.mode is not Mode.PRACTICE and _passes(one, wanted, now)]
    return sorted(found, key=lambda line: (line.opened_at, line.number), reverse=True)


def _passes(line: Line, wanted: Filter, now: datetime) -> bool:
    match wanted:
        case Filter.OPEN:
            return line.open
        case Filter.PENDING:
            return line.stands in ("pending", "not_yet") and line.erased_at is None
        case Filter.UNSIGNED:
            unsigned = line.signed_at is None and line.erased_at is None
            unsigned = unsigned and line.mode is Mode.SCREENING
            return unsigned and line.stands == "eligible"
        case Filter.WEEK:
            return line.opened_at > now - _LONGER and line.day >= _monday(line, now)
        case Filter.ALL:
            return True


def _monday(line: Line, now: datetime) -> date:
    today = now.astimezone(ZoneInfo(line.time_zone)).date()
    return today - timedelta(days=today.weekday())

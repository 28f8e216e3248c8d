"""Which screenings a list holds: the filters of the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from flows.digest import lasts
from flows.events import Mode
from flows.follow_up import Case
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

LONGEST_WEEK: Final = timedelta(days=9)
"""More than a week in any two time zones: what is older needs no calendar."""


@dataclass(frozen=True, slots=True)
class Label:
    """By what a closed screening is looked for; over any number of them there are few labels.

    `unsigned` says that the list of the unsigned holds it, `queried` that there are queries about
    it, and `lasts` that digests go on to speak of it.
    """

    trial: str
    site: str
    mode: Mode
    stopped: bool
    erased: bool
    unsigned: bool
    queried: bool
    lasts: bool


def label_of(line: Line, case: Case) -> Label:
    """The label of a screening as it stands."""
    return Label(
        trial=line.trial,
        site=line.site,
        mode=line.mode,
        stopped=line.stopped,
        erased=line.erased_at is not None,
        unsigned=_is_unsigned(line),
        queried=bool(case.queries),
        lasts=lasts(line, case),
    )


def may_hold(wanted: Filter, label: Label) -> bool:
    """Whether a list holds closed screenings of this label: all of them, but for WEEK."""
    if label.mode is Mode.PRACTICE or wanted in UNFINISHED:
        return False
    return label.unsigned if wanted is Filter.UNSIGNED else True


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
            return _is_unsigned(line)
        case Filter.WEEK:
            return line.opened_at > now - LONGEST_WEEK and line.day >= _monday(line, now)
        case Filter.ALL:
            return True


def _is_unsigned(line: Line) -> bool:
    unsigned = line.signed_at is None and line.erased_at is None
    return unsigned and line.mode is Mode.SCREENING and line.stands == "eligible"


def _monday(line: Line, now: datetime) -> date:
    today = now.astimezone(ZoneInfo(line.time_zone)).date()
    return today - timedelta(days=today.weekday())

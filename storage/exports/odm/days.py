"""Moments and days as they may be told: as they were, or counted from the opening."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from flows.protocol.model import Input, InputType
from flows.subjects import Subject
from storage.exports.form import About

OPENING: Final = date(1970, 1, 1)
"""The day on which every screening was opened, when days are not told."""


@dataclass(frozen=True, slots=True)
class Days:
    """Tells the days of one screening."""

    about: About
    subject: Subject

    def moment(self, at: datetime) -> str:
        """ISO 8601, in the site's time; without its offset where that would tell the season."""
        local = at.astimezone(ZoneInfo(self.subject.row.line.time_zone))
        if self.about.dates:
            return local.isoformat(timespec="seconds")
        passed = local.date() - self.subject.row.line.day
        shifted = datetime.combine(OPENING + passed, local.time())
        return shifted.isoformat(timespec="seconds")

    def day(self, day: date) -> str:
        """The date, or the day of the screening: 1 is that of the opening, and there is no 0."""
        return day.isoformat() if self.about.dates else str(self.about.day_of(day, self.subject))

    def value(self, value: int | str, entry: Input) -> str:
        """An answer. One that is a day is told as `day` says, a month or a year by its two ends."""
        dated = entry.type in (InputType.DATE, InputType.PARTIAL_DATE)
        if not dated or self.about.dates or (ends := _ends(str(value))) is None:
            return str(value)
        first, last = (self.day(end) for end in ends)
        return first if first == last else f"{first}/{last}"


def _ends(written: str) -> tuple[date, date] | None:
    """The first and the last day of what was written; None for a code such as `unknown`."""
    parts = written.split("-")
    if not all(part.isdecimal() for part in parts):
        return None
    year, *rest = (int(part) for part in parts)
    match rest:
        case []:
            return date(year, 1, 1), date(year, 12, 31)
        case [month]:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        case _:
            day = date(year, rest[0], rest[1])
            return day, day

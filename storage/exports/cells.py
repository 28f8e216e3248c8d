"""The cells of a table: text and nothing else, with days as they are or counted from a first."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from storage.exports.form import study_day

Cells: TypeAlias = tuple[str, ...]
"""One row."""

_PARTIAL: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}", re.ASCII)

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""


def harmless(cell: str) -> str:
    """The cell as text and nothing else: no control characters, and never the start of a formula.

    What would be taken for a formula gets an apostrophe before it; NUL, line breaks and signs that
    turn the direction of writing go.
    """
    if cell.isascii() and cell.isprintable() and not cell.lstrip().startswith(_FORMULA):
        return cell
    clean = "".join(
        " " if character in "\r\n\t\v\f\x85\u2028\u2029" else character
        for character in cell
        if character in "\r\n\t\v\f\x85\u2028\u2029"
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    begins = cell.lstrip()[:1] in _FORMULA if cell.strip() else False
    return f"'{clean}" if begins or clean.startswith(_FORMULA) else clean


@dataclass(frozen=True, slots=True)
class Days:
    """How a table writes days and moments.

    With `dates` as they are; without, `first` is D1, the day before it D-1, and there is no D0
    (SDTMIG 3.4, section 4.4.4). The letter keeps a day before the first from being a formula.
    """

    zone: ZoneInfo
    first: date
    dates: bool

    def utc(self, at: datetime | None) -> str:
        """A moment in UTC, to the second; nothing where there are no dates."""
        if at is None or not self.dates:
            return ""
        return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def local(self, at: datetime | None) -> str:
        """A moment by the clock of the site, to the second."""
        if at is None:
            return ""
        there = at.astimezone(self.zone)
        if self.dates:
            return there.isoformat(timespec="seconds")
        return f"{self.day(there.date())} {there:%H:%M:%S}"

    def moment(self, at: datetime | None) -> str:
        """A moment in one cell: UTC, or by the clock of the site where there are no dates."""
        return self.utc(at) if self.dates else self.local(at)

    def day(self, day: date) -> str:
        """A calendar day at the site."""
        return day.isoformat() if self.dates else f"D{study_day(day, self.first)}"

    def partial(self, text: str) -> str:
        """A day, a month (`2025-11`) or a year, as an answer is kept; any other text as it is.

        Without dates a month is counted from the month of the first day, a year from its year:
        the month before is M-1.
        """
        if self.dates or not _PARTIAL.fullmatch(text):
            return text
        match [int(part) for part in text.split("-")]:
            case [year, month, day]:
                return self.day(date(year, month, day))
            case [year, month]:
                return f"M{(year - self.first.year) * 12 + month - self.first.month}"
            case [year]:
                return f"Y{year - self.first.year}"
        raise AssertionError(text)

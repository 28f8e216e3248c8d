"""What every export is: facts in, one at a time, and bytes out; the whole is never in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Protocol, TypeAlias

from flows.people import Directory
from flows.rulebook import Rulebook
from flows.subjects import Subject


@dataclass(frozen=True, slots=True)
class About:
    """What an export is about, beside the screenings.

    `books` are the versions of the protocol under which somebody was screened, the oldest first,
    and at last the one that is current. `at` is when it was made, in the zone of the trial. With
    `dates=False` it leaves the site: calendar days become days since the screening was opened.
    """

    books: tuple[Rulebook, ...]
    people: Directory
    at: datetime
    language: str = "en"
    dates: bool = False

    @property
    def book(self) -> Rulebook:
        """The version of the protocol that is current."""
        return self.books[-1]

    def day_of(self, day: date, subject: Subject) -> int:
        """The study day of a calendar day: 1 on the day of opening, -1 the day before, never 0.

        So counts SDTM (SDTMIG 3.4, section 4.4.4: there is no day 0).
        """
        return study_day(day, subject.row.line.day)


def study_day(day: date, first: date) -> int:
    """Which day it is, `first` being day 1; there is no day 0."""
    passed = (day - first).days
    return passed + 1 if passed >= 0 else passed


class NotSound(Exception):
    """The export's own check refused what it would have written; `fault` says what and where.

    Nothing identifying: screening numbers, criteria and codes only.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Export(Protocol):
    """A file that is being written."""

    def add(self, subject: Subject) -> int:
        """Write what the format says of one attempt; returns how many rows that were.

        Raises NotSound.
        """
        ...

    def finish(self) -> int:
        """Write what comes at the end; returns how many rows more. Raises NotSound."""
        ...


Begin: TypeAlias = Callable[[BinaryIO, About], Export]
"""Begins an export into an open file, which it neither closes nor flushes."""

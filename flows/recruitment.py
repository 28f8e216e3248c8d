"""How recruitment went on, and how long it took from opening a screening to signing its verdict.

Counted like the participant flow: a patient once, by the last attempt.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import quantiles
from typing import Final

from flows.steps import enrolled_at
from flows.tallies import Fate, Row


def enrolments(rows: Iterable[Row]) -> tuple[datetime, ...]:
    """When each of those who count towards the target was enrolled, in order.

    It is as many as `flows.tallies.recruited` says: nobody who was enrolled in error.
    """
    people = (row for row in rows if row.counted and row.fate is Fate.ENROLLED)
    found = (enrolled_at(row.case) for row in people)
    return tuple(sorted(at for at in found if at is not None))


BOUNDS: Final = (
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=10),
)
"""Between the classes of the distribution: a class holds what is shorter than its bound, and not
shorter than the bound before."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took from opening to the signature that stands, over those who have one.

    `classes` are counts, one more than `BOUNDS`. `quartiles` are the lower one, the median and the
    upper one; None where nobody signed. `unsigned` are those screened without a signature.
    """

    classes: tuple[int, ...]
    quartiles: tuple[timedelta, timedelta, timedelta] | None
    longest: timedelta | None
    unsigned: int

    @property
    def signed(self) -> int:
        """How many there are."""
        return sum(self.classes)


def signing_times(rows: Iterable[Row]) -> Times:
    """The distribution over a log; a clock that was set back makes no time shorter than none."""
    people = [row.line for row in rows if row.counted]
    signed = [(line.opened_at, line.signed_at) for line in people if line.signed_at is not None]
    passed = sorted(max(timedelta(), until - since) for since, until in signed)
    places = [bisect_right(BOUNDS, one) for one in passed]
    return Times(
        classes=tuple(places.count(place) for place in range(len(BOUNDS) + 1)),
        quartiles=_quartiles(passed),
        longest=passed[-1] if passed else None,
        unsigned=len(people) - len(signed),
    )


def _quartiles(passed: Sequence[timedelta]) -> tuple[timedelta, timedelta, timedelta] | None:
    if not passed:
        return None
    seconds = [one.total_seconds() for one in passed]
    if len(seconds) == 1:
        seconds *= 2
    lower, median, upper = quantiles(seconds, n=4, method="inclusive")
    return timedelta(seconds=lower), timedelta(seconds=median), timedelta(seconds=upper)


def steps_of(moments: Sequence[datetime]) -> tuple[tuple[datetime, int], ...]:
    """The curve: at each moment how many there are by then; those at one moment are one step."""
    counts = [(at, count) for count, at in enumerate(moments, 1)]
    last = counts[-1:]
    return (*(one for one, following in pairwise(counts) if one[0] != following[0]), *last)

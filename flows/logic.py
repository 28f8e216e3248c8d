"""Three-valued logic over facts that may be known only in part.

A truth is `True`, `False` or `None` (cannot be told yet), combined as Kleene did. A quantity is a
`Span`: the earliest and the latest value compatible with what was said. "2016" is a span of a
year, "< 18" a span of eighteen ages, 45 a span of one point; one comparison serves them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias, TypeVar

Truth: TypeAlias = bool | None

Known = TypeVar("Known")

Bound: TypeAlias = tuple[Decimal | int, int]
"""A value and its side: 0 the value itself, -1 just below it, +1 just above it."""


@dataclass(frozen=True, slots=True)
class Span:
    """All values from `low` to `high`, both included. Dates are spans of day ordinals."""

    low: Bound
    high: Bound

    @classmethod
    def point(cls, value: Decimal | int) -> Span:
        """One known value."""
        return cls((value, 0), (value, 0))

    @classmethod
    def days(cls, first: date, last: date) -> Span:
        """All days from the first to the last."""
        return cls((first.toordinal(), 0), (last.toordinal(), 0))

    def day(self) -> date | None:
        """The calendar day, when the span is a single one."""
        return date.fromordinal(int(self.low[0])) if self.low == self.high else None


Fact: TypeAlias = str | Span
"""What is known of one input: a code (a choice or a non-answer) or a quantity."""


def shift_days(span: Span, days: int) -> Span:
    """The same span, `days` later."""
    (low, low_side), (high, high_side) = span.low, span.high
    return Span((low + days, low_side), (high + days, high_side))


def shift_years(span: Span, years: int) -> Span:
    """The same span of days, `years` later; 29 February falls on 28 where there is none."""
    return Span((_same_day(int(span.low[0]), years), 0), (_same_day(int(span.high[0]), years), 0))


def _same_day(ordinal: int, years: int) -> int:
    day = date.fromordinal(ordinal)
    try:
        return day.replace(year=day.year + years).toordinal()
    except ValueError:
        return day.replace(year=day.year + years, day=28).toordinal()


def days_between(start: Span, end: Span) -> Span:
    """Whole days from `start` to `end`; the same day is 0."""
    return Span((end.low[0] - start.high[0], 0), (end.high[0] - start.low[0], 0))


def at_least(left: Span, right: Span) -> Truth:
    """Is every value of `left` at or above every value of `right`? None if only some are."""
    if left.low >= right.high:
        return True
    return False if left.high < right.low else None


def at_most(left: Span, right: Span) -> Truth:
    """Is every value of `left` at or below every value of `right`? None if only some are."""
    return at_least(right, left)


def below(left: Span, right: Span) -> Truth:
    """Is every value of `left` under every value of `right`? None if only some are."""
    return negate(at_least(left, right))


def above(left: Span, right: Span) -> Truth:
    """Is every value of `left` over every value of `right`? None if only some are."""
    return negate(at_most(left, right))


COMPARISONS: dict[str, Callable[[Span, Span], Truth]] = {
    "at_least": at_least,
    "at_most": at_most,
    "below": below,
    "above": above,
}


def negate(truth: Truth) -> Truth:
    """Kleene's not: what cannot be told stays so."""
    return None if truth is None else not truth


def all_of(tests: Iterable[Callable[[Known], Truth]], known: Known) -> Truth:
    """Kleene's and over tests of what is known: one False settles it, whatever is unknown."""
    result: Truth = True
    for test in tests:
        truth = test(known)
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def any_of(tests: Iterable[Callable[[Known], Truth]], known: Known) -> Truth:
    """Kleene's or over tests of what is known: one True settles it, whatever is unknown."""
    result: Truth = False
    for test in tests:
        truth = test(known)
        if truth is True:
            return True
        if truth is None:
            result = None
    return result

"""Answers: accepted or refused at the door, reduced before they are kept, read as facts.

An answer passes three steps. `accept` brings what was said into one form or says what was
expected; `reduce` leaves out what could identify someone; `fact` is what the rules see.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from flows.logic import Fact, Span
from flows.protocol.bands import band_of, band_span, band_text
from flows.protocol.conditions import DATE_OF_SCREENING, names_in
from flows.protocol.model import Input, InputType, Words
from flows.rules import Facts, Test, compile_condition

Value: TypeAlias = int | Decimal | str
"""An accepted answer: a whole number, a number, a code, an ISO date or a band."""


class Expected(StrEnum):
    """What an input expects, when an answer is refused for its form."""

    WHOLE_NUMBER = "whole_number"
    NUMBER = "number"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    CHOICE = "choice"
    CONSISTENT = "consistent"
    JUDGEMENT = "judgement"


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that is not accepted: of which input, what was expected, and the rule's words."""

    input: str
    expected: Expected
    words: Words | None = None


_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_FORMS = {
    InputType.INTEGER: Expected.WHOLE_NUMBER,
    InputType.NUMBER: Expected.NUMBER,
    InputType.DATE: Expected.DATE,
    InputType.PARTIAL_DATE: Expected.PARTIAL_DATE,
    InputType.CHOICE: Expected.CHOICE,
    InputType.YES_NO: Expected.CHOICE,
}


class Reader:
    """All that is needed to take answers to one input, made ready once per protocol."""

    def __init__(self, entry: Input) -> None:
        self.entry = entry
        self.options = tuple(option.code for option in (*entry.choices, *entry.non_answers))
        self.codes = frozenset(self.options)
        self.non_answers = frozenset(option.code for option in entry.non_answers)
        self.applies = compile_condition(entry.applies_when) if entry.applies_when else None
        self.applies_by = names_in(entry.applies_when) if entry.applies_when else frozenset[str]()
        self.refusals = [(compile_condition(rule.when), rule.message) for rule in entry.refuse]
        self.refers_to = frozenset[str]().union(*(names_in(rule.when) for rule in entry.refuse))
        self.warnings = [(compile_condition(rule.when), rule.message) for rule in entry.warn]
        self._bands = {band_text(band): band_span(band, entry) for band in entry.keep}
        self._limit = (
            compile_condition(entry.keep_precision_for) if entry.keep_precision_for else None
        )
        self._accept: Callable[[object], Value | None] = {
            Expected.WHOLE_NUMBER: self._whole_number,
            Expected.NUMBER: self._number,
            Expected.DATE: exact_day,
            Expected.PARTIAL_DATE: _partial,
            Expected.CHOICE: lambda raw: None,
        }[self.expected]

    @property
    def expected(self) -> Expected:
        """The form that an answer to this input has."""
        return _FORMS[self.entry.type]

    def accept(self, raw: object, *, banded: bool = False) -> Value | Refused:
        """The answer in its one form, or what was expected instead.

        With `banded`, a band as it is kept (`> 75`) is an answer as well.
        """
        if isinstance(raw, str) and (raw in self.codes or (banded and raw in self._bands)):
            return raw
        value = self._accept(raw)
        return Refused(self.entry.id, self.expected) if value is None else value

    def fact(self, value: Value) -> Fact:
        """What the rules see of an accepted or kept answer."""
        if not isinstance(value, str):
            return Span.point(value)
        if value in self.codes:
            return value
        if self.entry.type in (InputType.DATE, InputType.PARTIAL_DATE):
            return _days(value)
        if value in self._bands:
            return self._bands[value]
        return Span.point(Decimal(value)) if _is_number(value) else value

    def contradiction(self, facts: Facts) -> Words | None:
        """Why this input's answer cannot stand beside the others; None when it can."""
        return _first(self.refusals, facts)

    def allows(self, fact: Fact, facts: Facts) -> bool:
        """Whether this answer could stand beside the others."""
        return not self.refusals or self.contradiction({**facts, self.entry.id: fact}) is None

    def warning(self, facts: Facts) -> Words | None:
        """What is worth a second look, although it is accepted."""
        return _first(self.warnings, facts)

    def reduce(self, value: Value, facts: Facts) -> int | str:
        """What is kept of the answer: no more than the rules need.

        `facts` holds the other answers and the date of screening.
        """
        if isinstance(value, str):
            return self._coarsest(value, facts) if self._limit else value
        band = band_of(self.entry, value)
        if band is not None:
            return band_text(band)
        return value if isinstance(value, int) else format(value, "f")

    def settles(self, period: str, day: date) -> bool:
        """Whether a year or a month is precise enough for the limit that matters, on that day."""
        facts: Facts = {**screening_day(day), self.entry.id: _days(period)}
        return self._limit is None or self._limit(facts) is not None

    def _coarsest(self, value: str, facts: Facts) -> str:
        """The year, or the year and month, when that settles the limit as well as the day."""
        assert self._limit is not None
        if value in self.codes:
            return value
        exact = self._limit({**facts, self.entry.id: _days(value)})
        if exact is None:
            return value  # not settled yet: what is known of it may be needed later
        for length in (4, 7):
            shorter = value[:length]
            if self._limit({**facts, self.entry.id: _days(shorter)}) is exact:
                return shorter
        return value

    def _whole_number(self, raw: object) -> Value | None:
        if isinstance(raw, bool) or not isinstance(raw, int):
            return None
        return raw if self._within(raw) else None

    def _number(self, raw: object) -> Value | None:
        if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
            return None
        number = Decimal(str(raw)) if isinstance(raw, float) else Decimal(raw)
        return number if number.is_finite() and self._within(number) else None

    def _within(self, number: Decimal | int) -> bool:
        low, high = self.entry.minimum, self.entry.maximum
        return (low is None or number >= low) and (high is None or number <= high)


def _first(rules: list[tuple[Test, Words]], facts: Facts) -> Words | None:
    for test, words in rules:
        if test(facts):
            return words
    return None


def exact_day(raw: object) -> str | None:
    """A calendar day, `YYYY-MM-DD` and nothing else."""
    return _partial(raw) if isinstance(raw, str) and len(raw) == 10 else None


def _partial(raw: object) -> str | None:
    """A year, a month or a day: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`."""
    if not isinstance(raw, str) or not _PARTIAL.fullmatch(raw):
        return None
    try:
        date.fromisoformat((raw + "-01-01")[:10])
    except ValueError:
        return None
    # Ten years must fit before it and after it in every calendar computation.
    return raw if 1800 <= int(raw[:4]) <= 9000 else None


def _days(value: str) -> Span:
    """The days that a full or partial ISO date stands for."""
    first = date.fromisoformat((value + "-01-01")[:10])
    if len(value) == 10:
        return Span.days(first, first)
    if len(value) == 4:
        return Span.days(first, first.replace(month=12, day=31))
    following = (first.year + first.month // 12, first.month % 12 + 1)
    return Span.days(first, date.fromordinal(date(*following, 1).toordinal() - 1))


def _is_number(value: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None


def screening_day(day: date) -> dict[str, Fact]:
    """The built-in fact that every evaluation starts from."""
    return {DATE_OF_SCREENING: Span.days(day, day)}

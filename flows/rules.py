"""Rules are data: conditions and decision tables of a protocol, made ready to be evaluated.

Each condition becomes one closure over the facts, built once per protocol, so that evaluating a
patient touches no model and no dictionary of names but the facts themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import TypeAlias, TypeVar

from flows.logic import (
    COMPARISONS,
    Fact,
    Span,
    Truth,
    all_of,
    any_of,
    days_between,
    shift_days,
    shift_years,
)
from flows.protocol.conditions import (
    DATE_OF_SCREENING,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Days,
    Is,
    Known,
    Not,
    Quantity,
    Surely,
    names_in,
)
from flows.protocol.model import Outcome, Row

MOST_SEEN = 512
"""Different facts of which it is remembered what followed from them."""

Facts: TypeAlias = Mapping[str, Fact]
Test: TypeAlias = Callable[[Facts], Truth]
Measured: TypeAlias = Callable[[Facts], Span | None]
Found = TypeVar("Found")


def compile_condition(condition: Condition) -> Test:
    """The condition as a function of the facts."""
    match condition:
        case Is():
            return _is(condition.input, frozenset(condition.codes))
        case Known():
            name = condition.known
            return lambda facts: isinstance(facts.get(name), Span)
        case Days() | Compare():
            return _comparison(condition)
        case AllOf():
            return partial(all_of, [compile_condition(part) for part in condition.all])
        case AnyOf():
            return partial(any_of, [compile_condition(part) for part in condition.any])
        case Not():
            return _not(compile_condition(condition.not_))
        case Surely():
            return _surely(condition)


def _is(name: str, codes: frozenset[str]) -> Test:
    def test(facts: Facts) -> Truth:
        fact = facts.get(name)
        return None if fact is None else fact in codes

    return test


def _not(inner: Test) -> Test:
    def test(facts: Facts) -> Truth:
        truth = inner(facts)
        return None if truth is None else not truth

    return test


def _surely(condition: Surely) -> Test:
    inner, names = compile_condition(condition.surely), names_in(condition.surely)

    def test(facts: Facts) -> Truth:
        truth = inner(facts)
        if truth is None and all(name in facts for name in names):
            return False  # asked, answered "unknown": it is not sure, and asking cannot help
        return truth

    return test


def _comparison(condition: Days | Compare) -> Test:
    left = _days(condition) if isinstance(condition, Days) else measure(condition)
    bounds = [
        (COMPARISONS[name], measure(bound) if isinstance(bound, Quantity) else _literal(bound))
        for name, bound in condition.bounds()
    ]

    def test(facts: Facts) -> Truth:
        found = left(facts)
        if found is None:
            return None
        truth: Truth = True
        for compare, right in bounds:
            bound = right(facts)
            part = None if bound is None else compare(found, bound)
            if part is False:
                return False
            truth = truth if part else None
        return truth

    return test


def measure(quantity: Quantity) -> Measured:
    """The value of an input, moved by days or years; None while it is not a quantity."""
    name, days, years = quantity.value, quantity.plus_days, quantity.plus_years

    def measured(facts: Facts) -> Span | None:
        fact = facts.get(name)
        if not isinstance(fact, Span):
            return None
        fact = shift_years(fact, years) if years else fact
        return shift_days(fact, days) if days else fact

    return measured


def _days(condition: Days) -> Measured:
    start, end = condition.days_from, condition.days_to

    def measured(facts: Facts) -> Span | None:
        first, last = facts.get(start), facts.get(end)
        if isinstance(first, Span) and isinstance(last, Span):
            return days_between(first, last)
        return None

    return measured


def _literal(value: float) -> Measured:
    # Through text: 9.9 in a file means nine point nine, not the nearest binary fraction.
    span = Span.point(Decimal(str(value)))
    return lambda facts: span


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table: the first row that holds decides; a row that may hold stays possible."""

    rows: tuple[tuple[Test, Row], ...]
    reads: frozenset[str]

    def possible(self, facts: Facts) -> tuple[Row, ...]:
        """The rows that may be the first to hold, in order; one alone means it is settled."""
        found = []
        for test, row in self.rows:
            truth = test(facts)
            if truth is False:
                continue
            found.append(row)
            if truth:
                break
        return tuple(found)


def compile_table(rows: list[Row]) -> Table:
    """A rule made ready; its last row holds always (checked when the file is loaded)."""
    tests = [compile_condition(row.when) if row.when else _always for row in rows]
    reads = frozenset[str]().union(*(names_in(row.when) for row in rows if row.when))
    return Table(tuple(zip(tests, rows, strict=True)), reads)


def _always(_: Facts) -> Truth:
    return True


def remembering(reads: Collection[str], find: Callable[[Facts], Found]) -> Callable[[Facts], Found]:
    """The same function of the facts, which keeps what it found for the next time.

    It is given the facts that it reads and the date of screening, and no others: what is kept
    under them cannot have come from anything else. Between two questions of a screening most
    facts are the same; where they differ each time, to remember costs more than to look.
    """
    names = (DATE_OF_SCREENING, *sorted(reads))

    @lru_cache(maxsize=MOST_SEEN)
    def kept(*facts: Fact | None) -> Found:
        known = zip(names, facts, strict=True)
        return find({name: fact for name, fact in known if fact is not None})

    return lambda facts: kept(*map(facts.get, names))


def settled(rows: Sequence[Row]) -> Outcome:
    """The outcome on which all possible rows agree; undetermined when they do not."""
    first = rows[0].then
    return first if all(row.then is first for row in rows) else Outcome.UNDETERMINED

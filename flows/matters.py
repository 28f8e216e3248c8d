"""Which input of a criterion still matters: asking for it could change what is found.

An input matters to a criterion while two different answers to it, each allowed beside the
answers already given, lead to different findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from flows.answers import Reader
from flows.logic import Fact, Span, shift_years
from flows.protocol.conditions import (
    DATE_OF_SCREENING,
    Compare,
    Days,
    Quantity,
    names_of,
    parts,
)
from flows.protocol.model import Criterion, Input, InputType, Outcome
from flows.rules import Facts, Table, remembering

Asking: TypeAlias = Callable[[Facts], str | None]
"""From the facts to the input to ask for; None while no answer could change the finding."""


def asking(criterion: Criterion, table: Table, readers: Mapping[str, Reader]) -> Asking:
    """What to ask for at a criterion: its first open input that can still change its finding.

    `readers` are those of the whole protocol, in its order.
    """
    needs = _Needs(criterion, table, [one for name, one in readers.items() if name in table.reads])
    return remembering(scope(table, readers), needs.first)


def scope(table: Table, readers: Mapping[str, Reader]) -> frozenset[str]:
    """All inputs that are looked at for a criterion: its rule's, and those they may contradict."""
    return table.reads.union(*(readers[name].refers_to for name in table.reads))


@dataclass(frozen=True, slots=True)
class _Needs:
    """One criterion with the readers of the inputs that its rule reads, in protocol order."""

    criterion: Criterion
    table: Table
    readers: list[Reader]

    def first(self, facts: Facts) -> str | None:
        """The first unanswered input that can still change the finding."""
        unanswered = [reader for reader in self.readers if reader.entry.id not in facts]
        if not unanswered or len(self.table.possible(facts)) == 1:
            return None
        undecided: str | None = None
        for reader in unanswered:
            outcomes = self._outcomes(reader, facts)
            first = next(outcomes, ())
            if any(other != first for other in outcomes):
                return reader.entry.id
            if undecided is None and len(set(first)) > 1:
                undecided = reader.entry.id
        return undecided

    def _outcomes(
        self, reader: Reader, facts: Facts
    ) -> Iterator[tuple[tuple[Outcome, str | None], ...]]:
        """What the criterion could still say after each possible answer to the input."""
        for fact in _possible_answers(reader, self.criterion, facts):
            rows = self.table.possible({**facts, reader.entry.id: fact})
            yield tuple((row.then, row.open_until) for row in rows)


def _possible_answers(reader: Reader, criterion: Criterion, facts: Facts) -> Iterator[Fact]:
    """One answer of every sort that the criterion could tell apart."""
    candidates: list[Fact] = [*sorted(reader.codes)]
    if reader.entry.type not in (InputType.CHOICE, InputType.YES_NO):
        candidates += _edges(reader.entry, criterion, facts)
    return (fact for fact in candidates if reader.allows(fact, facts))


def _edges(entry: Input, criterion: Criterion, facts: Facts) -> list[Fact]:
    """Points at, just under and just over every value at which a comparison could turn."""
    values: set[Decimal | int] = {value for value in (entry.minimum, entry.maximum) if value}
    today = facts[DATE_OF_SCREENING]
    if entry.type in (InputType.DATE, InputType.PARTIAL_DATE) and isinstance(today, Span):
        values |= {today.low[0], today.low[0] - _LONG_AGO}
    for row in criterion.rule:
        for part in parts(row.when) if row.when else ():
            if isinstance(part, Compare | Days) and entry.id in names_of(part):
                values |= {value for bound in _turns(part, entry.id, facts) for value in bound}
    steps = (0,) if entry.type is InputType.NUMBER else (-1, 0, 1)
    sides = (-1, 0, 1) if entry.type is InputType.NUMBER else (0,)
    return [
        Span((value + step, side), (value + step, side))
        for value in sorted(values)
        for step in steps
        for side in sides
        if _within(entry, value + step)
    ]


_LONG_AGO = 40 * 365
"""Days: longer than any window that a protocol looks back."""


def _turns(part: Compare | Days, name: str, facts: Facts) -> Iterator[tuple[Decimal | int, ...]]:
    """The values of the input at which one comparison turns, given the other facts."""
    for _, bound in part.bounds():
        right = bound if isinstance(bound, Quantity) else None
        if isinstance(part, Days):
            sign = 1 if part.days_to == name else -1
            other = part.days_from if sign == 1 else part.days_to
            shift = Decimal(str(bound)) if right is None else None
            if shift is not None:
                yield tuple(value + sign * shift for value in _known(facts, other))
        elif part.value == name:
            known = (Decimal(str(bound)),) if right is None else _moved(facts, right)
            yield tuple(_back(value, part) for value in known)
        elif right is not None and right.value == name:
            yield tuple(_back(value, right) for value in _moved(facts, part))


def _known(facts: Facts, name: str) -> tuple[Decimal | int, ...]:
    fact = facts.get(name)
    return (fact.low[0], fact.high[0]) if isinstance(fact, Span) else ()


def _moved(facts: Facts, quantity: Quantity) -> tuple[Decimal | int, ...]:
    """Where a quantity of another input lies, both ends of it."""
    fact = facts.get(quantity.value)
    if not isinstance(fact, Span):
        return ()
    if quantity.plus_years:
        fact = shift_years(fact, quantity.plus_years)
    return (fact.low[0] + quantity.plus_days, fact.high[0] + quantity.plus_days)


def _back(value: Decimal | int, quantity: Quantity) -> Decimal | int:
    """The value of an input that, once moved by the quantity's own shift, lies there."""
    if quantity.plus_years:
        value = shift_years(Span.point(value), -quantity.plus_years).low[0]
    return value - quantity.plus_days


def _within(entry: Input, value: Decimal | int) -> bool:
    low, high = entry.minimum, entry.maximum
    return (low is None or value >= low) and (high is None or value <= high)

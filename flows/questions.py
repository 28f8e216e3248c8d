"""What to ask next: in protocol order, each input once, and only while it can still matter.

An input matters to a criterion while two different answers to it, each allowed beside the
answers already given, lead to different findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from flows.answers import Reader, Value
from flows.determination import Finding, found_in
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
from flows.rulebook import Entry, Rulebook
from flows.rules import Facts


@dataclass(frozen=True, slots=True)
class AskInput:
    """Ask for one input; `criterion` is the one that needs it now."""

    criterion: str
    input: str


@dataclass(frozen=True, slots=True)
class AskJudgement:
    """All facts are known and the text does not decide: ask for the investigator's judgement."""

    criterion: str


@dataclass(frozen=True, slots=True)
class FirstExclusion:
    """The first failing criterion in protocol order: asking stops here."""

    criterion: str


@dataclass(frozen=True, slots=True)
class AllAsked:
    """Nothing is left that could be asked and would matter."""


Step: TypeAlias = AskInput | AskJudgement | FirstExclusion | AllAsked


@dataclass(frozen=True, slots=True)
class Walk:
    """How far the criteria have been walked: what comes next, and what was found on the way."""

    step: Step
    findings: tuple[Finding, ...]


def walk(
    book: Rulebook,
    answers: Mapping[str, Value],
    judgements: Mapping[str, Outcome | None],
    day: date,
    *,
    past_exclusions: bool = False,
) -> Walk:
    """Walk the criteria in protocol order until something must be asked.

    A judgement of None was deferred: it is not asked for again, and stays undetermined.
    With `past_exclusions` a failing criterion does not end the walk.
    """
    openly = book.applicable(book.facts(answers, day, final=False))
    finally_ = book.applicable(book.facts(answers, day, final=True))
    findings: list[Finding] = []
    for entry in book.entries:
        name = entry.criterion.id
        if wanted := _wanted(book, entry, openly):
            return Walk(AskInput(name, wanted), tuple(findings))
        found = found_in(entry, entry.table.remembered(finally_), judgements.get(name))
        if found.outcome is Outcome.JUDGEMENT and name not in judgements:
            return Walk(AskJudgement(name), tuple(findings))
        findings.append(found)
        if found.outcome is Outcome.FAIL and not past_exclusions:
            return Walk(FirstExclusion(name), tuple(findings))
    return Walk(AllAsked(), tuple(findings))


def offered(book: Rulebook, name: str, answers: Mapping[str, Value], day: date) -> list[str]:
    """The codes of an input that can stand beside the answers already given, in file order."""
    others = {other: value for other, value in answers.items() if other != name}
    facts = book.facts(others, day, final=False)
    reader = book.readers[name]
    options = (*reader.entry.choices, *reader.entry.non_answers)
    return [option.code for option in options if _stands(reader, name, option.code, facts)]


def _wanted(book: Rulebook, entry: Entry, facts: Facts) -> str | None:
    """The first unanswered input of the criterion that can still change its finding."""
    if not (open_inputs := [name for name in entry.table.reads if name not in facts]):
        return None
    if len(entry.table.remembered(facts)) == 1:
        return None
    undecided: str | None = None
    for name in book.in_order(frozenset(open_inputs)):
        outcomes = _outcomes(book.readers[name], entry, facts)
        first = next(outcomes, ())
        if any(other != first for other in outcomes):
            return name
        if undecided is None and len(set(first)) > 1:
            undecided = name
    return undecided


def _outcomes(
    reader: Reader, entry: Entry, facts: Facts
) -> Iterator[tuple[tuple[Outcome, str | None], ...]]:
    """What the criterion could still say after each possible answer to the input."""
    name = reader.entry.id
    for fact in _possible_answers(reader, entry.criterion, facts):
        rows = entry.table.possible({**facts, name: fact})
        yield tuple((row.then, row.open_until) for row in rows)


def _possible_answers(reader: Reader, criterion: Criterion, facts: Facts) -> Iterator[Fact]:
    """One answer of every sort that the criterion could tell apart."""
    name = reader.entry.id
    candidates: list[Fact] = [*sorted(reader.codes)]
    if reader.entry.type not in (InputType.CHOICE, InputType.YES_NO):
        candidates += _edges(reader.entry, criterion, facts)
    return (fact for fact in candidates if _stands(reader, name, fact, facts))


def _stands(reader: Reader, name: str, fact: Fact, facts: Facts) -> bool:
    return reader.contradiction({**facts, name: fact}) is None


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

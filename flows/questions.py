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
from flows.determination import Finding, find
from flows.logic import Fact, Span
from flows.protocol.conditions import DATE_OF_SCREENING, Compare, Days, Quantity, parts
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
    openly = book.facts(answers, day, final=False)
    finally_ = book.facts(answers, day, final=True)
    findings: list[Finding] = []
    for entry in book.entries:
        name = entry.criterion.id
        if wanted := _wanted(book, entry, openly):
            return Walk(AskInput(name, wanted), tuple(findings))
        found = find(entry, finally_, judgements.get(name))
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
    if len(entry.table.possible(facts)) == 1:
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
    """Points at, just under and just over every bound with which the criterion compares."""
    today = facts[DATE_OF_SCREENING]
    assert isinstance(today, Span)
    starts = [today] if entry.type in (InputType.DATE, InputType.PARTIAL_DATE) else []
    starts += [fact for fact in facts.values() if isinstance(fact, Span) and starts]
    offsets = {0, -365 * 40} if starts else set()
    for row in criterion.rule:
        for part in parts(row.when) if row.when else ():
            if isinstance(part, Compare | Days):
                offsets |= {offset for _, bound in part.bounds() for offset in _shifts(bound)}
    points = [start.low[0] for start in starts] or [0]
    values = {point + sign * shift for point in points for shift in offsets for sign in (1, -1)}
    return [
        Span.point(value + step)
        for value in sorted(values)
        for step in (-1, 0, 1)
        if _within(entry, value + step)
    ]


def _shifts(bound: float | Quantity) -> Iterator[int]:
    if isinstance(bound, Quantity):
        yield bound.plus_days
        yield round(bound.plus_years * 365.2425)
    else:
        yield int(bound)


def _within(entry: Input, value: Decimal | int) -> bool:
    low, high = entry.minimum, entry.maximum
    return (low is None or value >= low) and (high is None or value <= high)

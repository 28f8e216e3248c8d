"""The third move from text to protocol: what no single entry of the file can see of itself.

Each check yields faults with their place; all of them run, so that an author sees everything at
once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.logic import COMPARISONS, Span
from flows.protocol.bands import band_span
from flows.protocol.conditions import (
    DATE_OF_SCREENING,
    Compare,
    Comparison,
    Condition,
    Days,
    Is,
    Known,
    Quantity,
    names_in,
    names_of,
    parts,
)
from flows.protocol.fault import Fault
from flows.protocol.model import Criterion, Input, InputType, Option, Outcome, Protocol

NOT_APPLICABLE = "not_applicable"
_RESERVED = (DATE_OF_SCREENING, "judgements")
_DATES = (InputType.DATE, InputType.PARTIAL_DATE)
_CHOICES = (InputType.CHOICE, InputType.YES_NO)
_NUMBERS = (InputType.INTEGER, InputType.NUMBER)


def faults_across(protocol: Protocol) -> Iterator[Fault]:
    """Every fault that spans several entries of the file, in the order of the file."""
    yield from _zone(protocol)
    inputs = {entry.id: entry for entry in protocol.inputs}
    yield from _repeats("criteria", [criterion.id for criterion in protocol.criteria])
    yield from _repeats("inputs", [entry.id for entry in protocol.inputs])
    yield from _order(protocol)
    named = [one.name for criterion in protocol.criteria for one in criterion.deadlines]
    yield from _repeats("deadlines", [*named, *(one.name for one in protocol.advisories)])
    for index, deadline in enumerate(protocol.advisories):
        yield from _date(f"advisories[{index}]", deadline.date, inputs)
    seen: dict[str, Input] = {}
    for index, criterion in enumerate(protocol.criteria):
        place = f"criteria[{index}]"
        seen |= {entry.id: entry for entry in criterion.inputs}
        yield from _criterion(place, criterion, inputs, seen)
        yield from _sources(place, criterion, protocol)
    yield from _bands(protocol, inputs)


def _zone(protocol: Protocol) -> Iterator[Fault]:
    try:
        ZoneInfo(protocol.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Fault("time_zone", f"unknown time zone '{protocol.time_zone}'")


def _repeats(place: str, names: list[str]) -> Iterator[Fault]:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Fault(place, f"'{name}' stands more than once")


def _order(protocol: Protocol) -> Iterator[Fault]:
    exclusions = 0
    for index, criterion in enumerate(protocol.criteria):
        place = f"criteria[{index}]"
        if (criterion.kind == "inclusion") != criterion.id.startswith("I"):
            yield Fault(f"{place}.kind", f"'{criterion.id}' is no {criterion.kind} criterion")
        if criterion.kind == "inclusion" and exclusions:
            yield Fault(place, "inclusion criteria stand before exclusion criteria")
        exclusions += criterion.kind == "exclusion"


def _criterion(
    place: str, criterion: Criterion, inputs: dict[str, Input], seen: dict[str, Input]
) -> Iterator[Fault]:
    for number, entry in enumerate(criterion.inputs):
        yield from _input(f"{place}.inputs[{number}]", entry, inputs)
    yield from _rule(f"{place}.rule", criterion, inputs, seen)
    for number, deadline in enumerate(criterion.deadlines):
        at = f"{place}.deadlines[{number}]"
        yield from _date(at, deadline.date, inputs)
        if deadline.when:
            yield from _condition(at, deadline.when, inputs)
    codes = {option.code for entry in inputs.values() for option in _options(entry)}
    for key in criterion.meanings:
        if re.sub(r" \(.*\)$", "", key) not in codes:
            yield Fault(f"{place}.meanings", f"unknown code '{key}'")


def _rule(
    place: str, criterion: Criterion, inputs: dict[str, Input], seen: dict[str, Input]
) -> Iterator[Fault]:
    *rows, last = criterion.rule
    if last.when is not None:
        yield Fault(place, "the last row has no 'when': it says what holds otherwise")
    for number, row in enumerate(rows):
        if row.when is None:
            yield Fault(place, f"row {number + 1} has no 'when', so that no later row can hold")
    deadlines = {deadline.name for deadline in criterion.deadlines}
    for row in criterion.rule:
        if row.when is not None:
            yield from _condition(place, row.when, inputs)
            yield from _asked_later(place, row.when, inputs, seen)
            for name in sorted(names_in(row.when)):
                if name in inputs and inputs[name].record_only:
                    yield Fault(place, f"input '{name}' is for the record only")
        if row.open_until is not None and row.open_until not in deadlines:
            yield Fault(place, f"unknown deadline '{row.open_until}'")
    yield from _outcomes(place, criterion)


def _outcomes(place: str, criterion: Criterion) -> Iterator[Fault]:
    outcomes = {row.then for row in criterion.rule}
    for outcome in (Outcome.PASS, Outcome.FAIL):
        if outcome not in outcomes:
            yield Fault(place, f"no row gives '{outcome}'")
    if (Outcome.JUDGEMENT in outcomes) != (criterion.judgement is not None):
        yield Fault(place, "a row 'then: judgement' and a judgement question go together")


def _asked_later(
    place: str, condition: Condition, inputs: dict[str, Input], seen: dict[str, Input]
) -> Iterator[Fault]:
    for part in parts(condition):
        for name in names_of(part):
            if name in inputs and name not in seen:
                yield Fault(place, f"input '{name}' is asked only by a later criterion")


def _input(place: str, entry: Input, inputs: dict[str, Input]) -> Iterator[Fault]:
    yield from _repeats(place, [option.code for option in _options(entry)])
    codes = {option.code for option in entry.choices}
    if (entry.type in _CHOICES) != bool(codes):
        yield Fault(
            place, "choices belong to the types 'choice' and 'yes_no', and are needed there"
        )
    if entry.type is InputType.YES_NO and codes != {"yes", "no"}:
        yield Fault(place, "a 'yes_no' input has the choices 'yes' and 'no'")
    if entry.type in _NUMBERS and (entry.minimum is None or entry.maximum is None):
        yield Fault(place, "a number needs 'minimum' and 'maximum'")
    if (entry.minimum or 0) > (entry.maximum or 0) and entry.maximum is not None:
        yield Fault(place, "'minimum' is greater than 'maximum'")
    if entry.id in _RESERVED:
        yield Fault(place, f"'{entry.id}' is reserved: give the input another name")
    if entry.keep and entry.type not in _NUMBERS:
        yield Fault(place, "'keep' belongs to numbers")
    if entry.when_absent is not None and entry.when_absent not in _codes(entry):
        yield Fault(place, f"when_absent: unknown code '{entry.when_absent}'")
    conditions = [rule.when for rule in (*entry.refuse, *entry.warn)]
    conditions += [part for part in (entry.applies_when, entry.keep_precision_for) if part]
    for condition in conditions:
        yield from _condition(place, condition, inputs)


def _condition(place: str, condition: Condition, inputs: dict[str, Input]) -> Iterator[Fault]:
    for part in parts(condition):
        unknown = [name for name in names_of(part) if name not in inputs]
        yield from (Fault(place, f"unknown input '{name}'") for name in unknown)
        if unknown:
            continue
        if isinstance(part, Is | Known) and _subject(part) == DATE_OF_SCREENING:
            yield Fault(place, f"'{DATE_OF_SCREENING}' is a date: compare it with 'value'")
        elif isinstance(part, Is):
            yield from _is(place, part, inputs[part.input])
        if isinstance(part, Comparison):
            yield from _comparison(place, part, inputs)


def _is(place: str, part: Is, entry: Input) -> Iterator[Fault]:
    for code in part.codes:
        if code not in _codes(entry):
            yield Fault(place, f"unknown code '{code}' of input '{part.input}'")


def _comparison(place: str, part: Comparison, inputs: dict[str, Input]) -> Iterator[Fault]:
    left = _DATES if isinstance(part, Days) else _family(_left(part), inputs)
    if isinstance(part, Days):
        for name in (part.days_from, part.days_to):
            if _family(name, inputs) != _DATES:
                yield Fault(place, f"input '{name}' is no date")
    elif left == _CHOICES:
        yield Fault(place, f"input '{_left(part)}' is no number and no date")
    for name, bound in part.bounds():
        literal = not isinstance(bound, Quantity)
        right = _NUMBERS if literal else _family(bound.value, inputs)  # type: ignore[union-attr]
        wanted = _NUMBERS if isinstance(part, Days) else left
        if right != wanted:
            yield Fault(place, f"'{name}' compares a date with a number")


def _subject(part: Is | Known) -> str:
    return part.input if isinstance(part, Is) else part.known


def _left(part: Comparison) -> str:
    return part.value if isinstance(part, Compare) else DATE_OF_SCREENING


def _family(name: str, inputs: dict[str, Input]) -> tuple[InputType, ...]:
    kind = InputType.DATE if name == DATE_OF_SCREENING else inputs[name].type
    return next(family for family in (_DATES, _NUMBERS, _CHOICES) if kind in family)


def _date(place: str, quantity: Quantity, inputs: dict[str, Input]) -> Iterator[Fault]:
    name = quantity.value
    if name != DATE_OF_SCREENING and name not in inputs:
        yield Fault(place, f"unknown input '{name}'")
    elif _family(name, inputs) != _DATES:
        yield Fault(place, f"input '{name}' is no date")


def _sources(place: str, criterion: Criterion, protocol: Protocol) -> Iterator[Fault]:
    known = {source.id for source in protocol.sources}
    for name in criterion.sources:
        if name not in known:
            yield Fault(f"{place}.sources", f"unknown source '{name}'")


def _options(entry: Input) -> list[Option]:
    return [*entry.choices, *entry.non_answers]


def _codes(entry: Input) -> set[str]:
    codes = {option.code for option in _options(entry)}
    return codes | ({NOT_APPLICABLE} if entry.applies_when or entry.when_absent else set())


def _bands(protocol: Protocol, inputs: dict[str, Input]) -> Iterator[Fault]:
    """A band must lie on one side of every threshold, or storing it would change a finding."""
    for index, criterion in enumerate(protocol.criteria):
        conditions = [row.when for row in criterion.rule if row.when]
        for part in (part for condition in conditions for part in parts(condition)):
            if isinstance(part, Compare) and part.value in inputs:
                for bound in _hidden(part, inputs[part.value]):
                    problem = f"'keep' of input '{part.value}' hides the threshold {bound}"
                    yield Fault(f"criteria[{index}].rule", problem)


def _hidden(part: Compare, entry: Input) -> Iterator[float]:
    for name, bound in part.bounds():
        if not isinstance(bound, Quantity):
            edge = Span.point(Decimal(str(bound)))
            if any(COMPARISONS[name](band_span(band, entry), edge) is None for band in entry.keep):
                yield bound

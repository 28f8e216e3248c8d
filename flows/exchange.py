"""The exchange format of answers and determinations: plain data in, plain data out.

One answer set is `{"case", "date_of_screening", "answers"}`; its determination is the mapping
that `as_data` returns. Nothing is stored and nothing is reduced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flows.answers import Expected, Refused, Value, exact_day
from flows.determination import Determination, Verdict, determine
from flows.protocol.model import Outcome
from flows.rulebook import Rulebook

JUDGEMENTS = "judgements"
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
"""No screening lies outside; every computation with years and days stays within the calendar."""

_JUDGEMENT_VALUES = {"pass": Outcome.PASS, "fail": Outcome.FAIL}


class Shape(StrEnum):
    """What an answer set must have and this data has not."""

    OBJECT = "object"
    KEY = "key"
    ANSWERS = "answers"
    DATE = "date"
    INPUT = "input"


class NotAnAnswerSet(Exception):
    """The data is no answer set: `shape` is what was expected, `name` the key in question."""

    def __init__(self, shape: Shape, name: str = "") -> None:
        super().__init__(f"{shape}: {name}" if name else str(shape))
        self.shape, self.name = shape, name


@dataclass(frozen=True, slots=True)
class Assessed:
    """A determination and the answers that were refused for their form."""

    case: Any
    determination: Determination
    malformed: tuple[Refused, ...]


def assess(book: Rulebook, data: object) -> Assessed:
    """The determination of one answer set.

    Raises:
        NotAnAnswerSet: the data has not the shape of the exchange format, names an input that
            the protocol does not have, or carries no date of screening.

    """
    case, day, answers = _envelope(data)
    judgements, malformed = _judgements(book, answers)
    accepted: dict[str, Value] = {}
    for name, raw in answers.items():
        if name == JUDGEMENTS or raw is None:
            continue
        reader = book.readers.get(name)
        if reader is None:
            raise NotAnAnswerSet(Shape.INPUT, str(name))
        value = reader.accept(raw)
        if isinstance(value, Refused):
            malformed.append(value)
        else:
            accepted[name] = value
    if malformed:
        return Assessed(case, _invalid(book, accepted, malformed, day), tuple(malformed))
    return Assessed(case, determine(book, accepted, judgements, day), ())


def _envelope(data: object) -> tuple[Any, date, Mapping[str, Any]]:
    if not isinstance(data, dict):
        raise NotAnAnswerSet(Shape.OBJECT)
    if unknown := set(data) - {"case", "date_of_screening", "answers"}:
        raise NotAnAnswerSet(Shape.KEY, min(map(str, unknown)))
    answers = data.get("answers")
    if not isinstance(answers, dict):
        raise NotAnAnswerSet(Shape.ANSWERS)
    raw = exact_day(data.get("date_of_screening"))
    day = date.fromisoformat(raw) if raw else None
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise NotAnAnswerSet(Shape.DATE)
    return data.get("case"), day, answers


def _judgements(
    book: Rulebook, answers: Mapping[str, Any]
) -> tuple[dict[str, Outcome], list[Refused]]:
    raw = answers.get(JUDGEMENTS)
    given = {} if raw is None else raw
    fault = Refused(JUDGEMENTS, Expected.JUDGEMENT)
    if not isinstance(given, dict):
        return {}, [fault]
    for name, verdict in given.items():
        if name not in book.criteria or verdict not in ("pass", "fail"):
            return {}, [fault]
    return {name: _JUDGEMENT_VALUES[verdict] for name, verdict in given.items()}, []


def _invalid(
    book: Rulebook, accepted: Mapping[str, Value], malformed: list[Refused], day: date
) -> Determination:
    """An invalid determination that names every fault: those of form and the contradictions."""
    facts = book.facts(accepted, day, final=True)
    names = {refused.input for refused in malformed}
    names |= {refused.input for refused in book.contradictions(accepted, facts)}
    ordered = (*book.in_order(names - {JUDGEMENTS}), *(names & {JUDGEMENTS}))
    return Determination(day, Verdict.INVALID, invalid_inputs=ordered)


def as_data(case: Any, found: Determination) -> dict[str, Any]:
    """The determination as the exchange format shows it; `case` is handed through."""
    failing = found.failing
    return {
        "case": case,
        "determination": found.verdict.value,
        "first_failing": failing[0] if failing else None,
        "failing": list(failing),
        "undetermined": list(found.undetermined),
        "judgement_required": list(found.having(Outcome.JUDGEMENT)),
        "deadlines": {name: day.isoformat() for name, day in found.deadlines},
        "invalid_fields": list(found.invalid_inputs),
        "rejected_judgements": list(found.rejected_judgements),
    }

"""Screening the same patient again: what is not asked again, and what has changed since.

Only what the protocol file expects never to change comes over (`may_change.expected: false` of
the criterion at which it is asked), and only a real answer: what was not known is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

from flows.answers import Reader, Refused, Value
from flows.determination import Verdict
from flows.events import (
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    Happened,
    JudgementVerdict,
    Mode,
)
from flows.log import Line
from flows.protocol.model import InputType
from flows.rulebook import Rulebook
from flows.screening import Screening
from flows.stages import Stage

SOON: Final = timedelta(minutes=60)
"""Two screenings at one site within an hour may be of one patient: that is worth a question."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An earlier attempt over the same patient: how it stands, and all that happened in it."""

    screening: Screening
    history: tuple[Happened, ...]


Said: TypeAlias = Value | JudgementVerdict
"""What was answered to an input, or how a criterion was judged."""


def repeatable(screening: Screening) -> bool:
    """Whether a new attempt over the same patient may follow this one.

    An eligible patient who is not signed yet is signed, or an answer is corrected.
    """
    if screening.mode is not Mode.SCREENING:
        return False
    if screening.stage in (Stage.SIGNED, Stage.STOPPED):
        return True
    made = screening.determination
    concluded = screening.stage is Stage.CONCLUDED and made is not None
    return concluded and made is not None and made.verdict != Verdict.ELIGIBLE


def carried(book: Rulebook, earlier: Attempt, day: date) -> list[AnswerCarried]:
    """The answers that come over, in protocol order, each with who gave it then and when.

    `book` is the version under which the patient is screened now; an answer that it does not
    know, does not accept, or that contradicts what is so on that day, is asked again.
    """
    kept: dict[str, Value] = {}
    for name, reader in book.readers.items():
        value = _acceptable(reader, earlier.screening.answers.get(name))
        if value is not None and not book.home(name).may_change.expected:
            kept[name] = value
    while clashing := book.clashing(book.given(kept, day)):
        kept = {name: value for name, value in kept.items() if name not in clashing}
    facts, given = book.facts(kept, day, final=False), _given(earlier.history)
    return [
        AnswerCarried(name, book.readers[name].reduce(value, facts), *given[name])
        for name, value in kept.items()
    ]


def _acceptable(reader: Reader, value: int | str | None) -> Value | None:
    """The kept answer as this version of the protocol takes it; None where it is none."""
    if value is None or value in reader.non_answers:
        return None
    said: Value = value
    if reader.entry.type is InputType.NUMBER and isinstance(value, str) and value[0].isdecimal():
        said = Decimal(value)
    accepted = reader.accept(said, banded=True)
    return None if isinstance(accepted, Refused) else accepted


def _given(history: Sequence[Happened]) -> Mapping[str, tuple[str, datetime]]:
    """Who said last what stands, and when; what came over itself keeps its first speaker."""
    found: dict[str, tuple[str, datetime]] = {}
    for happened in history:
        match happened.event:
            case AnswerCarried(input=name, by=by, at=at):
                found[name] = by, at
            case AnswerGiven(input=name) | AnswerCorrected(input=name):
                found[name] = happened.by.person, happened.at
    return found


def changes(earlier: Screening, now: Screening) -> dict[str, Said | None]:
    """What differs from the earlier attempt, with what that said; None where it said nothing.

    What is not asked in this attempt says nothing, so it is no change.
    """
    before: dict[str, Said] = {**earlier.answers, **earlier.judgements}
    after: dict[str, Said] = {**now.answers, **now.judgements}
    return {name: before.get(name) for name, said in after.items() if before.get(name) != said}


def perhaps_the_same(lines: Iterable[Line], trial: str, site: str, now: datetime) -> Line | None:
    """The newest screening of a trial at a site within the last hour; a quick check is none.

    Nobody can go on with one that was erased. `lines` come in the order of opening; of two that
    were opened at once the last one counts.
    """
    recent = [
        line
        for line in lines
        if (line.trial, line.site, line.mode) == (trial, site, Mode.SCREENING)
        and not (line.stopped or line.erased_at)
        and now - line.opened_at <= SOON
    ]
    return max(reversed(recent), key=lambda line: line.opened_at, default=None)

"""Screenings of every sort, found by playing a protocol through: no trial is known by name here.

The walk is the same at every run: the clock stands still, the number is always the same, and what
is tried comes from the protocol file and from the days around its windows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from flows.again import Attempt
from flows.answers import Value
from flows.commands import (
    Command,
    GiveAnswer,
    GiveJudgement,
    OpenScreening,
    RecordAllReasons,
    Stop,
)
from flows.decide import Decision, decide, open_screening
from flows.events import Actor, JudgementVerdict, Mode, Role
from flows.protocol.model import Input, InputType, Outcome
from flows.questions import AskInput, AskJudgement
from flows.rulebook import Rulebook
from flows.screening import Screening
from flows.stages import Stage

NOW: Final = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
NUMBER: Final = "7K3F-9QXV"
LATER: Final = "EPCA-DE6N"
"""The number of a second attempt."""

SOMEBODY: Final = Actor("P-1", Role.INVESTIGATOR)

_DAYS_BACK = (4, 0, 8, 16)
"""Days before today: inside a window of about ten days, and outside it."""

_DATE = InputType.DATE
_YEARS_BACK = (20, 10, 2)

Ending = tuple[str, tuple[str, ...]]
"""A verdict and the names of the deadlines that stand beside it."""


@dataclass(slots=True)
class Tour:
    """The first screening found that excludes at each criterion, or ends in each way.

    Of those that ask the same question, the one that offers the most answers to it.
    """

    asked: dict[str, Screening] = field(default_factory=dict)
    excluded: dict[str, Screening] = field(default_factory=dict)
    ended: dict[Ending, Screening] = field(default_factory=dict)

    def note(self, screening: Screening) -> None:
        """Keep a screening as an example of what it is the first to show."""
        made = screening.determination
        if name := asked(screening):
            known = self.asked.setdefault(name, screening)
            if _choices(screening, name) > _choices(known, name):
                self.asked[name] = screening
        elif made and screening.stage is Stage.EXCLUDED:
            self.excluded.setdefault(made.failing[0], screening)
        elif made and screening.stage is Stage.CONCLUDED:
            dates = tuple(name for name, _ in made.deadlines)
            self.ended.setdefault((made.verdict, dates), screening)


def tour(book: Rulebook) -> Tour:
    """Play a protocol: the way of whoever passes, then every other answer, then what follows it.

    What was answered before a question seldom matters to it; only the first date does, for it
    opens or closes the windows. So a question is met once after each answer and first date.
    """
    found = Tour()
    begun = opened(book)
    waiting = deque([begun, *_stations(begun)])
    for screening in waiting:
        found.note(screening)
    seen: set[object] = set()
    while waiting:
        screening = waiting.popleft()
        name = asked(screening) or ""
        for value in _values(book, name) if name else ():
            after = said(screening, name, value)
            if after is None or (key := (asked(after), name, value, _first_date(after))) in seen:
                continue
            seen.add(key)
            found.note(after)
            found.note(passing(after))
            waiting.append(after)
    return found


def _stations(screening: Screening) -> Iterator[Screening]:
    """Every stop on the way of whoever passes."""
    while after := _next(screening):
        screening = after
        yield screening


def _first_date(screening: Screening) -> Value | None:
    inputs = screening.book.readers
    dates = (v for name, v in screening.answers.items() if inputs[name].entry.type is _DATE)
    return next(dates, None)


def opened(book: Rulebook, mode: Mode = Mode.SCREENING) -> Screening:
    """A screening that was just begun."""
    command = OpenScreening(NUMBER, "HM", book.protocol.time_zone, mode, "en")
    return open_screening(book, command, NOW, SOMEBODY).screening


def attempted(book: Rulebook) -> Attempt:
    """An attempt that was given up before its last answer, with all that happened in it."""
    command = OpenScreening(NUMBER, "HM", book.protocol.time_zone, Mode.SCREENING, "en")
    decision = open_screening(book, command, NOW, SOMEBODY)
    screening, history = decision.screening, [*decision.events]
    while (step := _passing_step(screening)) and asked(step.screening):
        screening, history = step.screening, [*history, *step.events]
    decision = decide(screening, Stop(), NOW, SOMEBODY)
    return Attempt(decision.screening, (*history, *decision.events))


def begun_again(earlier: Attempt) -> Screening:
    """The attempt after it, as far as nothing was asked yet."""
    book, zone = earlier.screening.book, earlier.screening.opened.time_zone
    command = OpenScreening(LATER, "HM", zone, Mode.SCREENING, "en")
    return open_screening(book, command, NOW, SOMEBODY, earlier).screening


def otherwise(screening: Screening) -> Screening:
    """The screening after the last answer to its question that does not exclude."""
    name = asked(screening) or ""
    afters = (said(screening, name, value) for value in _values(screening.book, name))
    good = [one for one in afters if one and one.stage is not Stage.EXCLUDED]
    return good[-1] if good else screening


def told(screening: Screening, command: Command) -> Screening:
    """The screening after a command."""
    return decide(screening, command, NOW, SOMEBODY).screening


def said(screening: Screening, name: str, value: Value) -> Screening | None:
    """The screening after an answer or a judgement; None when it was refused."""
    decision = _say(screening, name, value)
    return decision.screening if decision.events else None


def _say(screening: Screening, name: str, value: Value) -> Decision:
    if name in screening.book.criteria:
        command: Command = GiveJudgement(name, JudgementVerdict(str(value)))
    else:
        command = GiveAnswer(name, value)
    return decide(screening, command, NOW, SOMEBODY)


def asked(screening: Screening) -> str | None:
    """The input, or the criterion to be judged, that is asked for now."""
    if screening.stage is not Stage.ASKING:
        return None
    match screening.walk(screening.day(NOW)).step:
        case AskInput(input=name) | AskJudgement(criterion=name):
            return name
    return None


def passing(screening: Screening) -> Screening:
    """The screening at its end, with the first answer to everything that does not exclude."""
    while after := _next(screening):
        screening = after
    return screening


def all_reasons(excluded: Screening) -> Screening:
    """The screening at its end, after an exclusion, with the first answer that excludes again."""
    screening = told(excluded, RecordAllReasons())
    while name := asked(screening):
        afters = [said(screening, name, value) for value in _values(screening.book, name)]
        good = [one for one in afters if one]
        screening = max(good, key=lambda one: len(_failing(one)))
    return screening


def _failing(screening: Screening) -> list[str]:
    walked = screening.walk(screening.day(NOW))
    return [one.criterion for one in walked.findings if one.outcome is Outcome.FAIL]


def _next(screening: Screening) -> Screening | None:
    step = _passing_step(screening)
    return step.screening if step else None


def _passing_step(screening: Screening) -> Decision | None:
    """The first answer to what is asked that does not exclude."""
    if (name := asked(screening)) is None:
        return None
    steps = (_say(screening, name, value) for value in _values(screening.book, name))
    return next(
        (one for one in steps if one.events and one.screening.stage is not Stage.EXCLUDED), None
    )


def _choices(screening: Screening, name: str) -> int:
    if name in screening.book.criteria:
        return 0
    return len(screening.offered(name, screening.day(NOW)))


def _values(book: Rulebook, name: str) -> Iterator[Value]:
    if name in book.criteria:
        yield from (verdict.value for verdict in JudgementVerdict)
        return
    entry = book.readers[name].entry
    yield from (option.code for option in entry.choices)
    yield from _entered(entry)
    yield from (option.code for option in entry.non_answers)


def _entered(entry: Input) -> Iterator[Value]:
    """What may be keyed in: a number between the limits and around each band, days, years."""
    if entry.type in (InputType.INTEGER, InputType.NUMBER):
        yield ((entry.minimum or 0) + (entry.maximum or 100)) // 2
        edges = {
            int(e) for b in entry.keep for e in (b.below, b.at_least, b.above) if e is not None
        }
        yield from (edge + step for edge in sorted(edges) for step in (-1, 1))
    elif entry.type is _DATE:
        yield from ((NOW - timedelta(days=back)).date().isoformat() for back in _DAYS_BACK)
    elif entry.type is InputType.PARTIAL_DATE:
        yield from (str(NOW.year - back) for back in _YEARS_BACK)

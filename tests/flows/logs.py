"""Screening logs for the tests: plays of the robot, followed up and attempted again at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from flows.cases import CaseEvent, CaseTaken, DeclineReason, FollowUp, FollowUpRecorded
from flows.events import Happened, Mode, ScreeningOpened
from flows.follow_up import Case, evolve_case
from flows.log import Line, listed
from flows.rulebook import Rulebook
from tests.flows.robot import PEOPLE, START, play
from tests.flows.trial_files import LYSYME, rulebook

PLAYS = 60
"""Whole plays to choose from: to play one takes longer than to count a whole log."""


@cache
def book() -> Rulebook:
    """LYSYME, read once."""
    return rulebook(LYSYME)


@cache
def histories() -> tuple[tuple[Happened, ...], ...]:
    """What happened in each play, whether it came to an end or not."""
    found = []
    for seed in range(PLAYS):
        mode = (*[Mode.SCREENING] * 5, Mode.QUICK_CHECK, Mode.PRACTICE)[seed % 7]
        *_, (_, _, _, played) = play(book(), seed, careless=0.1 * (seed % 3), mode=mode)
        found.append(tuple(played.history))
    return tuple(found)


def line_of(
    history: Sequence[Happened],
    number: str,
    earlier: str | None = None,
    later: timedelta | None = None,
) -> Line:
    """The line of a history under another number, so much later, after an earlier attempt."""
    line = None
    for happened in history:
        event, at = happened.event, happened.at + (later or timedelta())
        if isinstance(event, ScreeningOpened):
            event = replace(event, number=number, earlier=earlier, site="HM")
        line = listed(line, number, event, replace(happened, event=event, at=at))
    assert line is not None
    return line


def case_of(number: str, *steps: FollowUpRecorded, since: datetime = START) -> Case:
    """A case with these steps, a minute apart."""
    case = Case(number)
    for minute, step in enumerate(steps):
        case = evolve_case(case, step, PEOPLE[0].person, since + timedelta(minutes=minute))
    return case


def step(
    status: FollowUp, declined: DeclineReason | None = None, number: str = "N"
) -> FollowUpRecorded:
    """One step after the verdict."""
    return FollowUpRecorded(number, status, declined)


@dataclass(frozen=True, slots=True)
class Log:
    """Everything that a log is counted from."""

    lines: tuple[Line, ...]
    cases: dict[str, Case]


_STEPS = st.builds(
    lambda status, reason: step(status, reason if status is FollowUp.DECLINED else None),
    st.sampled_from(FollowUp),
    st.sampled_from([None, *DeclineReason]),
)
_ACTS: st.SearchStrategy[CaseEvent] = st.one_of(_STEPS, st.just(CaseTaken("N")))


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Screenings in any state, some of them attempts over the same patient, followed up at will."""
    lines: list[Line] = []
    cases: dict[str, Case] = {}
    for at in range(draw(st.integers(0, 12))):
        number = f"N{at:03d}"
        whole = draw(st.sampled_from(histories()))
        end = draw(st.one_of(st.just(len(whole)), st.integers(1, len(whole))))
        earlier = draw(st.sampled_from([None, None, *[line.number for line in lines]]))
        line = line_of(whole[:end], number, earlier, timedelta(hours=at))
        lines.append(line)
        case = Case(number)
        for act in draw(st.lists(_ACTS, max_size=4)):
            moment = START + timedelta(hours=draw(st.integers(0, 400)))
            case = evolve_case(case, act, "p9", moment)
        cases[number] = case
    return Log(tuple(draw(st.permutations(lines))), cases)

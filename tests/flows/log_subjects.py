"""Whole trials as the ledger holds them, and as exports are handed them: erased ones are among."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st

from flows.cases import FollowUp, FollowUpRecorded
from flows.erasure import ErasureReason, ScreeningErased
from flows.events import Actor, Happened, Mode, Role
from flows.follow_up import Case, evolve_case
from flows.log import Line, erased, erasing, listed
from flows.screening import fold
from flows.subjects import Subject
from flows.tallies import log_rows
from tests.flows.logs import book, histories, step
from tests.flows.robot import START
from tests.flows.subjects import renumbered

COORDINATOR = Actor("p9", Role.COORDINATOR)
LATER = START + timedelta(days=900)


@dataclass(frozen=True, slots=True)
class Trial:
    """Every event, by screening number: those of the screening, of its case, and its erasure."""

    screenings: Mapping[str, tuple[Happened, ...]]
    cases: Mapping[str, tuple[Happened, ...]] = field(default_factory=dict)
    erasures: Mapping[str, Happened] = field(default_factory=dict)

    def through(self, passage: Callable[[Happened], Happened]) -> Trial:
        """The same, each event once through something: written to a ledger and read again."""
        return Trial(
            {number: tuple(map(passage, one)) for number, one in self.screenings.items()},
            {number: tuple(map(passage, one)) for number, one in self.cases.items()},
            {number: passage(one) for number, one in self.erasures.items()},
        )

    @property
    def lines(self) -> dict[str, Line]:
        """The lines of all screenings."""
        lines = {number: line_of(number, one) for number, one in self.screenings.items()}
        for number, happened in self.erasures.items():
            assert isinstance(happened.event, ScreeningErased)
            lines[number] = erased(happened.event, happened.at)
        return lines

    @property
    def followed(self) -> dict[str, Case]:
        """The cases of those that somebody followed up."""
        found = {}
        for number, history in self.cases.items():
            case = Case(number)
            for one in history:
                assert isinstance(one.event, FollowUpRecorded)
                case = evolve_case(case, one.event, one.by.person, one.at)
            found[number] = case
        return found

    def subjects(self, mode: Mode = Mode.SCREENING) -> tuple[Subject, ...]:
        """The attempts of one kind, in the order of the log."""
        return tuple(
            Subject(row, None, ())
            if row.line.number in self.erasures
            else Subject(row, fold(book(), history), history)
            for row in log_rows(self.lines.values(), self.followed, mode)
            for history in [self.screenings[row.line.number]]
        )


def line_of(number: str, history: Sequence[Happened]) -> Line:
    """The line that a history amounts to."""
    line = None
    for happened in history:
        line = listed(line, number, happened.event, happened)
    assert line is not None
    return line


def erasure_of(number: str, history: Sequence[Happened]) -> Happened:
    """The erasure of a screening, long after it."""
    event = erasing(line_of(number, history), ErasureReason.RETENTION)
    return Happened(event, LATER, COORDINATOR)


def follow_up(number: str, *statuses: FollowUp) -> tuple[Happened, ...]:
    """What was recorded after the verdict, a minute apart."""
    return tuple(
        Happened(
            step(status, number=number), START + timedelta(days=30, minutes=minute), COORDINATOR
        )
        for minute, status in enumerate(statuses)
    )


_STATUSES = st.lists(st.sampled_from(FollowUp), max_size=3)


@st.composite
def trials(draw: st.DrawFn, most: int = 6) -> Trial:
    """Screenings in any state, followed up at will, attempted again, some of them erased."""
    screenings: dict[str, tuple[Happened, ...]] = {}
    cases: dict[str, tuple[Happened, ...]] = {}
    erasures: dict[str, Happened] = {}
    for at in range(draw(st.integers(0, most))):
        number = f"N{at:03d}"
        whole = draw(st.sampled_from(histories()))
        end = draw(st.one_of(st.just(len(whole)), st.integers(1, len(whole))))
        earlier = draw(st.sampled_from([None, None, *screenings]))
        screenings[number] = renumbered(whole[:end], number, earlier, timedelta(hours=at))
        cases[number] = follow_up(number, *draw(_STATUSES))
        if draw(st.integers(0, 5)) == 0:
            erasures[number] = erasure_of(number, screenings[number])
    return Trial(screenings, cases, erasures)

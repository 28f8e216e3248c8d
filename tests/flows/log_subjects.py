"""Whole logs as exports take them: attempts with their events, erased ones among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import strategies as st

from flows.cases import FollowUp
from flows.erasure import ErasureReason
from flows.events import Happened, Mode, ScreeningOpened
from flows.follow_up import Case
from flows.log import Line, erased, erasing, listed
from flows.screening import fold
from flows.subjects import Subject
from flows.tallies import log_rows
from tests.flows.logs import book, case_of, histories, step
from tests.flows.robot import START


def renamed(
    history: Sequence[Happened], number: str, earlier: str | None, later: timedelta
) -> tuple[Happened, ...]:
    """The same happenings under another number, so much later, after an earlier attempt."""
    return tuple(
        replace(
            one,
            at=one.at + later,
            event=replace(one.event, number=number, earlier=earlier, site="HM")
            if isinstance(one.event, ScreeningOpened)
            else one.event,
        )
        for one in history
    )


def line_from(number: str, history: Sequence[Happened]) -> Line:
    """The line that a history amounts to."""
    line = None
    for happened in history:
        line = listed(line, number, happened.event, happened)
    assert line is not None
    return line


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that happened in a trial: the histories, the cases, and what was erased."""

    histories: dict[str, tuple[Happened, ...]]
    cases: dict[str, Case]
    erased: frozenset[str] = frozenset()

    @property
    def lines(self) -> dict[str, Line]:
        """The lines of all of them."""
        lines = {number: line_from(number, one) for number, one in self.histories.items()}
        for number in self.erased:
            gone = erasing(lines[number], ErasureReason.RETENTION)
            lines[number] = erased(gone, START + timedelta(days=900))
        return lines

    def subjects(self, mode: Mode = Mode.SCREENING) -> tuple[Subject, ...]:
        """The attempts of one kind, as an export is handed them."""
        found = []
        for row in log_rows(self.lines.values(), self.cases, mode):
            history = self.histories[row.line.number]
            gone = row.line.number in self.erased
            found.append(
                Subject(row, None, ()) if gone else Subject(row, fold(book(), history), history)
            )
        return tuple(found)


_FOLLOWED = st.lists(st.sampled_from(FollowUp), max_size=3)


@st.composite
def wholes(draw: st.DrawFn) -> Whole:
    """Screenings in any state, followed up at will, attempted again, some of them erased."""
    found: dict[str, tuple[Happened, ...]] = {}
    cases: dict[str, Case] = {}
    for at in range(draw(st.integers(0, 6))):
        number = f"N{at:03d}"
        whole = draw(st.sampled_from(histories()))
        end = draw(st.one_of(st.just(len(whole)), st.integers(1, len(whole))))
        earlier = draw(st.sampled_from([None, None, *found]))
        found[number] = renamed(whole[:end], number, earlier, timedelta(hours=at))
        cases[number] = case_of(number, *map(step, draw(_FOLLOWED)))
    gone = draw(st.sets(st.sampled_from([*found]), max_size=2)) if found else set()
    return Whole(found, cases, frozenset(gone))

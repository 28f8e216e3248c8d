"""Whole records for the tests of exports: generated screenings, folded, in the order of a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from flows.cases import FollowUp
from flows.events import Happened, ScreeningOpened
from flows.follow_up import Case, evolve_case
from flows.log import Line
from flows.screening import fold
from flows.subjects import Subject
from flows.tallies import Row, log_rows
from tests.flows.logs import Log, book, histories, line_of, step
from tests.flows.robot import START, Played

SITE = "HM"


class Subjects(tuple[Subject, ...]):
    """Screenings that are printed by their numbers: in full they would fill pages."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Subjects({[f'{one.number} {one.row.line.stands}' for one in self]})"


def renumbered(
    history: Sequence[Happened], number: str, earlier: str | None, later: timedelta
) -> tuple[Happened, ...]:
    """The same history as that of another screening, so much later."""
    found = []
    for happened in history:
        event = happened.event
        if isinstance(event, ScreeningOpened):
            event = replace(event, number=number, earlier=earlier, site=SITE)
        found.append(replace(happened, event=event, at=happened.at + later))
    return tuple(found)


def subjects_of(log: Log, told: dict[str, tuple[Happened, ...]]) -> tuple[Subject, ...]:
    """The rows of a log with what happened in each; erased ones have nothing."""
    return tuple(_subject(row, told) for row in log_rows(log.lines, log.cases))


def _subject(row: Row, told: dict[str, tuple[Happened, ...]]) -> Subject:
    history = told[row.line.number]
    if row.line.erased_at is not None:
        return Subject(row, None, ())
    return Subject(row, fold(book(), history), history)


def subject_of(played: Played, number: str = "N001") -> Subject:
    """One play as the only screening there is."""
    history = renumbered(played.history, number, None, timedelta())
    line = line_of(history, number)
    (only,) = subjects_of(Log((line,), {number: Case(number)}), {number: history})
    return only


@st.composite
def records(draw: st.DrawFn, most: int = 6) -> Subjects:
    """Screenings in any state, some of them attempts over the same patient, followed up at will.

    All screened under LYSYME at one site.
    """
    lines: list[Line] = []
    told: dict[str, tuple[Happened, ...]] = {}
    cases: dict[str, Case] = {}
    for at in range(draw(st.integers(0, most))):
        number = f"N{at:03d}"
        whole = draw(st.sampled_from(histories()))
        end = draw(st.one_of(st.just(len(whole)), st.integers(1, len(whole))))
        earlier = draw(st.sampled_from([None, None, *[line.number for line in lines]]))
        later = timedelta(hours=at)
        told[number] = renumbered(whole[:end], number, earlier, later)
        lines.append(line_of(whole[:end], number, earlier, later))
        cases[number] = _followed(draw, number)
    return Subjects(subjects_of(Log(tuple(lines), cases), told))


def _followed(draw: st.DrawFn, number: str) -> Case:
    case = Case(number)
    for act in draw(st.lists(_STEPS, max_size=3)):
        moment: datetime = START + timedelta(hours=draw(st.integers(0, 400)))
        case = evolve_case(case, act, "p9", moment)
    return case


_STEPS = st.builds(step, st.sampled_from(FollowUp))

"""Recruitment and the time to a signature: counted like the flow, and never less than nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given

from flows.cases import FollowUp
from flows.recruitment import BOUNDS, enrolments, signing_times, steps_of
from flows.tallies import Criteria, Row, flow, log_rows, recruited
from tests.flows.logs import Log, book, case_of, logs, step
from tests.flows.robot import START
from tests.flows.test_tallies import line


@given(log=logs())
def test_the_curve_ends_at_what_was_recruited(log: Log) -> None:
    """It only rises, and is the flow's enrolled but for those in error."""
    rows = log_rows(log.lines, log.cases)
    found = flow(rows, Criteria.of(book().protocol))
    moments = enrolments(rows)
    assert len(moments) == recruited(log.lines, log.cases, "lysyme")
    assert len(moments) == found.enrolled - found.in_error
    steps = steps_of(moments)
    assert [count for _, count in steps] == sorted({count for _, count in steps})
    assert len({at for at, _ in steps}) == len(steps)
    assert [count for _, count in steps][-1:] == ([len(moments)] if moments else [])


@given(log=logs())
def test_everybody_screened_has_a_time_or_no_signature(log: Log) -> None:
    """Nobody twice: attempts before the last one are not counted."""
    rows = log_rows(log.lines, log.cases)
    times = signing_times(rows)
    assert times.signed + times.unsigned == flow(rows, Criteria.of(book().protocol)).screened
    assert times.signed == sum(1 for row in rows if row.counted and row.line.signed_at)
    assert (times.quartiles is None) == (times.signed == 0)
    if times.quartiles is not None and times.longest is not None:
        assert timedelta() <= times.quartiles[0] <= times.quartiles[1] <= times.quartiles[2]
        assert times.quartiles[2] <= times.longest


def signed(*minutes: float) -> tuple[Row, ...]:
    """People who were signed for after so many minutes each."""
    lines = [
        line(str(place), signed_at=START + timedelta(minutes=passed))
        for place, passed in enumerate(minutes)
    ]
    return log_rows(lines, {})


@pytest.mark.parametrize(
    ("minutes", "place"), [(-5, 0), (0, 0), (14.9, 0), (15, 1), (60, 3), (14_400, len(BOUNDS))]
)
def test_each_time_has_its_class(minutes: float, place: int) -> None:
    """A bound begins the next class; a clock that was set back makes no time negative."""
    classes = signing_times(signed(minutes)).classes
    assert len(classes) == len(BOUNDS) + 1
    assert [at for at, count in enumerate(classes) if count] == [place]


def test_the_middle_of_the_times() -> None:
    """Quartiles between the times, of one time that time itself, of none nothing."""
    minute = timedelta(minutes=1)
    assert signing_times(signed(10, 20, 30, 40, 50)).quartiles == (
        20 * minute,
        30 * minute,
        40 * minute,
    )
    assert signing_times(signed(7)).quartiles == (7 * minute,) * 3
    none = signing_times(())
    assert (none.quartiles, none.longest, none.signed, none.unsigned) == (None, None, 0, 0)


def test_who_was_enrolled_in_error_is_no_step() -> None:
    """And who withdrew was a step all the same, on the day of the enrolment."""
    lines = [line("A"), line("B"), line("C")]
    cases = {
        "A": case_of("A", step(FollowUp.ENROLLED), step(FollowUp.WITHDRAWN)),
        "B": case_of("B", step(FollowUp.ENROLLED), step(FollowUp.ENROLLED_IN_ERROR)),
        "C": case_of("C", step(FollowUp.CONSENTED), step(FollowUp.ENROLLED)),
    }
    moments = enrolments(log_rows(lines, cases))
    assert moments == (START, START + timedelta(minutes=1))
    assert steps_of((START, START)) == ((START, 2),)
    assert steps_of(()) == ()

"""The steps after the verdict: which are offered, which stand, and what contradicts the order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from flows.cases import FollowUp
from flows.events import Mode
from flows.follow_up import Case
from flows.steps import (
    Contradiction,
    contradictions,
    correctable,
    has_consented,
    offered,
    standing,
)
from tests.flows.logs import Log, case_of, logs, step
from tests.flows.robot import START
from tests.flows.test_tallies import line

A, C, D = FollowUp.APPROACHED, FollowUp.CONSENTED, FollowUp.DECLINED
E, W, X = FollowUp.ENROLLED, FollowUp.WITHDRAWN, FollowUp.ENROLLED_IN_ERROR
DAY = timedelta(days=1)
SIGNED = ((START, None),)


def after(*statuses: FollowUp) -> Case:
    """A case with these statuses, recorded from a day after the verdict on."""
    return case_of("N", *map(step, statuses), since=START + DAY)


@pytest.mark.parametrize(
    ("verdict", "so_far", "expected"),
    [
        ("eligible", (), {A, C, D, E}),
        ("eligible", (A,), {C, D, E}),
        ("eligible", (A, C), {D, E}),
        ("eligible", (D,), {A, C}),
        ("eligible", (E,), {W, X}),
        ("eligible", (E, W), {X}),
        ("eligible", (X,), set()),
        ("ineligible", (), {X}),
        ("ineligible", (A,), {X}),
        ("ineligible", (E,), {W, X}),
        ("pending", (), {X}),
        ("not_yet", (), {X}),
        (None, (), {X}),
    ],
)
def test_what_is_offered(
    verdict: str | None, so_far: tuple[FollowUp, ...], expected: set[FollowUp]
) -> None:
    """The way from eligible to enrolled; beside it only that somebody was enrolled in error."""
    assert set(offered(line("N", verdict), after(*so_far))) == expected


def test_a_verdict_in_question_offers_no_way_on() -> None:
    """After a correction that leaves a question open nobody is approached yet."""
    assert offered(line("N", unsettled=True), Case("N")) == (X,)


@pytest.mark.parametrize("mode", [Mode.QUICK_CHECK, Mode.PRACTICE])
def test_only_screenings_are_followed_up(mode: Mode) -> None:
    """A quick check has no steps, nor has an invented patient."""
    assert offered(line("N", mode=mode), Case("N")) == ()
    assert correctable(line("N", mode=mode), after(A)) == ()


def test_a_mis_tap_is_corrected_by_another_status() -> None:
    """Any other status, once there is one to correct."""
    assert correctable(line("N"), Case("N")) == ()
    assert set(correctable(line("N"), after(A, C))) == set(FollowUp) - {C}


@pytest.mark.parametrize(
    ("recorded", "stand"),
    [
        ((A, C, E), (A, C, E)),
        ((A, E, C), (A, C)),
        ((A, D, C), (A, C)),
        ((A, C, D), (A, C, D)),
        ((E, W), (E, W)),
        ((E, X, E), (E,)),
        ((C, A), (A,)),
        ((A, A), (A,)),
    ],
)
def test_which_steps_stand(recorded: tuple[FollowUp, ...], stand: tuple[FollowUp, ...]) -> None:
    """The last one always, and of those before it the ones that it goes on from."""
    assert tuple(one.status for one in standing(after(*recorded))) == stand
    assert has_consented(after(*recorded)) is (C in stand)


def found(
    verdict: str | None, case: Case, signed: bool = True, **more: object
) -> set[Contradiction]:
    """The contradictions of a case under a verdict that is signed from the beginning, or not."""
    spans = SIGNED if signed else ()
    return set(contradictions(line("N", verdict, signatures=spans, **more), case))


def test_nothing_contradicts_the_right_order() -> None:
    """Signed, approached, consented, enrolled, withdrawn: each in its turn."""
    for statuses in ((), (A,), (A, C), (A, D), (A, C, E), (C, E, W)):
        assert found("eligible", after(*statuses)) == set()


def test_enrolled_before_signed() -> None:
    """Unsigned, or signed only afterwards, or under a signature that was void at that moment."""
    case = after(C, E)
    expected = {Contradiction.ENROLLED_BEFORE_SIGNED}
    assert found("eligible", case, signed=False) == expected
    for spans in (((START + 2 * DAY, None),), ((START, START + DAY / 2), (START + 2 * DAY, None))):
        late = line("N", signatures=spans)
        assert set(contradictions(late, case)) == expected


@pytest.mark.parametrize("verdict", ["ineligible", "pending", "not_yet", None])
def test_enrolled_though_not_eligible(verdict: str | None) -> None:
    """Whatever else the verdict is; where the error is admitted there is nothing to show."""
    assert found(verdict, after(C, E)) == {Contradiction.ENROLLED_NOT_ELIGIBLE}
    assert found(verdict, after(C, E, X)) == set()


def test_consent_missing_or_late() -> None:
    """None recorded, or recorded when the enrolment already was."""
    assert found("eligible", after(E)) == {Contradiction.ENROLLED_WITHOUT_CONSENT}
    assert found("eligible", after(E, C, E)) == {Contradiction.CONSENT_AFTER_ENROLMENT}
    assert found("eligible", after(E, C)) == set()


def test_a_verdict_that_changed_since_the_last_step() -> None:
    """Approached when eligible, and then a correction made it another verdict."""
    verdicts: tuple[tuple[datetime, str], ...] = ((START, "eligible"), (START + 2 * DAY, "pending"))
    assert found("pending", after(A), verdicts=verdicts) == {Contradiction.VERDICT_CHANGED_SINCE}
    enrolled = {Contradiction.VERDICT_CHANGED_SINCE, Contradiction.ENROLLED_NOT_ELIGIBLE}
    assert found("pending", after(C, E), verdicts=verdicts) == enrolled


@given(log=logs())
def test_whatever_was_recorded_is_taken(log: Log) -> None:
    """No history is refused: what is offered leads on, and what contradicts is only shown."""
    for one in log.lines:
        case = log.cases[one.number]
        steps = offered(one, case)
        assert case.status not in steps
        assert len(set(contradictions(one, case))) == len(contradictions(one, case))
        if case.steps:
            assert standing(case)[-1] == case.steps[-1]

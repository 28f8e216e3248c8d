"""Counting: nobody twice, nobody left out, and no confidential criterion by its name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given

from flows.cases import DeclineReason, FollowUp
from flows.events import Mode
from flows.follow_up import Case
from flows.log import Line
from flows.tallies import (
    CONFIDENTIAL,
    ELIGIBLE,
    ERASED,
    WITHOUT_VERDICT,
    Criteria,
    Fate,
    Flow,
    Row,
    Waiting,
    flow,
    log_rows,
    recruited,
    row_of,
)
from tests.flows.logs import Log, book, case_of, histories, line_of, logs, step
from tests.flows.robot import START

HIDDEN = {"E3", "E4", "E10", "E13"}
"""The criteria of LYSYME that reveal something by themselves (product.md, Coordinators)."""


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    """What of LYSYME may be named."""
    return Criteria.of(book().protocol)


def line(number: str, verdict: str | None = "eligible", **more: object) -> Line:
    """A line with a verdict of its own, opened an hour after START unless it says otherwise."""
    known: dict[str, object] = {
        "trial": "lysyme",
        "site": "HM",
        "mode": Mode.SCREENING,
        "owner": "p1",
        "opened_at": START,
        "verdict": verdict,
        "failing": ("I2",) if verdict == "ineligible" else (),
        "verdicts": ((START, verdict),) if verdict else (),
        **more,
    }
    return Line(number=number, **known)  # type: ignore[arg-type]


def counted(criteria: Criteria, *lines: Line, **cases: Case) -> Flow:
    """The flow of these lines and the cases given by number."""
    return flow(log_rows(lines, cases), criteria)


@given(log=logs())
def test_screened_is_enrolled_and_excluded_and_undecided(log: Log) -> None:
    """In every history, and each part is the sum of what it is made of."""
    found = flow(log_rows(log.lines, log.cases), Criteria.of(book().protocol))
    assert found.screened == found.enrolled + found.excluded + found.undecided
    assert found.eligible == (
        found.waiting_for(*ELIGIBLE) + found.declining + found.enrolled - found.not_eligible
    )
    assert found.undecided == found.waiting_for(*ELIGIBLE) + found.waiting_for(*WITHOUT_VERDICT)
    assert found.in_error + found.withdrawn <= found.enrolled
    assert found.failures <= found.consented <= found.screened <= found.attempts
    assert found.first_only <= found.ineligible


@given(log=logs())
def test_people_count_once_by_their_last_attempt(log: Log) -> None:
    """Told apart by hand: whoever is reached by "earlier" is the same patient."""
    screenings = [one for one in log.lines if one.mode is Mode.SCREENING]
    known = {one.number: one for one in log.lines}
    people: dict[str, list[Line]] = {}
    for one in screenings:
        *_, first = _back(one, known)
        people.setdefault(first.number, []).append(one)
    rows = log_rows(log.lines, log.cases)
    assert {row.line.number for row in rows} == {one.number for one in screenings}
    last = {max(own, key=lambda one: one.opened_at).number for own in people.values()}
    assert {row.line.number for row in rows if row.counted} == last
    by_number = {row.line.number: row for row in rows}
    for own in people.values():
        attempts = [by_number[one.number].attempt for one in sorted(own, key=_opened)]
        assert attempts == list(range(1, len(own) + 1))


def _opened(one: Line) -> datetime:
    return one.opened_at


def _back(one: Line, known: dict[str, Line]) -> Iterator[Line]:
    yield one
    while one.earlier:
        one = known[one.earlier]
        yield one


@given(log=logs())
def test_confidential_criteria_are_one_line(log: Log) -> None:
    """They are counted together, under no name; the others in protocol order, with nobody too."""
    protocol = book().protocol
    found = flow(log_rows(log.lines, log.cases), Criteria.of(protocol))
    names = [name for name, _ in found.reasons]
    assert names == [one.id for one in protocol.criteria if one.id not in HIDDEN] + [CONFIDENTIAL]
    rows = [row for row in log_rows(log.lines, log.cases) if row.counted]
    hidden = [row for row in rows if row.line.failing[:1] and row.line.failing[0] in HIDDEN]
    expected = [row for row in hidden if row.fate is Fate.EXCLUDED and not row.declined]
    assert dict(found.reasons)[CONFIDENTIAL] == len(expected)


@given(log=logs())
def test_the_order_of_reading_does_not_matter(log: Log) -> None:
    """The same log is counted alike however it is read."""
    assert log_rows(log.lines, log.cases) == log_rows(log.lines[::-1], log.cases)


def test_quick_checks_and_practice_are_never_counted(criteria: Criteria) -> None:
    """Not as people, not as attempts; a list of them counts nobody either."""
    others = (line("A", mode=Mode.QUICK_CHECK), line("B", mode=Mode.PRACTICE))
    found = counted(criteria, *others, line("C"))
    assert (found.screened, found.attempts) == (1, 1)
    (row,) = log_rows(others, {}, Mode.QUICK_CHECK)
    assert not row.counted


def test_the_last_attempt_wins(criteria: Criteria) -> None:
    """Ineligible, then eligible and enrolled: one patient, enrolled, in two attempts."""
    later = START + timedelta(days=1)
    lines = (line("A", "ineligible"), line("B", earlier="A", opened_at=later))
    found = counted(criteria, *lines, B=case_of("B", step(FollowUp.ENROLLED)))
    assert (found.screened, found.attempts, found.repeated) == (1, 2, 1)
    assert (found.enrolled, found.excluded) == (1, 0)


@pytest.mark.parametrize(
    ("verdict", "more", "waiting"),
    [
        (None, {}, Waiting.IN_PROGRESS),
        ("pending", {}, Waiting.PENDING),
        ("not_yet", {}, Waiting.NOT_YET),
        ("pending", {"stopped": True}, Waiting.GIVEN_UP),
        ("eligible", {"unsettled": True}, Waiting.IN_PROGRESS),
        ("eligible", {}, Waiting.NOT_APPROACHED),
        ("ineligible", {}, None),
        ("ineligible", {"unsettled": True}, Waiting.IN_PROGRESS),
    ],
)
def test_what_an_undecided_one_waits_for(
    verdict: str | None, more: dict[str, object], waiting: Waiting | None
) -> None:
    """By the verdict that stands; one that was given up is undecided, whatever it had reached."""
    row = Row(line("A", verdict, **more), Case("A"))
    assert row.waiting is waiting
    assert row.fate is (Fate.UNDECIDED if waiting else Fate.EXCLUDED)


@pytest.mark.parametrize(
    ("statuses", "fate", "waiting"),
    [
        ((FollowUp.APPROACHED,), Fate.UNDECIDED, Waiting.APPROACHED),
        ((FollowUp.CONSENTED,), Fate.UNDECIDED, Waiting.CONSENTED),
        ((FollowUp.DECLINED,), Fate.EXCLUDED, None),
        ((FollowUp.ENROLLED,), Fate.ENROLLED, None),
        ((FollowUp.ENROLLED, FollowUp.WITHDRAWN), Fate.ENROLLED, None),
        ((FollowUp.ENROLLED, FollowUp.APPROACHED), Fate.UNDECIDED, Waiting.APPROACHED),
    ],
)
def test_the_last_step_counts(
    statuses: tuple[FollowUp, ...], fate: Fate, waiting: Waiting | None
) -> None:
    """A mis-tap that was corrected counts as what it was corrected to."""
    row = Row(line("A"), case_of("A", *map(step, statuses)))
    assert (row.fate, row.waiting) == (fate, waiting)


def test_who_was_enrolled_in_error_is_enrolled(criteria: Criteria) -> None:
    """Counted with the enrolled whatever the verdict, and not towards the target."""
    lines = (line("A", "ineligible"), line("B"))
    cases = {
        "A": case_of("A", step(FollowUp.ENROLLED_IN_ERROR)),
        "B": case_of("B", step(FollowUp.ENROLLED)),
    }
    found = counted(criteria, *lines, **cases)
    assert (found.enrolled, found.in_error, found.not_eligible, found.excluded) == (2, 1, 1, 0)
    assert recruited(lines, cases, "lysyme") == 1
    assert recruited(lines, cases, "another") == 0


@given(log=logs())
def test_a_patient_is_called_by_the_first_attempt(log: Log) -> None:
    """All attempts over a patient have one name: the number of the first that is in the list."""
    for mode in Mode:
        rows = log_rows(log.lines, log.cases, mode)
        first = {row.line.number for row in rows if row.attempt == 1}
        assert {row.patient for row in rows} == first
        assert all(row.patient == row.line.number for row in rows if row.attempt == 1)
        if mode is Mode.SCREENING:
            assert len({row.patient for row in rows}) == sum(row.counted for row in rows)


@given(log=logs())
def test_one_row_is_that_of_the_log(log: Log) -> None:
    """Asked for alone, a row has the same attempt, and counts or not."""
    lines = {one.number: one for one in log.lines}
    for mode in Mode:
        for row in log_rows(log.lines, log.cases, mode):
            assert row_of(row.line.number, lines, log.cases) == row


@given(log=logs())
def test_recruitment_is_a_part_of_the_flow(log: Log) -> None:
    """Counted by itself it is what the flow has enrolled, but for those in error."""
    found = flow(log_rows(log.lines, log.cases), Criteria.of(book().protocol))
    assert recruited(log.lines, log.cases, "lysyme") == found.enrolled - found.in_error


def test_declined_ones_are_excluded_by_category(criteria: Criteria) -> None:
    """Every category is there, with nobody too; without a category it is "not stated"."""
    cases = {
        "A": case_of("A", step(FollowUp.DECLINED, DeclineReason.BURDEN)),
        "B": case_of("B", step(FollowUp.DECLINED)),
    }
    found = counted(criteria, line("A"), line("B"), **cases)
    assert [reason for reason, _ in found.declined] == list(DeclineReason)
    assert dict(found.declined)[DeclineReason.BURDEN] == 1
    assert dict(found.declined)[DeclineReason.NOT_STATED] == 1
    assert (found.excluded, found.ineligible, found.eligible) == (2, 0, 2)


def test_two_denominators(criteria: Criteria) -> None:
    """Eligible of those screened; of those who consented, how many are excluded after all."""
    consent = step(FollowUp.CONSENTED)
    cases = {
        "A": case_of("A", consent),
        "B": case_of("B", consent),
        "C": case_of("C", consent, step(FollowUp.DECLINED)),
        "D": case_of("D", consent, step(FollowUp.APPROACHED)),
    }
    lines = (line("A"), line("B", "ineligible"), line("C"), line("D"), line("E", "pending"))
    found = counted(criteria, *lines, **cases)
    assert (found.eligible, found.screened) == (3, 5)
    assert (found.failures, found.consented) == (2, 3)


def test_first_failing_is_told_from_all_reasons(criteria: Criteria) -> None:
    """How many of the excluded have criteria that were never assessed."""
    found = counted(criteria, line("A", "ineligible"), line("B", "ineligible", every_reason=True))
    assert (found.ineligible, found.first_only) == (2, 1)


def test_a_criterion_of_another_version_is_not_named(criteria: Criteria) -> None:
    """Nothing says that it is not confidential."""
    assert criteria.reason(line("A", "ineligible", failing=("E99",))) == CONFIDENTIAL
    assert criteria.reason(line("A", "ineligible")) == "I2"
    assert criteria.reason(line("A")) == ""


def test_every_failing_criterion_is_told_and_the_confidential_ones_as_one(
    criteria: Criteria,
) -> None:
    """In protocol order, the confidential last wherever they stand; nothing of what is erased."""
    told = line("A", "ineligible", failing=("I2", "E3", "E4", "E5"), every_reason=True)
    assert criteria.reasons(told) == ("I2", "E5", CONFIDENTIAL)
    assert criteria.reasons(line("A", "ineligible", failing=("E10",))) == (CONFIDENTIAL,)
    assert criteria.reasons(line("A", "ineligible")) == ("I2",)
    assert criteria.reasons(line("A")) == ()
    gone = line("A", "ineligible", failing=(), erased_at=START)
    assert criteria.reasons(gone) == (ERASED,)


@given(log=logs())
def test_the_first_reason_is_one_of_them_all(log: Log) -> None:
    """And where only the first was assessed it is the only one."""
    criteria = Criteria.of(book().protocol)
    for row in log_rows(log.lines, log.cases):
        first, every = criteria.reason(row.line), criteria.reasons(row.line)
        assert (first in every) if first else not every
        if not row.line.every_reason:
            assert len(every) <= 1


def test_nobody_screened_is_a_log_too(criteria: Criteria) -> None:
    """Zero is a count, not a fault."""
    found = counted(criteria)
    assert (found.screened, found.excluded, found.undecided, found.enrolled) == (0, 0, 0, 0)


def test_a_line_keeps_when_verdicts_and_signatures_stood() -> None:
    """Signatures that were voided have their span, and the one that stands its signer."""
    signed = [line_of(one, "N") for one in histories()]
    spans = [one.signatures for one in signed if one.signatures]
    assert any(until for one in spans for _, until in one)
    for one in signed:
        assert (one.signed_at is None) == (not one.signed_by)
        assert (one.signed_at is not None) == bool(one.signatures and one.signatures[-1][1] is None)
        assert [v for _, v in one.verdicts[-1:]] == ([one.verdict] if one.verdict else [])

"""What stays of an erased screening, and what does not."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.again import perhaps_the_same
from flows.digest import Digest, digest
from flows.erasure import PEOPLES_REASONS, ErasureReason
from flows.events import Mode
from flows.follow_up import Case
from flows.listing import Filter, selected
from flows.log import Line, erased, erasing
from flows.steps import contradictions
from flows.tallies import ERASED, Criteria, Flow, flow, log_rows, recruited
from tests.flows.logs import Log, book, logs

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LINE = Line(
    number="7K3F-9QXV",
    trial="lysyme",
    site="HM",
    mode=Mode.SCREENING,
    owner="p-1",
    opened_at=AT,
    earlier="9QXV-7K3F",
    verdict="ineligible",
    complete=True,
    failing=("I1", "E4"),
    deadlines=(("reassess_until", date(2026, 3, 15)),),
    determined_at=AT + timedelta(minutes=5),
    signed_at=AT + timedelta(minutes=6),
    protocol="v1",
    time_zone="Europe/Paris",
    signed_by="p-2",
    every_reason=True,
    verdicts=((AT + timedelta(minutes=4), "pending"), (AT + timedelta(minutes=5), "ineligible")),
    signatures=((AT + timedelta(minutes=6), None),),
)


def test_what_is_counted_stays_and_what_comes_from_answers_goes() -> None:
    """The line made from the event is the line before it, without reasons, deadlines and past."""
    after = erased(erasing(LINE, ErasureReason.RETENTION), AT + timedelta(days=1))
    gone = replace(LINE, failing=(), deadlines=(), paused=False, verdicts=LINE.verdicts[-1:])
    assert after == replace(gone, erased_at=AT + timedelta(days=1))


def test_the_event_has_no_place_for_an_answer() -> None:
    """None of its fields is one that an answer, a criterion or a day of the patient could fill."""
    assert {field.name for field in fields(erasing(LINE, ErasureReason.RETENTION))} == {
        "number",
        "reason",
        "trial",
        "protocol_version",
        "site",
        "time_zone",
        "mode",
        "owner",
        "opened_at",
        "earlier",
        "verdict",
        "complete",
        "stopped",
        "determined_at",
        "every_reason",
        "signed_at",
        "signed_by",
    }


def test_a_verdict_in_question_counts_for_nothing_afterwards_either() -> None:
    """After a correction nothing stands, and so it stays when it is erased before the next one."""
    moving = replace(LINE, unsettled=True, complete=False, signed_at=None, signed_by="")
    after = erased(erasing(moving, ErasureReason.RETENTION), AT + timedelta(days=1))
    assert (moving.stands, after.stands) == (None, None)
    assert after.determined_at is None


@pytest.mark.parametrize("verdict", [None, "pending", "not_yet", "eligible", "ineligible"])
def test_nobody_has_anything_to_do_about_it(verdict: str | None) -> None:
    """It is neither open nor waiting, whatever it was before."""
    line = replace(LINE, verdict=verdict, complete=False, erased_at=AT)
    assert not line.open
    assert not line.waiting


def test_time_alone_gives_the_reason_of_retention() -> None:
    """A person in the chat is offered every other reason, and not that one."""
    assert set(PEOPLES_REASONS) == set(ErasureReason) - {ErasureReason.RETENTION}


def forgotten(line: Line) -> Line:
    """The line after an erasure, as every process reads it."""
    return erased(erasing(line, ErasureReason.WITHDRAWN_REQUEST), AT + timedelta(days=400))


@given(log=logs(), chosen=st.sets(st.integers(0, 11)))
def test_the_counts_are_the_same_before_and_after(log: Log, chosen: set[int]) -> None:
    """Screened = enrolled + excluded + undecided; only the named reasons become fewer."""
    criteria = Criteria.of(book().protocol)
    gone = {line.number for at, line in enumerate(log.lines) if at in chosen}
    lines = [forgotten(line) if line.number in gone else line for line in log.lines]
    before, rows = flow(log_rows(log.lines, log.cases), criteria), log_rows(lines, log.cases)
    after = flow(rows, criteria)
    assert after.screened == after.enrolled + after.excluded + after.undecided
    assert replace(after, reasons=()) == replace(before, reasons=())
    assert after.ineligible == before.ineligible
    assert recruited(lines, log.cases, "lysyme") == recruited(log.lines, log.cases, "lysyme")
    unnamed = [
        row
        for row in rows
        if row.counted and row.line.number in gone and row.line.stands == "ineligible"
    ]
    enrolled = [row for row in unnamed if row.fate == "enrolled"]
    assert _reasons(after).get(ERASED, 0) == len(unnamed) - len(enrolled)
    assert all(count <= _reasons(before).get(name, count) for name, count in after.reasons)


def _reasons(found: Flow) -> dict[str, int]:
    return dict(found.reasons)


@given(log=logs())
def test_nobody_is_sent_to_what_was_erased(log: Log) -> None:
    """No list of what is to be done, no digest and no question about a duplicate names it."""
    lines = [forgotten(line) for line in log.lines]
    for name in (Filter.OPEN, Filter.PENDING, Filter.UNSIGNED):
        assert selected(lines, name, AT) == []
    assert len(selected(lines, Filter.ALL, AT)) == len(selected(log.lines, Filter.ALL, AT))
    said = digest(lines, log.cases, AT, ZoneInfo("Europe/Paris"))
    assert replace(said, verdicts=0, enrolled=0) == Digest()
    for line in lines:
        assert perhaps_the_same(lines, line.trial, line.site, line.opened_at) is None
        assert contradictions(line, log.cases.get(line.number, Case(line.number))) == ()

"""What stays of an erased screening, and what does not."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.erasure import PEOPLES_REASONS, ErasureReason
from flows.events import Mode, ScreeningOpened
from flows.log import Line, erased, erasing

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
OPENED = ScreeningOpened(
    "7K3F-9QXV", "lysyme", "v1", "ab" * 32, 1, "HM", "Europe/Paris", Mode.SCREENING, "en"
)
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
    after = erased(erasing(LINE, OPENED, ErasureReason.RETENTION), AT + timedelta(days=1))
    gone = replace(LINE, failing=(), deadlines=(), paused=False, verdicts=LINE.verdicts[-1:])
    assert after == replace(gone, erased_at=AT + timedelta(days=1))


def test_the_event_has_no_place_for_an_answer() -> None:
    """None of its fields is one that an answer, a criterion or a day of the patient could fill."""
    assert {field.name for field in fields(erasing(LINE, OPENED, ErasureReason.RETENTION))} == {
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
    after = erased(erasing(moving, OPENED, ErasureReason.RETENTION), AT + timedelta(days=1))
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

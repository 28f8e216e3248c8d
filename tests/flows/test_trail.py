"""What each event changed: no kind is forgotten, and what stood before is said."""

from __future__ import annotations

from typing import get_args

import pytest

from flows.access import AccessEvent
from flows.cases import CaseEvent, CaseTaken, FollowUp, FollowUpRecorded, NoticeEvent
from flows.duty import DutyEvent, EmailChosen
from flows.erasure import ScreeningErased
from flows.events import (
    Actor,
    AnswerCorrected,
    AnswerSetAside,
    Event,
    Happened,
    ProtocolAdopted,
    Reason,
    Role,
    ScreeningEvent,
    ScreeningHandedOver,
)
from flows.evidence import CheckpointSigned
from flows.people import PeopleEvent, RoleDelegated
from flows.timekeeping import ClockSetBack
from flows.trail import SAYS, Change, Value, change_of
from flows.trials import TrialEvent
from tests.flows.robot import START

PARTS = (ScreeningEvent, PeopleEvent, AccessEvent, CaseEvent, NoticeEvent, DutyEvent, TrialEvent)
KINDS = {
    event.kind
    for event in (
        *(one for part in PARTS for one in get_args(part)),
        ScreeningErased,
        ProtocolAdopted,
        CheckpointSigned,
        ClockSetBack,
    )
}


def test_every_kind_of_event_says_what_it_changed() -> None:
    """A new kind without a line in the table is found here."""
    assert set(SAYS) == KINDS


def changed(event: Event, **before: Value) -> Change:
    """What an event of p1's changed, after this was said in its stream."""
    return change_of(Happened(event, START, Actor("p1", Role.COORDINATOR)), before)


DELEGATED = RoleDelegated("p2", Role.INVESTIGATOR, "HM", START, None)


@pytest.mark.parametrize(
    ("event", "before", "change"),
    [
        (
            AnswerCorrected("age", "< 18", 40, Reason.TYPING_ERROR),
            {},
            Change("age", 40, "< 18", Reason.TYPING_ERROR),
        ),
        (AnswerSetAside("hcg", "no", "sex"), {}, Change("hcg", None, "no", "sex")),
        (CaseTaken("N"), {}, Change("follower", "p1")),
        (CaseTaken("N"), {"follower": "p7"}, Change("follower", "p1", "p7")),
        (
            FollowUpRecorded("N", FollowUp.DECLINED),
            {"status": "approached", "follower": "p1"},
            Change("status", FollowUp.DECLINED, "approached"),
        ),
        (ScreeningHandedOver("p3"), {}, Change("owner", "p3", "p1")),
        (EmailChosen("p1", None), {"email": "a@b.c"}, Change("email", "off", "a@b.c")),
        (DELEGATED, {}, Change("investigator@HM", "open")),
    ],
)
def test_old_and_new(event: Event, before: dict[str, Value], change: Change) -> None:
    """What the event says itself comes first; then what was said before about the same field."""
    assert changed(event, **before) == change


def test_an_event_that_is_not_known_here_is_told_by_its_kind() -> None:
    """Its fields, which stand beside it, say the rest."""

    class Odd:
        kind = "odd"

    assert changed(Odd()) == Change("odd")

"""Who carries on: a quick check that becomes a screening, and a screening handed over."""

from __future__ import annotations

import pytest

from flows.commands import Finish, GiveAnswer, HandOver, Pause, Promote
from flows.events import Actor, Happened, Mode, QuickCheckPromoted, Role, ScreeningHandedOver
from flows.replies import AlreadySo, HandOverNotice, NotNow
from flows.rulebook import Rulebook
from flows.screening import fold
from flows.stages import Stage, Trigger
from tests.flows.robot import PEOPLE, START, opened

DOCTOR, ON_CALL, OTHER = PEOPLE
COLLEAGUE = Actor("p7", Role.INVESTIGATOR)


@pytest.mark.parametrize("mode", [Mode.SCREENING, Mode.PRACTICE])
def test_only_a_quick_check_is_promoted(book: Rulebook, mode: Mode) -> None:
    """A screening is one already, and practice on an invented patient never becomes one."""
    played = opened(book, mode)
    for command in (GiveAnswer("age_years", 17), Finish()):
        decision = played.do(Promote(), OTHER)
        assert (decision.events, decision.remark, decision.notices) == ((), AlreadySo(), ())
        played.do(command)
    assert played.do(Promote(), OTHER).remark == AlreadySo()
    assert (played.screening.mode, played.screening.owner) == (mode, DOCTOR.person)


def test_a_quick_check_is_promoted_once_and_belongs_to_who_did_it(book: Rulebook) -> None:
    """The answers and who gave them stay; the second press changes nothing."""
    played = opened(book, Mode.QUICK_CHECK)
    played.do(GiveAnswer("age_years", 45), ON_CALL)
    before = played.screening
    assert played.do(Promote(), COLLEAGUE).events == (
        Happened(QuickCheckPromoted(), START, COLLEAGUE),
    )
    assert (played.screening.mode, played.screening.owner) == (Mode.SCREENING, COLLEAGUE.person)
    assert played.screening.answers == before.answers
    assert played.history[1].by == ON_CALL
    assert played.do(Promote(), OTHER).remark == AlreadySo()
    assert fold(book, played.history) == played.screening


def test_what_was_put_aside_is_not_promoted(book: Rulebook) -> None:
    """It is taken up again first, also where it is no quick check."""
    for mode in Mode:
        played = opened(book, mode)
        played.do(Pause())
        assert played.do(Promote()).remark == NotNow(Stage.PAUSED, Trigger.PROMOTE)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_hand_over_says_who_hands_over_to_whom(book: Rulebook, mode: Mode) -> None:
    """The notice names both and the number; in practice nobody outside the chat is told."""
    played = opened(book, mode)
    decision = played.do(HandOver(COLLEAGUE.person), OTHER)
    assert [one.event for one in decision.events] == [ScreeningHandedOver(COLLEAGUE.person)]
    owed = () if mode is Mode.PRACTICE else (HandOverNotice("N7", OTHER.person, COLLEAGUE.person),)
    assert decision.notices == owed
    assert played.screening.owner == COLLEAGUE.person

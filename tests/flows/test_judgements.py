"""An investigator's judgement: where it is asked for, what it replaces, and when it falls."""

from __future__ import annotations

import pytest

from flows.answers import Value
from flows.commands import GiveAnswer, GiveJudgement
from flows.events import JudgementGiven, JudgementVerdict, Reason
from flows.questions import AskInput, AskJudgement
from flows.replies import AlreadySo, NeedsReason, NothingToJudge
from flows.rulebook import Rulebook
from tests.flows.grids import MAN
from tests.flows.robot import Played, opened

PASS, FAIL, DEFERRED = JudgementVerdict.PASS, JudgementVerdict.FAIL, JudgementVerdict.DEFERRED


def on(played: Played, **changes: Value) -> Played:
    """Answers what is asked as the man who passes would, with changes, until no input is asked."""
    while isinstance(step := played.step(), AskInput):
        value = changes.get(step.input, MAN.get(step.input))
        assert played.do(GiveAnswer(step.input, value)).events  # type: ignore[arg-type]
    return played


def verdict(played: Played) -> tuple[str, tuple[str, ...]]:
    """The last verdict, and the criteria still waiting for a judgement."""
    made = played.screening.determination
    assert made is not None
    return made.verdict, made.judgement_required


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (PASS, ("eligible", ())),
        (FAIL, ("ineligible", ())),
        (DEFERRED, ("pending", ("E9",))),
    ],
)
def test_a_judgement_decides_its_criterion_or_leaves_it_open(
    book: Rulebook, given: JudgementVerdict, expected: tuple[str, tuple[str, ...]]
) -> None:
    """Met, not met, or deferred: the last keeps the criterion open and is not asked again."""
    played = on(opened(book), other_research="exclusion_period")
    assert played.step() == AskJudgement("E9")
    played.do(GiveJudgement("E9", given))
    assert verdict(on(played)) == expected


def test_a_judgement_falls_with_the_fact_it_was_made_on(book: Rulebook) -> None:
    """Another fact, even one that needs a judgement as well, is judged anew."""
    played = on(opened(book), other_research="exclusion_period")
    played.do(GiveJudgement("E9", PASS))
    on(played)
    played.do(GiveAnswer("other_research", "drug_trial_follow_up", Reason.TYPING_ERROR))
    assert played.screening.judgements == {}
    assert played.step() == AskJudgement("E9")
    assert JudgementGiven("E9", PASS) in [happened.event for happened in played.history]


def test_a_judgement_outlives_the_correction_of_something_else(book: Rulebook) -> None:
    """A corrected age is no reason to judge another criterion again."""
    played = on(opened(book), other_research="exclusion_period")
    played.do(GiveJudgement("E9", PASS))
    on(played)
    played.do(GiveAnswer("age_years", 46, Reason.TYPING_ERROR))
    assert played.screening.judgements == {"E9": PASS}
    assert verdict(played) == ("eligible", ())


def test_a_changed_mind_needs_a_reason_and_keeps_the_old_judgement(book: Rulebook) -> None:
    """The same again is already so; another verdict without a reason is asked for one."""
    played = on(opened(book), other_research="exclusion_period")
    played.do(GiveJudgement("E9", PASS))
    on(played)
    assert played.do(GiveJudgement("E9", PASS)).remark == AlreadySo()
    assert played.do(GiveJudgement("E9", FAIL)).remark == NeedsReason("E9", "fail")
    first, *_ = played.do(GiveJudgement("E9", FAIL, Reason.NEW_ASSESSMENT)).events
    assert first.event == JudgementGiven("E9", FAIL, PASS, Reason.NEW_ASSESSMENT)
    assert verdict(played)[0] == "ineligible"


def test_a_deferred_judgement_is_given_later_without_a_reason(book: Rulebook) -> None:
    """Nothing was claimed when it was deferred, so nothing is taken back."""
    played = on(opened(book), other_research="exclusion_period")
    played.do(GiveJudgement("E9", DEFERRED))
    on(played)
    first, *_ = played.do(GiveJudgement("E9", PASS)).events
    assert first.event == JudgementGiven("E9", PASS, DEFERRED, Reason.NEW_ASSESSMENT)
    assert verdict(played)[0] == "eligible"


@pytest.mark.parametrize("criterion", ["I1", "I3", "E9", "Z1"])
def test_what_the_text_decides_is_not_judged(book: Rulebook, criterion: str) -> None:
    """No judgement replaces a pass, a fail or a missing fact, before or after the verdict."""
    for played in (opened(book), on(opened(book)), on(opened(book), diagnosis="unknown")):
        decision = played.do(GiveJudgement(criterion, PASS, Reason.NEW_ASSESSMENT))
        assert (decision.events, decision.remark) == ((), NothingToJudge(criterion))

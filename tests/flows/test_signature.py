"""Signing a verdict, and what ends a signature: by the engine alone, without a PIN."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import Value
from flows.commands import (
    Command,
    Finish,
    GiveAnswer,
    GiveJudgement,
    HandOver,
    LookAgain,
    Pause,
    Promote,
    RecordAllReasons,
    Sign,
    Stop,
)
from flows.events import (
    JudgementVerdict,
    Mode,
    Reason,
    ScreeningSigned,
    SignatureVoided,
)
from flows.questions import AskInput, AskJudgement
from flows.replies import CannotSign, NotNow, Remark, SignatureNotice, VerdictNotice
from flows.rulebook import Rulebook
from flows.screening import fold
from flows.stages import Stage, Trigger
from tests.flows.grids import MAN
from tests.flows.robot import PEOPLE, START, Played, opened, play

HASH = "5" * 64
SIGN = Sign("Dr Inès Laurent", HASH)
SEEDS = st.integers(0, 2**32 - 1)
JUDGED: dict[str, object] = {"admission_date": "2026-03-05"}
"""In hospital before the symptoms began: the text does not decide I2."""


def played(
    book: Rulebook, changes: dict[str, object] | None = None, mode: Mode = Mode.SCREENING
) -> Played:
    """A screening answered to its end, with I2 judged as met where that is asked."""
    run = opened(book, mode)
    answers = {**MAN, **(changes or {})}
    for _ in range(40):
        step = run.step()
        if run.screening.stage is not Stage.ASKING:
            return run
        if isinstance(step, AskInput):
            value: Value = answers[step.input]  # type: ignore[assignment]
            assert run.do(GiveAnswer(step.input, value)).events
        elif isinstance(step, AskJudgement):
            assert run.do(GiveJudgement(step.criterion, JudgementVerdict.PASS)).events
    raise AssertionError("a screening does not ask forty questions")


def signed(book: Rulebook, changes: dict[str, object] | None = None) -> Played:
    """A screening that is signed."""
    run = played(book, changes)
    assert run.do(SIGN).events
    return run


def kinds(run: Played, since: int) -> list[str]:
    """The kinds of the events after the first so many."""
    return [happened.event.kind for happened in run.history[since:]]


def test_a_complete_eligible_screening_is_signed(book: Rulebook) -> None:
    """The event holds name, meaning and hash; who and when stand beside it; one notice is owed."""
    run = played(book)
    before = list(run.notices)
    decision = run.do(SIGN, PEOPLE[2])
    assert [one.event for one in decision.events] == [ScreeningSigned(SIGN.name, "eligible", HASH)]
    assert decision.remark is None
    assert decision.notices == (SignatureNotice("N7", "eligible", voided=False),)
    assert run.notices == [*before, *decision.notices]
    assert run.screening.stage is Stage.SIGNED
    assert run.screening.signature is not None
    assert run.screening.signature.happened == run.history[-1]
    assert (run.history[-1].by, run.history[-1].at) == (PEOPLE[2], START)


def test_an_ineligible_one_is_signed_once_it_is_finished_or_asked_to_the_end(
    book: Rulebook,
) -> None:
    """At the first exclusion it is not yet complete; either way on, it can be signed."""
    run = played(book, {"consent": "refused"})
    assert run.screening.stage is Stage.EXCLUDED
    assert run.do(SIGN).remark == NotNow(Stage.EXCLUDED, Trigger.SIGN)
    run.do(Finish())
    assert run.do(SIGN).notices == (SignatureNotice("N7", "ineligible", voided=False),)
    other = played(book, {"consent": "refused"})
    other.do(RecordAllReasons())
    while isinstance(step := other.step(), AskInput):
        value: Value = MAN[step.input]  # type: ignore[assignment]
        other.do(GiveAnswer(step.input, value))
    assert other.do(SIGN).events


@pytest.mark.parametrize(
    ("changes", "mode", "verdict"),
    [
        ({"hiv_serology": "pending"}, Mode.SCREENING, "pending"),
        ({"bsa_max_d0_d10_pct": 5}, Mode.SCREENING, "not_yet"),
        ({}, Mode.QUICK_CHECK, "eligible"),
        ({}, Mode.PRACTICE, "eligible"),
    ],
)
def test_what_is_open_or_no_screening_cannot_be_signed(
    book: Rulebook, changes: dict[str, object], mode: Mode, verdict: str
) -> None:
    """A pending or early verdict, a quick check and practice: no event, a reason, no notice."""
    run = played(book, changes, mode)
    made = run.screening.determination
    assert made is not None
    assert made.verdict == verdict
    decision = run.do(SIGN)
    assert (decision.events, decision.remark, decision.notices) == ((), CannotSign(), ())
    assert run.screening.stage is Stage.CONCLUDED


def test_a_promoted_quick_check_is_signed(book: Rulebook) -> None:
    """Once it is a screening it is like any other."""
    run = played(book, mode=Mode.QUICK_CHECK)
    run.do(Promote())
    assert run.do(SIGN).events


@pytest.mark.parametrize(
    ("commands", "stage"),
    [((), Stage.ASKING), ((Pause(),), Stage.PAUSED), ((Stop(),), Stage.STOPPED)],
)
def test_what_has_no_verdict_cannot_be_signed(
    book: Rulebook, commands: tuple[Command, ...], stage: Stage
) -> None:
    """Asking, put aside or given up: nothing is there to sign."""
    run = opened(book)
    for command in commands:
        run.do(command)
    decision = run.do(SIGN)
    assert (decision.events, decision.remark) == ((), NotNow(stage, Trigger.SIGN))


def test_it_is_signed_once(book: Rulebook) -> None:
    """A second signature on the same verdict is not made."""
    run = signed(book)
    decision = run.do(Sign("Somebody else", HASH), PEOPLE[2])
    assert (decision.events, decision.notices) == ((), ())
    assert decision.remark == NotNow(Stage.SIGNED, Trigger.SIGN)


@pytest.mark.parametrize(
    ("command", "then"),
    [
        (GiveAnswer("age_years", 46, Reason.TYPING_ERROR), "answer-corrected"),
        (GiveAnswer("bsa_after_window_pct", 4), "answer-given"),
    ],
)
def test_a_correction_and_a_first_answer_for_the_record_void_it_first(
    book: Rulebook, command: GiveAnswer, then: str
) -> None:
    """Voided, then said, then determined anew; coordinators are told; it can be signed again."""
    run = signed(book)
    before = len(run.history)
    decision = run.do(command)
    assert kinds(run, before) == ["signature-voided", then, "determination-made"]
    assert decision.events[0].event == SignatureVoided(command.input)
    assert decision.notices == (SignatureNotice("N7", "eligible", voided=True),)
    assert (run.screening.stage, run.screening.signature) == (Stage.CONCLUDED, None)
    again = run.do(Sign(SIGN.name, "6" * 64), PEOPLE[2])
    assert run.screening.signature is not None
    assert run.screening.signature.signed == again.events[0].event
    assert fold(book, run.history) == run.screening


def test_a_correction_that_opens_a_question_leaves_nothing_to_sign(book: Rulebook) -> None:
    """What the correction contradicts is asked again, and only then is there a verdict."""
    run = signed(book)
    before = len(run.history)
    run.do(GiveAnswer("repro_status", "female_childbearing_potential", Reason.SOURCE_CORRECTED))
    assert kinds(run, before)[:2] == ["signature-voided", "answer-corrected"]
    assert run.screening.stage is Stage.ASKING
    assert run.do(SIGN).remark == NotNow(Stage.ASKING, Trigger.SIGN)


def test_a_changed_verdict_is_told_after_the_voided_signature(book: Rulebook) -> None:
    """Coordinators learn both: that the signature is gone, then what the verdict is now."""
    run = signed(book)
    decision = run.do(GiveAnswer("consent", "refused", Reason.SOURCE_CORRECTED))
    assert decision.notices == (
        SignatureNotice("N7", "eligible", voided=True),
        VerdictNotice("N7", "ineligible", "I5", ()),
    )


def test_a_changed_judgement_voids_it(book: Rulebook) -> None:
    """The event names the criterion that was judged anew."""
    run = signed(book, JUDGED)
    before = len(run.history)
    command = GiveJudgement("I2", JudgementVerdict.FAIL, Reason.NEW_ASSESSMENT)
    decision = run.do(command)
    assert kinds(run, before)[:2] == ["signature-voided", "judgement-given"]
    assert decision.events[0].event == SignatureVoided("I2")
    assert SignatureNotice("N7", "eligible", voided=True) in decision.notices


@pytest.mark.parametrize(
    "command",
    [
        LookAgain(),
        GiveAnswer("age_years", 45, Reason.TYPING_ERROR),
        GiveAnswer("age_years", 46),
        GiveAnswer("age_years", "forty"),
        GiveAnswer("age_years", -1, Reason.TYPING_ERROR),
        GiveAnswer("shoe_size", 43),
        GiveJudgement("I2", JudgementVerdict.FAIL),
        GiveJudgement("E13", JudgementVerdict.PASS),
        HandOver("p3"),
        Promote(),
        Pause(),
        Stop(),
    ],
    ids=repr,
)
def test_what_changes_nothing_voids_nothing(book: Rulebook, command: Command) -> None:
    """Looking again, the same answer, a refused one or a hand-over leave the signature."""
    run = signed(book)
    was = run.screening
    decision = run.do(command)
    remark: Remark | None = decision.remark
    assert (decision.events, decision.notices) == ((), ())
    assert run.screening is was
    assert remark is not None or isinstance(command, LookAgain)


@given(SEEDS)
def test_in_every_play_a_signature_stands_on_what_was_signed(book: Rulebook, seed: int) -> None:
    """Signed means: a settled screening, nothing said since, and a notice for each way."""
    for before, _, decision, run in play(book, seed, careless=0.2, steps=80):
        said = [happened.event for happened in decision.events]
        assert (run.screening.signature is not None) == (run.screening.stage is Stage.SIGNED)
        if before.stage is Stage.SIGNED and said:
            assert isinstance(said[0], SignatureVoided)
            assert len(said) > 1
        for event in said:
            if isinstance(event, SignatureVoided):
                assert before.stage is Stage.SIGNED
            if isinstance(event, ScreeningSigned):
                assert before.mode is Mode.SCREENING
                assert before.determination is not None
                assert before.determination.complete or before.stage is Stage.CONCLUDED
                assert event.meaning == before.determination.verdict != "pending"
        owed = [one.voided for one in decision.notices if isinstance(one, SignatureNotice)]
        made = [isinstance(one, SignatureVoided) for one in said if _is_signature(one)]
        assert owed == made


def _is_signature(event: object) -> bool:
    return isinstance(event, ScreeningSigned | SignatureVoided)

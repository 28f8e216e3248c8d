"""Screening the same patient again: what comes over, what is asked again, what has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.again import Attempt, carried, changes, perhaps_the_same, repeatable
from flows.answers import Value
from flows.commands import Finish, GiveAnswer, GiveJudgement, Sign, Stop
from flows.events import (
    AnswerCarried,
    DeterminationMade,
    JudgementVerdict,
    Mode,
    Reason,
    ScreeningOpened,
)
from flows.log import Line
from flows.protocol.model import Criterion
from flows.questions import AskInput, AskJudgement
from flows.replies import VerdictNotice
from flows.rulebook import Rulebook
from flows.screening import fold
from flows.stages import Stage
from tests.flows.grids import MAN
from tests.flows.meaning import exact, matters
from tests.flows.reference import determine
from tests.flows.reference_codes import CRITERIA
from tests.flows.robot import (
    PEOPLE,
    START,
    WAITING,
    Played,
    opened,
    opened_again,
    play_again,
    today,
)

SEEDS = st.integers(0, 2**32 - 1)
FIXED = {"index_date", "admission_date", "earlier_admission_date", "bone_marrow_transplant"}
"""LYSYME expects I2 and E8 alone never to change."""

INDEX, ADMITTED = str(MAN["index_date"]), str(MAN["admission_date"])
LATER = START + timedelta(days=2)


def answered(book: Rulebook, patient: Mapping[str, object], mode: Mode = Mode.SCREENING) -> Played:
    """A first attempt, answered to its end."""
    played = opened(book, mode)
    while isinstance(step := played.step(), AskInput | AskJudgement):
        if isinstance(step, AskJudgement):
            played.do(GiveJudgement(step.criterion, JudgementVerdict.DEFERRED))
            continue
        value = patient.get(step.input, "none")
        assert played.do(GiveAnswer(step.input, value)).events, step  # type: ignore[arg-type]
    return played


def over(played: Played, now: datetime = LATER, book: Rulebook | None = None) -> dict[str, Value]:
    """What comes over, by input."""
    book = book or played.book
    attempt = Attempt(played.screening, tuple(played.history))
    return {one.input: one.value for one in carried(book, attempt, now.date())}


# --- which attempts may be followed by another ----------------------------------------------------


def test_what_has_ended_without_a_patient_to_sign_for_is_repeated(book: Rulebook) -> None:
    """Not yet, pending, ineligible, signed and given up; not open, excluded or eligible ones."""
    waiting, eligible = answered(book, WAITING), answered(book, MAN)
    assert waiting.screening.determination is not None
    assert waiting.screening.determination.verdict == "not_yet"
    assert repeatable(waiting.screening)
    assert repeatable(answered(book, MAN | {"hiv_serology": "pending"}).screening)
    assert not repeatable(eligible.screening)
    eligible.do(Sign("Inès", "0" * 64))
    assert repeatable(eligible.screening)
    excluded = answered(book, {"age_years": 17})
    assert excluded.screening.stage is Stage.EXCLUDED
    assert not repeatable(excluded.screening)
    excluded.do(Finish())
    assert repeatable(excluded.screening)
    begun = opened(book)
    assert not repeatable(begun.screening)
    begun.do(Stop())
    assert repeatable(begun.screening)


@pytest.mark.parametrize("mode", [Mode.QUICK_CHECK, Mode.PRACTICE])
def test_what_is_no_screening_is_not_repeated(book: Rulebook, mode: Mode) -> None:
    """A quick check has no patient yet, and a practice run never has one."""
    assert not repeatable(answered(book, WAITING, mode).screening)


# --- what comes over ----------------------------------------------------------------------------


def test_only_what_never_changes_comes_over(book: Rulebook) -> None:
    """Of LYSYME: the dates of I2 and the transplant of E8, with who said so and when."""
    first = answered(book, WAITING)
    assert over(first) == {
        "index_date": INDEX,
        "admission_date": ADMITTED,
        "bone_marrow_transplant": "none",
    }
    again = opened_again(first, LATER)
    opening, *rest = again.history
    assert isinstance(opening.event, ScreeningOpened)
    assert opening.event.earlier == first.screening.number
    assert [one.event for one in rest] == [
        AnswerCarried("index_date", INDEX, "p1", START),
        AnswerCarried("admission_date", ADMITTED, "p1", START),
        AnswerCarried("bone_marrow_transplant", "none", "p1", START),
    ]
    assert {one.by for one in again.history} == {PEOPLE[2]}
    assert {one.at for one in again.history} == {LATER}
    assert again.screening.carried == {"index_date", "admission_date", "bone_marrow_transplant"}


def test_what_was_not_known_is_asked_again(book: Rulebook) -> None:
    """Unknown, and "not admitted": neither is an answer that would still be so."""
    patient = MAN | {"admission_date": "not_admitted", "bone_marrow_transplant": "unknown"}
    assert over(answered(book, patient)) == {"index_date": INDEX}


def test_whoever_corrected_it_is_who_gave_it(book: Rulebook) -> None:
    """A corrected answer comes over as it stands, under the name of whoever corrected it."""
    first = answered(book, WAITING)
    first.now += timedelta(minutes=5)
    other = (START - timedelta(days=6)).date().isoformat()
    first.do(GiveAnswer("index_date", other, Reason.TYPING_ERROR), PEOPLE[1])
    carried_over = opened_again(first, LATER).history[1].event
    assert carried_over == AnswerCarried("index_date", other, "p2", first.now)


def test_the_third_attempt_names_who_said_it_in_the_first(book: Rulebook) -> None:
    """What is carried twice keeps its first speaker and its first hour."""
    second = opened_again(answered(book, WAITING), LATER)
    second.do(Stop())
    third = opened_again(second, LATER + timedelta(days=1))
    assert [one.event for one in third.history[1:]] == [one.event for one in second.history[1:-1]]


def test_what_contradicts_today_is_asked_again(book: Rulebook) -> None:
    """A clock that ran ahead left a date to come: it is not carried into a day before it."""
    assert over(answered(book, WAITING), START - timedelta(days=3)) == {
        "index_date": INDEX,
        "bone_marrow_transplant": "none",
    }


def test_a_carried_answer_is_corrected_like_any_other(book: Rulebook) -> None:
    """It needs a reason, and the old answer stays in the trail."""
    again = opened_again(answered(book, WAITING), LATER)
    assert not again.do(GiveAnswer("bone_marrow_transplant", "autologous_only")).events
    changed = GiveAnswer("bone_marrow_transplant", "autologous_only", Reason.SOURCE_CORRECTED)
    assert [one.event.kind for one in again.do(changed).events] == ["answer-corrected"]
    assert again.screening.answers["bone_marrow_transplant"] == "autologous_only"


# --- under another version of the protocol --------------------------------------------------------


def rewritten(book: Rulebook, name: str, rewrite: Callable[[Criterion], Criterion]) -> Rulebook:
    """The protocol with one criterion written otherwise."""
    criteria = [rewrite(one) if one.id == name else one for one in book.protocol.criteria]
    return Rulebook(book.protocol.model_copy(update={"criteria": criteria}), "e" * 64)


def expecting(expected: bool) -> Callable[[Criterion], Criterion]:
    """The criterion whose answer may change, or not."""

    def rewrite(one: Criterion) -> Criterion:
        change = one.may_change.model_copy(update={"expected": expected})
        return one.model_copy(update={"may_change": change})

    return rewrite


def test_a_version_that_lacks_the_code_asks_again(book: Rulebook) -> None:
    """The answer of the earlier attempt is none any more; the others still come over."""

    def without_none(one: Criterion) -> Criterion:
        (entry,) = one.inputs
        choices = [option for option in entry.choices if option.code != "none"]
        return one.model_copy(update={"inputs": [entry.model_copy(update={"choices": choices})]})

    newer = rewritten(book, "E8", without_none)
    assert set(over(answered(book, WAITING), book=newer)) == {"index_date", "admission_date"}


def test_a_version_that_expects_a_change_asks_again(book: Rulebook) -> None:
    """The file under which the patient is screened now decides what never changes."""
    newer = rewritten(book, "E8", expecting(True))
    assert set(over(answered(book, WAITING), book=newer)) == {"index_date", "admission_date"}


def test_a_version_without_the_input_leaves_it_out(book: Rulebook) -> None:
    """What is not asked any more does not come over."""
    criteria = [one for one in book.protocol.criteria if one.id != "E8"]
    newer = Rulebook(book.protocol.model_copy(update={"criteria": criteria}), "d" * 64)
    assert set(over(answered(book, WAITING), book=newer)) == {"index_date", "admission_date"}


def test_the_new_attempt_stands_under_the_version_of_today(book: Rulebook) -> None:
    """Its first event names the file that is current now."""
    newer = rewritten(book, "E8", expecting(True))
    first = answered(book, WAITING)
    opening = opened_again(replace(first, book=newer), LATER).history[0].event
    assert isinstance(opening, ScreeningOpened)
    assert opening.protocol_sha256 == "e" * 64


def test_numbers_come_over_as_they_are_kept(second: Rulebook) -> None:
    """A decimal is kept as text, and is the same number again."""
    fixed = rewritten(second, "I1", expecting(False))
    first = opened(fixed)
    first.do(GiveAnswer("creatinine", Decimal("0.5")))
    first.do(GiveAnswer("first_count", 3))
    first.do(Stop())
    assert over(first) == {"creatinine": "0.5", "first_count": 3}


def test_an_answer_that_came_over_can_exclude_at_once(second: Rulebook) -> None:
    """What is fixed fails the first criterion: the verdict and its notice are there at once."""
    fixed = rewritten(second, "I1", expecting(False))
    first = opened(fixed)
    first.do(GiveAnswer("creatinine", Decimal("0.1")))
    first.do(Finish())
    again = opened_again(first, LATER)
    assert [one.event.kind for one in again.history] == [
        "screening-opened",
        "answer-carried",
        "determination-made",
    ]
    assert again.screening.stage is Stage.EXCLUDED
    assert [type(one) for one in again.notices] == [VerdictNotice]
    assert fold(fixed, again.history) == again.screening


# --- what has changed -----------------------------------------------------------------------------


def test_what_differs_is_told_with_what_stood_before(book: Rulebook) -> None:
    """Changed, new and judged answers; not what is the same, and not what is not asked yet."""
    first = answered(book, WAITING)
    again = opened_again(first, LATER)
    assert changes(first.screening, again.screening) == {}
    again.do(GiveAnswer("age_years", 46))
    again.do(GiveAnswer("diagnosis", "confirmed"))
    assert changes(first.screening, again.screening) == {"age_years": MAN["age_years"]}


def test_a_judgement_that_differs_is_told(book: Rulebook) -> None:
    """It was deferred, and is judged now."""
    first = answered(book, MAN | {"admission_date": INDEX, "index_date": ADMITTED})
    again = opened_again(first, LATER)
    again.do(GiveAnswer("age_years", MAN["age_years"]))  # type: ignore[arg-type]
    again.do(GiveJudgement("I2", JudgementVerdict.PASS))
    assert changes(first.screening, again.screening) == {"I2": JudgementVerdict.DEFERRED}


def test_what_was_not_asked_before_is_new(book: Rulebook) -> None:
    """An attempt that stopped at its first exclusion said nothing of the rest."""
    first = answered(book, {"age_years": 17})
    first.do(Finish())
    again = opened_again(first, LATER)
    again.do(GiveAnswer("age_years", 18))
    again.do(GiveAnswer("index_date", INDEX))
    told = changes(first.screening, again.screening)
    assert told == {"age_years": "< 18", "index_date": None}


# --- a possible duplicate -------------------------------------------------------------------------


def line(number: str, minutes: int, **more: object) -> Line:
    """A screening that was opened some minutes ago."""
    facts = {"trial": "lysyme", "site": "HM", "mode": Mode.SCREENING, "owner": "p1", **more}
    return Line(number=number, opened_at=START - timedelta(minutes=minutes), **facts)  # type: ignore[arg-type]


def test_the_newest_within_the_hour_may_be_the_same() -> None:
    """Sixty minutes count and sixty-one do not."""
    lines = [line("A", 61), line("B", 60), line("C", 40), line("D", 50)]
    found = perhaps_the_same(lines, "lysyme", "HM", START)
    assert found is not None
    assert found.number == "C"
    assert perhaps_the_same(lines[:1], "lysyme", "HM", START) is None
    assert perhaps_the_same(lines[:2], "lysyme", "HM", START) == lines[1]
    at_once = [line("E", 40), line("F", 40)]
    assert perhaps_the_same(at_once, "lysyme", "HM", START) == at_once[1]


@pytest.mark.parametrize(
    "other",
    [
        {"stopped": True},
        {"site": "LY"},
        {"trial": "second"},
        {"mode": Mode.QUICK_CHECK},
        {"mode": Mode.PRACTICE},
    ],
)
def test_what_cannot_be_the_same_is_not_asked_about(other: dict[str, object]) -> None:
    """Given up, elsewhere, for another trial, or no screening at all."""
    assert perhaps_the_same([line("A", 5, **other)], "lysyme", "HM", START) is None


# --- whoever plays --------------------------------------------------------------------------------


@given(SEEDS)
def test_a_second_attempt_holds_what_every_screening_holds(book: Rulebook, seed: int) -> None:
    """The history is the state, only fixed inputs came over, every question can still matter."""
    for before, _, decision, played in play_again(book, seed):
        assert fold(book, played.history) == played.screening
        assert before.version + len(decision.events) == played.screening.version
        assert played.screening.carried <= FIXED
        step, known = played.step(), exact(played.screening.answers)
        if isinstance(step, AskInput):
            assert step.input not in played.screening.answers
            assert matters(step.criterion, step.input, today(played), known), (step, known)


@given(SEEDS)
def test_what_came_over_determines_as_if_it_had_been_asked(book: Rulebook, seed: int) -> None:
    """Each verdict of a second attempt is the reference's over all its answers, carried or not."""
    for _, _, decision, played in play_again(book, seed):
        for happened in decision.events:
            if isinstance(made := happened.event, DeterminationMade):
                judged = played.screening.outcomes()
                told = {name: verdict.value for name, verdict in judged.items() if verdict}
                answers = {**exact(played.screening.answers), "judgements": told}
                expected = determine(made.day.isoformat(), answers)
                assert made.verdict == expected["determination"]
                if made.complete:
                    assert made.assessed == CRITERIA

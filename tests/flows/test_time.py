"""Time is part of the answer: what a day that goes by changes, and what it must not."""

from __future__ import annotations

from datetime import date, timedelta

from flows.answers import Value
from flows.commands import Finish, GiveAnswer, GiveJudgement, LookAgain, Pause, Resume
from flows.events import (
    AnswerCorrected,
    AnswerSetAside,
    DeterminationMade,
    JudgementVerdict,
    Mode,
    Reason,
    WindowClosed,
)
from flows.questions import AskInput, AskJudgement
from flows.replies import VerdictNotice
from flows.rulebook import Rulebook
from flows.screening import fold
from flows.stages import Stage
from tests.flows.grids import MAN
from tests.flows.reference_codes import CRITERIA
from tests.flows.robot import Played, opened, today

LATER = timedelta(days=20)


def answered(
    book: Rulebook, until: str = "", mode: Mode = Mode.SCREENING, **changes: Value
) -> Played:
    """A screening of the man who passes, with some answers changed, up to one input."""
    played = opened(book, mode)
    while isinstance(step := played.step(), AskInput) and step.input != until:
        value = changes.get(step.input, MAN.get(step.input))
        assert played.do(GiveAnswer(step.input, value)).events  # type: ignore[arg-type]
    return played


def verdicts(played: Played) -> list[str]:
    """The verdicts in the record, in order."""
    events = [happened.event for happened in played.history]
    return [event.verdict for event in events if isinstance(event, DeterminationMade)]


def test_a_window_that_closed_meanwhile_is_seen_on_looking_again(book: Rulebook) -> None:
    """Small area, day 10 gone by while something else was being asked: excluded, and notified."""
    played = answered(book, until="hiv_serology", bsa_max_d0_d10_pct=5)
    assert verdicts(played) == []
    played.now += LATER
    decision = played.do(LookAgain())
    assert verdicts(played) == ["ineligible"]
    assert played.screening.stage is Stage.EXCLUDED
    assert [notice.first_failing for notice in decision.notices] == ["I4"]  # type: ignore[union-attr]


def test_a_window_that_closed_during_a_pause_is_seen_on_resuming(book: Rulebook) -> None:
    """Taken up again after day 10, the screening says at once what time has decided."""
    played = answered(book, until="hiv_serology", bsa_max_d0_d10_pct=5)
    played.do(Pause())
    played.now += LATER
    assert played.do(LookAgain()).events == ()
    played.do(Resume())
    assert verdicts(played) == ["ineligible"]


def test_not_yet_becomes_ineligible_when_the_window_closes(book: Rulebook) -> None:
    """`not yet, until 16 March` is a verdict; on the 17th, looking again gives the next one."""
    played = answered(book, bsa_max_d0_d10_pct=5)
    assert verdicts(played) == ["not_yet"]
    assert played.screening.determination is not None
    ((_, last),) = played.screening.determination.deadlines
    played.now += LATER
    decision = played.do(LookAgain())
    assert verdicts(played) == ["not_yet", "ineligible"]
    closed, made = (happened.event for happened in decision.events)
    assert closed == WindowClosed("reassess_until", last)
    assert isinstance(made, DeterminationMade)
    assert (made.day, made.failing, made.complete) == (today(played), ("I4",), True)
    assert made.assessed == CRITERIA
    assert (made.undetermined, made.deadlines) == ((), ())
    assert decision.notices == (VerdictNotice("N7", "ineligible", "I4", ()),)
    assert played.screening.stage is Stage.CONCLUDED
    assert fold(book, played.history) == played.screening


def test_the_last_day_of_a_window_is_still_not_yet(book: Rulebook) -> None:
    """Looking again on each day writes one new verdict: on the day after the window."""
    played = answered(book, bsa_max_d0_d10_pct=5)
    assert played.screening.determination is not None
    last = min(day for _, day in played.screening.determination.deadlines)
    while today(played) < last:
        played.now += timedelta(days=1)
        assert played.do(LookAgain()).events == ()
    played.now += timedelta(days=1)
    played.do(LookAgain())
    assert verdicts(played) == ["not_yet", "ineligible"]
    played.now += LATER
    assert played.do(LookAgain()).events == ()


def test_an_early_stop_is_not_determined_anew(book: Rulebook) -> None:
    """Whoever left it at the first exclusion wanted no verdict on what was never asked."""
    played = answered(book, age_years=17)
    played.do(Finish())
    played.now += LATER
    decision = played.do(LookAgain())
    assert (decision.events, decision.notices, verdicts(played)) == ((), (), ["ineligible"])


def test_in_practice_time_passes_without_notices(book: Rulebook) -> None:
    """The next verdict is made, and nobody outside the chat is told."""
    played = answered(book, mode=Mode.PRACTICE, bsa_max_d0_d10_pct=5)
    played.now += LATER
    played.do(LookAgain())
    assert (verdicts(played), played.notices) == (["not_yet", "ineligible"], [])


def test_a_new_measurement_turns_not_yet_into_eligible(book: Rulebook) -> None:
    """Within the window a larger area is a correction with a reason, and decides anew."""
    played = answered(book, bsa_max_d0_d10_pct=5)
    played.now += timedelta(days=2)
    played.do(GiveAnswer("bsa_max_d0_d10_pct", 12, Reason.NEW_ASSESSMENT))
    assert verdicts(played) == ["not_yet", "eligible"]


def test_looking_again_on_the_same_day_adds_nothing(book: Rulebook) -> None:
    """Nothing was said and no time went by: no event and no notice."""
    played = answered(book)
    decision = played.do(LookAgain())
    assert (decision.events, decision.notices, verdicts(played)) == ((), (), ["eligible"])


def test_an_answer_is_set_aside_only_for_what_contradicts_it(book: Rulebook) -> None:
    """A clock set back must not make the record say that an age contradicts an admission."""
    played = answered(book)
    played.now -= timedelta(days=10)
    decision = played.do(GiveAnswer("age_years", 44, Reason.TYPING_ERROR))
    assert not [h.event for h in decision.events if isinstance(h.event, AnswerSetAside)]
    assert decision.events[0].event == AnswerCorrected("age_years", 45, 44, Reason.TYPING_ERROR)


def test_a_contradicted_answer_is_set_aside_whatever_the_clock_says(book: Rulebook) -> None:
    """Not admitted, yet lying in dermatology: that contradiction is a real one, and the only."""
    played = answered(book)
    before = set(played.screening.answers)
    played.now -= timedelta(days=10)
    decision = played.do(GiveAnswer("admission_date", "not_admitted", Reason.SOURCE_CORRECTED))
    aside = [h.event for h in decision.events if isinstance(h.event, AnswerSetAside)]
    assert aside == [AnswerSetAside("unit", "dermatology", "admission_date")]
    assert before - set(played.screening.answers) == {"unit"}
    assert verdicts(played) == ["eligible", "pending"]


def test_a_screenings_days_never_go_back(book: Rulebook) -> None:
    """The day is that of the latest event, until the clock is past it again."""
    played = answered(book, until="diagnosis")
    day = today(played)
    played.now -= timedelta(days=10)
    assert today(played) == day
    played.do(GiveAnswer("diagnosis", "confirmed"))
    assert played.screening.latest == played.history[-2].at
    assert today(played) == day
    played.now += timedelta(days=11)
    assert today(played) == day + timedelta(days=1)


def test_a_screening_is_never_called_invalid(book: Rulebook) -> None:
    """Answers are refused when they are invalid: a record's verdict is one of the other four."""
    played = answered(book, psychiatric_care="court_ordered")
    assert played.step() == AskJudgement("E13")
    day = today(played)
    played.now -= timedelta(days=10)
    played.do(GiveJudgement("E13", JudgementVerdict.PASS))
    assert verdicts(played) == ["eligible"]
    assert played.screening.determination is not None
    assert played.screening.determination.day == day


def test_a_month_that_does_not_settle_the_limit_yet_is_kept_and_settles_it_later(
    book: Rulebook,
) -> None:
    """March 2016 may lie within ten years on 10 March 2026; by April it does not any more."""
    played = answered(
        book, malignancy="malignant", malignancy_last_active="2016-03", metastasis="none"
    )
    assert played.screening.answers["malignancy_last_active"] == "2016-03"
    assert played.screening.determination is not None
    assert played.screening.determination.undetermined == ("E2",)
    played.now += timedelta(days=22)
    decision = played.do(LookAgain())
    assert today(played) == date(2026, 4, 1)
    assert verdicts(played) == ["pending", "eligible"]
    assert decision.notices == (VerdictNotice("N7", "eligible", None, ()),)


def test_a_month_that_settles_the_limit_is_kept_as_its_year(book: Rulebook) -> None:
    """The year says as much as the month, and less about the patient."""
    for said, kept in (("2015-12", "2015"), ("2016-04", "2016-04"), ("2017-02", "2017")):
        played = answered(book, malignancy="malignant", malignancy_last_active=said)
        assert played.screening.answers["malignancy_last_active"] == kept

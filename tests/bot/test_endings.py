"""The faces that look back or say how it stands: review, correction, exclusion, verdicts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.cards.card import Tone
from bot.cards.draw import draw
from bot.cards.reader import Reader
from bot.cards.review import PAGE
from bot.cards.views import (
    Correcting,
    Do,
    Front,
    Judging,
    Question,
    Reasons,
    Reviewing,
    Show,
    StopSure,
)
from bot.cards.wording import date_text, value_text
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.commands import Finish, GiveAnswer, GiveJudgement, LookAgain, Pause, RecordAllReasons
from flows.events import JudgementVerdict, Mode, Reason
from flows.protocol.model import Words
from flows.replies import NeedsReason, Overtaken, Warned
from flows.stages import Stage
from tests.bot.cases import AT, MAN, Case, answers, button, labels, look, lysyme, words

EN = ALL["en"]


def tones(case: Case, texts: Texts) -> dict[Tone, str]:
    """What the card says, by how it is meant."""
    return {part.tone: part.text for part in case.card(texts).face.paragraphs}


def test_the_review_shows_every_answer_as_a_person_reads_it(texts: Texts) -> None:
    """Labels, days in words and units, each beside its question."""
    case = Case().answer(MAN, until="consent")
    read = words(case.card(texts, Reviewing()))
    for name, value in case.screening.answers.items():
        entry = lysyme().readers[name].entry
        assert value_text(entry, value, texts) in read
        assert entry.question.of(texts.language).rstrip("? \u00a0\u202f") in read
    assert date_text("2026-03-06", texts) in read
    assert "2026-03-06" not in read


def test_the_review_of_nothing_says_so(texts: Texts) -> None:
    """Before the first answer there is none to show."""
    assert texts.records.no_answer in words(Case().card(texts, Reviewing()))


def test_the_list_for_correcting_comes_in_pages(texts: Texts) -> None:
    """Every answer is on one page and one only; the way out is on all of them."""
    case = Case().answer(MAN)
    found: list[str] = []
    for page in range(-(-len(MAN) // PAGE)):
        card = case.card(texts, Correcting(page))
        assert len(card.face.answers) <= PAGE
        assert texts.cards.cancel in labels(card)
        assert ("‹" in labels(card)) == (page > 0)
        assert ("›" in labels(card)) == (len(found) + PAGE < len(MAN))
        found += answers(card)
    assert found == list(MAN)
    first = case.card(texts, Correcting())
    assert case.press(case.card(texts, case.press(first, "›")), "‹") == Correcting()
    assert look(case.card(texts, Correcting(99))) == look(case.card(texts, Correcting(2)))


def test_a_correction_asks_for_its_reason_with_old_and_new(texts: Texts) -> None:
    """The old answer stands beside the new one until a reason is chosen; then it is recorded."""
    case = Case().answer(MAN, until="consent")
    code = button(
        case.card(texts, Correcting()), next(iter(labels(case.card(texts, Correcting()))))
    )
    assert case.press(case.card(texts, Correcting()), code.label) == Question("age_years")
    remark = case.tell(GiveAnswer("age_years", 46)).remark
    assert remark == NeedsReason("age_years", 46)
    card = draw(case.screening, texts, AT, None, remark)
    entry = lysyme().readers["age_years"].entry
    assert f"{value_text(entry, 45, texts)} → {value_text(entry, 46, texts)}" in words(card)
    reasons = [texts.cards.reasons[reason] for reason in Reason]
    assert [one.label for row in card.face.answers for one in row] == reasons
    assert case.screening.answers["age_years"] == 45
    case.press(card, texts.cards.reasons[Reason.TYPING_ERROR])
    assert case.screening.answers["age_years"] == 46


def test_a_judgement_is_changed_with_a_reason_too(texts: Texts) -> None:
    """Old and new in the words of the criterion's kind."""
    case = Case().answer({**MAN, "admission_date": "2026-03-05", "I2": "pass"}, until="diagnosis")
    said = texts.cards.judgement
    assert "I2" in answers(case.card(texts, Correcting()))
    remark = case.tell(GiveJudgement("I2", JudgementVerdict.FAIL)).remark
    card = draw(case.screening, texts, AT, Judging("I2"), remark)
    old, new = said["inclusion", JudgementVerdict.PASS], said["inclusion", JudgementVerdict.FAIL]
    assert f"{old} → {new}" in words(card)
    case.press(card, texts.cards.reasons[Reason.MISUNDERSTOOD])
    assert case.screening.judgements["I2"] is JudgementVerdict.FAIL


def test_a_long_label_is_cut_and_says_so() -> None:
    """A button of the list stays one line."""
    case = Case().answer(MAN)
    shown = [
        label for page in range(3) for label in answers(case.card(EN, Correcting(page))).values()
    ]
    assert max(map(len, shown)) == 60
    assert any(label.endswith("…") for label in shown)


def test_giving_up_is_asked_twice(texts: Texts) -> None:
    """Yes gives it up, no goes back to the question."""
    case = Case()
    sure = case.card(texts, case.press(case.card(texts), texts.cards.stop))
    assert labels(sure) == [texts.cards.stop_yes, texts.cards.stop_no]
    assert case.press(sure, texts.cards.stop_no) == Front()
    assert case.asked() == "age_years"
    case.press(case.card(texts, StopSure()), texts.cards.stop_yes)
    assert case.screening.stage is Stage.STOPPED
    assert texts.cards.stopped in words(case.card(texts))


def test_the_first_exclusion_names_its_criterion_in_the_protocols_words(texts: Texts) -> None:
    """Ineligible: I2 not met, the protocol's sentence, and two ways on."""
    case = Case().answer(
        {**MAN, "index_date": "2026-02-20", "earlier_admission_date": "not_applicable"}
    )
    assert case.screening.stage is Stage.EXCLUDED
    said = tones(case, texts)
    assert said[Tone.BAD] == texts.cards.ineligible(texts.cards.failing["inclusion"]("I2"))
    assert said[Tone.QUOTE] == lysyme().criteria["I2"].criterion.text.of(texts.language)
    card = case.card(texts)
    presses = [one.press for row in card.face.answers for one in row]
    assert presses == [Do(Finish()), Do(RecordAllReasons())]
    assert texts.cards.excluded_hint in words(card)


def test_stopping_at_an_exclusion_says_how_many_were_not_assessed(texts: Texts) -> None:
    """A criterion that was not asked about has no verdict."""
    case = Case().answer({"age_years": 17})
    case.tell(Finish())
    assert texts.cards.unassessed(18) in words(case.card(texts))
    assert texts.cards.pending(18) not in words(case.card(texts))


def test_all_reasons_are_listed_once_each(texts: Texts) -> None:
    """Every failing criterion by name, each with its sentence."""
    case = Case().answer({"age_years": 17})
    case.tell(RecordAllReasons())
    case.answer({**MAN, "cardiac_failure": "yes"})
    read = words(case.card(texts))
    reasons = f"{texts.cards.failing['inclusion']('I1')}, {texts.cards.failing['exclusion']('E6')}"
    assert texts.cards.ineligible(reasons) in read
    for name in ("I1", "E6"):
        assert f"{name} · {lysyme().criteria[name].criterion.text.of(texts.language)}" in read
    assert texts.cards.unassessed(1) not in read


def test_eligible_is_good_news_with_the_advisory_date(texts: Texts) -> None:
    """One line, the day and the version, and the last infusion day beside it."""
    case = Case().answer(MAN)
    assert tones(case, texts)[Tone.GOOD] == texts.cards.eligible
    read = words(case.card(texts))
    assert date_text("2026-03-11", texts) in read
    assert texts.cards.verdict_on(AT.date(), "registry-2026") in read


def test_not_yet_names_the_last_day(texts: Texts) -> None:
    """Time is part of the answer: until when it may still change, and what is missing."""
    case = Case().answer({**MAN, "bsa_max_d0_d10_pct": 4})
    last = (AT + timedelta(days=6)).date()
    assert tones(case, texts)[Tone.WAITING] == texts.cards.not_yet(last)
    assert f"I4 · {lysyme().criteria['I4'].criterion.text.of(texts.language)}" in words(
        case.card(texts)
    )


def test_pending_lists_what_is_open_and_whose_judgement(texts: Texts) -> None:
    """A missing result is named by its criterion, a deferred judgement as the reader's own."""
    case = Case().answer(
        {**MAN, "admission_date": "2026-03-05", "I2": "deferred", "hiv_serology": "pending"}
    )
    read = words(case.card(texts))
    assert texts.cards.pending(2) in read
    assert f"I2 · {texts.cards.judgement_missing}" in read
    assert f"E3 · {lysyme().criteria['E3'].criterion.text.of(texts.language)}" in read


def test_each_open_criterion_leads_to_what_is_missing_of_it(texts: Texts) -> None:
    """A pending result to its question, a deferred judgement to its own; closed ones to nothing."""
    case = Case().answer(
        {**MAN, "admission_date": "2026-03-05", "I2": "deferred", "hiv_serology": "pending"}
    )
    card = case.card(texts)
    assert answers(card) == {name: texts.cards.fill_in(name) for name in ("I2", "E3")}
    presses = [one.press for row in card.face.answers for one in row]
    assert presses == [Show(Judging("I2")), Show(Question("hiv_serology"))]
    view = case.press(card, texts.cards.fill_in("E3"))
    asked = case.card(texts, view)
    entry = lysyme().readers["hiv_serology"].entry
    assert asked.face.expects == entry
    assert entry.question.of(texts.language) in words(asked)
    case.press(asked, next(one.label.of(texts.language) for one in entry.choices))
    assert case.screening.answers["hiv_serology"] == entry.choices[0].code
    view = case.press(case.card(texts), texts.cards.fill_in("I2"))
    case.press(case.card(texts, view), texts.cards.judgement["inclusion", JudgementVerdict.PASS])
    assert case.screening.determination is not None
    assert case.screening.determination.undetermined == ()
    assert case.card(texts).face.answers == ()


def test_not_yet_leads_to_the_measurement_that_may_change(texts: Texts) -> None:
    """Nothing is unknown: the value that was given is the one to be given anew."""
    case = Case().answer({**MAN, "bsa_max_d0_d10_pct": 4})
    card = case.card(texts)
    assert list(answers(card)) == ["I4"]
    target = case.press(card, texts.cards.fill_in("I4"))
    assert isinstance(target, Question)
    assert target.input in lysyme().criteria["I4"].table.reads
    assert target.input in case.screening.answers


def test_many_open_criteria_stand_four_to_a_row(texts: Texts) -> None:
    """None is left out, and no row is too wide for a phone."""
    open_ = {
        "hiv_serology": "pending",
        "hbv_status": "pending",
        "sars_cov2_pcr": "pending",
        "diagnosis": "unknown",
        "consent": "unknown",
        "social_security": "unknown",
    }
    codes = {name: {one.code for one in lysyme().readers[name].entry.non_answers} for name in open_}
    given = {
        name: code if code in codes[name] else min(codes[name]) for name, code in open_.items()
    }
    case = Case().answer({**MAN, **given})
    assert case.screening.determination is not None
    card = case.card(texts)
    assert tuple(answers(card)) == case.screening.determination.undetermined
    assert [len(row) for row in card.face.answers] == [4, len(answers(card)) - 4]


@pytest.mark.parametrize("verdict", ["eligible", "ineligible"])
def test_a_settled_verdict_has_nothing_to_fill_in(texts: Texts, verdict: str) -> None:
    """Buttons for what is open are there only while something is."""
    case = Case().answer(MAN if verdict == "eligible" else {"age_years": 17})
    if verdict == "ineligible":
        case.tell(Finish())
    assert case.screening.determination is not None
    assert case.screening.determination.verdict == verdict
    assert case.card(texts).face.answers == ()


def test_an_excluded_quick_check_can_be_promoted_or_handed_over(texts: Texts) -> None:
    """Both ways on are there at the first exclusion; who may not promote is not offered it."""
    colleagues = (("p-9", "Dr Two"),)
    offer = (texts.cards.promote, texts.cards.hand_over)

    def offered(mode: Mode, promotes: bool = True) -> list[str]:
        case = Case(mode).answer({"age_years": 17})
        assert case.screening.stage is Stage.EXCLUDED
        reader = Reader("p-7", colleagues=colleagues, promotes=promotes)
        shown = labels(draw(case.screening, texts, AT, Front(), reader=reader))
        assert texts.cards.finish in shown
        return [label for label in offer if label in shown]

    assert offered(Mode.QUICK_CHECK) == list(offer)
    assert offered(Mode.QUICK_CHECK, promotes=False) == [texts.cards.hand_over]
    assert offered(Mode.SCREENING) == [texts.cards.hand_over]
    assert offered(Mode.PRACTICE) == []


def test_what_time_has_settled_is_not_asked_and_not_yet_a_verdict(texts: Texts) -> None:
    """A card drawn after the window closed, before anybody looked again, shows no verdict."""
    case = Case().answer({**MAN, "bsa_max_d0_d10_pct": 4}, until="hiv_serology")
    later = AT + timedelta(days=20)
    card = case.card(texts, at=later)
    assert texts.remarks.not_asked in words(card)
    assert card.face.expects is None
    assert card.face.answers == ()
    case.tell(LookAgain(), later)
    assert texts.cards.ineligible(texts.cards.failing["inclusion"]("I4")) in words(
        case.card(texts, at=later)
    )


def test_a_verdict_card_shows_no_answer() -> None:
    """Neither the age nor the index date stands on the end card."""
    case = Case().answer({**MAN, "age_years": 73, "hiv_serology": "pending"})
    read = words(case.card(EN)) + "".join(labels(case.card(EN)))
    assert "73" not in read
    assert date_text("2026-03-06", EN) not in read


def test_a_paused_card_has_one_button(texts: Texts) -> None:
    """Resume, and nothing that could be pressed by mistake."""
    case = Case().answer(MAN, until="consent")
    case.tell(Pause())
    card = case.card(texts)
    assert labels(card) == [texts.cards.resume]
    assert texts.cards.paused in words(card)
    case.press(card, texts.cards.resume)
    assert case.asked() == "consent"


def test_a_quick_check_becomes_a_screening_with_one_press(texts: Texts) -> None:
    """The button is there for a quick check alone; the answers stay."""
    case = Case(Mode.QUICK_CHECK).answer(MAN)
    case.press(case.card(texts), texts.cards.promote)
    assert case.screening.mode is Mode.SCREENING
    assert dict(case.screening.answers) == {**MAN, "bsa_max_d0_d10_pct": ">= 10"}
    assert texts.cards.promote not in labels(case.card(texts))
    assert texts.cards.watermark[Mode.QUICK_CHECK] not in case.card(texts).heading


def test_a_window_that_closes_turns_not_yet_into_ineligible() -> None:
    """The same answers on a later day are another verdict."""
    case = Case().answer({**MAN, "bsa_max_d0_d10_pct": 4})
    later = datetime.fromisoformat("2026-03-17T08:00:00+00:00")
    case.tell(GiveAnswer("age_years", 46, Reason.TYPING_ERROR), later)
    assert "I4 not met" in words(case.card(EN, at=later))
    assert case.tell(LookAgain(), later).events == ()


@pytest.mark.parametrize("view", [Reasons("age_years", 46), Question("age_years"), Correcting()])
def test_what_was_concluded_can_be_corrected(view: Reasons | Question | Correcting) -> None:
    """The end card leads to every answer."""
    case = Case().answer(MAN)
    assert look(case.card(EN, view)) != look(case.card(EN))


def test_a_remark_stands_beside_the_card(texts: Texts) -> None:
    """Whoever was overtaken, or should look again, is told on the card itself."""
    screening = Case().screening
    late = draw(screening, texts, AT, None, Overtaken("p-9", AT))
    assert late.remark == texts.remarks.overtaken("p-9", AT.astimezone(lysyme().zone))
    warned = draw(screening, texts, AT, None, Warned("age_years", Words(en="Sure?", fr="Sûr ?")))
    assert warned.remark == texts.remarks.warned("Sure?" if texts.language == "en" else "Sûr ?")

"""The faces of the card that ask: questions and judgements."""

from __future__ import annotations

from datetime import date

import pytest

from bot.cards.views import Do, Judging, Question, Reasons, Show, StopSure
from bot.cards.wording import date_text
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.answers import Value
from flows.commands import GiveAnswer, GiveJudgement, Pause, RecordAllReasons, Stop
from flows.events import JudgementVerdict, Mode
from flows.protocol.model import InputType
from tests.bot.cases import MAN, NUMBER, Case, answers, labels, look, lysyme, words

TODAY = date(2026, 3, 10)
WOMAN: dict[str, Value] = {**MAN, "repro_status": "female_childbearing_potential"}
FULL_WOMAN: dict[str, Value] = {**WOMAN, "pregnancy": "test_negative", "breastfeeding": "no"}
CANCER: dict[str, Value] = {**MAN, "malignancy": "malignant"}
FULL_CANCER: dict[str, Value] = {
    **CANCER,
    "malignancy_last_active": "2010",
    "metastasis": "none",
}


SAYING = (GiveAnswer, GiveJudgement)


def test_a_choice_shows_the_protocols_own_words(texts: Texts) -> None:
    """Heading, progress, criterion, question, help and labels come from file and case."""
    case = Case().answer(MAN, until="social_security")
    card, criterion = case.card(texts), lysyme().home("social_security")
    entry = lysyme().readers["social_security"].entry
    assert card.heading == f"LYSYME · {NUMBER}"
    assert card.face.progress == "●●○○○ 6/19"
    said = [part.text for part in card.face.paragraphs]
    assert said[1:] == [criterion.text.of(texts.language), entry.question.of(texts.language)]
    assert said[0].startswith("I6 · ")
    assert card.face.help == criterion.help.of(texts.language)
    options = {
        one.code: one.label.of(texts.language) for one in (*entry.choices, *entry.non_answers)
    }
    shown = {code: label for code, label in answers(card).items() if code != "more"}
    assert shown.items() <= options.items()
    assert card.face.expects == entry


def test_rare_answers_stand_behind_more_answers(texts: Texts) -> None:
    """The rare codes come with one press, and then every code that can be said is there."""
    case = Case().answer(MAN, until="consent")
    card = case.card(texts)
    rare = {one.code for one in lysyme().readers["consent"].entry.choices if one.rare}
    assert rare
    assert not rare & set(answers(card))
    unfolded = case.card(texts, case.press(card, texts.cards.more))
    expected = case.screening.offered("consent", TODAY)
    assert list(answers(unfolded)) == expected
    assert rare <= set(answers(unfolded))


@pytest.mark.parametrize("patient", [MAN, FULL_WOMAN, FULL_CANCER], ids=["man", "woman", "cancer"])
def test_every_question_has_a_way_to_say_not_known(patient: dict[str, Value]) -> None:
    """Whatever may be left open can be answered so without unfolding the rare answers."""
    case = Case()
    while (name := case.asked()) in patient:
        entry = lysyme().readers[name].entry
        assert {one.code for one in entry.non_answers if not one.rare} & set(
            answers(case.card(ALL["en"]))
        )
        case.answer({name: patient[name]})
    assert len(case.screening.answers) >= 13


def test_a_man_is_not_asked_about_breastfeeding(texts: Texts) -> None:
    """What contradicts the answers already given is neither asked nor offered."""
    case = Case().answer(MAN)
    assert not {"pregnancy", "breastfeeding"} & set(case.screening.answers)
    asked = Case().answer(WOMAN, until="breastfeeding")
    assert asked.asked() == "pregnancy"
    card = asked.card(texts)
    assert "not_applicable" not in answers(card)
    assert "pregnant" in answers(card)


def test_a_question_card_shows_no_answer_given_before(texts: Texts) -> None:
    """Whoever looks over the shoulder reads the question, not the patient."""
    case = Case().answer({**MAN, "index_date": "2026-02-28", "age_years": 73}, until="consent")
    read = words(case.card(texts)) + "".join(labels(case.card(texts)))
    assert "73" not in read
    assert date_text("2026-02-28", texts) not in read


@pytest.mark.parametrize("mode", [Mode.QUICK_CHECK, Mode.PRACTICE])
def test_a_quick_check_and_practice_are_marked(texts: Texts, mode: Mode) -> None:
    """The heading says what does not count as a screening."""
    assert Case(mode).card(texts).heading == f"LYSYME · {NUMBER} · {texts.cards.watermark[mode]}"


def test_a_judgement_is_asked_in_the_words_of_its_kind(texts: Texts) -> None:
    """Met, not met or later; the question is the protocol's."""
    case = Case().answer({**MAN, "admission_date": "2026-03-05"}, until="I2")
    card = case.card(texts)
    judgement = lysyme().criteria["I2"].criterion.judgement
    assert judgement is not None
    assert judgement.question.of(texts.language) in words(card)
    kinds = [texts.cards.judgement["inclusion", verdict] for verdict in JudgementVerdict]
    assert [one.label for row in card.face.answers for one in row] == kinds
    case.press(card, kinds[0])
    assert case.screening.judgements == {"I2": JudgementVerdict.PASS}
    again = case.card(texts, Judging("I2"))
    assert labels(again) == [*kinds, texts.cards.cancel]


def test_moves_fit_what_is_asked(texts: Texts) -> None:
    """Nothing to go back to at first; a question looked at again has only the way out."""
    case = Case()
    first = [one.code for row in case.card(texts).face.moves for one in row]
    assert first == ["pause", "stop"]
    case.tell(GiveAnswer("age_years", 45))
    moves = {one.code: one.press for row in case.card(texts).face.moves for one in row}
    assert list(moves) == ["back", "review", "correct", "pause", "stop"]
    assert moves["back"] == Show(Question("age_years"))
    assert moves["pause"] == Do(Pause())
    back = case.card(texts, Question("age_years"))
    assert [one.code for row in back.face.moves for one in row] == ["cancel"]


STALE = [
    Question("consent"),
    Question("no_such_input"),
    Judging("I2"),
    Judging("X9"),
    Reasons("consent", "refused"),
]


@pytest.mark.parametrize("view", STALE, ids=repr)
def test_a_stale_view_falls_back_to_the_front(view: Question | Judging | Reasons) -> None:
    """A button of an older card shows the card as it stands, never an error."""
    case = Case().answer(MAN, until="index_date")
    assert look(case.card(ALL["en"], view)) == look(case.card(ALL["en"]))


@pytest.mark.parametrize("ending", [Pause(), Stop()])
def test_nothing_is_asked_while_paused_or_given_up(ending: Pause | Stop) -> None:
    """Views that would ask or change fall back to the front of a closed card."""
    case = Case().answer(MAN, until="consent")
    case.tell(ending)
    front = case.card(ALL["en"])
    assert look(case.card(ALL["en"], Question("age_years"))) == look(front)
    if isinstance(ending, Stop):
        assert look(case.card(ALL["en"], StopSure())) == look(front)
        assert labels(front) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_button_of_every_question_can_be_pressed(language: str) -> None:
    """No button of any question leads to a crash, and every answer button is accepted."""
    texts = ALL[language]
    for answers_of in (MAN, FULL_WOMAN, FULL_CANCER):
        case = Case()
        while (name := case.asked()) is not None:
            here = case.screening
            more = (
                case.card(texts, Question(name, more=True)) if name in here.book.readers else None
            )
            for one in (*case.card(texts).face.buttons, *(more.face.buttons if more else ())):
                if isinstance(one.press, Show):
                    case.card(texts, one.press.view)
                elif isinstance(one.press, Do) and isinstance(
                    one.press.command, GiveAnswer | GiveJudgement
                ):
                    assert case.tell(one.press.command).events, (name, one.label)
                    case.card(texts)
                    case.screening = here
            if name not in answers_of:
                break
            case.answer({name: answers_of[name]})


def test_every_input_of_lysyme_that_is_asked_is_drawn() -> None:
    """Control: between them the patients above reach every sort of input."""
    sorts = {reader.entry.type for reader in lysyme().readers.values()}
    assert sorts == set(InputType)


def test_after_recording_all_reasons_the_next_question_is_asked() -> None:
    """The walk goes on past an exclusion when all reasons are wanted."""
    case = Case().answer({"age_years": 17})
    case.tell(RecordAllReasons())
    assert case.card(ALL["en"]).face.progress.endswith("2/19")

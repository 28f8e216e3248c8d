"""What buttons carry: every press of every card comes back as it was, and nothing else gets in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cards.draw import draw
from bot.cards.views import Again, AskAbout, Copy, Do, Question, Show, TakeUp
from bot.telegram import codec
from bot.telegram.codec import LONGEST, decode, encode, frame
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.commands import GiveAnswer, GiveJudgement, HandOver
from flows.decide import decide
from flows.events import JudgementVerdict, Reason
from flows.protocol.model import InputType
from flows.rulebook import Rulebook
from tests.bot.cases import AT, DOCTOR, NUMBER, lysyme
from tests.bot.gallery import cases
from tests.bot.telegram_front.faces import HERE, all_faces
from tests.flows.trial_files import SECOND, rulebook

LAST_VERSION = 36**6 - 1
NAMES = list(lysyme().readers)
CRITERIA = list(lysyme().criteria)


@cache
def second() -> Rulebook:
    """Another protocol, ready to be applied."""
    return rulebook(SECOND)


BODY = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=46)
ENTRY = st.from_regex(r"[0-9.\-]{0,10}", fullmatch=True)
SHAPED = st.one_of(
    st.builds("Q{}{}:{}".format, st.sampled_from("0123456789abcdefghijklmn"), st.just(""), ENTRY),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from("AWGw"),
        st.sampled_from("0123456789abcdefghijklmnopqrstu"),
        st.sampled_from("=#~"),
        st.one_of(ENTRY, BODY.map(lambda text: text[:16])),
    ),
    st.builds("{}{}".format, st.sampled_from("JCOQ"), BODY.map(lambda text: text[:20])),
)


def test_every_press_of_every_card_comes_back_as_it_was(texts: Texts) -> None:
    """Encoded and decoded, each press of each card is itself again, in at most 64 bytes."""
    seen = 0
    for screening, card in all_faces(texts):
        for button in card.face.buttons:
            if isinstance(button.press, Copy):
                continue
            data = encode(button.press, NUMBER, LAST_VERSION, screening.book)
            assert len(data.encode()) <= LONGEST
            found = frame(data)
            assert found is not None
            assert (found.number, found.version) == (NUMBER, LAST_VERSION)
            assert decode(found.body, screening.book) == button.press, data
            seen += 1
    assert seen > 3000


REASON = st.one_of(st.none(), st.sampled_from(Reason))


@given(st.sampled_from(NAMES), st.data())
def test_any_answer_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    """Numbers, days, months, years and codes with or without a reason, and as a reason asked."""
    entry = lysyme().readers[name].entry
    days = st.dates(min_value=AT.date() - timedelta(days=20_000), max_value=AT.date())
    codes = [option.code for option in (*entry.choices, *entry.non_answers)]
    value: st.SearchStrategy[object] = st.sampled_from(codes) if codes else st.nothing()
    if entry.type is InputType.INTEGER:
        value |= st.integers(0, 999_999)
    if entry.type is InputType.NUMBER:
        value |= st.integers(0, 999_999) | st.decimals(0, 9999, places=1)
    if entry.type is InputType.DATE:
        value |= days.map(str)
    if entry.type is InputType.PARTIAL_DATE:
        cut = st.sampled_from((4, 7, 10))
        value |= st.builds(lambda day, length: str(day)[:length], days, cut)
    said = data.draw(value)
    assert isinstance(said, int | Decimal | str)
    press = Do(GiveAnswer(name, said, data.draw(REASON)))
    found = frame(encode(press, NUMBER, LAST_VERSION, lysyme()))
    assert found is not None
    assert decode(found.body, lysyme()) == press


@given(st.sampled_from(CRITERIA), st.sampled_from(JudgementVerdict), REASON)
def test_any_judgement_comes_back_as_it_was(
    name: str, verdict: JudgementVerdict, reason: Reason | None
) -> None:
    """Of every criterion, with or without a reason."""
    press = Do(GiveJudgement(name, verdict, reason))
    found = frame(encode(press, NUMBER, LAST_VERSION, lysyme()))
    assert found is not None
    assert decode(found.body, lysyme()) == press


def test_the_longest_press_fits() -> None:
    """The longest id of a person, and what would be too long is refused before it is sent."""
    assert len(encode(Do(HandOver("P" * 20)), NUMBER, LAST_VERSION, lysyme())) <= LONGEST
    with pytest.raises(ValueError, match="64 bytes"):
        encode(Do(HandOver("P" * 60)), NUMBER, LAST_VERSION, lysyme())


@given(st.text(max_size=70) | BODY.map(lambda body: f"7K3F9QXV.1f.{body}"))
def test_random_bytes_never_surprise(data: str) -> None:
    """Whatever a client sends is a press of this protocol, or nothing."""
    found = frame(data)
    if found is not None:
        press = decode(found.body, lysyme())
        assert press is None or isinstance(press, Show | Do | Again | TakeUp | AskAbout)


@given(BODY | SHAPED)
@example("A4=0")
@example("A4=00")
@example("G1~0!2")
@example("Q0+")
def test_what_a_button_does_is_the_same_when_it_is_remembered(body: str) -> None:
    """Whatever was pressed before, by anybody, under whichever protocol."""
    for book in (lysyme(), second(), lysyme()):
        assert repr(decode(body, book)) == repr(codec._press(body, book))


def test_what_was_keyed_in_is_not_remembered() -> None:
    """Options, views and steps are; a number, a day or a half of one is its writer's alone."""
    place = {name: NAMES.index(name) for name in NAMES}
    codec._press_kept.cache_clear()
    for body in ("A0#45", f"A{place['index_date']}#2026-03-06", "Q0:4", "W0#46"):
        assert decode(body, lysyme()) is not None
    assert codec._press_kept.cache_info().currsize == 0
    for number in range(2 * codec.MOST_KEPT):
        decode(f"O{number:08}", lysyme())
    assert codec._press_kept.cache_info().currsize == codec.MOST_KEPT


@pytest.mark.parametrize("name", ["new", "date", "partial", "number", "eligible", "travelled"])
@given(BODY | SHAPED)
@example("Q1:2026-13")
@example("Q1:0001-01")
@example("Q1:9999-12")
@example("Q9:9999")
@example("Q9:----")
@example("Q5:..")
@example("Q0:9.9")
@example("W0#zzz")
@example("W1#abcdefghij")
@example("W1#2026-99")
@example("WD#2026-99")
@example("A5#1e-99999")
@example("A5#NaN")
@example("A5#sNaN")
@example("A0#Infinity")
@example("w0~0")
@example("J-1")
@example("C99")
def test_whatever_decodes_can_be_drawn_and_decided(name: str, body: str) -> None:
    """A forged press finds a card or a sentence; it never ends in a fault."""
    screening, book = cases()[name].screening, lysyme()
    press = decode(body, book)
    if press is None:
        return
    view, remark = None, None
    if isinstance(press, Show):
        view = press.view
    elif isinstance(press, Do):
        decision = decide(screening, press.command, AT, DOCTOR)
        screening, remark = decision.screening, decision.remark
    for words in ALL.values():
        card = draw(screening, words, AT, view, remark, HERE)
        for button in card.face.buttons:
            if not isinstance(button.press, Copy):
                encode(button.press, NUMBER, LAST_VERSION, book)


def test_an_entry_is_one_of_its_input() -> None:
    """A keypad holds digits, a calendar a month: other entries name nothing."""
    book = lysyme()
    place = list(book.readers).index
    assert decode(f"Q{place('index_date')}:2026-03", book) == Show(
        Question("index_date", entry="2026-03")
    )
    assert decode(f"Q{place('index_date')}:2026-13", book) is None
    assert decode("Q0:-", book) is None
    assert decode("Q0:45", book) == Show(Question("age_years", entry="45"))

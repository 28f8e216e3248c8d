"""Faces that many people see: drawn once, and never another than if they were drawn anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import asking
from bot.cards.card import Card, Face
from bot.cards.draw import draw
from bot.cards.reader import Reader
from bot.cards.views import Copy, Do, Front, Press, Question, Reviewing, Show, View
from bot.telegram.codec import body, encode
from bot.telegram.render import html, keyboard, plain_text
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.events import Mode
from flows.protocol.load import load_protocol
from flows.rulebook import Rulebook
from flows.screening import Screening
from tests.bot.cases import AT, MAN, Case, look, lysyme
from tests.bot.gallery import ME, WOMAN, cases
from tests.flows.trial_files import LYSYME

QUICK = Reader("p-7")
"""Whoever cannot ask the coordinators."""


def anew(screening: Screening, texts: Texts, view: View, reader: Reader, days: int) -> Card:
    """The card with nothing remembered: neither its face nor how a face was drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "_shared", asking._shared.__wrapped__)
        card = draw(screening, texts, AT + timedelta(days=days), view, reader=reader)
    return replace(card, face=replace(card.face, shared=False))


def message(card: Card, screening: Screening, texts: Texts) -> Any:
    """All that goes out for a card."""
    return html(card, texts), plain_text(card, texts), keyboard(card, screening)


def carried(card: Card, screening: Screening) -> list[object]:
    """The data of a card's buttons, each put together by itself."""
    return [
        None
        if isinstance(one.press, Copy)
        else encode(one.press, screening.number, screening.version, screening.book)
        for one in card.face.buttons
    ]


STEPS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 3), st.booleans()), max_size=8)
"""Which button is pressed, counted round; how many days later; and whether queries are offered."""


def presses(case: Case, code: str) -> list[Press]:
    """What the buttons with this code do, on the card as it stands."""
    return [one.press for one in case.card(ALL["en"]).face.buttons if one.code == code]


@given(st.sampled_from(Mode), st.sampled_from(list(MAN)), STEPS)
@settings(max_examples=100)
def test_a_card_is_the_same_whether_its_face_is_remembered_or_not(
    mode: Mode, until: str, steps: list[tuple[int, int, bool]]
) -> None:
    """Along any conversation, on any day, for any reader, in both languages, word for word."""
    case, view = Case(mode).answer(MAN, until=until), cast(View, Front())
    for place, days, asks in [*steps, (0, 0, True)]:
        reader, at = ME if asks else QUICK, AT + timedelta(days=days)
        for texts in ALL.values():
            card = draw(case.screening, texts, at, view, reader=reader)
            fresh = anew(case.screening, texts, view, reader, days)
            assert look(replace(card, face=replace(card.face, shared=False))) == look(fresh)
            sent = message(card, case.screening, texts)
            assert sent == message(fresh, case.screening, texts)
            keys = [key.get("callback_data") for row in sent[2]["inline_keyboard"] for key in row]
            assert keys == carried(card, case.screening)
        if not card.face.buttons:
            return
        press = card.face.buttons[place % len(card.face.buttons)].press
        view = press.view if isinstance(press, Show) else Front()
        if isinstance(press, Do):
            case.tell(press.command, at)


def test_two_people_at_one_question_see_one_face() -> None:
    """What does not differ is not drawn twice; what differs is another face."""
    texts = ALL["en"]
    one, other = (Case().answer(MAN, until="consent") for _ in range(2))
    face = one.card(texts).face
    assert face.shared
    assert other.card(texts).face is face
    assert one.card(ALL["fr"]).face is not face
    assert one.card(texts, at=AT + timedelta(days=1)).face is not face
    assert draw(one.screening, texts, AT, reader=ME).face is not face
    assert one.card(texts, Question("consent", more=True)).face is not face


def test_the_way_back_is_everybodys_own() -> None:
    """At one question, whoever answered another one last goes back to that one."""
    man, woman, another = (
        Case().answer(answers, until="malignancy") for answers in (MAN, {**MAN, **WOMAN}, MAN)
    )
    assert presses(man, "back") == presses(another, "back") == [Show(Question("repro_status"))]
    assert presses(woman, "back") == [Show(Question("breastfeeding"))]


def test_what_came_over_from_an_earlier_attempt_can_be_looked_at() -> None:
    """At the first question of an attempt there is a review if anything came over, but no back."""
    first, second = Case(), cases()["carried"]
    assert first.asked() == second.asked()
    assert presses(first, "review") == []
    assert presses(second, "review") == [Show(Reviewing())]
    assert presses(second, "back") == []


def test_an_input_can_be_asked_at_another_criterion() -> None:
    """The words above a question are those of the criterion that needs it now."""
    screening, texts, view = Case().screening, ALL["en"], Question("age_years")
    faces = [
        asking.question_face(screening, view, one.criterion, AT.date(), texts, QUICK)
        for one in screening.book.entries
    ]
    assert len({face.progress for face in faces}) == len(faces)
    assert len({face.paragraphs[1].text for face in faces}) == len(faces)


def test_another_version_of_a_protocol_has_faces_of_its_own() -> None:
    """The same inputs and codes under other words: nothing is shown of the version before."""
    texts, old = ALL["en"], Case().screening
    label = "Not known yet"
    raw = LYSYME.read_bytes()
    assert label.encode() in raw
    other = raw.replace(label.encode(), b"Not known so far")
    new = replace(old, book=Rulebook(load_protocol(other), "f" * 64))
    for screening, there in ((old, True), (new, False), (old, True)):
        sent = message(draw(screening, texts, AT), screening, texts)
        assert (label in str(sent)) is there


def test_what_is_keyed_in_is_not_kept() -> None:
    """Half an answer is its writer's alone: its face is nobody else's and goes with the card."""
    case, before = Case(), asking._shared.cache_info().currsize
    first, second = (case.card(ALL["en"], Question("age_years", entry="45")) for _ in range(2))
    assert not first.face.shared
    assert first.face is not second.face
    assert asking._shared.cache_info().currsize == before


def test_faces_that_show_answers_are_not_kept(texts: Texts) -> None:
    """Only faces that ask are shared: whatever was answered is forgotten with its card."""
    for answered in (MAN, {"age_years": 17}):
        case = Case().answer(answered)
        assert not case.card(texts).face.shared


def test_equal_numbers_that_are_written_differently_keep_their_own_button() -> None:
    """5 equals 5.0, but what is recorded is what was keyed in."""
    case, texts = Case().answer(MAN, until="bsa_max_d0_d10_pct"), ALL["en"]
    bodies = []
    for entry in ("5", "5.0", "5"):
        card = case.card(texts, Question("bsa_max_d0_d10_pct", entry=entry))
        (press,) = [one.press for one in card.face.buttons if one.label.endswith(f" {entry}")]
        assert isinstance(press, Do)
        assert body(press, lysyme()) in str(keyboard(card, case.screening))
        bodies.append(body(press, lysyme()).rpartition("#")[2])
    assert bodies == ["5", "5.0", "5"]


def test_what_is_kept_is_bounded() -> None:
    """However many days and questions go by, no more faces are kept than are said."""
    case = Case()
    for days in range(asking.MOST_SHARED + 10):
        case.card(ALL["en"], at=AT + timedelta(days=days))
    assert asking._shared.cache_info().currsize == asking.MOST_SHARED


def test_a_face_never_changes() -> None:
    """What is remembered of a face holds for good."""
    face = Case().card(ALL["en"]).face
    with pytest.raises(AttributeError):
        face.help = "other"  # type: ignore[misc]
    assert all(isinstance(part, tuple) for part in (face.paragraphs, face.answers, face.moves))
    assert Face() != Face()

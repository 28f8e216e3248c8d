"""Cards as messages: within Telegram's limits, in HTML that the server takes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.card import Card, Face, Paragraph, Tone
from bot.sandbox.keyboards import MAX_BUTTONS, MAX_ROW, read_keyboard
from bot.sandbox.markup import parse_html, utf16_length
from bot.telegram.render import LONGEST_TEXT, html, keyboard, plain_text
from bot.telegram.rows import as_keyboard
from bot.texts import ALL
from bot.texts.shape import Texts
from tests.bot.gallery import cases
from tests.bot.telegram_front.faces import all_faces


def test_every_card_fits_in_a_message(texts: Texts) -> None:
    """Text up to 4096 characters, up to 100 buttons, up to 8 a row, and the server reads both."""
    widest = most = longest = 0
    for screening, card in all_faces(texts):
        shown, _ = parse_html(html(card, texts))
        rows = read_keyboard(json.dumps(keyboard(card, screening)))
        longest = max(longest, utf16_length(shown))
        widest = max([widest, *map(len, rows)])
        most = max(most, sum(map(len, rows)))
    print(f"{texts.language}: {longest} characters, {most} buttons, {widest} a row")  # noqa: T201
    assert longest <= LONGEST_TEXT
    assert widest <= MAX_ROW
    assert most <= MAX_BUTTONS


def test_nothing_of_a_card_is_lost_in_html_or_in_plain_text(texts: Texts) -> None:
    """Every paragraph is in the message, and in its plain twin, word for word."""
    for _, card in all_faces(texts):
        shown, _ = parse_html(html(card, texts))
        plain = plain_text(card, texts)
        for part in (card.heading, card.remark, *(one.text for one in card.face.paragraphs)):
            assert part.strip() in shown
            assert part.strip() in plain
        assert card.face.help in shown


def test_every_button_has_the_label_of_its_card(texts: Texts) -> None:
    """Row by row and in order, so that a screen reader meets them as they are read."""
    for screening, card in all_faces(texts):
        rows = read_keyboard(json.dumps(keyboard(card, screening)))
        assert [[one.label for one in row] for row in rows] == [
            [one.label for one in row] for row in card.face.rows
        ]


@given(st.lists(st.text(max_size=3000), max_size=4), st.text(max_size=300))
def test_no_words_break_the_markup_or_the_limit(parts: list[str], name: str) -> None:
    """Whatever a name or a sentence holds, the server reads the message, and it is not too long."""
    words = ALL["en"]
    paragraphs = tuple(Paragraph(one, tone) for one, tone in zip(parts, Tone, strict=False))
    card = Card(f"X{name}", Face(paragraphs=paragraphs, help=name), name)
    shown, _ = parse_html(html(card, words))
    assert 1 <= utf16_length(shown) <= LONGEST_TEXT
    assert 1 <= len(plain_text(card, words)) <= LONGEST_TEXT


@pytest.mark.parametrize("mark", ["\u202e", "\u200f", "\u2066", "\x00"])
def test_marks_that_turn_the_writing_are_struck_out(mark: str, texts: Texts) -> None:
    """A colleague's name cannot turn a verdict round."""
    screening = cases()["eligible"].screening
    card = Card(f"a{mark}b", Face(paragraphs=(Paragraph(f"c{mark}d"),)))
    assert mark not in html(card, texts)
    assert mark not in plain_text(card, texts)
    assert keyboard(card, screening) == {"inline_keyboard": []}


def test_no_rows_are_no_keyboard() -> None:
    """A message without buttons carries no empty keyboard."""
    assert as_keyboard([]) is None

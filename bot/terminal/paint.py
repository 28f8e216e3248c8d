"""Cards as lines of text; colours are left out by click when nobody looks at them."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

import click

from bot.cards.card import Card, Paragraph, Tone
from bot.cards.typing import is_numbered, numbered
from bot.texts.shape import Texts

WIDTH = 78

_COLOURS = {
    Tone.GOOD: "green",
    Tone.BAD: "red",
    Tone.WAITING: "yellow",
    Tone.MAIN: "blue",
}


def paint(card: Card, texts: Texts) -> str:
    """The card as a person reads it in a terminal."""
    return "\n".join(_lines(card, texts))


def paint_help(card: Card) -> str:
    """The help text of the criterion, unfolded."""
    return wrapped(card.face.help, "  ? ")


def _lines(card: Card, texts: Texts) -> Iterator[str]:
    yield ""
    head = f"── {card.heading} " + (f"── {card.face.progress} " if card.face.progress else "")
    yield click.style(head + "─" * max(3, WIDTH - len(head)), dim=True)
    if card.remark:
        yield click.style(wrapped(card.remark, "! "), fg="yellow")
    for paragraph in card.face.paragraphs:
        yield _paragraph(paragraph)
    choices = numbered(card)
    for place, button in enumerate(choices, start=1):
        mark = f"{place:>3}) " if is_numbered(card) else "   · "
        yield mark + _toned(button.label, button.tone)
    if card.face.expects is not None and card.face.expects.type in texts.commands.typed:
        yield click.style(wrapped(texts.commands.typed[card.face.expects.type], "     "), dim=True)


def _paragraph(paragraph: Paragraph) -> str:
    lead = "  │ " if paragraph.tone is Tone.QUOTE else "  "
    lines = (wrapped(line, lead) for line in paragraph.text.splitlines())
    return _toned("\n".join(lines), paragraph.tone)


def _toned(text: str, tone: Tone) -> str:
    return click.style(
        text,
        fg=_COLOURS.get(tone),
        bold=tone is Tone.STRONG or tone in _COLOURS,
        dim=tone is Tone.FAINT,
        italic=tone is Tone.QUOTE,
    )


def wrapped(text: str, lead: str) -> str:
    """Text in lines of the terminal's width, each after `lead`."""
    return fill(text, WIDTH, initial_indent=lead, subsequent_indent=lead, break_long_words=False)

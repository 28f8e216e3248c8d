"""A card as a Telegram message: HTML text and an inline keyboard, within Telegram's limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TypeVar

from bot.cards.card import Button, Card, Face, Paragraph, Tone
from bot.cards.views import Copy
from bot.telegram.codec import body, lead
from bot.telegram.rows import Key, Keyboard, inline
from bot.texts.shape import Texts
from flows.rulebook import Rulebook
from flows.screening import Screening

LONGEST_TEXT = 4096
MOST_BUTTONS = 100

_STYLES = {Tone.GOOD: "success", Tone.BAD: "danger", Tone.MAIN: "primary"}
_TAG = re.compile(r"<[^>]+>")
_BIDI = re.compile(r"[\u0000-\u0008\u000b-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


MOST_KEPT = 256
"""Shared faces that are kept as they were drawn: of questions, in both languages."""

_With = TypeVar("_With", bound=Hashable)
_Drawn = TypeVar("_Drawn")


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of HTML, how many characters of it are shown, and whether it is a quotation."""

    html: str
    shown: int
    quoted: bool


@dataclass(frozen=True, slots=True)
class _Words:
    """What a face says, in HTML and without any markup."""

    blocks: tuple[_Block, ...]
    plain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Key:
    """A button but for its card: what it says, and what it does ("" where it only copies)."""

    says: dict[str, object]
    body: str

    def on(self, card: str) -> Key:
        """The button on the card that its data is to begin with."""
        if not self.body:
            return self.says
        key = self.says.copy()
        key["callback_data"] = card + self.body
        return key


def html(card: Card, texts: Texts) -> str:
    """The text of the message. Help is folded; what was remarked stands on top."""
    progress = f"  {card.face.progress}" if card.face.progress else ""
    blocks = [_block(f"<b>{_safe(card.heading)}</b>{progress}")]
    if card.remark:
        blocks.append(_block(f"<b>{_safe(card.remark)}</b>"))
    return _fitting([*blocks, *_words(card.face, texts).blocks])


def plain_text(card: Card, texts: Texts) -> str:
    """The same without any markup, for the rare case that Telegram refuses the HTML."""
    parts = [_strip(part) for part in (card.heading, card.remark) if part]
    return "\n\n".join([*parts, *_words(card.face, texts).plain])[:LONGEST_TEXT]


def keyboard(card: Card, screening: Screening) -> Keyboard:
    """The buttons, each carrying the screening and the version that the card shows."""
    on = lead(screening.number, screening.version)
    return inline([[key.on(on) for key in row] for row in _rows(card.face, screening.book)])


def _kept(draw: Callable[[Face, _With], _Drawn]) -> Callable[[Face, _With], _Drawn]:
    """Draw a shared face once. It never changes; what is one person's alone is not kept."""
    once = lru_cache(maxsize=MOST_KEPT)(draw)

    def drawn(face: Face, beside: _With, /) -> _Drawn:
        return once(face, beside) if face.shared else draw(face, beside)

    return drawn


@_kept
def _words(face: Face, texts: Texts) -> _Words:
    blocks = [_block(_paragraph(paragraph)) for paragraph in face.paragraphs]
    if face.help:
        help_ = f"{_safe(texts.cards.help)}{texts.colon}{_safe(face.help)}"
        blocks.append(_block(f"<blockquote expandable>{help_}</blockquote>"))
    plain = (_strip(paragraph.text) for paragraph in face.paragraphs if paragraph.text)
    return _Words(tuple(blocks), tuple(plain))


@_kept
def _rows(face: Face, book: Rulebook) -> tuple[tuple[_Key, ...], ...]:
    return tuple(tuple(_key(button, book) for button in row) for row in face.rows)


def _key(button: Button, book: Rulebook) -> _Key:
    label = _strip(button.label)
    if isinstance(button.press, Copy):
        return _Key({"text": label, "copy_text": {"text": button.press.text}}, "")
    style = _STYLES.get(button.tone)
    says: dict[str, object] = {"text": label} if style is None else {"text": label, "style": style}
    return _Key(says, body(button.press, book))


def _paragraph(paragraph: Paragraph) -> str:
    text = _safe(paragraph.text)
    match paragraph.tone:
        case Tone.STRONG | Tone.GOOD | Tone.BAD | Tone.WAITING | Tone.MAIN:
            return f"<b>{text}</b>"
        case Tone.QUOTE:
            return f"<blockquote>{text}</blockquote>"
        case Tone.FAINT:
            return f"<i>{text}</i>"
        case _:
            return text


def _block(text: str) -> _Block:
    return _Block(text, len(_TAG.sub("", text)), text.startswith("<blockquote"))


def _fitting(blocks: Iterable[_Block]) -> str:
    """Whole blocks as far as they fit; the count is of the text that is shown, not of its tags."""
    text, length, quoted = "", 0, False
    for block in blocks:
        length += block.shown + 2
        if length > LONGEST_TEXT:
            break
        # A quotation brings its own space on a phone; an empty line beside it is too much.
        gap = "\n" if quoted or block.quoted else "\n\n"
        text += gap + block.html if text else block.html
        quoted = block.quoted
    return text


def _safe(text: str) -> str:
    return escape(_strip(text), quote=False)


def _strip(text: str) -> str:
    """Without controls and marks that turn the direction of writing."""
    return _BIDI.sub("", text)

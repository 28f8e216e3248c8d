"""A card as a Telegram message: HTML text and an inline keyboard, within Telegram's limits."""

from __future__ import annotations

import re
from html import escape

from bot.cards.card import Button, Card, Paragraph, Tone
from bot.cards.views import Copy
from bot.telegram.codec import encode
from bot.telegram.rows import Key, Keyboard, inline
from bot.texts.shape import Texts
from flows.screening import Screening

LONGEST_TEXT = 4096
MOST_BUTTONS = 100

_STYLES = {Tone.GOOD: "success", Tone.BAD: "danger", Tone.MAIN: "primary"}
_BIDI = re.compile(r"[\u0000-\u0008\u000b-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def html(card: Card, texts: Texts) -> str:
    """The text of the message. Help is folded; what was remarked stands on top."""
    blocks = [f"<b>{_safe(card.heading)}</b>" + (f"  {card.progress}" if card.progress else "")]
    if card.remark:
        blocks.append(f"<b>{_safe(card.remark)}</b>")
    blocks += [_paragraph(paragraph) for paragraph in card.paragraphs]
    if card.help:
        help_ = f"{_safe(texts.cards.help)}{texts.colon}{_safe(card.help)}"
        blocks.append(f"<blockquote expandable>{help_}</blockquote>")
    return _fitting(blocks)


def plain_text(card: Card) -> str:
    """The same without any markup, for the rare case that Telegram refuses the HTML."""
    parts = [card.heading, card.remark, *(paragraph.text for paragraph in card.paragraphs)]
    return "\n\n".join(_strip(part) for part in parts if part)[:LONGEST_TEXT]


def keyboard(card: Card, screening: Screening) -> Keyboard:
    """The buttons, each carrying the screening and the version that the card shows."""
    return inline([[_button(button, screening) for button in row] for row in card.rows])


def _button(button: Button, screening: Screening) -> Key:
    label = _strip(button.label)
    if isinstance(button.press, Copy):
        return {"text": label, "copy_text": {"text": button.press.text}}
    data = encode(button.press, screening.number, screening.version, screening.book)
    style = _STYLES.get(button.tone)
    key = {"text": label, "callback_data": data}
    return key if style is None else {**key, "style": style}


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


def _fitting(blocks: list[str]) -> str:
    """Whole blocks as far as they fit; the count is of the text that is shown, not of its tags."""
    text, length = "", 0
    for block in blocks:
        length += len(re.sub(r"<[^>]+>", "", block)) + 2
        if length > LONGEST_TEXT:
            break
        quoted = text.endswith("</blockquote>") or block.startswith("<blockquote")
        # A quotation brings its own space on a phone; an empty line beside it is too much.
        text += ("" if not text else "\n" if quoted else "\n\n") + block
    return text


def _safe(text: str) -> str:
    return escape(_strip(text), quote=False)


def _strip(text: str) -> str:
    """Without controls and marks that turn the direction of writing."""
    return _BIDI.sub("", text)

"""Buttons: a label and what it carries, as Telegram takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

MARK = "~"
"""Every button that is not on a screening's card begins with it."""

Rows = Sequence[Sequence[tuple[str, str]]]

Key: TypeAlias = Mapping[str, object]
"""One button in the words of the Bot API: `text`, and `callback_data` or what else it does."""

Keyboard: TypeAlias = Mapping[str, Sequence[Sequence[Key]]]
"""An inline keyboard as the Bot API takes it. Plain data: a card is drawn at every tap."""


def inline(keys: Sequence[Sequence[Key]]) -> Keyboard:
    """The keyboard of these keys."""
    return {"inline_keyboard": keys}


def as_keyboard(rows: Rows) -> Keyboard | None:
    """Rows of labels and data as Telegram takes them; None when there are no buttons."""
    keys = [[{"text": label, "callback_data": data} for label, data in row] for row in rows]
    return inline(keys) if keys else None

"""Buttons that are not on a screening's card: a label and what it carries."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

MARK = "~"
"""Every button that is not on a screening's card begins with it."""

Rows = Sequence[Sequence[tuple[str, str]]]


def as_keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Rows of labels and data as Telegram takes them; None when there are no buttons."""
    keys = [
        [InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows
    ]
    return InlineKeyboardMarkup(keys) if keys else None

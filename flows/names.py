"""Names as they are kept and printed: nothing invisible, nothing that turns the writing round."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST_NAME: Final = 80
"""Characters in the name of a person or a site."""

_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Counted as letters or signs, yet drawn as nothing."""


def clean_name(text: str) -> str:
    """The name without control, bidi and other invisible characters; empty when none is left.

    Where somebody else chose the name, as in Telegram, it may be of any length: see `short_name`.
    """
    plain = unicodedata.normalize("NFC", text)
    return " ".join("".join(_seen(character) for character in plain).split())


def short_name(text: str) -> str:
    """The clean name, cut to the longest that is kept."""
    return clean_name(text)[:LONGEST_NAME].rstrip()


def _seen(character: str) -> str:
    if character.isspace() or character in _BLANK_LETTERS:
        return " "
    return "" if unicodedata.category(character).startswith("C") else character

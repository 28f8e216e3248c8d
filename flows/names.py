"""Names as they are kept and printed: nothing invisible, nothing that turns the writing round."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_NAME: Final = 80
"""Characters in the name of a person or a site."""

LONGEST_ADDRESS: Final = 254
"""Characters in an e-mail address (RFC 5321 4.5.3.1, less the angle brackets)."""

_ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.IGNORECASE | re.ASCII,
)
"""What RFC 5321 lets stand unquoted, at a domain with a dot: what people have."""

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


def clean_address(text: str) -> str | None:
    """The e-mail address as it is kept, the domain in lower case; None when it cannot be one."""
    plain = text.strip()
    local, _, domain = plain.rpartition("@")
    if len(plain) > LONGEST_ADDRESS or len(local) > 64 or not _ADDRESS.fullmatch(plain):
        return None
    return f"{local}@{domain.lower()}"


def _seen(character: str) -> str:
    if character.isspace() or character in _BLANK_LETTERS:
        return " "
    return "" if unicodedata.category(character).startswith("C") else character

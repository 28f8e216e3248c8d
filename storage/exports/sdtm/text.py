"""Texts as a submission takes them: ASCII, and 200 characters at most."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from storage.exports.form import NotSound

LONGEST: Final = 200
"""Characters in a text of an XPT file (SDTMIG 3.4, section 4.5.3)."""

_CUT: Final = " ..."

_SIGNS: Final = str.maketrans(
    {
        "≥": ">=",
        "≤": "<=",
        "≈": "~",
        "−": "-",
        "–": "-",
        "—": "-",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "×": "x",
        "µ": "u",
        "μ": "u",
        "°": " deg",
        "±": "+/-",
        "œ": "oe",
        "æ": "ae",
    }
)


def ascii_of(text: str) -> str:
    """The text in ASCII, on one line. Raises NotSound for a sign that has no such form."""
    plain = unicodedata.normalize("NFKD", text.translate(_SIGNS))
    plain = " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())
    if not plain.isascii():
        odd = next(sign for sign in plain if not sign.isascii())
        raise NotSound(f"no ASCII form of U+{ord(odd):04X}")
    return plain


def shortened(text: str, longest: int = LONGEST) -> str:
    """At most so many characters that still say what is meant.

    Remarks in brackets go first, the last one first; then the end, cut after a whole word and
    marked as cut. The whole text stands in the study's metadata (SDTMIG 3.4, section 7.4.1).
    """
    while len(text) > longest and (remarks := list(re.finditer(r" ?\([^()]*\)", text))):
        text = text[: remarks[-1].start()] + text[remarks[-1].end() :]
    if len(text) <= longest:
        return text
    kept = text[: longest - len(_CUT) + 1].rpartition(" ")[0] or text[: longest - len(_CUT)]
    return kept.rstrip(" ,;:") + _CUT

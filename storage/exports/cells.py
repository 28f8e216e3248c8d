"""Cells of a CSV file that no spreadsheet takes for a formula.

OWASP, "CSV Injection": a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return may
be run. Such a cell is written after an apostrophe, which a spreadsheet shows as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

_ARMED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
"""The apostrophe itself is among them, so that what was written can be read back."""

_UNSEEN: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Controls, and marks that turn the direction of writing: nobody should see a cell as another."""


def defused(text: str) -> str:
    """The text as a cell that is only text."""
    clean = _UNSEEN.sub("", text)
    return f"'{clean}" if clean.startswith(_ARMED) else clean


def restored(cell: str) -> str:
    """The text that a cell was made from, but for what cannot be seen."""
    return cell.removeprefix("'")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file (RFC 4180, UTF-8) with one line of names; every cell is defused."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in (head, *rows):
        writer.writerow([defused(cell) for cell in row])
    return out.getvalue().encode()

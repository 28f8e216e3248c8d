"""The shape of what is said about tables: files for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Says = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTexts:
    """What is said when a table was written, and when it cannot be."""

    written: Callable[[str, int], str]
    """Which file, with how many rows."""
    bad_name: Says

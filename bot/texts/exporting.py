"""The shape of what is said about exports: files for others to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Says = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTexts:
    """What is said while a file is made for others, and when it cannot be."""

    writing: Says
    """Beside the bar that fills: which file."""
    written: Callable[[str, int, int], str]
    """Which file, of how many screenings, with how many rows."""
    not_sound: Says

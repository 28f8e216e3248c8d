"""The shape of what is said where one installation serves several trials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Says = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialTexts:
    """Which trial is meant, and what is wrong with the answer."""

    which: str
    which_and_where: str
    every: str
    """In the place of a trial: all those of the site."""
    say_which: Says
    """Which trials there are, on the command line."""
    say_which_or_all: Says
    several_lines: Says
    unknown: Callable[[str, str], str]
    not_taking_part: Callable[[str, str], str]
    site_takes_part: Callable[[str, str], str]
    these_or_all: str
    twice: str
    """Of a protocol file."""

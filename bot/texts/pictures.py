"""The shape of what stands in and beside pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from storage.exports.chart import Kind

Says = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTexts:
    """The labels of the pictures, their captions, and the question which one is wanted."""

    which: str
    kinds: Mapping[Kind, str]
    """What each is called on its button."""
    reasons_heading: Says
    by_criterion: str
    by_patient: str
    """Over those who declined themselves."""
    once: str
    """How people were counted."""
    recruitment_heading: Says
    aim: Callable[[int], str]
    """Beside the line of the target."""
    whole_trial: str
    in_error: Callable[[int], str]
    """How many were enrolled in error, and do not count."""
    day: Callable[[date], str]
    times_heading: Says
    signed: str
    classes: tuple[str, ...]
    """One for each class between `flows.recruitment.BOUNDS`."""
    passed: Callable[[timedelta], str]
    middle: Callable[[str, str, str], str]
    """The median, and between which times half of them lie."""
    longest: Says
    unsigned: Callable[[int], str]
    nobody_signed: str

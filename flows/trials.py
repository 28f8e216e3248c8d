"""A trial that has all its participants takes no new ones; what was begun can be finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class TrialClosed:
    """No new screening is opened from now on; corrections and signatures go on."""

    kind: ClassVar[Literal["trial-closed"]] = "trial-closed"
    trial: str


@dataclass(frozen=True, slots=True)
class TrialReopened:
    """The trial was closed by mistake, or its target was raised."""

    kind: ClassVar[Literal["trial-reopened"]] = "trial-reopened"
    trial: str


TrialEvent: TypeAlias = TrialClosed | TrialReopened
"""Kept in the stream `trial/<trial>`."""

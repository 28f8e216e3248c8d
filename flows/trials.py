"""Trials: at which sites they run, and whether they take new participants.

One installation may serve several trials at several sites. Whatever belongs to a patient belongs
to one trial at one site; what may be seen of it, and by whom, is asked for that pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, TypeAlias


class Placed(Protocol):
    """What belongs to a site and there to a trial; without a trial, to all trials of the site."""

    @property
    def site(self) -> str:
        """The code of the site."""
        ...

    @property
    def trial(self) -> str | None:
        """The id of the trial, as its protocol file has it."""
        ...


@dataclass(frozen=True, slots=True)
class Where:
    """A site, and the trial there; without a trial, all of them."""

    site: str
    trial: str | None = None


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

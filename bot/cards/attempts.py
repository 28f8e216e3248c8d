"""Where a screening stands among the attempts over its patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flows.screening import Screening


@dataclass(frozen=True, slots=True)
class Attempts:
    """Where a screening stands among the attempts over its patient.

    `place` counts from 1, `later` is the number of the next one. `earlier` is the attempt before,
    given only where the card tells what changed.
    """

    place: int = 1
    later: str = ""
    earlier: Screening | None = None


ALONE: Final[Attempts] = Attempts()
"""The only attempt, as far as is known."""

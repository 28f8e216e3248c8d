"""The contract of the shared pace: how far ahead of its rate each meter is, for all processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Meter:
    """One limit on calls: one in so many `seconds`, after a burst that fills `room` seconds.

    Each call moves the moment at which the meter is at rest by `seconds`; one more call may be
    made while that moment is at most `room` seconds away.
    """

    name: str
    seconds: float
    room: float


class Paces(Protocol):
    """Counts calls on meters by the time of the database; it is no part of the record."""

    async def claim(self, meters: Sequence[Meter]) -> float:
        """0 when a call may be made now, then counted on every meter; else seconds to wait.

        Nothing is counted while a pause lasts. Raises StorageError.
        """
        ...

    async def pause(self, seconds: float) -> None:
        """Nobody makes a call before that is over; a longer pause stands. Raises StorageError."""
        ...

    async def paused(self) -> float:
        """The seconds for which the pause still lasts; 0 without one. Raises StorageError."""
        ...

"""One attempt over a patient with all that an export may say of it. Patients have no other name."""

from __future__ import annotations

from dataclasses import dataclass

from flows.events import Happened
from flows.screening import Screening
from flows.tallies import Row


@dataclass(frozen=True, slots=True)
class Subject:
    """An attempt: its row in the log, and its answers with the events that they are folded from.

    Of one that was erased there is no `screening`, and its `history` is empty.
    """

    row: Row
    screening: Screening | None
    history: tuple[Happened, ...]

    @property
    def number(self) -> str:
        """The screening number."""
        return self.row.line.number

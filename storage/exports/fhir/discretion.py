"""What of a screening may leave the site: nothing from which a confidential criterion follows.

Three things would name such a criterion without naming it: its own answers and finding; where the
answers of a screening end that it stopped; and how many answers came before a verdict. So its own
items are left out always, and all of them where the questions ended at it; the trail outside the
site holds no answers at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flows.events import (
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
    JudgementGiven,
)
from flows.screening import Screening
from flows.subjects import Subject
from flows.tallies import Criteria

ANSWERS: Final = (AnswerGiven, AnswerCarried, AnswerCorrected, AnswerSetAside, JudgementGiven)


@dataclass(frozen=True, slots=True)
class Discretion:
    """Decides for one export; `inside` is the site itself, where everything may be said."""

    criteria: Criteria
    inside: bool

    def shown(self, subject: Subject) -> tuple[str, ...]:
        """The criteria of a screening whose answers and findings may be told, in order."""
        screening = subject.screening
        if screening is None or (not self.inside and self._ended_at_secret(subject)):
            return ()
        return tuple(
            name for name in screening.book.criteria if self.inside or self._open(screening, name)
        )

    def withheld(self, subject: Subject) -> bool:
        """Whether something is left out that is in the record, or was before it was erased."""
        screening = subject.screening
        return screening is None or len(self.shown(subject)) < len(screening.book.criteria)

    def _open(self, screening: Screening, name: str) -> bool:
        hidden = screening.book.criteria[name].criterion.confidential
        return not hidden and name in self.criteria.named

    def _ended_at_secret(self, subject: Subject) -> bool:
        """Whether the answers as they are would show that a confidential criterion excluded.

        Once every criterion was assessed, they end nowhere in particular.
        """
        screening = subject.screening
        assert screening is not None
        last = screening.determination
        if last is not None and last.complete:
            return False
        return any(
            not made.complete and not self._open(screening, made.failing[0])
            for made in (one.event for one in subject.history)
            if isinstance(made, DeterminationMade) and made.failing
        )

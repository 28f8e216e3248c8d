"""What became of a patient as the state of a ResearchSubject, by the definitions of its codes."""

from __future__ import annotations

from typing import Final

from flows.cases import FollowUp
from flows.subjects import Subject
from flows.tallies import Fate, Row, Waiting

ENROLLED: Final = {
    FollowUp.ENROLLED: "on-study",
    FollowUp.WITHDRAWN: "off-study",
    FollowUp.ENROLLED_IN_ERROR: "off-study",
}
"""`withdrawn` would say "before registration": whoever was enrolled and left is `off-study`."""

WAITING: Final = {
    Waiting.IN_PROGRESS: "screening",
    Waiting.PENDING: "screening",
    Waiting.NOT_YET: "screening",
    Waiting.GIVEN_UP: "potential-candidate",
    Waiting.NOT_APPROACHED: "eligible",
    Waiting.APPROACHED: "eligible",
    Waiting.CONSENTED: "pending-on-study",
}
"""Of one that was given up it is not known whether they were eligible."""

INELIGIBLE: Final = "ineligible"
DECLINED: Final = "not-registered"


def state(row: Row) -> str:
    """The code of research-subject-status (R4), which is that of research-subject-state (R5)."""
    if row.fate is Fate.ENROLLED:
        assert row.case.status is not None
        return ENROLLED[row.case.status]
    if row.fate is Fate.EXCLUDED:
        return DECLINED if row.declined else INELIGIBLE
    assert row.waiting is not None
    return WAITING[row.waiting]


def reason(subject: Subject) -> str | None:
    """Why somebody is in that state, where a step after the verdict says more than the code."""
    last = subject.row.case.steps[-1] if subject.row.case.steps else None
    if subject.row.declined and last and last.declined:
        return last.declined.value
    if subject.row.case.status in (FollowUp.WITHDRAWN, FollowUp.ENROLLED_IN_ERROR):
        return subject.row.case.status.value
    return None

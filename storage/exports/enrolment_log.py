"""The enrolment log: everybody who was enrolled, with each step on the way and what came of it.

Kept apart from the screening log (records.md). A step is the last one of its kind that stands.
"""

from __future__ import annotations

from typing import Final

from flows.cases import FollowUp
from flows.steps import contradictions, standing
from flows.tallies import Row
from storage.exports.cells import Cells, Days

_STEPS: Final = (
    FollowUp.APPROACHED,
    FollowUp.CONSENTED,
    FollowUp.ENROLLED,
    FollowUp.WITHDRAWN,
    FollowUp.ENROLLED_IN_ERROR,
)

COLUMNS: Final = (
    "number",
    "site",
    "trial",
    "protocol_version",
    "opened",
    "verdict",
    "determined_at",
    "signed_at",
    "signer",
    *(f"{status.value}_{what}" for status in _STEPS for what in ("at", "by")),
    "status",
    "contradictions",
    "attempt",
    "earlier",
    "counted",
)


def enrolment_cells(row: Row, days: Days) -> Cells:
    """One who was enrolled; the row's case says so."""
    line, case = row.line, row.case
    stood = {step.status: step for step in standing(case)}
    steps = [stood.get(status) for status in _STEPS]
    return (
        line.number,
        line.site,
        line.trial,
        line.protocol,
        days.day(line.day),
        line.stands or "",
        days.moment(line.determined_at),
        days.moment(line.signed_at),
        line.signed_by,
        *(cell for one in steps for cell in ((days.moment(one.at), one.by) if one else ("", ""))),
        case.status.value if case.status else "",
        " ".join(one.value for one in contradictions(line, case)),
        str(row.attempt),
        line.earlier or "",
        "yes" if row.counted else "no",
    )

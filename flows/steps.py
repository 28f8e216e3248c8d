"""The steps after the verdict: which come next, which stand, and what contradicts the order.

The order is consent, trial-only tests, signature, enrolment; what breaks it is shown and never
blocked (records.md: a record that refuses what has happened is a record that lies).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from flows.cases import FollowUp
from flows.events import Mode
from flows.follow_up import Case, Step
from flows.log import Line

_APPROACHED, _CONSENTED, _DECLINED = FollowUp.APPROACHED, FollowUp.CONSENTED, FollowUp.DECLINED
_ENROLLED, _WITHDRAWN = FollowUp.ENROLLED, FollowUp.WITHDRAWN
_IN_ERROR = FollowUp.ENROLLED_IN_ERROR

ENROLLED: Final = frozenset({_ENROLLED, _WITHDRAWN, _IN_ERROR})
"""The statuses of everybody who was enrolled, whatever came of it."""

_NEXT: dict[FollowUp | None, tuple[FollowUp, ...]] = {
    None: (_APPROACHED, _CONSENTED, _DECLINED, _ENROLLED),
    _APPROACHED: (_CONSENTED, _DECLINED, _ENROLLED),
    _CONSENTED: (_ENROLLED, _DECLINED),
    _DECLINED: (_APPROACHED, _CONSENTED),
}
_AFTER_ENROLMENT: dict[FollowUp, tuple[FollowUp, ...]] = {
    _ENROLLED: (_WITHDRAWN, _IN_ERROR),
    _WITHDRAWN: (_IN_ERROR,),
    _IN_ERROR: (),
}

_RANK: dict[FollowUp, int] = {
    _APPROACHED: 1,
    _CONSENTED: 2,
    _DECLINED: 3,
    _ENROLLED: 3,
    _WITHDRAWN: 4,
    _IN_ERROR: 5,
}
"""How far a step is on the way: one that is no further than a step before takes that step back."""


def offered(line: Line, case: Case) -> tuple[FollowUp, ...]:
    """The next steps, by what stands: after a verdict other than eligible only the error."""
    if line.mode is not Mode.SCREENING:
        return ()
    if case.status in _AFTER_ENROLMENT:
        return _AFTER_ENROLMENT[case.status]
    return _NEXT[case.status] if line.stands == "eligible" else (_IN_ERROR,)


def correctable(line: Line, case: Case) -> tuple[FollowUp, ...]:
    """What a status may be corrected to: any other, once there is one; the last one counts."""
    if line.mode is not Mode.SCREENING or case.status is None:
        return ()
    return tuple(status for status in FollowUp if status is not case.status)


def standing(case: Case) -> tuple[Step, ...]:
    """The steps that stand: a later one that is no further takes back what it does not follow."""
    kept: list[Step] = []
    for step in case.steps:
        while kept and _RANK[kept[-1].status] >= _RANK[step.status]:
            kept.pop()
        kept.append(step)
    return tuple(kept)


def has_consented(case: Case) -> bool:
    """Whether consent is among the steps that stand."""
    return any(step.status is _CONSENTED for step in standing(case))


class Contradiction(StrEnum):
    """What does not fit together in the steps of a case."""

    ENROLLED_BEFORE_SIGNED = "enrolled_before_signed"
    ENROLLED_NOT_ELIGIBLE = "enrolled_not_eligible"
    ENROLLED_WITHOUT_CONSENT = "enrolled_without_consent"
    CONSENT_AFTER_ENROLMENT = "consent_after_enrolment"
    VERDICT_CHANGED_SINCE = "verdict_changed_since"


def contradictions(line: Line, case: Case) -> tuple[Contradiction, ...]:
    """What is to be shown beside a case. Who was enrolled in error is a contradiction admitted.

    Of an erased screening it can no longer be told: its earlier verdicts went with the answers.
    """
    if not case.steps or case.status is _IN_ERROR or line.erased_at is not None:
        return ()
    last = standing(case)[-1]
    enrolled = enrolled_at(case)
    found = _about_enrolment(line, case, enrolled) if enrolled is not None else []
    if line.verdict_at(last.at) != line.verdict:
        found.append(Contradiction.VERDICT_CHANGED_SINCE)
    return tuple(found)


def _about_enrolment(line: Line, case: Case, at: datetime) -> list[Contradiction]:
    found = []
    if not line.signed_by_then(at):
        found.append(Contradiction.ENROLLED_BEFORE_SIGNED)
    if line.stands != "eligible" or line.verdict_at(at) != "eligible":
        found.append(Contradiction.ENROLLED_NOT_ELIGIBLE)
    if not has_consented(case):
        found.append(Contradiction.ENROLLED_WITHOUT_CONSENT)
    elif _consent_came_late(case):
        found.append(Contradiction.CONSENT_AFTER_ENROLMENT)
    return found


def enrolled_at(case: Case) -> datetime | None:
    """When the enrolment that stands was recorded; None where nobody is enrolled."""
    if case.status not in (_ENROLLED, _WITHDRAWN):
        return None
    return next((one.at for one in standing(case) if one.status in ENROLLED), None)


def _consent_came_late(case: Case) -> bool:
    """Whether consent was recorded when an enrolment already had been."""
    statuses = [step.status for step in case.steps]
    return _ENROLLED in statuses[: _last(statuses, _CONSENTED)]


def _last(statuses: list[FollowUp], wanted: FollowUp) -> int:
    return len(statuses) - 1 - statuses[::-1].index(wanted)

"""A case: what is done about a screening beside it, as the fold of its events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flows.cases import (
    Because,
    CaseEvent,
    CaseTaken,
    CriterionQueried,
    CriterionQueryAnswered,
    DeclineReason,
    FollowUp,
    FollowUpRecorded,
    NoticeEscalated,
    NoticeSeen,
    QueryAnswer,
    QueryReason,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step after the verdict: what was recorded, by whom (pseudonymous id), and when."""

    status: FollowUp
    declined: DeclineReason | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Query:
    """A query about a criterion, and its answer once there is one."""

    criterion: str
    reason: QueryReason
    by: str
    at: datetime
    answer: QueryAnswer | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """Somebody was told of a notice because those before them did nothing, or cannot be told."""

    notice: str
    to: str
    because: Because


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a case.

    `attended_at` is when somebody who was told last did something about it: saw a notice, took
    the case, recorded a step or answered. A notice that is older has been seen.
    """

    number: str
    follower: str | None = None
    attended_at: datetime | None = None
    steps: tuple[Step, ...] = ()
    queries: tuple[Query, ...] = ()
    escalations: tuple[Escalation, ...] = ()

    @property
    def status(self) -> FollowUp | None:
        """What was recorded last."""
        return self.steps[-1].status if self.steps else None

    def escalated(self, notice: str) -> tuple[Escalation, ...]:
        """Whoever was told of one notice after the first, in order."""
        return tuple(one for one in self.escalations if one.notice == notice)


def evolve_case(was: Case, event: CaseEvent, by: str, at: datetime) -> Case:
    """The case after one more event, caused by `by` (pseudonymous id) at a time (UTC)."""
    match event:
        case NoticeEscalated(to=to, because=because, notice=notice):
            told = Escalation(notice, to, because)
            return replace(was, escalations=(*was.escalations, told))
        case CriterionQueried(criterion=criterion, reason=reason):
            return replace(was, queries=(*was.queries, Query(criterion, reason, by, at)))
        case CaseTaken():
            return replace(was, follower=by, attended_at=at)
        case NoticeSeen():
            return replace(was, attended_at=at)
        case FollowUpRecorded(status=status, declined=declined):
            steps = (*was.steps, Step(status, declined, by, at))
            return replace(was, steps=steps, attended_at=at)
        case CriterionQueryAnswered():
            return replace(was, queries=_answered(was.queries, event, by), attended_at=at)


def _answered(
    queries: tuple[Query, ...], event: CriterionQueryAnswered, by: str
) -> tuple[Query, ...]:
    return tuple(
        replace(one, answer=event.answer, answered_by=by)
        if one.criterion == event.criterion and one.answer is None
        else one
        for one in queries
    )

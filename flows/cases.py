"""What is done about a screening beside it: kept in a stream of its own, so that no card moves on.

After eligibility a case goes through the SEAR steps (screened, eligible, approached, randomised,
here enrolled: Wilson et al., Trials 2018;19:50). What coordinators were told, saw and took up is
part of the audit trail (E6(R3) 4.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal, TypeAlias


class FollowUp(StrEnum):
    """What became of a patient after the verdict."""

    APPROACHED = "approached"
    CONSENTED = "consented"
    DECLINED = "declined"
    ENROLLED = "enrolled"
    WITHDRAWN = "withdrawn"
    ENROLLED_IN_ERROR = "enrolled_in_error"


class DeclineReason(StrEnum):
    """Why somebody declined. Codes only: free text could identify."""

    NOT_INTERESTED = "not_interested"
    BURDEN = "burden"
    RISK = "risk"
    DISTANCE = "distance"
    FAMILY = "family"
    PHYSICIAN = "physician"
    NOT_STATED = "not_stated"


class QueryReason(StrEnum):
    """What is asked about a criterion."""

    UNCLEAR = "unclear"
    DEFINITION = "definition"
    SOURCE = "source"
    NOT_APPLICABLE = "not_applicable"


class QueryAnswer(StrEnum):
    """How a coordinator answers a query. Codes only: free text could identify."""

    AS_WORDED = "as_worded"
    SEE_HELP = "see_help"
    WITH_SPONSOR = "with_sponsor"
    WILL_CALL = "will_call"


class Because(StrEnum):
    """Why the next person was told."""

    SILENT = "silent"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class CaseTaken:
    """A coordinator follows this case from now on, in place of whoever did before."""

    kind: ClassVar[Literal["case-taken"]] = "case-taken"
    number: str


@dataclass(frozen=True, slots=True)
class NoticeSeen:
    """Somebody who was told about a case has seen it; `about` is the kind of notice."""

    kind: ClassVar[Literal["notice-seen"]] = "notice-seen"
    number: str
    about: str


@dataclass(frozen=True, slots=True)
class NoticeSent:
    """Telegram took a notice; `repeat` says that it was labelled as perhaps a repeat."""

    kind: ClassVar[Literal["notice-sent"]] = "notice-sent"
    number: str
    recipient: str
    about: str
    repeat: bool


@dataclass(frozen=True, slots=True)
class NoticeFailed:
    """A notice was given up: the person cannot be reached."""

    kind: ClassVar[Literal["notice-failed"]] = "notice-failed"
    number: str
    recipient: str
    about: str


@dataclass(frozen=True, slots=True)
class NoticeEscalated:
    """Nobody has seen it, or nobody told could be reached: the next person is told.

    `notice` is what they are told: its kind, the number, and the version that owed it.
    """

    kind: ClassVar[Literal["notice-escalated"]] = "notice-escalated"
    number: str
    to: str
    because: Because
    notice: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpRecorded:
    """What became of the patient; `declined` only where the status is declined."""

    kind: ClassVar[Literal["follow-up-recorded"]] = "follow-up-recorded"
    number: str
    status: FollowUp
    declined: DeclineReason | None = None


@dataclass(frozen=True, slots=True)
class CriterionQueried:
    """Somebody who screens does not know how to read a criterion."""

    kind: ClassVar[Literal["criterion-queried"]] = "criterion-queried"
    number: str
    criterion: str
    reason: QueryReason


@dataclass(frozen=True, slots=True)
class CriterionQueryAnswered:
    """A coordinator answered the open queries about a criterion in this case."""

    kind: ClassVar[Literal["criterion-query-answered"]] = "criterion-query-answered"
    number: str
    criterion: str
    answer: QueryAnswer


NoticeEvent: TypeAlias = NoticeSent | NoticeFailed
"""Kept by the courier, in the stream `notices/<number>`."""

CaseEvent: TypeAlias = (
    CaseTaken
    | NoticeSeen
    | NoticeEscalated
    | FollowUpRecorded
    | CriterionQueried
    | CriterionQueryAnswered
)
"""Kept in the stream `case/<number>`."""

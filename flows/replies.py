"""What is said back to a command, beside the card itself: a remark, or nothing.

A card is drawn from the state; a remark says what the last command did or why it did nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from flows.answers import Refused, Value
from flows.cases import Because, FollowUp, QueryAnswer, QueryReason
from flows.protocol.model import Words
from flows.stages import Stage, Trigger


@dataclass(frozen=True, slots=True)
class NeedsReason:
    """The input, or the criterion judged, was answered before: a change needs a reason."""

    about: str
    value: Value


@dataclass(frozen=True, slots=True)
class Warned:
    """Accepted, but worth a second look."""

    input: str
    words: Words


@dataclass(frozen=True, slots=True)
class NotNow:
    """The stage does not allow it; nothing was changed."""

    stage: Stage
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class NotAsked:
    """The input is not the one that is asked now; nothing was changed."""

    input: str


@dataclass(frozen=True, slots=True)
class NothingToJudge:
    """The criterion is not one that the investigator is asked to judge now."""

    criterion: str


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """It was already recorded; nothing was changed."""


@dataclass(frozen=True, slots=True)
class CannotSign:
    """Only a complete screening with a verdict can be signed, and only as it was shown."""


@dataclass(frozen=True, slots=True)
class ClosedToNew:
    """The trial takes no new screenings; what was begun can be finished."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody was faster: the card was out of date. Who it was, and when (UTC)."""

    by: str
    at: datetime


Remark: TypeAlias = (
    Refused
    | NeedsReason
    | Warned
    | NotNow
    | NotAsked
    | NothingToJudge
    | AlreadySo
    | CannotSign
    | ClosedToNew
    | Overtaken
)


@dataclass(frozen=True, slots=True)
class VerdictNotice:
    """Owed to the site's coordinators: a verdict was reached or changed.

    It holds the number and the verdict, never an answer; `first_failing` is left out where the
    criterion itself would reveal something (`confidential` in the protocol file).
    """

    number: str
    verdict: str
    first_failing: str | None
    deadlines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HandOverNotice:
    """Owed to the person who is to carry on, from the one who hands it over."""

    number: str
    by: str
    to: str


@dataclass(frozen=True, slots=True)
class SignatureNotice:
    """Owed to the site's coordinators: a verdict was signed, or its signature was voided."""

    number: str
    verdict: str
    voided: bool


@dataclass(frozen=True, slots=True)
class TakenNotice:
    """Owed to the site's other coordinators: somebody follows the case.

    `instead` is whoever followed it before; they are told as well, and so are those in `also`,
    who heard of the case because no coordinator had seen it.
    """

    number: str
    by: str
    instead: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnrolmentNotice:
    """Owed to the site's other coordinators: what became of the patient; never why."""

    number: str
    status: FollowUp
    by: str


@dataclass(frozen=True, slots=True)
class TargetNotice:
    """Owed to every coordinator and administrator: the trial has as many as it wants.

    `number` is the screening with which the target was reached.
    """

    number: str
    enrolled: int
    target: int


@dataclass(frozen=True, slots=True)
class QueryNotice:
    """Owed to the site's coordinators: somebody asks how to read a criterion.

    `criterion` is None where the protocol file calls it confidential.
    """

    number: str
    criterion: str | None
    reason: QueryReason
    by: str


@dataclass(frozen=True, slots=True)
class QueryAnsweredNotice:
    """Owed to whoever asked about a criterion; it is None where it is confidential."""

    number: str
    criterion: str | None
    answer: QueryAnswer
    by: str
    to: str


@dataclass(frozen=True, slots=True)
class ClosingNotice:
    """Owed to the site's coordinators: a window closes on `day`, its last day, or the day after.

    `told_on` is the day at the site on which it is owed; `length` the days of the whole window,
    None where the protocol file names a date and no length.
    """

    number: str
    verdict: str
    day: date
    told_on: date
    length: int | None


@dataclass(frozen=True, slots=True)
class PendingNotice:
    """Owed to the site's coordinators: there is still no verdict that lasts.

    `owner` is None where whoever carried it can do so no more.
    """

    number: str
    verdict: str
    since: date
    owner: str | None


@dataclass(frozen=True, slots=True)
class ReminderNotice:
    """Owed to whoever carries a screening: it is still open; a window may be about to close."""

    number: str
    to: str
    closing: ClosingNotice | None


@dataclass(frozen=True, slots=True)
class ClosedNotice:
    """Owed to whoever carries a screening: its window closed, and it was determined anew."""

    number: str
    to: str


@dataclass(frozen=True, slots=True)
class UnreachableNotice:
    """Owed to the `others` who were told the same: this person cannot be reached."""

    number: str
    person: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnseenNotice:
    """Owed to the owner and the administrators: nobody has seen a notice; `about` is its kind."""

    number: str
    about: str
    because: Because
    owner: str | None


Notice: TypeAlias = (
    VerdictNotice
    | HandOverNotice
    | SignatureNotice
    | TakenNotice
    | EnrolmentNotice
    | TargetNotice
    | QueryNotice
    | QueryAnsweredNotice
    | ClosingNotice
    | PendingNotice
    | ReminderNotice
    | ClosedNotice
    | UnreachableNotice
    | UnseenNotice
)

"""What is said back to a command, beside the card itself: a remark, or nothing.

A card is drawn from the state; a remark says what the last command did or why it did nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from flows.answers import Refused, Value
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
    """Owed to the site's other coordinators: somebody follows the case."""

    number: str
    by: str


Notice: TypeAlias = VerdictNotice | HandOverNotice | SignatureNotice | TakenNotice

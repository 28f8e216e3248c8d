"""What happened: the facts of which every record is made.

An event is named by a literal kind, never by a class path, so that code may be renamed while
records stay readable. A new form of an event gets a new schema number; the old one still loads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal, Protocol, TypeAlias


class Mode(StrEnum):
    """What a run over one patient is for."""

    SCREENING = "screening"
    QUICK_CHECK = "quick_check"
    PRACTICE = "practice"


class Role(StrEnum):
    """What a person does at a site."""

    INVESTIGATOR = "investigator"
    ON_CALL = "on_call"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    MONITOR = "monitor"
    SYSTEM = "system"
    """The software itself, when time alone brings something about; nobody is given this role."""


PEOPLES_ROLES: Final = tuple(role for role in Role if role is not Role.SYSTEM)
"""The roles that a person can hold."""


class Reason(StrEnum):
    """Why an answer was changed. Codes only: free text could identify."""

    RESULT_ARRIVED = "result_arrived"
    NEW_ASSESSMENT = "new_assessment"
    TYPING_ERROR = "typing_error"
    SOURCE_CORRECTED = "source_corrected"
    MISUNDERSTOOD = "misunderstood"


class JudgementVerdict(StrEnum):
    """An investigator's judgement where the text does not decide."""

    PASS = "pass"
    FAIL = "fail"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks: a pseudonymous id and the role in which it was said."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class ScreeningOpened:
    """A run over one patient began, under one version of one protocol."""

    kind: ClassVar[Literal["screening-opened"]] = "screening-opened"
    number: str
    trial: str
    protocol_version: str
    protocol_sha256: str
    ruleset: int
    site: str
    time_zone: str
    mode: Mode
    language: str
    earlier: str | None = None
    """The number of the attempt before this one, over the same patient."""


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """A question was answered for the first time."""

    kind: ClassVar[Literal["answer-given"]] = "answer-given"
    input: str
    value: int | str


@dataclass(frozen=True, slots=True)
class AnswerCorrected:
    """An answer was changed; the old one stays in the record beside the new one."""

    kind: ClassVar[Literal["answer-corrected"]] = "answer-corrected"
    input: str
    old: int | str
    value: int | str
    reason: Reason


@dataclass(frozen=True, slots=True)
class AnswerSetAside:
    """An answer no longer stands, because a correction elsewhere contradicts it."""

    kind: ClassVar[Literal["answer-set-aside"]] = "answer-set-aside"
    input: str
    old: int | str
    because: str


@dataclass(frozen=True, slots=True)
class JudgementGiven:
    """The investigator judged a criterion that the text does not decide."""

    kind: ClassVar[Literal["judgement-given"]] = "judgement-given"
    criterion: str
    verdict: JudgementVerdict
    old: JudgementVerdict | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class DeterminationMade:
    """A verdict was reached on a day; `assessed` are the criteria it rests on, in order.

    Criteria that are not in `assessed` were not asked about: they have no verdict.
    """

    kind: ClassVar[Literal["determination-made"]] = "determination-made"
    day: date
    verdict: str
    assessed: tuple[str, ...]
    failing: tuple[str, ...]
    undetermined: tuple[str, ...]
    judgement_required: tuple[str, ...]
    deadlines: tuple[tuple[str, date], ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class AllReasonsRequested:
    """After the first exclusion, the remaining criteria are asked as well."""

    kind: ClassVar[Literal["all-reasons-requested"]] = "all-reasons-requested"


@dataclass(frozen=True, slots=True)
class ScreeningFinished:
    """The first exclusion is enough: the remaining criteria stay not assessed."""

    kind: ClassVar[Literal["screening-finished"]] = "screening-finished"


@dataclass(frozen=True, slots=True)
class ScreeningPaused:
    """Put aside in the middle, to be taken up again."""

    kind: ClassVar[Literal["screening-paused"]] = "screening-paused"


@dataclass(frozen=True, slots=True)
class ScreeningResumed:
    """Taken up again."""

    kind: ClassVar[Literal["screening-resumed"]] = "screening-resumed"


@dataclass(frozen=True, slots=True)
class ScreeningStopped:
    """Given up without a verdict."""

    kind: ClassVar[Literal["screening-stopped"]] = "screening-stopped"


@dataclass(frozen=True, slots=True)
class QuickCheckPromoted:
    """A quick check became a screening; its answers and who gave them are kept."""

    kind: ClassVar[Literal["quick-check-promoted"]] = "quick-check-promoted"


@dataclass(frozen=True, slots=True)
class ScreeningHandedOver:
    """Somebody else carries on with it."""

    kind: ClassVar[Literal["screening-handed-over"]] = "screening-handed-over"
    to: str


@dataclass(frozen=True, slots=True)
class ScreeningSigned:
    """The verdict was signed: printed name, meaning, and the hash of the record that was shown.

    The meaning is the verdict that the signer confirms (21 CFR 11.50); the hash binds the
    signature to the frozen record (21 CFR 11.70).
    """

    kind: ClassVar[Literal["screening-signed"]] = "screening-signed"
    name: str
    meaning: str
    record_sha256: str


@dataclass(frozen=True, slots=True)
class SignatureVoided:
    """A correction of this input, or of this criterion's judgement, ended the signature."""

    kind: ClassVar[Literal["signature-voided"]] = "signature-voided"
    because: str


@dataclass(frozen=True, slots=True)
class AnswerCarried:
    """An answer of the earlier attempt that cannot have changed: it is not asked again.

    `by` and `at` are whoever gave it then, and when; who carried it over is in the event itself.
    """

    kind: ClassVar[Literal["answer-carried"]] = "answer-carried"
    input: str
    value: int | str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """A deadline went by and nobody had said more: what was "not yet" is determined anew.

    `deadline` is its name in the protocol file, `day` the last day that was inside.
    """

    kind: ClassVar[Literal["window-closed"]] = "window-closed"
    deadline: str
    day: date


@dataclass(frozen=True, slots=True)
class ReminderSet:
    """Whoever carries the screening wants to be reminded on this day."""

    kind: ClassVar[Literal["reminder-set"]] = "reminder-set"
    day: date


ScreeningEvent: TypeAlias = (
    ScreeningOpened
    | AnswerCarried
    | WindowClosed
    | ReminderSet
    | AnswerGiven
    | AnswerCorrected
    | AnswerSetAside
    | JudgementGiven
    | DeterminationMade
    | AllReasonsRequested
    | ScreeningFinished
    | ScreeningPaused
    | ScreeningResumed
    | ScreeningStopped
    | QuickCheckPromoted
    | ScreeningHandedOver
    | ScreeningSigned
    | SignatureVoided
)


@dataclass(frozen=True, slots=True)
class ProtocolAdopted:
    """A protocol file came into use, word for word.

    The ledger holds the file itself, so that a screening can always be read, and finished, under
    the version it began with.
    """

    kind: ClassVar[Literal["protocol-adopted"]] = "protocol-adopted"
    trial: str
    version: str
    sha256: str
    text: str


class Event(Protocol):
    """Anything that can happen: it has a kind, and the ledger knows how to keep it."""

    @property
    def kind(self) -> str:
        """The literal that names it."""
        ...


@dataclass(frozen=True, slots=True)
class Happened:
    """An event with who and when. `at` is the time of receipt, UTC: a tap carries no time."""

    event: Event
    at: datetime
    by: Actor

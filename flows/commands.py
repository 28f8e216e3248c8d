"""What a person may ask for. A command names what it is about, never where the card stood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from flows.answers import Value
from flows.events import JudgementVerdict, Mode, Reason


@dataclass(frozen=True, slots=True)
class OpenScreening:
    """Begin a run over one patient. The number is random and has no meaning."""

    number: str
    site: str
    time_zone: str
    mode: Mode
    language: str


@dataclass(frozen=True, slots=True)
class GiveAnswer:
    """Answer an input. With a reason it may replace an answer already given."""

    input: str
    value: Value
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class GiveJudgement:
    """Judge a criterion that the text does not decide."""

    criterion: str
    verdict: JudgementVerdict
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class RecordAllReasons:
    """Go on asking after the first exclusion."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Leave it at the first exclusion."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Put aside."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Take up again."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Give up without a verdict."""


@dataclass(frozen=True, slots=True)
class Promote:
    """Turn a quick check into a screening."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Let somebody else carry on; `to` is a pseudonymous id."""

    to: str


@dataclass(frozen=True, slots=True)
class Sign:
    """Sign the verdict: the signer's printed name, and the hash of the record as it was shown.

    Whoever hands this in has checked the signer's PIN.
    """

    name: str
    record_sha256: str


@dataclass(frozen=True, slots=True)
class RemindMe:
    """Remind whoever carries it on this day, which must be to come."""

    day: date


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Determine anew with today's date: nothing was said, but time may have passed."""


Command: TypeAlias = (
    GiveAnswer
    | GiveJudgement
    | RecordAllReasons
    | Finish
    | Pause
    | Resume
    | Stop
    | Promote
    | HandOver
    | Sign
    | RemindMe
    | LookAgain
)

"""The faces that a card can turn to, and what a button does: turn the card, or say something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from flows.answers import Value
from flows.cases import QueryReason
from flows.commands import Command


@dataclass(frozen=True, slots=True)
class Front:
    """The card as its screening stands: the question asked now, or the verdict."""


@dataclass(frozen=True, slots=True)
class Question:
    """One input, asked now or looked at again.

    `more` shows the rare answers; `entry` is what was keyed in so far: digits of a number, the
    year or month of a date.
    """

    input: str
    more: bool = False
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Judging:
    """The judgement of a criterion, asked for again."""

    criterion: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why is an answer, or a judgement, changed to this value?"""

    about: str
    value: Value


@dataclass(frozen=True, slots=True)
class Correcting:
    """Which answer is to be changed?"""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Everything that was answered."""


@dataclass(frozen=True, slots=True)
class StopSure:
    """Really give up?"""


@dataclass(frozen=True, slots=True)
class HandingOver:
    """Who is to carry on?"""


@dataclass(frozen=True, slots=True)
class Folded:
    """Only the number, the verdict and the time."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Sign the verdict: the record as it is signed, and a keypad of its own."""


@dataclass(frozen=True, slots=True)
class Querying:
    """What is asked about a criterion?"""

    criterion: str


@dataclass(frozen=True, slots=True)
class Reminding:
    """On which day is the owner to be reminded?"""


View: TypeAlias = (
    Front
    | Question
    | Judging
    | Reasons
    | Correcting
    | Reviewing
    | StopSure
    | HandingOver
    | Folded
    | Reminding
    | Signing
    | Querying
)


@dataclass(frozen=True, slots=True)
class Show:
    """Turn the card; nothing is recorded."""

    view: View


@dataclass(frozen=True, slots=True)
class Do:
    """Say something to the screening."""

    command: Command


@dataclass(frozen=True, slots=True)
class Copy:
    """Put a text on the reader's clipboard; nothing is said to the screening."""

    text: str


@dataclass(frozen=True, slots=True)
class Again:
    """Screen the same patient again: begin a new attempt."""


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Turn to another screening."""

    number: str


@dataclass(frozen=True, slots=True)
class AskAbout:
    """Ask the coordinators about a criterion."""

    criterion: str
    reason: QueryReason


Elsewhere: TypeAlias = Again | TakeUp | AskAbout
"""What is done beside this screening: nothing is said to it, and its card does not move on."""

Press: TypeAlias = Show | Do | Copy | Elsewhere

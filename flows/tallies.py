"""Counting: the screening log as rows, and the participant flow that the rows add up to.

A patient counts once, by the last attempt; attempts are shown apart. Quick checks and practice
are never counted. Screened = enrolled + excluded + undecided, always (records.md, "The screening
log"; CONSORT 2010, participant flow). Nobody but the record names a confidential criterion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flows.cases import DeclineReason, FollowUp
from flows.events import Mode
from flows.follow_up import Case
from flows.log import Line
from flows.protocol.model import Protocol
from flows.steps import ENROLLED, has_consented

CONFIDENTIAL: Final = "confidential"
"""Stands for every criterion that must not be named, all of them merged."""

ERASED: Final = "erased"
"""Stands for the criterion of an exclusion whose answers, and with them its reason, were erased."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which criteria may be named, in protocol order; every other one is confidential.

    So is one that only another version of the protocol knows: nothing says that it is not.
    """

    named: tuple[str, ...]

    @classmethod
    def of(cls, protocol: Protocol) -> Criteria:
        """Those of a protocol that it does not call confidential."""
        return cls(tuple(one.id for one in protocol.criteria if not one.confidential))

    def reason(self, line: Line) -> str:
        """The first failing criterion as it may be shown; "" where none fails."""
        if line.stands != "ineligible":
            return ""
        if line.erased_at is not None:
            return ERASED
        return next((one for one in line.failing[:1] if one in self.named), CONFIDENTIAL)

    def reasons(self, line: Line) -> tuple[str, ...]:
        """Every failing criterion that was assessed, as it may be shown.

        The confidential ones are one and stand last: their place would tell which they are.
        """
        if line.stands != "ineligible" or line.erased_at is not None:
            return (self.reason(line),) if line.stands == "ineligible" else ()
        named = tuple(one for one in self.named if one in line.failing)
        return named if len(named) == len(set(line.failing)) else (*named, CONFIDENTIAL)


class Fate(StrEnum):
    """What became of a screened patient, in the three parts of which there is no fourth."""

    ENROLLED = "enrolled"
    EXCLUDED = "excluded"
    UNDECIDED = "undecided"


class Waiting(StrEnum):
    """What an undecided one waits for."""

    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    NOT_YET = "not_yet"
    GIVEN_UP = "given_up"
    NOT_APPROACHED = "not_approached"
    APPROACHED = "approached"
    CONSENTED = "consented"


WITHOUT_VERDICT: Final = (Waiting.IN_PROGRESS, Waiting.PENDING, Waiting.NOT_YET, Waiting.GIVEN_UP)
ELIGIBLE: Final = (Waiting.NOT_APPROACHED, Waiting.APPROACHED, Waiting.CONSENTED)


@dataclass(frozen=True, slots=True)
class Row:
    """One attempt in the log, with what is done about it.

    `attempt` counts those over the same patient from 1; only the last one is `counted`. `first`
    is the number of the one with which it began, where that is not this one.
    """

    line: Line
    case: Case
    attempt: int = 1
    counted: bool = False
    first: str | None = None

    @property
    def patient(self) -> str:
        """The number of the first attempt: patients have no other name."""
        return self.first or self.line.number

    @property
    def fate(self) -> Fate:
        """What became of the patient, were this the last attempt."""
        if self.case.status in ENROLLED:
            return Fate.ENROLLED
        if self.line.stands == "ineligible" or self.declined:
            return Fate.EXCLUDED
        return Fate.UNDECIDED

    @property
    def declined(self) -> bool:
        """Whether somebody eligible declined."""
        return self.line.stands == "eligible" and self.case.status is FollowUp.DECLINED

    @property
    def waiting(self) -> Waiting | None:
        """What is waited for; None where it is decided."""
        if self.fate is not Fate.UNDECIDED:
            return None
        if self.line.stopped:
            return Waiting.GIVEN_UP
        match self.line.stands, self.case.status:
            case "eligible", FollowUp.APPROACHED | FollowUp.CONSENTED as status:
                return Waiting(status.value)
            case "eligible", _:
                return Waiting.NOT_APPROACHED
            case ("pending" | "not_yet") as verdict, _:
                return Waiting(verdict)
            case _:
                return Waiting.IN_PROGRESS


@dataclass(frozen=True, slots=True)
class Flow:
    """The participant flow, in people. `attempts` are all screenings, repeats among them.

    `reasons` holds every criterion that may be named, those with nobody too, then the
    confidential ones as one, and last those whose reason was erased, if there are any.
    `first_only` are the excluded whose other criteria were not assessed. `failures` are those
    among the `consented` who are excluded after all. `in_error`, `withdrawn` and `not_eligible`
    (no verdict "eligible" stands) are parts of `enrolled`.
    """

    screened: int
    attempts: int
    repeated: int
    reasons: tuple[tuple[str, int], ...]
    first_only: int
    declined: tuple[tuple[DeclineReason, int], ...]
    waiting: tuple[tuple[Waiting, int], ...]
    eligible: int
    enrolled: int
    in_error: int
    withdrawn: int
    not_eligible: int
    consented: int
    failures: int

    @property
    def ineligible(self) -> int:
        """Excluded by a criterion."""
        return sum(count for _, count in self.reasons)

    @property
    def declining(self) -> int:
        """Eligible, and declined."""
        return sum(count for _, count in self.declined)

    @property
    def excluded(self) -> int:
        """Excluded by a criterion, or declined."""
        return self.ineligible + self.declining

    @property
    def undecided(self) -> int:
        """Everybody who is neither enrolled nor excluded."""
        return sum(count for _, count in self.waiting)

    def waiting_for(self, *what: Waiting) -> int:
        """How many of the undecided wait for one of these."""
        return sum(count for one, count in self.waiting if one in what)


def log_rows(
    lines: Iterable[Line], cases: Mapping[str, Case], mode: Mode = Mode.SCREENING
) -> tuple[Row, ...]:
    """The attempts of one kind, in the order in which they were opened.

    Only screenings are ever counted.
    """
    known = {line.number: line for line in lines}
    listed = sorted(
        (line for line in known.values() if line.mode is mode),
        key=lambda line: (line.opened_at, line.number),
    )
    people: dict[str, list[str]] = {}
    for line in listed:
        people.setdefault(_first_attempt(line, known), []).append(line.number)
    places = {number: (at, own) for own in people.values() for at, number in enumerate(own, 1)}
    return tuple(
        Row(
            line,
            cases.get(line.number) or Case(line.number),
            attempt=places[line.number][0],
            counted=mode is Mode.SCREENING and places[line.number][1][-1] == line.number,
            first=places[line.number][1][0] if places[line.number][0] > 1 else None,
        )
        for line in listed
    )


def row_of(number: str, lines: Mapping[str, Line], cases: Mapping[str, Case]) -> Row:
    """The row of a number; `lines` hold it and every other attempt over its patient."""
    rows = log_rows(lines.values(), cases, lines[number].mode)
    return next(row for row in rows if row.line.number == number)


def _first_attempt(line: Line, known: Mapping[str, Line]) -> str:
    """The number of the attempt with which it began, as far as is known."""
    seen = {line.number}
    while (before := known.get(line.earlier or "")) is not None and before.number not in seen:
        line = before
        seen.add(line.number)
    return line.number


def flow(rows: Sequence[Row], criteria: Criteria) -> Flow:
    """The participant flow of a log."""
    people = [row for row in rows if row.counted]
    excluded = [row for row in people if row.fate is Fate.EXCLUDED]
    enrolled = [row for row in people if row.fate is Fate.ENROLLED]
    consented = [row for row in people if has_consented(row.case)]
    reasons = Counter(criteria.reason(row.line) for row in excluded if not row.declined)
    declined = Counter(_decline_reason(row.case) for row in excluded if row.declined)
    waiting = Counter(row.waiting for row in people)
    status = Counter(row.case.status for row in enrolled)
    names = [*criteria.named, CONFIDENTIAL, *([ERASED] if reasons[ERASED] else [])]
    return Flow(
        screened=len(people),
        attempts=len(rows),
        repeated=sum(1 for row in people if row.attempt > 1),
        reasons=tuple((name, reasons[name]) for name in names),
        first_only=sum(1 for row in excluded if not (row.declined or row.line.every_reason)),
        declined=tuple((reason, declined[reason]) for reason in DeclineReason),
        waiting=tuple((what, waiting[what]) for what in Waiting),
        eligible=sum(1 for row in people if row.line.stands == "eligible"),
        enrolled=len(enrolled),
        in_error=status[FollowUp.ENROLLED_IN_ERROR],
        withdrawn=status[FollowUp.WITHDRAWN],
        not_eligible=sum(1 for row in enrolled if row.line.stands != "eligible"),
        consented=len(consented),
        failures=sum(1 for row in consented if row.fate is Fate.EXCLUDED),
    )


def _decline_reason(case: Case) -> DeclineReason:
    return (case.steps[-1].declined if case.steps else None) or DeclineReason.NOT_STATED


def recruited(lines: Iterable[Line], cases: Mapping[str, Case], trial: str) -> int:
    """How many count towards the target of a trial: enrolled at any site, and not in error.

    `lines` need hold no patients but those enrolled, these with every attempt.
    """
    rows = log_rows((line for line in lines if line.trial == trial), cases)
    enrolled = [row for row in rows if row.counted and row.fate is Fate.ENROLLED]
    return sum(1 for row in enrolled if row.case.status is not FollowUp.ENROLLED_IN_ERROR)

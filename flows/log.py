"""The screening log: what a list shows of each screening, as the fold of its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from sys import intern
from zoneinfo import ZoneInfo

from flows.erasure import ErasureReason, ScreeningErased
from flows.events import (
    AllReasonsRequested,
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
    Event,
    Happened,
    JudgementGiven,
    Mode,
    QuickCheckPromoted,
    ScreeningFinished,
    ScreeningHandedOver,
    ScreeningOpened,
    ScreeningPaused,
    ScreeningResumed,
    ScreeningSigned,
    ScreeningStopped,
    SignatureVoided,
)


@dataclass(frozen=True, slots=True)
class Line:
    """What a list of screenings shows of one: nothing about the patient but the verdict.

    `protocol` is the version it is screened under. `every_reason` says that the verdict rests on
    all criteria, and not on the first exclusion alone. `unsettled` says that a correction put the
    last verdict in question. `verdicts` are the changes of verdict, each with its moment;
    `signatures` from when until when each signature stood (None: it stands).
    """

    number: str
    trial: str
    site: str
    mode: Mode
    owner: str
    opened_at: datetime
    earlier: str | None = None
    paused: bool = False
    verdict: str | None = None
    complete: bool = False
    stopped: bool = False
    failing: tuple[str, ...] = ()
    deadlines: tuple[tuple[str, date], ...] = ()
    determined_at: datetime | None = None
    signed_at: datetime | None = None
    protocol: str = ""
    time_zone: str = "UTC"
    signed_by: str = ""
    every_reason: bool = False
    unsettled: bool = False
    verdicts: tuple[tuple[datetime, str], ...] = ()
    signatures: tuple[tuple[datetime, datetime | None], ...] = ()
    erased_at: datetime | None = None
    """When its answers were erased. Why its verdict was reached went with them: `failing`,
    `deadlines`, and the verdicts and signatures before the last."""

    @property
    def day(self) -> date:
        """The calendar day at the site on which it was opened."""
        return self.opened_at.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def stands(self) -> str | None:
        """The verdict that stands: none while it is in question, and none once given up."""
        return None if self.stopped or self.unsettled else self.verdict

    def verdict_at(self, at: datetime) -> str | None:
        """The verdict that had been reached by a moment."""
        reached = [verdict for since, verdict in self.verdicts if since <= at]
        return reached[-1] if reached else None

    def signed_by_then(self, at: datetime) -> bool:
        """Whether a signature stood at a moment."""
        return any(
            since <= at and (until is None or at < until) for since, until in self.signatures
        )

    @property
    def waiting(self) -> bool:
        """Whether a question is waiting for its answer now."""
        return not (self.stopped or self.paused or self.complete or self.erased_at)

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        if self.stopped or self.erased_at:
            return False
        return not (self.complete and self.verdict in ("eligible", "ineligible"))


_ANSWERED = (AnswerGiven, AnswerCorrected, AnswerSetAside, JudgementGiven, AllReasonsRequested)
"""After these a verdict is made anew, or a question is open again."""


_TAKEN_BACK = (AnswerCorrected, AnswerSetAside)
"""After these a verdict that was reached may no longer hold."""


_QUIET = frozenset({AnswerGiven.kind, AnswerCarried.kind, JudgementGiven.kind})
"""While a question is open, an answer changes nothing in its line."""


def in_question(history: Sequence[Happened]) -> bool:
    """Whether a correction came after the last verdict, which may therefore no longer hold."""
    for happened in reversed(history):
        if isinstance(happened.event, _TAKEN_BACK):
            return True
        if isinstance(happened.event, DeterminationMade):
            return False
    return False


def says_nothing(line: Line | None, kind: str) -> bool:
    """Whether an event of this kind leaves the line as it is, so that it need not even be read."""
    return line is not None and not line.complete and kind in _QUIET


def listed(was: Line | None, number: str, event: Event, happened: Happened) -> Line | None:
    """The line after one more event; None while the screening was not opened."""
    if isinstance(event, ScreeningOpened):
        return Line(
            number=number,
            # Of a hundred thousand lines there are a few sites: each is kept once.
            trial=intern(event.trial),
            site=intern(event.site),
            mode=event.mode,
            owner=intern(happened.by.person),
            opened_at=happened.at,
            earlier=event.earlier,
            protocol=intern(event.protocol_version),
            time_zone=intern(event.time_zone),
        )
    if was is None:
        return None
    if isinstance(event, _ANSWERED):
        unsettled = was.unsettled or isinstance(event, _TAKEN_BACK)
        if not was.complete and was.unsettled is unsettled:
            return was
        return replace(was, complete=False, unsettled=unsettled)
    return _moved(was, event, happened)


def erasing(line: Line, reason: ErasureReason) -> ScreeningErased:
    """The event that erases a screening: it carries what stays of its line.

    A verdict that a correction put in question is none: it counts for nothing afterwards either.
    """
    verdict = None if line.unsettled else line.verdict
    return ScreeningErased(
        number=line.number,
        reason=reason,
        trial=line.trial,
        protocol_version=line.protocol,
        site=line.site,
        time_zone=line.time_zone,
        mode=line.mode,
        owner=line.owner,
        opened_at=line.opened_at,
        earlier=line.earlier,
        verdict=verdict,
        complete=line.complete,
        stopped=line.stopped,
        determined_at=line.determined_at if verdict else None,
        every_reason=line.every_reason,
        signed_at=line.signed_at,
        signed_by=line.signed_by,
    )


def erased(event: ScreeningErased, at: datetime) -> Line:
    """The line of a screening that was erased: from the event alone, since nothing else is left."""
    reached, verdict = event.determined_at, event.verdict
    return Line(
        number=event.number,
        trial=event.trial,
        site=event.site,
        mode=event.mode,
        owner=event.owner,
        opened_at=event.opened_at,
        earlier=event.earlier,
        verdict=event.verdict,
        complete=event.complete,
        stopped=event.stopped,
        determined_at=event.determined_at,
        signed_at=event.signed_at,
        protocol=event.protocol_version,
        time_zone=event.time_zone,
        signed_by=event.signed_by,
        every_reason=event.every_reason,
        verdicts=((reached, verdict),) if reached and verdict else (),
        signatures=((event.signed_at, None),) if event.signed_at else (),
        erased_at=at,
    )


def _moved(was: Line, event: Event, happened: Happened) -> Line:
    match event:
        case DeterminationMade():
            return _determined(was, event, happened.at)
        case ScreeningSigned():
            by, stood = happened.by.person, (*was.signatures, (happened.at, None))
            return replace(was, signed_at=happened.at, signed_by=by, signatures=stood)
        case SignatureVoided():
            ended = (*was.signatures[:-1], (was.signatures[-1][0], happened.at))
            return replace(was, signed_at=None, signed_by="", signatures=ended)
        case ScreeningFinished():
            return replace(was, complete=True)
        case ScreeningStopped():
            return replace(was, stopped=True)
        case ScreeningPaused() | ScreeningResumed():
            return replace(was, paused=isinstance(event, ScreeningPaused))
        case ScreeningHandedOver():
            return replace(was, owner=event.to)
        case QuickCheckPromoted():
            return replace(was, mode=Mode.SCREENING, owner=happened.by.person)
        case _:
            return was


def _determined(was: Line, made: DeterminationMade, at: datetime) -> Line:
    changed = not was.verdicts or was.verdicts[-1][1] != made.verdict
    return replace(
        was,
        verdict=intern(made.verdict),
        complete=made.complete,
        every_reason=made.complete,
        unsettled=False,
        failing=made.failing,
        deadlines=made.deadlines,
        determined_at=at,
        verdicts=(*was.verdicts, (at, made.verdict)) if changed else was.verdicts,
    )

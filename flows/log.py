"""The screening log: what a list shows of each screening, as the fold of its events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from flows.erasure import ErasureReason, ScreeningErased
from flows.events import (
    AllReasonsRequested,
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
    """What a list of screenings shows of one: nothing about the patient but the verdict."""

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
    erased_at: datetime | None = None
    """When its answers were erased. Why its verdict was reached, `failing`, went with them."""

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


def listed(was: Line | None, number: str, event: Event, happened: Happened) -> Line | None:
    """The line after one more event; None while the screening was not opened."""
    if isinstance(event, ScreeningOpened):
        return Line(
            number=number,
            trial=event.trial,
            site=event.site,
            mode=event.mode,
            owner=happened.by.person,
            opened_at=happened.at,
            earlier=event.earlier,
        )
    if was is None:
        return None
    if isinstance(event, _ANSWERED):
        return replace(was, complete=False)
    return _moved(was, event, happened)


def erasing(line: Line, opened: ScreeningOpened, reason: ErasureReason) -> ScreeningErased:
    """The event that erases a screening: it carries what stays of its line."""
    return ScreeningErased(
        number=line.number,
        reason=reason,
        trial=line.trial,
        protocol_version=opened.protocol_version,
        site=line.site,
        time_zone=opened.time_zone,
        mode=line.mode,
        owner=line.owner,
        opened_at=line.opened_at,
        earlier=line.earlier,
        verdict=line.verdict,
        complete=line.complete,
        stopped=line.stopped,
        determined_at=line.determined_at,
        signed_at=line.signed_at,
    )


def erased(event: ScreeningErased, at: datetime) -> Line:
    """The line of a screening that was erased: from the event alone, since nothing else is left."""
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
        erased_at=at,
    )


def _moved(was: Line, event: Event, happened: Happened) -> Line:
    match event:
        case DeterminationMade():
            return replace(
                was,
                verdict=event.verdict,
                complete=event.complete,
                failing=event.failing,
                deadlines=event.deadlines,
                determined_at=happened.at,
            )
        case ScreeningSigned():
            return replace(was, signed_at=happened.at)
        case SignatureVoided():
            return replace(was, signed_at=None)
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

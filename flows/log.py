"""The screening log: what a list shows of each screening, as the fold of its events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

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

    @property
    def waiting(self) -> bool:
        """Whether a question is waiting for its answer now."""
        return not (self.stopped or self.paused or self.complete)

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        if self.stopped:
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

"""What is known beside a single screening: who is who, and which screenings are open.

It is folded from the ledger and from nothing else, and catches up with it before each use, so
that a revocation holds from the very next update, whoever wrote it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

from flows.cases import CaseTaken
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
    Role,
    ScreeningFinished,
    ScreeningHandedOver,
    ScreeningOpened,
    ScreeningPaused,
    ScreeningResumed,
    ScreeningStopped,
)
from flows.people import Directory, PeopleEvent, evolve_directory
from storage.ledger import Ledger
from storage.mapper import to_event

_PEOPLE = get_args(PeopleEvent)
_UNREAD = ("protocol/", "access/", "pin/")
"""Streams that say nothing about who is who and what is open."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a list of screenings shows of one: nothing about the patient but the verdict."""

    number: str
    site: str
    mode: Mode
    owner: str
    opened_at: datetime
    paused: bool = False
    verdict: str | None = None
    complete: bool = False
    stopped: bool = False

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


class Register:
    """The directory and the list of screenings, as far as the ledger was read."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._position = 0
        self._reading = asyncio.Lock()
        self._versions: dict[str, int] = {}
        self.directory = Directory()
        self.lines: dict[str, Line] = {}
        self.followers: dict[str, str] = {}

    def version(self, stream: str) -> int:
        """How many entries a stream beside the screenings holds, as far as was read."""
        return self._versions.get(stream, 0)

    def coordinators(self, site: str, now: datetime) -> tuple[str, ...]:
        """Who is told about the screenings of a site."""
        return tuple(one.person for one in self.directory.holding(Role.COORDINATOR, site, now))

    def zone(self, site: str) -> ZoneInfo:
        """The time zone of a site; that of UTC for one that is not known."""
        known = self.directory.sites.get(site)
        return ZoneInfo(known.time_zone if known else "UTC")

    async def catch_up(self) -> None:
        """Read what was appended since the last time."""
        async with self._reading:  # two readers at once would take an entry twice
            async for entry in self._ledger.walk(self._position):
                if not entry.stream.startswith(_UNREAD):
                    self._take(entry.stream, to_event(entry))
                if not entry.stream.startswith("screening/"):
                    self._versions[entry.stream] = entry.version
                self._position = entry.position

    def _take(self, stream: str, happened: Happened) -> None:
        event = happened.event
        if isinstance(event, CaseTaken):
            self.followers[event.number] = happened.by.person
        elif isinstance(event, _PEOPLE):
            self.directory = evolve_directory(self.directory, event, happened.by.person)
        elif stream.startswith("screening/"):
            number = stream.removeprefix("screening/")
            line = _listed(self.lines.get(number), number, event, happened)
            if line is not None:
                self.lines[number] = line


_ANSWERED = (AnswerGiven, AnswerCorrected, AnswerSetAside, JudgementGiven, AllReasonsRequested)
"""After these a verdict is made anew, or a question is open again."""


def _listed(was: Line | None, number: str, event: Event, happened: Happened) -> Line | None:
    if isinstance(event, ScreeningOpened):
        return Line(number, event.site, event.mode, happened.by.person, happened.at)
    if was is None:
        return None
    if isinstance(event, _ANSWERED):
        return replace(was, complete=False)
    match event:
        case DeterminationMade():
            return replace(was, verdict=event.verdict, complete=event.complete)
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

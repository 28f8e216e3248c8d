"""What is known beside a single screening: who is who, and which screenings are open.

It is folded from the ledger and from nothing else, and catches up with it before each use, so
that a revocation holds from the very next update, whoever wrote it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

from flows.cases import CaseEvent
from flows.duty import Duties, DutyEvent, evolve_duties
from flows.erasure import ScreeningErased
from flows.events import Happened, Role
from flows.follow_up import Case, evolve_case
from flows.log import Line, erased, listed
from flows.people import Directory, PeopleEvent, Person, evolve_directory
from flows.policy import may_sign
from flows.screening import Screening
from flows.trials import TrialClosed, TrialEvent
from storage.ledger import Ledger
from storage.mapper import to_event

_PEOPLE = get_args(PeopleEvent)
_CASES, _DUTIES, _TRIALS = get_args(CaseEvent), get_args(DutyEvent), get_args(TrialEvent)
_UNREAD = ("protocol/", "access/", "pin/", "notices/")
"""Streams that say nothing about who is who and what is open."""


class Register:
    """The directory and the list of screenings, as far as the ledger was read."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._position = 0
        self._reading = asyncio.Lock()
        self._versions: dict[str, int] = {}
        self.directory = Directory()
        self.lines: dict[str, Line] = {}
        self.cases: dict[str, Case] = {}
        self.duties = Duties()
        self.closed: set[str] = set()
        """The trials that take no new screening."""

    def version(self, stream: str) -> int:
        """How many entries a stream beside the screenings holds, as far as was read."""
        return self._versions.get(stream, 0)

    def case(self, number: str) -> Case:
        """What is done about a screening; an empty case where nothing was."""
        return self.cases.get(number) or Case(number)

    def is_erased(self, number: str) -> bool:
        """Whether the answers of a screening were erased."""
        line = self.lines.get(number)
        return line is not None and line.erased_at is not None

    def coordinators(self, site: str, now: datetime) -> tuple[str, ...]:
        """Who is told about the screenings of a site."""
        return tuple(one.person for one in self.directory.holding(Role.COORDINATOR, site, now))

    def may_sign(self, person: Person, screening: Screening, now: datetime) -> bool:
        """Whether the trial lets somebody sign this screening at that moment."""
        site = screening.opened.site
        signer = screening.book.protocol.signed_by
        principal = self.duties.at(site).principal == person.person
        return may_sign(person.roles(now, site), screening.mode, signer, principal=principal)

    def zone(self, site: str) -> ZoneInfo:
        """The time zone of a site; that of UTC for one that is not known."""
        known = self.directory.sites.get(site)
        return ZoneInfo(known.time_zone if known else "UTC")

    async def catch_up(self) -> None:
        """Read what was appended since the last time."""
        async with self._reading:  # two readers at once would take an entry twice
            async for entry in self._ledger.walk(self._position):
                # Of an erased screening the event in its own stream says what stays.
                if not entry.erased and not entry.stream.startswith(_UNREAD):
                    self._take(entry.stream, to_event(entry))
                if not entry.stream.startswith("screening/"):
                    self._versions[entry.stream] = entry.version
                self._position = entry.position

    def _take(self, stream: str, happened: Happened) -> None:
        event = happened.event
        if isinstance(event, _CASES):
            was = self.case(event.number)
            self.cases[event.number] = evolve_case(was, event, happened.by.person, happened.at)
        elif isinstance(event, _DUTIES):
            self.duties = evolve_duties(self.duties, event)
        elif isinstance(event, _TRIALS):
            change = self.closed.add if isinstance(event, TrialClosed) else self.closed.discard
            change(event.trial)
        elif isinstance(event, _PEOPLE):
            self.directory = evolve_directory(self.directory, event, happened.by.person)
        elif isinstance(event, ScreeningErased):
            self.lines[event.number] = erased(event, happened.at)
        elif stream.startswith("screening/"):
            number = stream.removeprefix("screening/")
            line = listed(self.lines.get(number), number, event, happened)
            if line is not None:
                self.lines[number] = line

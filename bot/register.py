"""What is known beside a single screening: who is who, and which screenings are open.

It is folded from the ledger and from nothing else, and catches up with it before each use, so
that a revocation holds from the very next update, whoever wrote it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import get_args
from zoneinfo import ZoneInfo

from bot.closed import Known
from bot.known import KnownScreenings, Part
from flows.cases import CaseEvent
from flows.duty import Duties, DutyEvent, SiteDuty, evolve_duties, on_duty
from flows.erasure import ScreeningErased
from flows.events import Happened, Role, ScreeningOpened
from flows.follow_up import Case, evolve_case
from flows.log import Line, erased, listed, says_nothing
from flows.people import Directory, PeopleEvent, Person, evolve_directory
from flows.policy import may_sign
from flows.screening import Screening
from flows.steps import ENROLLED
from flows.tallies import recruited
from flows.telling import Roster
from flows.trials import Placed, TrialClosed, TrialEvent, Where
from storage.ledger import Entry, Ledger
from storage.mapper import to_event

_PEOPLE = get_args(PeopleEvent)
_CASES, _DUTIES, _TRIALS = get_args(CaseEvent), get_args(DutyEvent), get_args(TrialEvent)
_UNREAD = ("protocol/", "access/", "pin/", "notices/", "clock/")
"""Streams that say nothing about who is who and what is open."""
_PER_SCREENING = ("screening/", "case/", "notices/", "erasure/")
"""Streams of which there are as many as there are screenings: nobody holds all their versions."""


class Register:
    """The directory and the list of screenings, as far as the ledger was read.

    What is open is in memory, and what is closed is not: there is ever more of it.

    With `sealed=False` the ledger is as it is stored: no screening is known but those erased.
    """

    def __init__(self, ledger: Ledger, *, sealed: bool = True) -> None:
        self._ledger = ledger
        self._unread = _UNREAD if sealed else (*_UNREAD, "screening/")
        self._position = 0
        self._reading = asyncio.Lock()
        self._versions: dict[str, int] = {}
        self.directory = Directory()
        self.screenings = KnownScreenings()
        self.open = self.screenings.open
        """Those lines about which somebody still has to do something: few of a long log."""
        self.lines: Mapping[str, Line] = Part(self.screenings, attrgetter("line"))
        self.cases: Mapping[str, Case] = Part(self.screenings, attrgetter("case"))
        self.later: Mapping[str, str] = Part(self.screenings, attrgetter("later"))
        """By the number of a screening: that of the attempt after it."""
        self.duties = Duties()
        self.mailing = False
        """Whether this site has set up copies by e-mail."""
        self._enrolled: set[str] = set()
        """Whoever was ever enrolled, in error too: they are counted each time."""
        self.closed: set[str] = set()
        """The trials that take no new screening."""
        self.on_erased: list[Callable[[str], None]] = []
        """Who else keeps something of a screening in memory, and hears that it was erased."""

    def version(self, stream: str) -> int:
        """How many entries a stream beside the screenings holds, as far as was read."""
        if stream.startswith("case/"):
            return self.screenings.get(stream.removeprefix("case/")).written
        return self._versions.get(stream, 0)

    def case(self, number: str) -> Case:
        """What is done about a screening; an empty case where nothing was."""
        return self.screenings.get(number).case or Case(number)

    def is_erased(self, number: str) -> bool:
        """Whether the answers of a screening were erased."""
        line = self.screenings.get(number).line
        return line is not None and line.erased_at is not None

    def attempt(self, number: str) -> int:
        """Which attempt over its patient a screening is, from 1."""
        place, line = 1, self.screenings.get(number).line
        while line is not None and line.earlier is not None:
            place, line = place + 1, self.screenings.get(line.earlier).line
        return place

    def recruited(self, trial: str, instead: Case | None = None) -> int:
        """How many count towards the target of a trial; with `instead` for what its case is now."""
        found = dict[str, Known]()
        for number in (*self._enrolled, *([instead.number] if instead else ())):
            found |= self.screenings.attempts(number)
        cases = {number: known.case for number, known in found.items() if known.case}
        if instead is not None:
            cases[instead.number] = instead
        return recruited([one.line for one in found.values() if one.line], cases, trial)

    def steps_counted(self, trial: str) -> int:
        """How many steps have changed what a trial has recruited."""
        found = (self.screenings.get(number) for number in self._enrolled)
        mine = (one.case for one in found if one.line and one.line.trial == trial)
        return sum(step.status in ENROLLED for case in mine if case for step in case.steps)

    def coordinators(self, where: Placed, now: datetime) -> tuple[str, ...]:
        """Who is told about the screenings of a trial at a site."""
        return self._people(Role.COORDINATOR, where, now)

    def roster(self, number: str, where: Placed, now: datetime) -> Roster:
        """Who could be told about a case at that moment; its trial and its site are `where`."""
        duty = self.duty(where)
        return Roster(
            coordinators=self.coordinators(where, now),
            on_duty=on_duty(duty, now.astimezone(self.zone(where.site)).hour),
            rota=bool(duty.shifts),
            follower=self.case(number).follower,
            principal=duty.principal,
            investigators=self._people(Role.INVESTIGATOR, where, now),
            administrators=self._people(Role.ADMINISTRATOR, where, now),
        )

    def holding(self, trial: str | None, now: datetime, *roles: Role) -> tuple[str, ...]:
        """Everybody who holds one of these roles in a trial, at any site that takes part in it."""
        places = [Where(site, trial) for site in self.directory.sites]
        taking_part = [one for one in places if self.directory.takes_part(one)]
        return tuple(
            one.person
            for one in self.directory.people.values()
            if any(one.roles_at(where, now).intersection(roles) for where in taking_part)
        )

    def duty(self, where: Placed) -> SiteDuty:
        """How a site tells its people of a trial."""
        return self.duties.at(where)

    def _people(self, role: Role, where: Placed, now: datetime) -> tuple[str, ...]:
        return tuple(one.person for one in self.directory.holding(role, where, now))

    def may_sign(self, person: Person, screening: Screening, now: datetime) -> bool:
        """Whether the trial lets somebody sign this screening at that moment."""
        where, signer = screening.opened, screening.book.protocol.signed_by
        principal = self.duty(where).principal == person.person
        return may_sign(person.roles_at(where, now), screening.mode, signer, principal=principal)

    def wants_email(self, person: str) -> bool:
        """Whether a copy of each notice to this person goes out by e-mail."""
        return self.mailing and self.duties.of(person).email is not None

    def zone(self, site: str) -> ZoneInfo:
        """The time zone of a site; that of UTC for one that is not known."""
        known = self.directory.sites.get(site)
        return ZoneInfo(known.time_zone if known else "UTC")

    async def catch_up(self) -> None:
        """Read what was appended since the last time."""
        async with self._reading:  # two readers at once would take an entry twice
            async for entry in self._ledger.since(self._position, self._says_nothing):
                # Of an erased screening the event in its own stream says what stays.
                if not entry.erased and not self._says_nothing(entry):
                    self._take(entry, to_event(entry))
                if not entry.stream.startswith(_PER_SCREENING):
                    self._versions[entry.stream] = entry.version
                self._position = entry.position

    def _says_nothing(self, entry: Entry) -> bool:
        """Whether nothing is to be learnt here; half of all events are answers."""
        if entry.stream.startswith(self._unread):
            return True
        line = self.open.get(entry.stream.removeprefix("screening/"))
        return says_nothing(line, entry.kind)

    def _take(self, entry: Entry, happened: Happened) -> None:
        event = happened.event
        if isinstance(event, _CASES):
            self._case(event, happened, entry.version)
        elif isinstance(event, _DUTIES):
            self.duties = evolve_duties(self.duties, event)
        elif isinstance(event, _TRIALS):
            change = self.closed.add if isinstance(event, TrialClosed) else self.closed.discard
            change(event.trial)
        elif isinstance(event, _PEOPLE):
            self.directory = evolve_directory(self.directory, event, happened.by.person)
        elif isinstance(event, ScreeningErased):
            self._erase(event, happened)
        elif entry.stream.startswith("screening/"):
            number = entry.stream.removeprefix("screening/")
            was = self.screenings.get(number)
            line = listed(was.line, number, event, happened)
            if line is not was.line:
                known = Known(line, was.case, was.written, was.later)
                self.screenings.keep(number, was, known)
            if isinstance(event, ScreeningOpened):
                self._follows(number, event.earlier)

    def _case(self, event: CaseEvent, happened: Happened, version: int) -> None:
        was = self.screenings.get(event.number)
        before = was.case or Case(event.number)
        case = evolve_case(before, event, happened.by.person, happened.at)
        self.screenings.keep(event.number, was, replace(was, case=case, written=version))
        if case.status in ENROLLED:
            self._enrolled.add(event.number)

    def _erase(self, event: ScreeningErased, happened: Happened) -> None:
        was = self.screenings.get(event.number)
        self.screenings.forget(event.number)
        self.screenings.keep(event.number, was, replace(was, line=erased(event, happened.at)))
        self._follows(event.number, event.earlier)
        for forget in self.on_erased:
            forget(event.number)

    def _follows(self, number: str, earlier: str | None) -> None:
        if earlier is not None:
            was = self.screenings.get(earlier)
            self.screenings.keep(earlier, was, replace(was, later=number))

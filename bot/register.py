"""What is known beside a single screening: who is who, and which screenings are open.

It is folded from the ledger and from nothing else, and catches up with it before each use, so
that a revocation holds from the very next update, whoever wrote it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

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


class Register:
    """The directory and the list of screenings, as far as the ledger was read.

    With `sealed=False` the ledger is as it is stored: no screening is known but those erased.
    """

    def __init__(self, ledger: Ledger, *, sealed: bool = True) -> None:
        self._ledger = ledger
        self._unread = _UNREAD if sealed else (*_UNREAD, "screening/")
        self._position = 0
        self._reading = asyncio.Lock()
        self._versions: dict[str, int] = {}
        self.directory = Directory()
        self.lines: dict[str, Line] = {}
        self.open: dict[str, Line] = {}
        """Those lines about which somebody still has to do something: few of a long log."""
        self.cases: dict[str, Case] = {}
        self.duties = Duties()
        self.mailing = False
        """Whether this site has set up copies by e-mail."""
        self.later: dict[str, str] = {}
        """By the number of a screening: that of the attempt after it."""
        self._enrolled: set[str] = set()
        self.closed: set[str] = set()
        """The trials that take no new screening."""
        self.on_erased: list[Callable[[str], None]] = []
        """Who else keeps something of a screening in memory, and hears that it was erased."""

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

    def attempt(self, number: str) -> int:
        """Which attempt over its patient a screening is, from 1."""
        place, line = 1, self.lines.get(number)
        while line is not None and line.earlier is not None:
            place, line = place + 1, self.lines.get(line.earlier)
        return place

    def recruited(self, trial: str, instead: Case | None = None) -> int:
        """How many count towards the target of a trial; with `instead` for what its case is now."""
        matter = {*self._enrolled, *self.later, *self.later.values()}
        cases = {number: self.case(number) for number in matter}
        if instead is not None:
            cases[instead.number] = instead
        lines = [self.lines[number] for number in cases if number in self.lines]
        return recruited(lines, cases, trial)

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
                    self._take(entry.stream, to_event(entry))
                if not entry.stream.startswith("screening/"):
                    self._versions[entry.stream] = entry.version
                self._position = entry.position

    def _says_nothing(self, entry: Entry) -> bool:
        """Whether nothing is to be learnt here; half of all events are answers."""
        if entry.stream.startswith(self._unread):
            return True
        line = self.lines.get(entry.stream.removeprefix("screening/"))
        return says_nothing(line, entry.kind)

    def _take(self, stream: str, happened: Happened) -> None:
        event = happened.event
        if isinstance(event, _CASES):
            was = self.case(event.number)
            case = evolve_case(was, event, happened.by.person, happened.at)
            self.cases[event.number] = case
            change = self._enrolled.add if case.status in ENROLLED else self._enrolled.discard
            change(event.number)
        elif isinstance(event, _DUTIES):
            self.duties = evolve_duties(self.duties, event)
        elif isinstance(event, _TRIALS):
            change = self.closed.add if isinstance(event, TrialClosed) else self.closed.discard
            change(event.trial)
        elif isinstance(event, _PEOPLE):
            self.directory = evolve_directory(self.directory, event, happened.by.person)
        elif isinstance(event, ScreeningErased):
            self._list(erased(event, happened.at))
            self._follows(event.number, event.earlier)
            for forget in self.on_erased:
                forget(event.number)
        elif stream.startswith("screening/"):
            number = stream.removeprefix("screening/")
            line = listed(self.lines.get(number), number, event, happened)
            if line is not None:
                self._list(line)
            if isinstance(event, ScreeningOpened):
                self._follows(number, event.earlier)

    def _list(self, line: Line) -> None:
        self.lines[line.number] = line
        if line.open:
            self.open[line.number] = line
        else:
            self.open.pop(line.number, None)

    def _follows(self, number: str, earlier: str | None) -> None:
        if earlier is not None:
            self.later[earlier] = number

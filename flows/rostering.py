"""What an administrator may decide about duty at a site, and a person about their own digest.

A site may tell its people of one trial otherwise than of the others: then it is set for that one.

A wish comes in with what is known at the moment; events or a plain no come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.administration import CONSOLE
from flows.duty import (
    DigestChosen,
    Duties,
    DutyEvent,
    PrincipalInvestigatorNamed,
    RotaSet,
    Shift,
    SiteDuty,
    SiteTimesSet,
)
from flows.events import Actor, Role
from flows.outcomes import (
    AlreadySo,
    No,
    NotAllowed,
    NotTakingPart,
    TryAgain,
    UnknownPerson,
    UnknownSite,
)
from flows.people import Directory
from flows.policy import Action, allowed
from flows.trials import Placed

MINUTES: Final = (5, 10, 15, 30, 60)
"""What is offered until the next person is told."""

FEWEST_MINUTES: Final = 1
MOST_MINUTES: Final = 24 * 60
MOST_SHIFTS: Final = 30

PRESETS: Final = ((0, 24), (8, 20), (20, 8))
"""The hours that are offered in a chat: all day, by day, by night."""


@dataclass(frozen=True, slots=True)
class NotAt(No):
    """This person does not hold the role at the site that is needed there."""

    person: str
    role: Role
    site: str
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class BadHours(No):
    """These are no hours of a day: 0 to 23 and 1 to 24, and not the same."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class BadHour(No):
    """This is no hour of a day: 0 to 23."""

    hour: int


@dataclass(frozen=True, slots=True)
class BadMinutes(No):
    """So many minutes cannot be waited until the next person is told."""

    minutes: int


@dataclass(frozen=True, slots=True)
class TooManyShifts(No):
    """A rota has at most this many lines."""

    most: int = MOST_SHIFTS


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wishes, when, and what is known at that moment."""

    directory: Directory
    duties: Duties
    by: Actor
    now: datetime

    def refused(self, where: Placed) -> No | None:
        """Why the speaker may not change the duty there; None when they may."""
        if where.site not in self.directory.sites:
            return UnknownSite(where.site)
        if where.trial is not None and not self.directory.takes_part(where):
            return NotTakingPart(where.site, where.trial)
        if self.by == Actor(CONSOLE, Role.ADMINISTRATOR):
            return None
        person = self.directory.people.get(self.by.person)
        roles = person.roles_at(where, self.now) if person else frozenset()
        return None if allowed(Action.MANAGE_DUTY, roles) else NotAllowed()

    def lacks(self, person: str, role: Role, where: Placed) -> No | None:
        """Why a person cannot be put on duty; None when they can.

        On the rota of the whole site is who has the role in any of its trials: of each trial only
        those are told who have it there.
        """
        known = self.directory.people.get(person)
        if known is None or known.revoked:
            return UnknownPerson(person)
        if known.works(role, where, self.now):
            return None
        return NotAt(person, role, where.site, where.trial)


@dataclass(frozen=True, slots=True)
class Change:
    """What is wished for a site; what is None stays as it is.

    `seen` is the rota that the wish was made on: where it is another one by now, nothing changes.
    """

    rota: tuple[Shift, ...] | None = None
    seen: tuple[Shift, ...] | None = None
    principal: str | None = None
    minutes: int | None = None
    morning: int | None = None


def change(wish: Wish, where: Placed, wanted: Change) -> tuple[DutyEvent, ...] | No:
    """The events of a change that is whole: with one fault in it, nothing is changed."""
    no = wish.refused(where) or _rota(wish, where, wanted.rota) or _times(wanted)
    if no is None and wanted.principal is not None:
        no = wish.lacks(wanted.principal, Role.INVESTIGATOR, where)
    if no is None and wanted.seen not in (None, wish.duties.at(where).shifts):
        no = TryAgain()
    if no is not None:
        return no
    return _events(where, wish.duties.at(where), wanted) or AlreadySo()


def choose_digest(wish: Wish, hour: int | None) -> tuple[DutyEvent, ...] | No:
    """A coordinator chooses the hour of their own digest, or none."""
    person = wish.directory.people.get(wish.by.person)
    if person is None or not allowed(Action.FOLLOW, person.roles(wish.now)):
        return NotAllowed()
    if hour is not None and not 0 <= hour <= 23:
        return BadHour(hour)
    if wish.duties.of(person.person).digest == hour:
        return AlreadySo()
    return (DigestChosen(person.person, hour),)


def moved_up(rota: tuple[Shift, ...], place: int) -> tuple[Shift, ...]:
    """The rota with one line told before the one above it."""
    if not 0 < place < len(rota):
        return rota
    above, line = rota[place - 1], rota[place]
    return (*rota[: place - 1], line, above, *rota[place + 1 :])


def without(rota: tuple[Shift, ...], place: int) -> tuple[Shift, ...]:
    """The rota without one of its lines."""
    return tuple(line for at, line in enumerate(rota) if at != place)


def _rota(wish: Wish, where: Placed, rota: tuple[Shift, ...] | None) -> No | None:
    if rota is not None and len(rota) > MOST_SHIFTS:
        return TooManyShifts()
    for line in rota or ():
        hours = 0 <= line.since <= 23 and 1 <= line.until <= 24 and line.since != line.until
        if not hours:
            return BadHours(line.since, line.until)
        if no := wish.lacks(line.person, Role.COORDINATOR, where):
            return no
    return None


def _times(wanted: Change) -> No | None:
    minutes, morning = wanted.minutes, wanted.morning
    if minutes is not None and not FEWEST_MINUTES <= minutes <= MOST_MINUTES:
        return BadMinutes(minutes)
    if morning is not None and not 0 <= morning <= 23:
        return BadHour(morning)
    return None


def _events(where: Placed, was: SiteDuty, wanted: Change) -> tuple[DutyEvent, ...]:
    found: list[DutyEvent] = []
    site, trial = where.site, where.trial
    if wanted.rota is not None and wanted.rota != was.shifts:
        lines = tuple((line.person, line.since, line.until) for line in wanted.rota)
        found.append(RotaSet(site, lines, trial))
    if wanted.principal is not None and wanted.principal != was.principal:
        found.append(PrincipalInvestigatorNamed(site, wanted.principal, trial))
    minutes = was.escalate_after if wanted.minutes is None else wanted.minutes
    morning = was.morning if wanted.morning is None else wanted.morning
    if (minutes, morning) != (was.escalate_after, was.morning):
        found.append(SiteTimesSet(site, minutes, morning, trial))
    return tuple(found)

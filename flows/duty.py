"""Who is told, in which order and when: a site's rota, its principal investigator, its times.

What is chosen here is about people and sites, never about a patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import ClassVar, Final, Literal, TypeAlias

from flows.trials import Placed, Where

ESCALATE_AFTER: Final = 15
"""Minutes without *seen* until the next person is told, unless the site sets another."""

MORNING: Final = 8
"""The hour at the site at which reminders and digests go out, unless another is set."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of a rota: from the hour `since` up to the hour `until`, at the site.

    0 and 24 are the whole day; 20 and 8 are the night. Lines are told in order.
    """

    person: str
    since: int
    until: int

    def covers(self, hour: int) -> bool:
        """Whether somebody is on duty in this hour of the day, 0 to 23."""
        if self.since < self.until:
            return self.since <= hour < self.until
        return hour >= self.since or hour < self.until


@dataclass(frozen=True, slots=True)
class RotaSet:
    """Who is told first at a site; without lines everybody is told at once.

    With a trial it is that trial's own there, and what is set for the site no longer counts in it.
    """

    kind: ClassVar[Literal["rota-set"]] = "rota-set"
    site: str
    shifts: tuple[tuple[str, int, int], ...]
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class PrincipalInvestigatorNamed:
    """Who is told last at a site, when no coordinator has seen it: in one trial, or in all."""

    kind: ClassVar[Literal["principal-investigator-named"]] = "principal-investigator-named"
    site: str
    person: str
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class SiteTimesSet:
    """The minutes until a notice escalates, and the hour of reminders: in one trial, or in all."""

    kind: ClassVar[Literal["site-times-set"]] = "site-times-set"
    site: str
    escalate_after: int
    morning: int
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class DigestChosen:
    """A person wants the daily digest at this hour of the site; None: not at all."""

    kind: ClassVar[Literal["digest-chosen"]] = "digest-chosen"
    person: str
    hour: int | None


@dataclass(frozen=True, slots=True)
class EmailChosen:
    """A person wants a copy of each notice at this address; None: no copy."""

    kind: ClassVar[Literal["email-chosen"]] = "email-chosen"
    person: str
    address: str | None


DutyEvent: TypeAlias = (
    RotaSet | PrincipalInvestigatorNamed | SiteTimesSet | DigestChosen | EmailChosen
)
"""About a site in the stream `duty/<site>`, about a person in `preference/<person>`."""


@dataclass(frozen=True, slots=True)
class SiteDuty:
    """How a site tells its people, of one trial or of any."""

    shifts: tuple[Shift, ...] = ()
    principal: str | None = None
    escalate_after: int = ESCALATE_AFTER
    morning: int = MORNING


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """What was set for a site, or for one trial there; None was not."""

    shifts: tuple[Shift, ...] | None = None
    principal: str | None = None
    times: tuple[int, int] | None = None
    """Minutes until the next is told, and the hour of the morning."""

    def over(self, under: SiteDuty) -> SiteDuty:
        """The duty with what was set here in the place of what held before."""
        minutes, morning = self.times or (under.escalate_after, under.morning)
        shifts = under.shifts if self.shifts is None else self.shifts
        return SiteDuty(shifts, self.principal or under.principal, minutes, morning)


@dataclass(frozen=True, slots=True)
class Preference:
    """How a person wants to be told; `digest` is the hour, None for no digest."""

    digest: int | None = MORNING
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Duties:
    """The duty of each site and the preference of each person: the fold of all duty events."""

    sites: Mapping[Where, OwnDuty] = field(default_factory=lambda: MappingProxyType({}))
    people: Mapping[str, Preference] = field(default_factory=lambda: MappingProxyType({}))

    def at(self, where: Placed) -> SiteDuty:
        """How a site tells its people of a trial; the defaults where nothing was set.

        What was set for the trial comes before what was set for the site as a whole.
        """
        duty = self.own(Where(where.site)).over(SiteDuty())
        return self.own(Where(where.site, where.trial)).over(duty) if where.trial else duty

    def own(self, where: Where) -> OwnDuty:
        """What was set there and nowhere else."""
        return self.sites.get(where, OwnDuty())

    def of(self, person: str) -> Preference:
        """How a person wants to be told; the defaults where nothing was chosen."""
        return self.people.get(person, Preference())


def evolve_duties(was: Duties, event: DutyEvent) -> Duties:
    """The duties after one more event."""
    if isinstance(event, DigestChosen | EmailChosen):
        mine = was.of(event.person)
        if isinstance(event, DigestChosen):
            mine = replace(mine, digest=event.hour)
        else:
            mine = replace(mine, email=event.address)
        return replace(was, people={**was.people, event.person: mine})
    where = Where(event.site, event.trial)
    there = was.own(where)
    match event:
        case RotaSet(shifts=lines):
            there = replace(there, shifts=tuple(Shift(*line) for line in lines))
        case PrincipalInvestigatorNamed(person=person):
            there = replace(there, principal=person)
        case SiteTimesSet(escalate_after=minutes, morning=hour):
            there = replace(there, times=(minutes, hour))
    return replace(was, sites={**was.sites, where: there})


def on_duty(duty: SiteDuty, hour: int) -> tuple[str, ...]:
    """The people of the rota who are on duty in this hour (0 to 23) at the site, in order."""
    return tuple(dict.fromkeys(one.person for one in duty.shifts if one.covers(hour)))

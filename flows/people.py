"""People, sites, roles and delegations: who may do what, where, and from when until when.

Everything is an event; the directory is their fold. Nobody is in it by default. A delegation is
the line of the delegation log (ICH E6(R3) 2.3.3, 4.2.3): person, role, site, trial, from, until.
A line without a trial holds in every trial of its site: so do all that were recorded while an
installation served one trial only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Literal, TypeAlias

from flows.events import Role
from flows.trials import Placed


@dataclass(frozen=True, slots=True)
class SiteAdded:
    """A site takes part, in these trials; where none is named, in every trial.

    `time_zone` decides its calendar days. It is recorded anew when the trials change.
    """

    kind: ClassVar[Literal["site-added"]] = "site-added"
    site: str
    name: str
    time_zone: str
    trials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonAdded:
    """A person is known, by a pseudonymous id; the name is printed on signatures."""

    kind: ClassVar[Literal["person-added"]] = "person-added"
    person: str
    name: str
    telegram_id: int


@dataclass(frozen=True, slots=True)
class PersonRevoked:
    """A person is out, with every delegation, from this moment."""

    kind: ClassVar[Literal["person-revoked"]] = "person-revoked"
    person: str


@dataclass(frozen=True, slots=True)
class RoleDelegated:
    """A role at a site, from a moment until another (None: until revoked).

    In one trial there, or in all of them (`trial` None).
    """

    kind: ClassVar[Literal["role-delegated"]] = "role-delegated"
    person: str
    role: Role
    site: str
    since: datetime
    until: datetime | None
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class DelegationRevoked:
    """The line of this role at this site, in this trial or in all of them, ends now."""

    kind: ClassVar[Literal["delegation-revoked"]] = "delegation-revoked"
    person: str
    role: Role
    site: str
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """A person reads this language from now on."""

    kind: ClassVar[Literal["language-chosen"]] = "language-chosen"
    person: str
    language: str


@dataclass(frozen=True, slots=True)
class InvitationMade:
    """A link for one person: only the hash of its 128-bit secret is kept."""

    kind: ClassVar[Literal["invitation-made"]] = "invitation-made"
    invitation: str
    secret_sha256: str
    role: Role
    site: str
    expires_at: datetime
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class InvitationUsed:
    """Somebody opened the link; the inviter has yet to say that it is the right person."""

    kind: ClassVar[Literal["invitation-used"]] = "invitation-used"
    invitation: str
    telegram_id: int
    name: str


@dataclass(frozen=True, slots=True)
class InvitationConfirmed:
    """The inviter confirmed the person who used the link."""

    kind: ClassVar[Literal["invitation-confirmed"]] = "invitation-confirmed"
    invitation: str
    person: str


@dataclass(frozen=True, slots=True)
class InvitationWithdrawn:
    """The inviter took the invitation back, or did not know who used it."""

    kind: ClassVar[Literal["invitation-withdrawn"]] = "invitation-withdrawn"
    invitation: str


PeopleEvent: TypeAlias = (
    SiteAdded
    | PersonAdded
    | PersonRevoked
    | RoleDelegated
    | DelegationRevoked
    | LanguageChosen
    | InvitationMade
    | InvitationUsed
    | InvitationConfirmed
    | InvitationWithdrawn
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site that takes part; `trials` names in which, where it is not in all of them."""

    code: str
    name: str
    time_zone: str
    trials: tuple[str, ...] = ()

    def takes_part(self, trial: str) -> bool:
        """Whether patients are screened for a trial here."""
        return not self.trials or trial in self.trials


@dataclass(frozen=True, slots=True)
class Delegation:
    """One line of the delegation log that has not been revoked."""

    role: Role
    site: str
    since: datetime
    until: datetime | None
    trial: str | None = None

    @property
    def line(self) -> tuple[Role, str, str | None]:
        """Of each role, site and trial a person has one line."""
        return self.role, self.site, self.trial

    def covers(self, where: Placed) -> bool:
        """Whether it is for that trial at that site; for all trials there, only if it is so."""
        return self.site == where.site and self.trial in (None, where.trial)

    def touches(self, where: Placed) -> bool:
        """Whether it is for that trial at that site; for all trials there, if it is for any."""
        return self.covers(where) or (where.trial is None and self.site == where.site)

    def current(self, now: datetime) -> bool:
        """Whether it holds at that moment; the last moment is outside."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """A known person with the delegations that were not revoked."""

    person: str
    name: str
    telegram_id: int
    delegations: tuple[Delegation, ...] = ()
    language: str | None = None
    revoked: bool = False

    def roles(self, now: datetime) -> frozenset[Role]:
        """The roles held at that moment in any trial at any site: what a menu offers."""
        return frozenset(held.role for held in self._current(now))

    def roles_at(self, where: Placed, now: datetime) -> frozenset[Role]:
        """The roles held at that moment in that trial at that site: what may be seen and done.

        Without a trial those that are held in all trials of the site.
        """
        return frozenset(held.role for held in self._current(now) if held.covers(where))

    def works(self, role: Role, where: Placed, now: datetime) -> bool:
        """Whether a role is held in that trial at that site; without one, in any trial there."""
        return any(held.role is role and held.touches(where) for held in self._current(now))

    def sites(self, now: datetime, *roles: Role) -> tuple[str, ...]:
        """The sites at which one of these roles is held at that moment, without repeats."""
        held = (one.site for one in self._current(now) if one.role in roles)
        return tuple(dict.fromkeys(held))

    def _current(self, now: datetime) -> tuple[Delegation, ...]:
        if self.revoked:
            return ()
        return tuple(held for held in self.delegations if held.current(now))


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that was made. `by` is the inviter; `used_by` the Telegram id that opened it."""

    invitation: str
    secret_sha256: str
    role: Role
    site: str
    expires_at: datetime
    by: str
    used_by: int | None = None
    used_name: str = ""
    closed: bool = False
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """Who and what is known: the fold of all people events."""

    sites: Mapping[str, Site] = field(default_factory=lambda: MappingProxyType({}))
    people: Mapping[str, Person] = field(default_factory=lambda: MappingProxyType({}))
    invitations: Mapping[str, Invitation] = field(default_factory=lambda: MappingProxyType({}))
    _accounts: dict[int, Person] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _at: dict[str, list[Person]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def by_telegram(self, telegram_id: int) -> Person | None:
        """The person with this Telegram account, unless revoked."""
        self._ordered()
        return self._accounts.get(telegram_id)

    def takes_part(self, where: Placed) -> bool:
        """Whether the site screens for that trial; without a trial, whether it is known."""
        site = self.sites.get(where.site)
        return site is not None and (where.trial is None or site.takes_part(where.trial))

    def holding(self, role: Role, where: Placed, now: datetime) -> tuple[Person, ...]:
        """Everybody who holds a role in that trial at that site, in order of being added."""
        self._ordered()
        here = self._at.get(where.site, ())
        return tuple(one for one in here if role in one.roles_at(where, now))

    def _ordered(self) -> None:
        """Put the people in order by account and by site, once: each tap asks for both."""
        if len(self._accounts) or not self.people:
            return
        for one in self.people.values():
            if not one.revoked:
                self._accounts.setdefault(one.telegram_id, one)
                for site in {held.site for held in one.delegations}:
                    self._at.setdefault(site, []).append(one)

    def name_of(self, person: str) -> str:
        """The printed name, or the pseudonymous id of somebody who is not known."""
        known = self.people.get(person)
        return known.name if known else person


def evolve_directory(was: Directory, event: PeopleEvent, by: str) -> Directory:
    """The directory after one more event; `by` is the pseudonymous id of who caused it."""
    match event:
        case SiteAdded():
            site = Site(event.site, event.name, event.time_zone, event.trials)
            return replace(was, sites={**was.sites, event.site: site})
        case PersonAdded():
            person = Person(event.person, event.name, event.telegram_id)
            return replace(was, people={**was.people, event.person: person})
        case InvitationMade() | InvitationUsed() | InvitationConfirmed() | InvitationWithdrawn():
            return _invited(was, event, by)
        case _:
            person = _changed(was.people[event.person], event)
            return replace(was, people={**was.people, event.person: person})


def _changed(
    was: Person, event: PersonRevoked | RoleDelegated | DelegationRevoked | LanguageChosen
) -> Person:
    match event:
        case PersonRevoked():
            return replace(was, revoked=True, delegations=())
        case LanguageChosen():
            return replace(was, language=event.language)
        case RoleDelegated():
            held = Delegation(event.role, event.site, event.since, event.until, event.trial)
            return replace(was, delegations=(*_without(was, held.line), held))
        case DelegationRevoked():
            line = event.role, event.site, event.trial
            return replace(was, delegations=_without(was, line))


def _without(person: Person, line: tuple[Role, str, str | None]) -> tuple[Delegation, ...]:
    return tuple(held for held in person.delegations if held.line != line)


def _invited(
    was: Directory,
    event: InvitationMade | InvitationUsed | InvitationConfirmed | InvitationWithdrawn,
    by: str,
) -> Directory:
    match event:
        case InvitationMade():
            one = Invitation(
                event.invitation,
                event.secret_sha256,
                event.role,
                event.site,
                event.expires_at,
                by,
                trial=event.trial,
            )
        case InvitationUsed():
            one = replace(
                was.invitations[event.invitation],
                used_by=event.telegram_id,
                used_name=event.name,
            )
        case _:
            one = replace(was.invitations[event.invitation], closed=True)
    return replace(was, invitations={**was.invitations, event.invitation: one})

"""What the administration may do, and what follows from it: wishes in, events or a no out.

An administrator acts in the trials and at the site where the role of administrator is held at
that moment: who administers one trial gives nobody a role in all of them. The console of the
machine acts everywhere: whoever can use it could also write to the database.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from flows.events import PEOPLES_ROLES, Actor, Role
from flows.names import LONGEST_NAME, clean_name
from flows.outcomes import (
    AlreadySo,
    BadAccount,
    BadCode,
    BadName,
    BadPeriod,
    Delegated,
    DelegationEnded,
    LanguageSet,
    LastAdministrator,
    NewSite,
    No,
    NotAllowed,
    NotHeld,
    NotTakingPart,
    PersonOut,
    SiteExists,
    SiteTrials,
    StillHeld,
    TryAgain,
    UnknownPerson,
    UnknownSite,
    UnknownTrial,
)
from flows.people import (
    Delegation,
    DelegationRevoked,
    Directory,
    LanguageChosen,
    PeopleEvent,
    Person,
    PersonAdded,
    PersonRevoked,
    RoleDelegated,
    Site,
    SiteAdded,
)
from flows.policy import Action, allowed
from flows.trials import Placed

CONSOLE: Final = "console"
"""The pseudonymous id of whoever administers from the machine itself."""

LARGEST_ACCOUNT: Final = 2**52 - 1
"""Telegram: an id has at most 52 significant bits."""

_CODE = re.compile(r"[A-Z0-9]{2,10}")

T = TypeVar("T")


class LineState(StrEnum):
    """How a line of the delegation log stands at a moment."""

    CURRENT = "current"
    FUTURE = "future"
    OVER = "over"
    REVOKED = "revoked"


def state_of(line: Delegation, now: datetime) -> LineState:
    """How a line that was not revoked stands."""
    if line.current(now):
        return LineState.CURRENT
    return LineState.FUTURE if now < line.since else LineState.OVER


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, when, and what is known at that moment; `trials` are those of the installation."""

    directory: Directory
    by: Actor
    now: datetime
    trials: tuple[str, ...] = ()

    @property
    def from_console(self) -> bool:
        """Whether it was asked at the machine itself."""
        return self.by == Actor(CONSOLE, Role.ADMINISTRATOR)

    def manages(self, where: Placed | None) -> bool:
        """Whether the speaker administers that trial at that site; with None, any at all.

        The actor's role counts as well: an act is recorded in the role that it needs.
        """
        if self.from_console:
            return True
        person = self.directory.people.get(self.by.person)
        if person is None or self.by.role is not Role.ADMINISTRATOR:
            return False
        roles = person.roles_at(where, self.now) if where else person.roles(self.now)
        return allowed(Action.MANAGE_PEOPLE, roles)

    def no_trial(self, where: Placed) -> No | None:
        """Why nobody can have a role in that trial at that site; None when they can."""
        if where.site not in self.directory.sites:
            return UnknownSite(where.site)
        if where.trial is None:
            return None
        if where.trial not in self.trials:
            return UnknownTrial(where.trial)
        part = self.directory.takes_part(where)
        return None if part else NotTakingPart(where.site, where.trial)

    def person(self, person: str) -> Person | None:
        """Somebody who is known and not out."""
        known = self.directory.people.get(person)
        return None if known is None or known.revoked else known


@dataclass(frozen=True, slots=True)
class Granted(Generic[T]):
    """The events to be recorded, and what then is so.

    `relies_on` are people about whom nothing else may be recorded in between.
    """

    outcome: T
    events: tuple[PeopleEvent, ...]
    relies_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A Telegram account with the name it goes by, and the id its owner gets when new."""

    person: str
    telegram_id: int
    name: str


def add_site(asked: Asked, site: Site) -> Granted[NewSite] | No:
    """A site takes part; only the console adds one. The time zone is looked at elsewhere."""
    if not asked.from_console:
        return NotAllowed()
    if not _CODE.fullmatch(site.code):
        return BadCode(site.code)
    if not _is_name(site.name):
        return BadName()
    if site.code in asked.directory.sites:
        return SiteExists(asked.directory.sites[site.code])
    return Granted(NewSite(site), (SiteAdded(site.code, site.name, site.time_zone),))


def set_trials(asked: Asked, code: str, trials: tuple[str, ...]) -> Granted[SiteTrials] | No:
    """A site takes part in these trials from now on, with none named in all; only the console."""
    if not asked.from_console:
        return NotAllowed()
    known = asked.directory.sites.get(code)
    if known is None:
        return UnknownSite(code)
    if unknown := [one for one in trials if one not in asked.trials]:
        return UnknownTrial(unknown[0])
    site = replace(known, trials=tuple(dict.fromkeys(trials)))
    if site == known:
        return AlreadySo()
    event = SiteAdded(site.code, site.name, site.time_zone, site.trials)
    return Granted(SiteTrials(site), (event,))


def add_person(asked: Asked, account: Account, wanted: Delegation) -> Granted[Delegated] | No:
    """An account gets a role at a site; one that is known keeps its person and its name."""
    if not 1 <= account.telegram_id <= LARGEST_ACCOUNT:
        return BadAccount()
    if not _is_name(account.name):
        return BadName()
    known = asked.directory.by_telegram(account.telegram_id)
    if known is not None:
        return delegate(asked, known.person, wanted)
    if (no := _refused(asked, wanted)) is not None:
        return no
    return added(asked, account, wanted)


def added(asked: Asked, account: Account, wanted: Delegation) -> Granted[Delegated] | No:
    """A new person with a first role, whoever was asked whether that may be."""
    if account.person in asked.directory.people:
        return TryAgain()
    person = PersonAdded(account.person, account.name, account.telegram_id)
    outcome = Delegated(account.person, account.name, wanted, new=True)
    return Granted(outcome, (person, _event(account.person, wanted)))


def delegate(asked: Asked, person: str, wanted: Delegation) -> Granted[Delegated] | No:
    """A known person gets a role at a site, in one trial or in all of them.

    There is one line for each role at a site in a trial. A new one takes the place of the old;
    where the old one holds until then, it keeps its beginning. Where the role is held in all
    trials for as long, it is so already.
    """
    if (no := _refused(asked, wanted)) is not None:
        return no
    known = asked.person(person)
    if known is None:
        return UnknownPerson(person)
    if wanted.trial is not None and _held_in_all(known, wanted):
        return AlreadySo()
    old = _line(known, wanted)
    if old is not None and old.current(wanted.since):
        wanted = replace(wanted, since=old.since)
    elif old is not None and old.current(asked.now) and wanted.since > asked.now:
        return StillHeld(old)
    if old == wanted:
        return AlreadySo()
    outcome = Delegated(person, known.name, wanted, instead=old)
    return Granted(outcome, (_event(person, wanted),))


def revoke_delegation(
    asked: Asked, person: str, role: Role, where: Placed, *, force: bool = False
) -> Granted[DelegationEnded] | No:
    """A role ends now where it is held; that of a last administrator only when forced."""
    if not asked.manages(where):
        return NotAllowed()
    known = asked.person(person)
    if known is None:
        return UnknownPerson(person)
    ending = [one for one in known.delegations if one.line == (role, where.site, where.trial)]
    if not ending:
        return NotHeld()
    left = tuple(one for one in known.delegations if one not in ending)
    heirs = _heirs(asked, replace(known, delegations=left), ending)
    if isinstance(heirs, LastAdministrator) and not force:
        return heirs
    outcome = DelegationEnded(person, known.name, role, where.site, where.trial)
    event = DelegationRevoked(person, role, where.site, where.trial)
    return Granted(outcome, (event,), _ids(heirs))


def revoke_person(asked: Asked, person: str, *, force: bool = False) -> Granted[PersonOut] | No:
    """A person is out. Whoever administers only some of where they are ends roles there."""
    if not asked.manages(None):
        return NotAllowed()
    known = asked.person(person)
    if known is None:
        return UnknownPerson(person)
    lasting = (one for one in known.delegations if one.until is None or asked.now < one.until)
    if not all(asked.manages(one) for one in lasting):
        return NotAllowed()
    heirs = _heirs(asked, replace(known, revoked=True), known.delegations)
    if isinstance(heirs, LastAdministrator) and not force:
        return heirs
    return Granted(PersonOut(person, known.name), (PersonRevoked(person),), _ids(heirs))


def choose_language(asked: Asked, person: str, language: str) -> Granted[LanguageSet] | No:
    """A person chooses what to read; nobody does it for somebody else."""
    known = asked.person(person)
    if known is None:
        return UnknownPerson(person)
    if asked.by.person != person:
        return NotAllowed()
    if known.language == language:
        return AlreadySo()
    return Granted(LanguageSet(person, language), (LanguageChosen(person, language),))


def _refused(asked: Asked, wanted: Delegation) -> No | None:
    if not asked.manages(wanted) or wanted.role not in PEOPLES_ROLES:
        return NotAllowed()
    if (no := asked.no_trial(wanted)) is not None:
        return no
    if wanted.until is not None and wanted.until <= max(wanted.since, asked.now):
        return BadPeriod()
    return None


def _heirs(
    asked: Asked, after: Person, ending: Sequence[Delegation]
) -> tuple[Person, ...] | LastAdministrator:
    """For each line that ends one administrator who stays, or the sites that would have none.

    `after` is the person without those lines. A line that is not held now takes nothing away.
    """
    people = {**asked.directory.people, after.person: after}
    staying = replace(asked.directory, people=people)
    heirs: list[Person] = []
    without: list[str] = []
    for line in ending:
        if line.role is not Role.ADMINISTRATOR or not line.current(asked.now):
            continue
        there = staying.holding(Role.ADMINISTRATOR, line, asked.now)
        if there:
            heirs.append(there[0])
        else:
            without.append(line.site)
    return LastAdministrator(tuple(dict.fromkeys(without))) if without else tuple(heirs)


def _ids(heirs: tuple[Person, ...] | LastAdministrator) -> tuple[str, ...]:
    """Two last administrators who revoke each other at one moment: only one of them may."""
    if isinstance(heirs, LastAdministrator):
        return ()
    return tuple(dict.fromkeys(one.person for one in heirs))


def _line(person: Person, wanted: Delegation) -> Delegation | None:
    return next((one for one in person.delegations if one.line == wanted.line), None)


def _held_in_all(person: Person, wanted: Delegation) -> bool:
    """Whether a line for all trials of the site holds over the whole of a period."""
    wide = _line(person, replace(wanted, trial=None))
    if wide is None or wanted.since < wide.since:
        return False
    return wide.until is None or (wanted.until is not None and wanted.until <= wide.until)


def _event(person: str, line: Delegation) -> RoleDelegated:
    return RoleDelegated(person, line.role, line.site, line.since, line.until, line.trial)


def _is_name(name: str) -> bool:
    return 1 <= len(name) <= LONGEST_NAME and name == clean_name(name)

"""The office: sites, people, delegations and invitations, each change an audited event.

What is allowed is decided in `flows`; here it becomes one transaction, under the versions of
every stream that the decision rests on: what is written, whoever asked, and whoever is relied
on. So nobody's wish is carried out after their own revocation was recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias, TypeVar
from zoneinfo import available_timezones

from bot.clock import Clock, Numbers
from bot.register import Register
from bot.settings import LANGUAGES
from bot.timers import next_digest
from flows import administration, inviting
from flows.administration import Account, Asked, Granted
from flows.events import Actor, Happened, Role
from flows.names import clean_name
from flows.outcomes import (
    BadLanguage,
    BadZone,
    Confirmed,
    Delegated,
    DelegationEnded,
    Invited,
    LanguageSet,
    NewSite,
    No,
    PersonOut,
    SiteTrials,
    TryAgain,
    Used,
    Withdrawn,
)
from flows.people import (
    Delegation,
    InvitationConfirmed,
    InvitationMade,
    InvitationUsed,
    InvitationWithdrawn,
    PeopleEvent,
    PersonAdded,
    RoleDelegated,
    Site,
    SiteAdded,
)
from flows.trials import Placed, Where
from storage.errors import VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry
from storage.outbox import NewNotice

_TRIES: Final = 2
_ROUNDS: Final = 6
"""Rounds of read, catch up and decide: two for each try, and two to spare for new streams."""

_NOT_PLACES: Final = frozenset({"localtime", "Factory", "posixrules"})
"""Files beside the time zones that name none of their own."""

T = TypeVar("T")
Decide: TypeAlias = Callable[[Asked], Granted[T] | No]


def person_stream(person: str) -> str:
    """The stream of what a person may do: delegations, language, revocation."""
    return f"person/{person}"


def stream_of(event: PeopleEvent) -> str:
    """Where an event is kept.

    A new person stands in the stream of the Telegram account, so that two who add one account at
    the same moment meet there, and only one of them does.
    """
    match event:
        case SiteAdded():
            return f"site/{event.site}"
        case PersonAdded():
            return f"account/{event.telegram_id}"
        case InvitationMade() | InvitationUsed() | InvitationConfirmed() | InvitationWithdrawn():
            return f"invitation/{event.invitation}"
        case _:
            return person_stream(event.person)


def known_zone(name: str) -> bool:
    """Whether the IANA database has a time zone of this name."""
    return name not in _NOT_PLACES and name in available_timezones()


class Office:
    """Takes the wishes of the administration; each method returns what became of one.

    `trials` are those of the installation: nobody gets a role in any other.

    A `No` was not recorded, and the update `done` then still waits: whoever handed it in marks
    it. Otherwise it is done in the same transaction. Every method raises StorageError when the
    ledger cannot be used, AlreadyDone among them; nothing was then recorded.
    """

    def __init__(
        self,
        ledger: Ledger,
        register: Register,
        clock: Clock,
        numbers: Numbers,
        trials: tuple[str, ...] = (),
    ) -> None:
        self._ledger, self._register = ledger, register
        self._clock, self._numbers, self._trials = clock, numbers, trials

    async def add_site(
        self, code: str, name: str, time_zone: str, *, by: Actor, done: int | None = None
    ) -> NewSite | No:
        """A site takes part; no: NotAllowed, BadCode, BadName, BadZone, SiteExists."""
        if not known_zone(time_zone):
            return BadZone(time_zone)
        site = Site(code, name.strip(), time_zone)
        return await self._carry_out(lambda asked: administration.add_site(asked, site), by, done)

    async def set_trials(
        self, code: str, trials: tuple[str, ...], *, by: Actor, done: int | None = None
    ) -> SiteTrials | No:
        """A site takes part in these trials, with none named in all.

        No: NotAllowed, UnknownSite, UnknownTrial, AlreadySo.
        """
        return await self._carry_out(
            lambda asked: administration.set_trials(asked, code, trials), by, done
        )

    async def add_person(  # noqa: PLR0913 - a line of the delegation log, by name
        self,
        telegram_id: int,
        name: str,
        role: Role,
        site: str,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        by: Actor,
        trial: str | None = None,
        done: int | None = None,
    ) -> Delegated | No:
        """A Telegram account gets a role at a site, from now unless `since` says otherwise.

        In one trial, or in all of them. `until` is the first moment at which it is over. No:
        NotAllowed, BadAccount, BadName, BadPeriod, UnknownSite, UnknownTrial, NotTakingPart,
        AlreadySo, StillHeld.
        """
        account = Account(self._numbers.new_person(), telegram_id, clean_name(name))
        return await self._carry_out(
            lambda asked: administration.add_person(
                asked, account, Delegation(role, site, since or asked.now, until, trial)
            ),
            by,
            done,
        )

    async def delegate(  # noqa: PLR0913 - a line of the delegation log, by name
        self,
        person: str,
        role: Role,
        site: str,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        by: Actor,
        trial: str | None = None,
        done: int | None = None,
    ) -> Delegated | No:
        """A known person gets a role at a site; no: as `add_person`, and UnknownPerson."""
        return await self._carry_out(
            lambda asked: administration.delegate(
                asked, person, Delegation(role, site, since or asked.now, until, trial)
            ),
            by,
            done,
        )

    async def revoke_delegation(
        self,
        person: str,
        role: Role,
        site: str,
        *,
        by: Actor,
        trial: str | None = None,
        force: bool = False,
        done: int | None = None,
    ) -> DelegationEnded | No:
        """The line of a role ends now; no: NotAllowed, UnknownPerson, NotHeld, LastAdministrator.

        Which line: that of this trial, or that of all of them.
        """
        where = Where(site, trial)
        return await self._carry_out(
            lambda asked: administration.revoke_delegation(asked, person, role, where, force=force),
            by,
            done,
        )

    async def revoke_person(
        self, person: str, *, by: Actor, force: bool = False, done: int | None = None
    ) -> PersonOut | No:
        """A person is out at once; no: NotAllowed, UnknownPerson, LastAdministrator."""
        return await self._carry_out(
            lambda asked: administration.revoke_person(asked, person, force=force), by, done
        )

    async def choose_language(
        self, person: str, language: str, *, by: Actor, done: int | None = None
    ) -> LanguageSet | No:
        """`by` chooses a language; no: BadLanguage, NotAllowed, UnknownPerson, AlreadySo."""
        if language not in LANGUAGES:
            return BadLanguage(language)
        return await self._carry_out(
            lambda asked: administration.choose_language(asked, person, language), by, done
        )

    async def invite(
        self,
        role: Role,
        where: Placed,
        hours: int = inviting.LONGEST_HOURS,
        *,
        by: Actor,
        done: int | None = None,
    ) -> Invited | No:
        """A link for one person, good for that many hours.

        No: NotAllowed, UnknownSite, UnknownTrial, NotTakingPart, BadPeriod.

        The secret is in the outcome and nowhere else: keep it out of logs and of the outbox.
        """
        link = _link(self._numbers.new_secret())
        return await self._carry_out(
            lambda asked: inviting.invite(asked, link, role, where, hours), by, done
        )

    async def use(
        self, secret: str, telegram_id: int, name: str, *, done: int | None = None
    ) -> Used | No:
        """A stranger opens a link. Of any number of tries at the same moment one succeeds.

        It is recorded in the invitation's own name: the stranger has none yet. No: Refused,
        BadAccount.
        """
        link = _link(secret)
        await self._register.catch_up()
        # The role of an unknown link is never recorded.
        made = self._register.directory.invitations.get(link.invitation)
        guest = Actor(link.invitation, made.role if made else Role.MONITOR)
        return await self._carry_out(
            lambda asked: inviting.use(asked, link, telegram_id, name), guest, done
        )

    async def confirm(
        self, invitation: str, *, by: Actor, done: int | None = None
    ) -> Confirmed | No:
        """Whoever used the link is let in, by the inviter or another administrator of the site.

        No: NotAllowed, UnknownInvitation, NotUsedYet, InvitationClosed.
        """
        new_id = self._numbers.new_person()
        return await self._carry_out(
            lambda asked: inviting.confirm(asked, invitation, new_id), by, done
        )

    async def withdraw(
        self, invitation: str, *, by: Actor, done: int | None = None
    ) -> Withdrawn | No:
        """The link leads nowhere any more; no: NotAllowed, UnknownInvitation, InvitationClosed."""
        return await self._carry_out(lambda asked: inviting.withdraw(asked, invitation), by, done)

    async def _carry_out(self, decide: Decide[T], by: Actor, done: int | None) -> T | No:
        now = self._clock.now()
        versions: dict[str, int] = {}
        conflicts = 0
        for _ in range(_ROUNDS):
            # The versions were read before: the directory knows at least as much as they say.
            await self._register.catch_up()
            asked = Asked(self._register.directory, by, now, self._trials)
            decided = decide(asked)
            if isinstance(decided, No):
                return decided
            batches = _batches(asked, decided)
            if unread := batches.keys() - versions.keys():
                versions |= {stream: await self._version(stream) for stream in unread}
                continue
            try:
                await self._append(batches, versions, now, done)
            except VersionConflict:
                conflicts += 1
                if conflicts == _TRIES:
                    break
                versions.clear()
            else:
                return decided.outcome
        return TryAgain()

    async def _version(self, stream: str) -> int:
        return len(await self._ledger.read(stream))

    async def _append(
        self,
        batches: dict[str, list[Happened]],
        versions: dict[str, int],
        now: datetime,
        done: int | None,
    ) -> None:
        await self._ledger.append(
            *(
                Append(stream, versions[stream], tuple(map(to_entry, new)), now.isoformat())
                for stream, new in batches.items()
            ),
            done=done,
            notices=self._first_digests(batches, now),
        )

    def _first_digests(self, batches: dict[str, list[Happened]], now: datetime) -> list[NewNotice]:
        """Whoever becomes a coordinator is told once a day from now on."""
        found = []
        for event in [one.event for new in batches.values() for one in new]:
            if isinstance(event, RoleDelegated) and event.role is Role.COORDINATOR:
                hour = self._register.duties.of(event.person).digest
                if hour is not None:
                    zone = self._register.zone(event.site)
                    found.append(next_digest(event.person, hour, zone, now))
        return found


def _batches(asked: Asked, granted: Granted[T]) -> dict[str, list[Happened]]:
    """The events by stream; a stream that is only relied on has none, but may not move either."""
    batches: dict[str, list[Happened]] = {}
    for event in granted.events:
        batches.setdefault(stream_of(event), []).append(Happened(event, asked.now, asked.by))
    for person in (asked.by.person, *granted.relies_on):
        if person in asked.directory.people:
            batches.setdefault(person_stream(person), [])
    return batches


def _link(secret: str) -> inviting.Link:
    return inviting.Link(secret, hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest())

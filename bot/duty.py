"""Who is told, and when: the wishes of administrators and of people, each an audited event.

What is allowed is decided in `flows.rostering`; here it becomes one transaction, under the
versions of what the decision rests on: the duty as it was read, and the speaker's own delegations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from bot.clock import Clock
from bot.register import Register
from bot.timers import next_digest
from flows.duty import DigestChosen, DutyEvent, SiteDuty
from flows.events import Actor, Happened, Role
from flows.outcomes import No, TryAgain
from flows.rostering import Change, Wish, change, choose_digest
from flows.trials import Placed
from storage.errors import VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry
from storage.outbox import NewNotice

_TRIES: Final = 3

Decide: TypeAlias = Callable[[Wish], tuple[DutyEvent, ...] | No]


class DutyOffice:
    """Takes wishes about duty. A `No` was not recorded, and the update `done` then still waits.

    Every method raises StorageError when the ledger cannot be used; nothing was then recorded.
    """

    def __init__(self, ledger: Ledger, register: Register, clock: Clock) -> None:
        self._ledger, self._register, self._clock = ledger, register, clock

    async def change(
        self, where: Placed, wanted: Change, *, by: Actor, done: int | None = None
    ) -> SiteDuty | No:
        """Change rota, principal investigator or times; the duty after it.

        It is that of one trial at the site, or what holds in all that have none of their own.
        No: NotAllowed, UnknownSite, NotTakingPart, UnknownPerson, NotAt, BadHours, BadHour,
        BadMinutes, TooManyShifts, AlreadySo, TryAgain.
        """
        no = await self._carry_out(
            f"duty/{where.site}", lambda wish: change(wish, where, wanted), by, done
        )
        return no or self._register.duty(where)

    async def choose_digest(
        self, hour: int | None, *, by: Actor, done: int | None = None
    ) -> int | No | None:
        """Choose the hour of one's own digest, None for no digest.

        No: NotAllowed, BadHour, AlreadySo, TryAgain.
        """
        stream = f"preference/{by.person}"
        no = await self._carry_out(stream, lambda wish: choose_digest(wish, hour), by, done)
        return no or hour

    async def _carry_out(
        self, stream: str, decide: Decide, by: Actor, done: int | None
    ) -> No | None:
        for _ in range(_TRIES):
            await self._register.catch_up()
            now = self._clock.now()
            wish = Wish(self._register.directory, self._register.duties, by, now)
            events = decide(wish)
            if isinstance(events, No):
                return events
            new = tuple(to_entry(Happened(event, now, by)) for event in events)
            batch = Append(stream, self._register.version(stream), new, now.isoformat())
            timers = [one for event in events for one in self._timers(event, wish)]
            try:
                await self._ledger.append(batch, *self._guard(by), done=done, notices=timers)
            except VersionConflict:
                continue
            await self._register.catch_up()
            return None
        return TryAgain()

    def _guard(self, by: Actor) -> tuple[Append, ...]:
        """Nothing new about the speaker: no wish is carried out after their revocation."""
        if by.person not in self._register.directory.people:
            return ()
        stream = f"person/{by.person}"
        return (Append(stream, self._register.version(stream), (), self._clock.now().isoformat()),)

    def _timers(self, event: DutyEvent, wish: Wish) -> list[NewNotice]:
        """A digest at another hour is owed at that hour from now on."""
        if not isinstance(event, DigestChosen) or event.hour is None:
            return []
        person = wish.directory.people[event.person]
        site = person.sites(wish.now, Role.COORDINATOR)[0]
        return [next_digest(event.person, event.hour, self._register.zone(site), wish.now)]

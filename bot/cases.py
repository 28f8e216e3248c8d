"""Cases: which coordinator follows which screening. The others at the site are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import Clock
from bot.desk import Along, PermissionChanged
from bot.notices import owed
from bot.register import Register
from flows.cases import CaseTaken, NoticeSeen
from flows.events import Actor, Happened
from flows.replies import TakenNotice
from flows.trials import Placed
from storage.errors import VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry
from storage.outbox import NewNotice


class Cases:
    """Takes cases, each in a stream of its own beside the screening's."""

    def __init__(self, ledger: Ledger, register: Register, clock: Clock) -> None:
        self._ledger, self._register, self._clock = ledger, register, clock

    async def take(
        self, number: str, where: Placed, by: Actor, along: Along, instead: str | None = None
    ) -> str:
        """Follow a case of a trial at a site; the pseudonymous id of whoever follows it after this.

        Of two who take it at the same moment the first keeps it, and the other learns who.
        Whoever takes it over from somebody names them: `instead`.

        Raises:
            PermissionChanged: a guard did not hold; nothing was recorded.
            StorageError: nothing was recorded; the reason says why.

        """
        case = self._register.case(number)
        if case.follower is not None and case.follower not in (by.person, instead):
            return case.follower
        if case.follower == by.person:
            return by.person
        now, stream = self._clock.now(), f"case/{number}"
        version = self._register.version(stream)
        also = tuple(dict.fromkeys(one.to for one in case.escalations))
        notice = TakenNotice(number, by.person, case.follower, also)
        told = owed([notice], where, version + 1, now, self._register)
        if await self._append(CaseTaken(number), version, now, by, along, told):
            return by.person
        await self._register.catch_up()
        return self._register.case(number).follower or ""

    async def seen(self, number: str, about: str, by: Actor, along: Along) -> None:
        """Somebody has seen a notice of this kind: whoever would be told next is not.

        Raises:
            PermissionChanged: a guard did not hold; nothing was recorded.
            StorageError: nothing was recorded; the reason says why.

        """
        while True:
            now, version = self._clock.now(), self._register.version(f"case/{number}")
            if await self._append(NoticeSeen(number, about), version, now, by, along, []):
                return
            await self._register.catch_up()  # somebody else wrote: that this was seen still holds

    async def _append(
        self,
        event: CaseTaken | NoticeSeen,
        version: int,
        now: datetime,
        by: Actor,
        along: Along,
        told: Sequence[NewNotice],
    ) -> bool:
        """One event of a case; False when somebody else wrote about it meanwhile."""
        stream = f"case/{event.number}"
        new = to_entry(Happened(event, now, by))
        batch = Append(stream, version, (new,), now.isoformat())
        try:
            await self._ledger.append(batch, *along.guards, done=along.done, notices=told)
        except VersionConflict as error:
            if error.stream != stream:
                raise PermissionChanged from None
            return False
        return True

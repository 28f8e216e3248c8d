"""Cases: which coordinator follows which screening. The others at the site are told."""

from __future__ import annotations

from bot.clock import Clock
from bot.desk import Along, PermissionChanged
from bot.notices import owed
from bot.register import Register
from flows.cases import CaseTaken
from flows.events import Actor, Happened
from flows.replies import TakenNotice
from storage.errors import VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry


class Cases:
    """Takes cases, each in a stream of its own beside the screening's."""

    def __init__(self, ledger: Ledger, register: Register, clock: Clock) -> None:
        self._ledger, self._register, self._clock = ledger, register, clock

    async def take(self, number: str, site: str, by: Actor, along: Along) -> str:
        """Follow a case; the pseudonymous id of whoever follows it after this.

        Of two who take it at the same moment the first keeps it, and the other learns who.

        Raises:
            PermissionChanged: a guard did not hold; nothing was recorded.
            StorageError: nothing was recorded; the reason says why.

        """
        if self._register.case(number).follower == by.person:
            return by.person
        now, stream = self._clock.now(), f"case/{number}"
        version = self._register.version(stream)
        new = to_entry(Happened(CaseTaken(number), now, by))
        batch = Append(stream, version, (new,), now.isoformat())
        told = owed([TakenNotice(number, by.person)], site, version + 1, now, self._register)
        try:
            await self._ledger.append(batch, *along.guards, done=along.done, notices=told)
        except VersionConflict as error:
            if error.stream != stream:
                raise PermissionChanged from None
            await self._register.catch_up()
            return self._register.case(number).follower or ""
        return by.person

"""How a person wants to be told, chosen by themselves: each change an audited event."""

from __future__ import annotations

from bot.clock import Clock
from bot.desk import Along, PermissionChanged
from bot.register import Register
from flows.duty import EmailChosen
from flows.events import Actor, Happened
from storage.errors import VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry


class Preferences:
    """Keeps what people choose, each in the stream `preference/<person>`."""

    def __init__(self, ledger: Ledger, register: Register, clock: Clock) -> None:
        self._ledger, self._register, self._clock = ledger, register, clock

    async def choose_email(self, address: str | None, by: Actor, along: Along) -> bool:
        """`by` wants copies at this address, or none; whether that was recorded as a change.

        Raises:
            PermissionChanged: a guard did not hold, or the same person chose at the same moment.
            StorageError: nothing was recorded; the reason says why.

        """
        await self._register.catch_up()
        if self._register.duties.of(by.person).email == address:
            return False
        stream, now = f"preference/{by.person}", self._clock.now()
        new = to_entry(Happened(EmailChosen(by.person, address), now, by))
        batch = Append(stream, self._register.version(stream), (new,), now.isoformat())
        try:
            await self._ledger.append(batch, *along.guards, done=along.done)
        except VersionConflict:
            raise PermissionChanged from None
        await self._register.catch_up()
        return True

"""The gate: who was let through, in the same transaction, and who was not, for the record.

What a person may do is decided on the directory; between that and the commit their delegation
may be revoked. So every command carries the version of the person's own stream: when that has
moved, nothing is recorded (promise: no action after the revocation commits).
"""

from __future__ import annotations

from bot.clock import Clock
from bot.register import Register
from flows.access import AccessRefused, PinChosen, PinLocked, PinReset
from flows.events import Actor, Event, Happened
from flows.policy import Action
from storage.errors import VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry


class Gate:
    """Guards commands, and keeps the refusals."""

    def __init__(self, ledger: Ledger, register: Register, clock: Clock) -> None:
        self._ledger, self._register, self._clock = ledger, register, clock

    def guard(self, person: str) -> Append:
        """What must still hold when the command is recorded: nothing new about this person."""
        return self.unchanged(f"person/{person}")

    def unchanged(self, stream: str) -> Append:
        """What must still hold when a command rests on this stream: nothing new in it."""
        return Append(stream, self._register.version(stream), (), self._clock.now().isoformat())

    async def refused(self, by: Actor, action: Action, about: str, done: int | None) -> bool:
        """Keep that somebody known wanted what they may not; whether the update is now done.

        What strangers want is not kept: they have no id, and a flood of them must not fill the
        ledger.
        """
        return await self._keep(f"access/{by.person}", AccessRefused(action.value, about), by, done)

    async def about_pin(self, event: PinChosen | PinReset | PinLocked, by: Actor) -> None:
        """Keep what became of somebody's PIN; the PIN itself is never part of it."""
        while not await self._keep(f"pin/{event.person}", event, by, None):
            await self._register.catch_up()

    async def _keep(self, stream: str, event: Event, by: Actor, done: int | None) -> bool:
        now = self._clock.now()
        new = to_entry(Happened(event, now, by))
        batch = Append(stream, self._register.version(stream), (new,), now.isoformat())
        try:
            await self._ledger.append(batch, done=done)
        except VersionConflict:
            return False  # another device of the same person was refused at the same moment
        return True

"""The gate: who was let through, in the same transaction, and who was not, for the record.

What a person may do is decided on the directory; between that and the commit their delegation
may be revoked. So every command carries the version of the person's own stream: when that has
moved, nothing is recorded (promise: no action after the revocation commits).
"""

from __future__ import annotations

from bot.clock import Clock
from bot.register import Register
from flows.access import AccessRefused
from flows.events import Actor, Happened
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
        stream = f"person/{person}"
        return Append(stream, self._register.version(stream), (), self._clock.now().isoformat())

    async def refused(self, by: Actor, action: Action, about: str, done: int | None) -> bool:
        """Keep that somebody known wanted what they may not; whether the update is now done.

        What strangers want is not kept: they have no id, and a flood of them must not fill the
        ledger.
        """
        now = self._clock.now()
        stream = f"access/{by.person}"
        new = to_entry(Happened(AccessRefused(action.value, about), now, by))
        batch = Append(stream, self._register.version(stream), (new,), now.isoformat())
        try:
            await self._ledger.append(batch, done=done)
        except VersionConflict:
            return False  # another device of the same person was refused at the same moment
        return True

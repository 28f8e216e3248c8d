"""Erasing: the key to a screening's answers is destroyed, in the transaction that records it.

After it the answers can be read by nobody, here or in any backup made later; the chain over what
was stored still verifies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Final, TypeAlias

from bot.clock import Clock
from bot.closed import Known
from bot.desk import Along, Desk, PermissionChanged, UnknownScreening, stream_of
from bot.register import Register
from flows.erasure import ErasureReason
from flows.events import Actor, Happened, Mode, Role
from flows.listing import Label
from flows.log import Line, erasing
from flows.steps import ENROLLED
from storage.errors import NoKey, VersionConflict
from storage.keys import Keys
from storage.ledger import Append, Ledger
from storage.mapper import to_entry
from storage.sealed import erasure_of

TIMEKEEPER: Final = Actor("timekeeper", Role.SYSTEM)

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Erased:
    """It is done. `kin` are attempts over the same patient that were not erased with it."""

    number: str
    kin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotThere:
    """No screening has this number."""


@dataclass(frozen=True, slots=True)
class AlreadyErased:
    """It was erased before."""


@dataclass(frozen=True, slots=True)
class NotSealed:
    """It was recorded before payloads were encrypted: `plain` events cannot be forgotten."""

    plain: int


@dataclass(frozen=True, slots=True)
class StillMoving:
    """Somebody went on answering all the while: nothing was done."""


Outcome: TypeAlias = Erased | NotThere | AlreadyErased | NotSealed | StillMoving


class Erasing:
    """Erases screenings. The store's keys and ledger must be those of one sealed store."""

    def __init__(
        self, desk: Desk, register: Register, ledger: Ledger, keys: Keys, clock: Clock
    ) -> None:
        self._desk, self._register = desk, register
        self._ledger, self._keys, self._clock = ledger, keys, clock

    async def erase(
        self, number: str, reason: ErasureReason, by: Actor, along: Along | None = None
    ) -> Outcome:
        """Destroy the key of a screening and record who did it and why, or say why not.

        Raises:
            PermissionChanged: a guard did not hold; nothing was done.
            StorageError: nothing was done; the reason says why.

        """
        for _ in range(_TRIES):
            await self._register.catch_up()
            line = self._register.lines.get(number)
            if line is None:
                return NotThere()
            if line.erased_at is not None:
                return AlreadyErased()
            entries = await self._ledger.read(stream_of(number))
            if any(entry.erased for entry in entries):
                continue  # by somebody else, since the line was read
            if plain := sum(entry.sealed is None for entry in entries):
                return NotSealed(plain)
            if await self._destroyed(line, len(entries), reason, by, along or Along()):
                return Erased(number, self._kin(line))
        return StillMoving()

    async def _destroyed(
        self,
        line: Line,
        version: int,
        reason: ErasureReason,
        by: Actor,
        along: Along,
    ) -> bool:
        """Whether it was done; not when the screening moved on since it was read."""
        now, stream = self._clock.now(), stream_of(line.number)
        event = erasing(line, reason)
        new, at = to_entry(Happened(event, now, by)), now.isoformat()
        about = Append(erasure_of(stream), 0, (new,), at)
        seen = Append(stream, version, (), at)
        try:
            await self._keys.destroy(
                stream, line.number, about, seen, *along.guards, done=along.done
            )
        except VersionConflict as error:
            if error.stream in (stream, about.stream):
                return False
            raise PermissionChanged from None
        except NoKey:
            return False
        self._desk.forget(line.number)
        await self._register.catch_up()
        await self._keys.sweep()
        return True

    def _kin(self, line: Line) -> tuple[str, ...]:
        """Attempts over the same patient, which may hold the same answers."""
        beside = (line.earlier, self._register.later.get(line.number))
        found = (self._register.lines.get(number) for number in beside if number)
        return tuple(one.number for one in found if one is not None and one.erased_at is None)

    async def retire(self, days: int) -> tuple[str, ...]:
        """Erase what the site keeps no longer than so many days; the numbers.

        Quick checks, and screenings that were stopped, count from their last event. A screening
        that is open, or was signed or enrolled, is never touched. None are with 0 days. Raises
        StorageError.
        """
        await self._keys.sweep()  # what an erasure in an earlier run may have left
        if days == 0:
            return ()
        await self._register.catch_up()
        end = self._clock.now() - timedelta(days=days)
        old = takewhile(partial(_is_old, end), self._register.screenings.walk(_goes))
        numbers = [number for number, known in old if _may_go(known)]
        return tuple(
            [
                number
                for number in numbers
                if await self._is_over(number, end)
                if isinstance(await self.erase(number, ErasureReason.RETENTION, TIMEKEEPER), Erased)
            ]
        )

    async def _is_over(self, number: str, end: datetime) -> bool:
        try:
            screening = await self._desk.look(number)
        except UnknownScreening:
            return False
        return (screening.latest or screening.opened_at) <= end


def _goes(label: Label) -> bool:
    kind = label.mode is Mode.QUICK_CHECK or (label.mode is Mode.SCREENING and label.stopped)
    return kind and not label.erased


def _is_old(end: datetime, one: tuple[str, Known]) -> bool:
    return one[1].line is not None and one[1].line.opened_at <= end


def _may_go(known: Known) -> bool:
    # Whoever was once enrolled is part of the trial's record, which the sponsor must keep.
    enrolled = known.case and any(one.status in ENROLLED for one in known.case.steps)
    return not enrolled and known.line is not None and not known.line.signatures

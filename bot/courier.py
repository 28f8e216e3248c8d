"""The courier: brings what is owed, at least once, and says so when it may be a repeat.

A notice was written in the transaction of its event. It is marked as being sent before the call
and as sent after it, so a crash in between leaves it owed, and the next attempt is labelled.

Each recipient has a lane: what they are owed goes out in order, one at a time, and different
people are told at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.clock import Clock
from bot.notice_trail import NoticeTrail, time_text
from storage.errors import StorageError
from storage.outbox import Notice, Outbox

log = logging.getLogger(__name__)

EVERY: Final = 1.0
"""Seconds between two looks at the outbox when nobody wakes the courier."""

BATCH: Final = 100
"""Notices taken in hand by one look."""

AT_ONCE: Final = 32
"""Lanes at once: half the connections to Telegram stay free for those who tap."""

AGAIN: Final = (5, 15, 60, 300, 900)
"""Seconds to the next attempt, by how often it failed; then the last one for ever."""

GRACE: Final = 2.0
"""Seconds that a stop waits for calls in the air; what is then unknown is labelled next time."""

TIMEKEEPER: Final = "timekeeper"
"""The recipient of a timer: nobody is told, time has come for something to happen."""


class Undeliverable(Exception):
    """This person cannot be reached by this front: trying again is of no use."""


class NotNow(Exception):
    """It could not be sent now, for `pause` seconds where the other side named them.

    `heard` says that it may have been taken all the same. `alone` says that the fault lies in
    this notice, so that those behind it may go first.
    """

    def __init__(
        self, why: str, pause: float = 0.0, *, heard: bool = False, alone: bool = False
    ) -> None:
        super().__init__(why)
        self.pause, self.heard, self.alone = pause, heard, alone


@dataclass(frozen=True, slots=True)
class Delivered:
    """A notice was taken. `message` is the id of the message it made, where one was made.

    `settled` says that whoever took it has settled it in a transaction of their own.
    """

    message: int | None = None
    settled: bool = False


Deliver = Callable[[Notice], Awaitable[Delivered]]
"""Delivers one notice. Raises Undeliverable, NotNow, and StorageError: it then stays owed."""

Ready = Callable[[Notice], Awaitable[None]]
"""Returns when a call for this notice may be made at once."""


class Unreachable(Protocol):
    """Takes a notice that can reach nobody out of the outbox, in one transaction.

    `NoticeTrail.given_up` is one; another may also owe the next person something.
    """

    async def __call__(self, notice: Notice, at: datetime, why: str) -> None:
        """Settle it. Raises StorageError: it is still owed, and will be tried again."""
        ...


@dataclass(frozen=True, slots=True)
class Road:
    """How a sort of notice goes out: who takes it, when that may be, and who hears if nobody can.

    Without `unreachable` the audit trail alone says that it was given up.
    """

    deliver: Deliver
    ready: Ready | None = None
    unreachable: Unreachable | None = None


Roads = Callable[[Notice], Road]


def roads(people: Road, timers: Road) -> Roads:
    """Timers on one road, everything else on the other."""
    return lambda notice: timers if notice.recipient == TIMEKEEPER else people


class Courier:
    """Takes due notices along their roads."""

    def __init__(self, outbox: Outbox, trail: NoticeTrail, road_of: Roads, clock: Clock) -> None:
        self._outbox, self._trail, self._road_of, self._clock = outbox, trail, road_of, clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something new is owed: do not wait for the next look."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            try:
                await self.round()
            except StorageError as error:
                log.error("the outbox cannot be used now: %s", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), EVERY)
            self._woken.clear()

    async def round(self) -> int:
        """Deliver everything that is due now; returns how many notices were sent."""
        due = await self._outbox.due(time_text(self._clock.now()), BATCH)
        return sum([await self._one(notice) for notice in due])

    async def _one(self, notice: Notice) -> bool:
        road = self._road_of(notice)
        attempt = await self._outbox.mark_sending(notice.id, time_text(self._clock.now()))
        try:
            delivered = await road.deliver(notice)
        except Undeliverable as error:
            await self._given_up(road, notice, str(error))
        except NotNow as error:
            pause = max(error.pause, AGAIN[min(attempt, len(AGAIN)) - 1])
            await self._put_off(notice, str(error), pause, heard=error.heard)
        except StorageError:
            raise
        except Exception as error:
            log.error("notice %d could not be drawn: %s", notice.id, type(error).__name__)
            pause = AGAIN[min(attempt, len(AGAIN)) - 1]
            await self._put_off(notice, type(error).__name__, pause)
        else:
            await self._sent(notice, delivered)
            return True
        return False

    async def _sent(self, notice: Notice, delivered: Delivered) -> None:
        now = self._clock.now()
        if delivered.settled:
            return
        if notice.recipient == TIMEKEEPER:
            await self._outbox.mark_sent(notice.id, time_text(now), None)
        else:
            await self._trail.sent(notice, now, delivered.message)

    async def _given_up(self, road: Road, notice: Notice, why: str) -> None:
        log.info("notice %d (%s) is given up: %s", notice.id, notice.kind, why)
        now = self._clock.now()
        if notice.recipient == TIMEKEEPER:
            await self._outbox.mark_failed(notice.id, time_text(now), why, None)
        else:
            await (road.unreachable or self._trail.given_up)(notice, now, why)

    async def _put_off(
        self, notice: Notice, why: str, pause: float, *, heard: bool = False
    ) -> None:
        now = self._clock.now()
        log.info("notice %d (%s) was not sent: %s", notice.id, notice.kind, why)
        again = time_text(now + timedelta(seconds=pause))
        await self._outbox.mark_failed(notice.id, time_text(now), why, again, perhaps_sent=heard)

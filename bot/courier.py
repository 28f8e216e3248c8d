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
from bot.notice_trail import EMAIL, NoticeTrail, time_text
from bot.notices import TIMEKEEPER
from storage.errors import StorageError, UnknownNotice
from storage.outbox import Notice, Outbox
from storage.points import Point, reach

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


def roads(people: Road, timers: Road, email: Road) -> Roads:
    """Timers on one road, e-mail copies on another, and what people are told on the first."""

    def road_of(notice: Notice) -> Road:
        if notice.recipient == TIMEKEEPER:
            return timers
        return email if notice.recipient.startswith(EMAIL) else people

    return road_of


class Courier:
    """Takes due notices along their roads, one lane for each recipient."""

    def __init__(self, outbox: Outbox, trail: NoticeTrail, road_of: Roads, clock: Clock) -> None:
        self._outbox, self._trail, self._road_of, self._clock = outbox, trail, road_of, clock
        self._woken = asyncio.Event()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._in_the_air: set[str] = set()
        self._held: dict[str, datetime] = {}
        """Whose first notice is tried again at that moment; those behind it wait for it."""
        self._stopping = False
        self._sent = 0

    def wake(self) -> None:
        """Something new is owed: do not wait for the next look."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; calls in the air then get a moment to end."""
        try:
            while True:
                try:
                    await self._look()
                except StorageError as error:
                    log.error("the outbox cannot be used now: %s", error)
                # Not `wait_for`: in Python 3.11 it forgets a cancel that meets a wake.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(EVERY):
                        await self._woken.wait()
                self._woken.clear()
        finally:
            await self._stop()

    async def round(self) -> int:
        """Deliver what is due now, and wait for it; returns how many notices were sent."""
        before = self._sent
        await self._look()
        while self._lanes:
            await asyncio.wait(self._lanes.values())
        return self._sent - before

    async def _look(self) -> None:
        now = self._clock.now()
        self._held = {one: until for one, until in self._held.items() if until > now}
        if len(self._lanes) >= AT_ONCE:
            return
        found: dict[str, list[Notice]] = {}
        for notice in await self._outbox.due(time_text(now), BATCH, [*self._lanes, *self._held]):
            found.setdefault(notice.recipient, []).append(notice)
        for recipient, notices in found.items():
            # What was put off is due later than what is behind it, and still goes first.
            notices.sort(key=lambda one: one.id)
            lane = asyncio.create_task(self._lane(recipient, notices), name="notices")
            self._lanes[recipient] = lane

    async def _lane(self, recipient: str, notices: list[Notice]) -> None:
        try:
            for notice in notices:
                if self._stopping or recipient in self._held:
                    return
                await self._carry(notice)
            self._woken.set()
        except StorageError as error:
            log.error("notices cannot be marked now: %s", error)
        except Exception as error:
            log.error("a notice is left for later: %s", type(error).__name__)
        finally:
            del self._lanes[recipient]

    async def _carry(self, notice: Notice) -> None:
        road = self._road_of(notice)
        if road.ready is not None:
            await road.ready(notice)
        self._in_the_air.add(notice.recipient)
        try:
            attempt = await self._outbox.mark_sending(notice.id, time_text(self._clock.now()))
            await self._call(road, notice, attempt)
        finally:
            self._in_the_air.discard(notice.recipient)

    async def _call(self, road: Road, notice: Notice, attempt: int) -> None:
        usual = AGAIN[min(attempt, len(AGAIN)) - 1]
        reach(Point.SEND)
        try:
            delivered = await road.deliver(notice)
        except Undeliverable as error:
            await self._given_up(road, notice, str(error))
        except NotNow as error:
            again = await self._put_off(notice, str(error), error.pause or usual, error.heard)
            if not error.alone:
                self._held[notice.recipient] = again
        except StorageError:
            raise
        except Exception as error:
            log.error("notice %d could not be drawn: %s", notice.id, type(error).__name__)
            await self._put_off(notice, type(error).__name__, usual, heard=False)
        else:
            reach(Point.MARK)
            await self._taken(notice, delivered)

    async def _taken(self, notice: Notice, delivered: Delivered) -> None:
        """Settle it; while that cannot be done, try again rather than send a repeat."""
        now = self._clock.now()
        self._sent += 1
        while not delivered.settled:
            try:
                await self._settle(notice, now, delivered.message)
            except UnknownNotice:
                raise
            except StorageError as error:
                if self._stopping:
                    raise
                log.error("notice %d was sent and cannot be marked now: %s", notice.id, error)
                await asyncio.sleep(EVERY)
            else:
                return

    async def _settle(self, notice: Notice, at: datetime, message: int | None) -> None:
        if notice.recipient == TIMEKEEPER:
            await self._outbox.mark_sent(notice.id, time_text(at), None)
        else:
            await self._trail.sent(notice, at, message)

    async def _given_up(self, road: Road, notice: Notice, why: str) -> None:
        log.info("notice %d (%s) is given up: %s", notice.id, notice.kind, why)
        now = self._clock.now()
        if notice.recipient == TIMEKEEPER:
            await self._outbox.mark_failed(notice.id, time_text(now), why, None)
        else:
            await (road.unreachable or self._trail.given_up)(notice, now, why)

    async def _put_off(self, notice: Notice, why: str, pause: float, heard: bool) -> datetime:
        now = self._clock.now()
        again = now + timedelta(seconds=pause)
        log.info("notice %d (%s) was not sent: %s", notice.id, notice.kind, why)
        await self._outbox.mark_failed(
            notice.id, time_text(now), why, time_text(again), perhaps_sent=heard
        )
        return again

    async def _stop(self) -> None:
        """End the lanes: those that only wait at once, a call in the air after a moment."""
        self._stopping = True
        for recipient, lane in self._lanes.items():
            if recipient not in self._in_the_air:
                lane.cancel()
        lanes = list(self._lanes.values())
        if lanes:
            _, late = await asyncio.wait(lanes, timeout=GRACE)
            for lane in late:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

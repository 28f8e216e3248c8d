"""The courier: brings what is owed, at least once, and says so when it may be a repeat.

A notice was written in the transaction of its event. It is marked as being sent before the call
and as sent after it, so a crash in between leaves it owed, and the next attempt is labelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from storage.errors import StorageError
from storage.outbox import Notice, Outbox
from storage.points import Point, reach

log = logging.getLogger(__name__)

EVERY: Final = 1.0
"""Seconds between two looks at the outbox when nobody wakes the courier."""

BATCH: Final = 20
AGAIN: Final = (5, 15, 60, 300, 900)
"""Seconds to the next attempt, by how often it failed; then the last one for ever."""


class Undeliverable(Exception):
    """This person cannot be reached by this front: trying again is of no use."""


class NotNow(Exception):
    """It could not be sent now. `heard` says that the other side may have got it all the same."""

    def __init__(self, why: str, pause: float = 0.0, *, heard: bool = False) -> None:
        super().__init__(why)
        self.pause, self.heard = pause, heard


Deliver = Callable[[Notice], Awaitable[int | None]]


class Courier:
    """Takes due notices to `deliver`, which returns the id of the message it made."""

    def __init__(self, outbox: Outbox, deliver: Deliver, clock: Clock) -> None:
        self._outbox, self._deliver, self._clock = outbox, deliver, clock
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
        due = await self._outbox.due(_text(self._clock.now()), BATCH)
        return sum([await self._one(notice) for notice in due])

    async def _one(self, notice: Notice) -> bool:
        attempt = await self._outbox.mark_sending(notice.id, _text(self._clock.now()))
        reach(Point.SEND)
        try:
            message = await self._deliver(notice)
        except Undeliverable as error:
            await self._failed(notice, str(error), None)
        except NotNow as error:
            pause = max(error.pause, AGAIN[min(attempt, len(AGAIN)) - 1])
            await self._failed(notice, str(error), pause, heard=error.heard)
        except StorageError:
            raise
        except Exception as error:
            log.error("notice %d could not be drawn: %s", notice.id, type(error).__name__)
            await self._failed(notice, type(error).__name__, AGAIN[min(attempt, len(AGAIN)) - 1])
        else:
            reach(Point.MARK)
            await self._outbox.mark_sent(notice.id, _text(self._clock.now()), message)
            return True
        return False

    async def _failed(
        self, notice: Notice, why: str, pause: float | None, *, heard: bool = False
    ) -> None:
        now = self._clock.now()
        again = None if pause is None else _text(now + timedelta(seconds=pause))
        log.info("notice %d (%s) was not sent: %s", notice.id, notice.kind, why)
        await self._outbox.mark_failed(notice.id, _text(now), why, again, perhaps_sent=heard)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")

"""When did we last hear? The moments in which the bot was deaf are told, never papered over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.telegram.intake import stamp
from storage.errors import StorageError
from storage.inbox import Inbox
from storage.replicas import Alone, Duty, Replicas

_LOG = logging.getLogger(__name__)
MARK: Final = "heard"
EVERY: Final = timedelta(seconds=10)
"""How often the time is written down at most, so by how much a silence may look too long."""

LONGEST: Final = timedelta(seconds=120)
"""A longer silence is a gap: Telegram keeps a tap for 150 s (`Client.cpp`), less what is lost
between the last hearing and the last written mark."""

AGAIN: Final = 0.2
"""Seconds until whoever waits for another process to tell a silence looks again."""

OnGap = Callable[[datetime, datetime], Awaitable[None]]
"""Told of a silence, from and until, before anything heard after it is handled."""


class Heard:
    """The time of the last hearing, in memory and as a mark in the inbox."""

    def __init__(
        self, inbox: Inbox, clock: Clock, on_gap: OnGap, replicas: Replicas | None = None
    ) -> None:
        self._inbox, self._clock, self._on_gap = inbox, clock, on_gap
        self._replicas = replicas or Alone()
        self._written: datetime | None = None
        self.last: datetime | None = None

    async def recall(self) -> None:
        """Read when an earlier run, or another process, last heard; raises StorageError."""
        mark = await self._inbox.mark(MARK)
        if mark is not None:
            self._written = datetime.fromisoformat(mark)
            self.last = max(self._written, self.last or self._written)

    async def hear(self) -> None:
        """Something was heard just now; a silence that ends is told first.

        Raises:
            StorageError: the silence could not be told; hear again, it is not forgotten.

        """
        now = self._clock.now()
        if self._silent(now):
            await self._end_of_silence(now)
        self.last = now
        if self._written is None or not timedelta() <= now - self._written < EVERY:
            await self.write()

    def _silent(self, now: datetime) -> bool:
        return self.last is not None and now - self.last > LONGEST

    async def _end_of_silence(self, now: datetime) -> None:
        """Tell it, unless another process has heard meanwhile, or tells it now."""
        while True:
            if await self._replicas.take(Duty.SILENCE):
                try:
                    if not self._replicas.alone:
                        await self.recall()
                    if self.last is not None and self._silent(now):
                        await self._tell(self.last, now)
                        self.last = now
                        await self.write()
                finally:
                    await self._replicas.give_back(Duty.SILENCE)
                return
            await asyncio.sleep(AGAIN)

    async def write(self) -> None:
        """Write the time down; a store that fails just now is no reason to stop hearing."""
        if self.last is None or self.last == self._written:
            return
        try:
            await self._inbox.put_mark(MARK, stamp(self.last))
        except StorageError as error:
            _LOG.debug("the time of hearing was not written: %s", type(error).__name__)
        else:
            self._written = self.last

    async def _tell(self, since: datetime, until: datetime) -> None:
        _LOG.warning("deaf from %s until %s", stamp(since), stamp(until))
        try:
            await self._on_gap(since, until)
        except StorageError:
            raise
        except Exception as error:
            # A fault in re-asking must not keep the bot deaf for good.
            _LOG.error("the gap could not be told: %s", type(error).__name__)

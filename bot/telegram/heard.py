"""When did we last hear? The moments in which the bot was deaf are told, never papered over."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.telegram.intake import stamp
from storage.errors import StorageError
from storage.inbox import Inbox

_LOG = logging.getLogger(__name__)
MARK: Final = "heard"
EVERY: Final = timedelta(seconds=10)
"""How often the time is written down at most, so by how much a silence may look too long."""

LONGEST: Final = timedelta(seconds=120)
"""A longer silence is a gap: Telegram keeps a tap for 150 s (`Client.cpp`), less what is lost
between the last hearing and the last written mark."""

OnGap = Callable[[datetime, datetime], Awaitable[None]]
"""Told of a silence, from and until, before anything heard after it is handled."""


class Heard:
    """The time of the last hearing, in memory and as a mark in the inbox."""

    def __init__(self, inbox: Inbox, clock: Clock, on_gap: OnGap) -> None:
        self._inbox, self._clock, self._on_gap = inbox, clock, on_gap
        self._written: datetime | None = None
        self.last: datetime | None = None

    async def recall(self) -> None:
        """Read when an earlier run last heard; raises StorageError."""
        mark = await self._inbox.mark(MARK)
        if mark is not None:
            self.last = self._written = datetime.fromisoformat(mark)

    async def hear(self) -> None:
        """Something was heard just now; a silence that ends is told first.

        Raises:
            StorageError: the silence could not be told; hear again, it is not forgotten.

        """
        now = self._clock.now()
        if self.last is not None and now - self.last > LONGEST:
            await self._tell(self.last, now)
        self.last = now
        if self._written is None or not timedelta() <= now - self._written < EVERY:
            await self.write()

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

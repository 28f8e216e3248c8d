"""Of several processes that share a database one polls; the others stand by and take over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final

from bot.telegram.line import CannotStart, Sleep
from storage.errors import StorageError
from storage.replicas import Duty, Replicas

_LOG = logging.getLogger(__name__)

EVERY: Final = 1.0
"""Seconds between two tries to take over, and between two looks whether we still have the duty."""

Begin = Callable[[], Awaitable[None]]
"""Makes ready to poll, each time anew. Raises CannotStart and StorageError."""

Poll = Callable[[], Coroutine[object, object, None]]
"""Polls until cancelled."""


class OnePoller:
    """Polls while this process has the duty, which is a lock in the database.

    Whoever was killed lets go of it at once, whoever hangs after a few seconds. A poll of one that
    has lost it is broken off; what it had fetched and not kept comes again, and what was kept twice
    is known by its key.
    """

    def __init__(self, replicas: Replicas, begin: Begin, poll: Poll, sleep: Sleep) -> None:
        self._replicas, self._begin, self._poll, self._sleep = replicas, begin, poll, sleep
        self._begun = False

    @property
    def stands_by(self) -> bool:
        """Whether another process polls."""
        return not self._begun

    async def first(self) -> None:
        """Begin at once where nobody polls. Raises CannotStart and StorageError."""
        if await self._replicas.take(Duty.POLL):
            await self._begin()
            self._begun = True
        else:
            _LOG.info("another process polls; standing by")

    async def run(self) -> None:
        """Poll or stand by until cancelled; then another may poll at once."""
        try:
            while True:
                if self._begun:
                    await self._poll_while_held()
                else:
                    await self._sleep(EVERY)
                    await self._try()
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        try:
            await self._replicas.give_back(Duty.POLL)
        except StorageError as error:  # it ends with the session
            _LOG.debug("the duty was not given back: %s", type(error).__name__)

    async def _try(self) -> None:
        try:
            if await self._replicas.take(Duty.POLL):
                await self._begin()
                self._begun = True
                _LOG.warning("no other process polls any more; polling")
        except (CannotStart, StorageError) as error:
            _LOG.error("polling could not be taken over: %s", type(error).__name__)

    async def _poll_while_held(self) -> None:
        polling = asyncio.create_task(self._poll(), name="poller")
        try:
            while self._replicas.holds(Duty.POLL) and not polling.done():
                await asyncio.wait([polling], timeout=EVERY)
        finally:
            self._begun = False
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
        _LOG.warning("the right to poll is lost; standing by")

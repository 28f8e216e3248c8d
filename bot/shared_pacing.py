"""The send budget of several processes that share a database, as if they were one.

Each counted call is one round trip to the database, which is the one that counts. A pause that one
of them is told to make is known to all within milliseconds. While the database is away each keeps
to the budget alone: what is sent then are answers and what was begun.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from bot.pacing import Budget, Chat, Pace, room
from storage.errors import StorageError
from storage.pace import Meter, Paces
from storage.replicas import Replicas, Topic

log = logging.getLogger(__name__)

NEAR: Final = 0.1
"""Seconds of a wait in which no chat's own limit has a part: those are a second and more."""


class SharedBudget(Budget):
    """A `Budget` that all processes keep together."""

    def __init__(self, pace: Pace, paces: Paces, replicas: Replicas) -> None:
        super().__init__(pace)
        self._paces, self._replicas = paces, replicas
        self._telling: set[asyncio.Task[None]] = set()
        self._away, self._queue = False, asyncio.Lock()
        replicas.hear(Topic.PAUSE, self._heard)

    async def begin(self) -> None:
        """Keep a pause that others were told to make before this process began. StorageError."""
        super().pause(await self._paces.paused())

    def pause(self, seconds: float) -> None:
        """See `Budget.pause`: nobody sends, in no process."""
        super().pause(seconds)
        self._replicas.tell(Topic.PAUSE, f"{seconds:.3f}")
        task = asyncio.create_task(self._keep(seconds), name="pause")
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def close(self) -> None:
        """Wait until a pause is kept for those who begin later."""
        if self._telling:
            await asyncio.wait(self._telling)

    async def _take(self, chat: Chat, *, calm: bool) -> float:
        if not self._pace.overall.seconds:
            return await super()._take(chat, calm=calm)  # without a pace there is nothing to count
        if not calm:
            return await self._ask(chat, calm=False)
        # Of all notices that only wait for the rate over all, one asks: the others queue behind it.
        async with self._queue:
            while 0 < (wait := await self._ask(chat, calm=True)) <= NEAR:
                await self._sleep(wait)
        return wait

    async def _ask(self, chat: Chat, *, calm: bool) -> float:
        if (left := self._left()) > 0:
            return left
        try:
            wait = await self._paces.claim(self._meters(chat, calm=calm))
        except StorageError as error:
            if not self._away:
                log.error("the shared send budget cannot be asked: %s", error)
            self._away = True
            return await super()._take(chat, calm=calm)
        self._away = False
        return wait

    def _meters(self, chat: Chat, *, calm: bool) -> list[Meter]:
        overall, own, notices = self._pace.overall, self._pace.chat, self._pace.notices
        found = [
            Meter("all", overall.seconds, room(overall, calm=calm)),
            Meter(f"chat/{chat}", own.seconds, room(own, calm=calm)),
        ]
        if calm:
            found.append(Meter(f"notices/{chat}", notices.seconds, room(notices, calm=False)))
        return found

    def _heard(self, about: str) -> None:
        super().pause(float(about))

    async def _keep(self, seconds: float) -> None:
        try:
            await self._paces.pause(seconds)
        except StorageError as error:
            log.error("a pause could not be kept for others: %s", error)

"""Lanes: what one person did is handled in order, different people are handled at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from storage.inbox import Update

Work = Callable[[Update], Awaitable[bool]]
"""Deals with one update; False when it could not just now and is to be tried again."""


REMEMBERED: Final = 1_000
"""Updates just settled: who read the inbox before that must not bring one back."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many updates are handled `at_once`, and the seconds before a second try, doubling."""

    at_once: int = 64
    first_pause: float = 0.2
    longest_pause: float = 5.0


class Lanes:
    """A queue and a task for each lane that has something to do, and none for the others.

    A lane whose update has to wait pauses alone and gives its place to others meanwhile.
    """

    def __init__(self, work: Work, pace: Pace | None = None) -> None:
        self._work, self._pace = work, pace or Pace()
        self._slots = asyncio.Semaphore(self._pace.at_once)
        self._queues: dict[str, deque[Update]] = {}
        self._known: set[int] = set()
        self._settled: deque[int] = deque(maxlen=REMEMBERED)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    @property
    def active(self) -> int:
        """How many lanes have something to do."""
        return len(self._queues)

    def knows(self, update: int) -> bool:
        """Whether this update waits here or is being handled."""
        return update in self._known

    def put(self, update: Update) -> None:
        """Queue an update unless it is here already; after `drain` it stays in the inbox."""
        if self._closing.is_set() or update.id in self._known or update.id in self._settled:
            return
        self._known.add(update.id)
        queue = self._queues.get(update.lane)
        if queue is not None:
            queue.append(update)
            return
        queue = self._queues[update.lane] = deque([update])
        task = asyncio.create_task(self._run(update.lane, queue), name="lane")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def drop_waiting(self) -> None:
        """Forget what has not begun: another process does it. What has begun goes on to its end."""
        for queue in self._queues.values():
            while len(queue) > 1:
                self._known.discard(queue.pop().id)

    async def drain(self, within: float) -> int:
        """Finish what is queued, for at most `within` seconds; how many updates were left.

        A lane that pauses does not try again. What is left waits in the inbox for the next start.
        """
        self._closing.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=0.5)
        return len(self._known)

    async def _run(self, lane: str, queue: deque[Update]) -> None:
        try:
            while queue:
                if not await self._settle(queue[0]):
                    return
                done = queue.popleft().id
                self._settled.append(done)
                self._known.discard(done)
        finally:
            del self._queues[lane]

    async def _settle(self, update: Update) -> bool:
        """Try until it is dealt with; False when the lanes close first."""
        pause = self._pace.first_pause
        while not await self._attempt(update):
            if await self._closes_within(pause):
                return False
            pause = min(self._pace.longest_pause, pause * 2)
        return True

    async def _attempt(self, update: Update) -> bool:
        try:
            async with self._slots:
                return await self._work(update)
        except asyncio.CancelledError:
            # Something inside was cancelled, such as a writer that stopped: that is no reason
            # for this lane to forget its queue. Our own cancellation is counted by the task.
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return False

    async def _closes_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return False
        return True

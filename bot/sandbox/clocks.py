"""Time for the sandbox: the wall clock, or a clock that moves only when a test says so."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable, Callable

Clock = Callable[[], float]
"""Returns the present moment in seconds since 1970 (UTC)."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits the given number of seconds."""

WALL_CLOCK: Clock = time.time  # noqa: TID251 - the one place where the sandbox meets real time
WALL_SLEEP: Sleep = asyncio.sleep


class VirtualTime:
    """A clock handed to the sandbox: ``now`` and ``sleep`` follow ``advance``, never the wall."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._moment = start
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """Return the virtual moment, in seconds since 1970."""
        return self._moment

    def sleep(self, seconds: float) -> Awaitable[None]:
        """Wait until the clock has been moved ``seconds`` on; zero or less only yields.

        The waiting counts from the call, not from the first await, so that a test which moves
        the clock right after the call cannot come too early.
        """
        if seconds <= 0:
            return asyncio.sleep(0)
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._moment + seconds, next(self._order), waiter))
        return waiter

    async def until_someone_sleeps(self) -> None:
        """Wait (in turns of the loop, not in seconds) until somebody waits for the clock."""
        while not any(  # noqa: ASYNC110 - sleepers come and go; turns are what is counted
            not waiter.done() for _, _, waiter in self._sleepers
        ):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        """Move the clock on, waking every sleeper at its own moment and in order."""
        target = self._moment + seconds
        while self._sleepers and self._sleepers[0][0] <= target:
            moment, _, waiter = heapq.heappop(self._sleepers)
            self._moment = max(self._moment, moment)
            if not waiter.done():
                waiter.set_result(None)
                await _let_others_run()
        self._moment = target
        await _let_others_run()


async def _let_others_run() -> None:
    """Give woken tasks a few turns, so that they may go back to sleep before time moves on."""
    for _ in range(10):
        await asyncio.sleep(0)

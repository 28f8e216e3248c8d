"""An event loop whose time jumps to the next thing that is due: hours pass in a moment."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
BEGAN = datetime(2026, 3, 10, 8, tzinfo=UTC)


class _Jumping(selectors.SelectSelector):
    """Waits for nothing: the time that would be waited has passed."""

    time = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("nothing is due any more, and nobody is done")
        self.time += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on virtual time, in seconds since it began."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """The seconds that have passed."""
        return self._jumping.time


class LoopClock:
    """The time of day on the running loop."""

    def now(self) -> datetime:
        """The moment, to the millisecond."""
        passed = asyncio.get_running_loop().time()
        return BEGAN + timedelta(milliseconds=int(passed * 1000))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run it to the end on virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)

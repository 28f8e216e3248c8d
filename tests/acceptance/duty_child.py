"""The real bot in a process of its own, on a clock that a test moves.

The file `ahead` in the folder holds the seconds by which the clock is ahead of the machine's.
Everything else is what `screening bot` runs.
"""

from __future__ import annotations

import asyncio
import signal
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.compose import open_house
from bot.settings import read_settings
from bot.telegram.redact import set_up_logging
from bot.telegram.running import running


class MovedClock:
    """The machine's clock, ahead by what the file says."""

    def __init__(self, file: Path) -> None:
        self._file, self._clock = file, SystemClock()

    def now(self) -> datetime:
        """The present moment as the test has it."""
        return self._clock.now() + timedelta(seconds=float(self._file.read_text()))


async def main() -> None:
    """Serve until told to stop."""
    settings = read_settings()
    set_up_logging(settings.log_level, [])
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    clock = MovedClock(Path("ahead"))
    async with open_house(settings, clock=clock) as house, running(house, settings):
        await told.wait()


if __name__ == "__main__":
    asyncio.run(main())

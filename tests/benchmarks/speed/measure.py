"""One round with one bot: start it, let people tap, count, stop it, look at what is on the disk."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from tests.benchmarks.speed.contender import Contender, Running, begin
from tests.benchmarks.speed.people import Crowd
from tests.benchmarks.speed.trial import ANOTHER

Stored = Callable[[Path], Awaitable[int]]
"""How many answers are on the disk of a folder."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one round showed. Times are milliseconds where they are of a tap, else seconds."""

    taps_per_second: float
    p50: float
    p95: float
    p99: float
    cpu: float
    driver: float
    calls: float
    memory: float
    start: float
    stop: float
    lost: int


async def measure(
    contender: Contender,
    folder: Path,
    said: Mapping[str, str],
    stored: Stored,
    people: int = 50,
    taps: int = 3_000,
    trip: float = 0.0,
    load: float = 0.0,
) -> Figures:
    """Warm up with a quarter of the taps, then count; all people tap until all are done."""
    crowd = Crowd(people, said, (ANOTHER,), trip, load)
    bot = await begin(contender, crowd, folder)
    try:
        await _unless_it_ends(bot, crowd.tap(taps // 4))
        crowd.api.calls.clear()
        before, cpu, own = crowd.tapped, bot.cpu, time.process_time()
        seconds = await _unless_it_ends(bot, crowd.tap(taps))
        cpu, own = bot.cpu - cpu, time.process_time() - own
        memory, count = bot.memory, crowd.tapped - before
        stop = await bot.stop()
    finally:
        await bot.stop()
        await crowd.api.stop()
    slow = quantiles(crowd.seconds, n=100)
    confirmed = sum(person.confirmed for person in crowd.people)
    return Figures(
        taps_per_second=count / seconds,
        p50=median(crowd.seconds) * 1000,
        p95=slow[94] * 1000,
        p99=slow[98] * 1000,
        cpu=cpu / count * 1000,
        driver=own / count * 1000,
        calls=sum(crowd.api.calls.values()) / count,
        memory=memory,
        start=bot.started,
        stop=stop,
        lost=max(0, confirmed - await stored(folder)),
    )


async def _unless_it_ends(bot: Running, tapping: Coroutine[object, object, float]) -> float:
    """The seconds of the tapping; nobody waits for a bot that has ended."""
    ends = asyncio.ensure_future(bot.process.wait())
    taps = asyncio.ensure_future(tapping)
    await asyncio.wait({ends, taps}, return_when=asyncio.FIRST_COMPLETED)
    if not taps.done():
        taps.cancel()
        raise AssertionError((bot.folder / "log").read_text(errors="replace")[-2_000:])
    ends.cancel()
    return await taps


async def rows_in_table(folder: Path) -> int:
    """What a peer has stored."""
    db = sqlite3.connect(folder / "answers.db")
    try:
        count: int = db.execute("SELECT count(*) FROM answers").fetchone()[0]
        return count
    finally:
        db.close()

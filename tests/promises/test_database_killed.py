"""Row 21, its other half: PostgreSQL itself is killed again and again while people tap."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import asyncpg
import pytest

from bot.sandbox import Sandbox
from storage.postgres.faults import DRIVERS
from tests.acceptance.bot_process import CANARY, a_bot, free_port, set_webhook
from tests.postgres_server import PASSWORD, Server, create, on
from tests.promises.crowd import begun, kept, let_in, settled, tapping
from tests.promises.report import Promise, times

SEED, PEOPLE, TAPS, RATE = 21, 20, 5_000, 25.0
ROWS = 2_000
"""Rows that the control has confirmed when its server is killed."""

DOWN = 2.0
"""Seconds at most for which the server stays away; Telegram waits much longer."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A PostgreSQL of the test's own."""
    made = Server.made()
    try:
        made.start()
        yield made
    finally:
        made.stop()


async def killing(server: Server, draw: random.Random, often: tuple[float, float]) -> None:
    """SIGKILL to the server each time that so many seconds have passed, until cancelled."""
    while True:
        await asyncio.sleep(draw.uniform(*often))
        await away(server, draw.uniform(0, DOWN))


async def away(server: Server, seconds: float) -> None:
    """Kill the server and start it again; a cancellation waits until it runs."""

    async def killed() -> None:
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(server.start)

    task = asyncio.create_task(killed())
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def measured(
    server: Server, folder: Path, promise: Promise, taps: int, often: tuple[float, float]
) -> None:
    """Tap `taps` times while the server is killed every so many seconds, and report."""
    draw, url, port = random.Random(SEED), await create(server.url()), free_port()
    await let_in(url, PEOPLE)
    kills = server.starts
    async with (
        Sandbox(token=CANARY) as sandbox,
        a_bot(sandbox, folder, port, level="WARNING", database=url) as bot,
    ):
        await set_webhook(sandbox, folder, port)
        people, began = await begun(sandbox, PEOPLE), monotonic()
        killer = asyncio.create_task(killing(server, random.Random(SEED), often))
        await tapping(people, taps, RATE, draw)
        killer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await killer
        await settled(people)
        seconds = monotonic() - began
        assert not bot.ended
        assert await bot.stop() < 5
        assert sandbox.queue.expired == 0
    assert PASSWORD not in bot.log
    assert "Traceback" not in bot.log
    found, killed = await kept(url, people), server.starts - kills
    assert found.whole, found
    assert found.taps == taps
    assert killed >= 3
    lost, rows = await without_syncing(server)
    assert lost > 0
    promise(
        21,
        f"PostgreSQL killed with SIGKILL {killed} times in {seconds:.0f} s, every {often[0]:g} to "
        f"{often[1]:g} s, under {taps:,} taps: {found}",
        control=f"`synchronous_commit=off`, which the bot refuses: {lost} of {rows:,} confirmed "
        "rows lost in one kill",
        seed=SEED,
    )


async def without_syncing(server: Server) -> tuple[int, int]:
    """How many confirmed rows a kill takes where a commit does not wait, and of how many."""
    url, confirmed = await create(server.url()), 0
    await on(url, "CREATE TABLE taps (id integer PRIMARY KEY)")
    db = await asyncpg.connect(url)
    await db.execute("SET synchronous_commit = off")
    killer: asyncio.Task[None] | None = None
    with contextlib.suppress(*DRIVERS):
        while True:
            await db.execute("INSERT INTO taps VALUES ($1)", confirmed)
            confirmed += 1
            if confirmed == ROWS:
                killer = asyncio.create_task(away(server, 0))
    assert killer is not None
    await killer
    db.terminate()
    (row,) = await on(url, "SELECT count(*) FROM taps")
    return confirmed - row[0], confirmed


@pytest.mark.promise
@pytest.mark.timeout(300)
async def test_a_database_that_dies_every_few_seconds(
    server: Server, tmp_path: Path, promise: Promise
) -> None:
    """A tenth of the taps, and a server that dies ten times as often: none lost, none doubled."""
    await measured(server, tmp_path, promise, times(TAPS // 10), (0.5, 4))


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_a_database_that_dies_under_five_thousand_taps(
    server: Server, tmp_path: Path, promise: Promise
) -> None:
    """Killed every 5 to 40 seconds under 5,000 taps: none lost, none doubled."""
    await measured(server, tmp_path, promise, times(TAPS), (5, 40))

"""Row 19: 100,000 events moved to PostgreSQL and back, each way killed ten times: one digest."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.chain import Why
from storage.moving import PAGE, Moved, Survey
from tests.postgres_server import on
from tests.promises.report import Promise, times
from tests.storage.houses import KILLED_TEN_TIMES, furnished, moved, surveyed

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]

EVENTS, KILLS = 100_000, 10


async def test_a_hundred_thousand_events_move_house(
    tmp_path: Path, bare_postgres_url: str, promise: Promise
) -> None:
    """Every row of every table and the chain are equal on both sides, whatever came between."""
    first, again = (f"sqlite:///{tmp_path}/{name}/ledger.db" for name in ("first", "again"))
    await furnished(first, max(times(EVENTS), 30 * PAGE))
    before = await surveyed(first)
    assert before.fault is None
    for source, target in ((first, bare_postgres_url), (bare_postgres_url, again)):
        await killed(source, target)
        assert await moved(source, target) == Moved(before.head.position, before.digest)
        assert await surveyed(target) == before
    spoilt = await spoiled(bare_postgres_url, before)
    promise(
        19,
        f"{before.head.position:,} events moved there and back, each way killed {KILLS} times: "
        f"one SHA-256 over every row, {before.digest[:12]}…, on all three sides",
        control=f"one byte of one event changed in the copy: {spoilt.digest[:12]}…, and the chain "
        "breaks there",
    )


async def killed(source: str, target: str) -> None:
    """Begin the move again and again, and end each with SIGKILL."""
    pages = str(times(10))  # are copied before each kill, or twice as many
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED_TEN_TIMES, source, target, pages, stdout=subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert [int(code) for code in said.split()] == [-signal.SIGKILL] * KILLS


async def spoiled(url: str, before: Survey) -> Survey:
    """What is found once the administrator of the database has changed one byte."""
    middle = before.head.position // 2
    await on(
        url,
        "ALTER TABLE events DISABLE TRIGGER ALL",
        f"UPDATE events SET payload = set_byte(payload, 0, 88) WHERE position = {middle}",
        "ALTER TABLE events ENABLE TRIGGER ALL",
    )
    found = await surveyed(url)
    assert found.digest != before.digest
    assert found.fault is not None
    assert (found.fault.position, found.fault.why) == (middle, Why.BAD_DIGEST)
    return found

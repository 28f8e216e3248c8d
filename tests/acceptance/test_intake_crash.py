"""Acknowledged means kept: bursts of taps, and the process killed in the middle of them."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.sandbox import Phone, Sandbox
from storage.opening import open_store
from tests.promises.report import Promise

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
ROUNDS, BURST = 8, 40
SEED = 20260301


@asynccontextmanager
async def a_child(
    sandbox: Sandbox, script: str, *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A running bot whose long poll waits; killed at the end, however that comes."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / script),
        *arguments,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    polls = len(sandbox.journal.calls)
    try:
        async with asyncio.timeout(20):
            while len(sandbox.journal.calls) < polls + 2 or not sandbox.intake.is_polling:
                assert child.returncode is None, "the bot ended by itself"
                await asyncio.sleep(0.005)
        yield child
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGKILL)
        await child.wait()


async def bursts(sandbox: Sandbox, script: str, *arguments: str) -> list[str]:
    """Eight rounds of forty taps by four people, each ended by SIGKILL; the keys of all taps."""
    draw = random.Random(SEED)
    phones = [sandbox.phone(1001 + number, f"P{number}") for number in range(4)]
    for phone in phones:
        await phone.start()
    sandbox.queue.clear()
    keys: list[str] = []
    for _ in range(ROUNDS):
        async with a_child(sandbox, script, *arguments) as child:
            keys += await burst(draw, phones)
            # From the middle of the first commit to shortly before the last handler ends.
            await asyncio.sleep(draw.uniform(0.0, 0.12))
            child.send_signal(signal.SIGKILL)
            await child.wait()
        sandbox.intake.abort_poll(ConnectionError())
    return keys


async def burst(draw: random.Random, phones: list[Phone]) -> list[str]:
    """Forty taps in a few hundredths of a second."""
    keys = []
    for number in range(BURST):
        tap = await draw.choice(phones).tap_data(1, f"answer:{number}")
        keys.append(f"tap:{tap.id}")
        if number % 8 == 7:
            await asyncio.sleep(0.005)
    return keys


async def test_no_acknowledged_tap_is_lost_or_doubled(tmp_path: Path, promise: Promise) -> None:
    """320 taps, eight kills: after a last start each tap is one entry, in each person's order."""
    database = f"sqlite:///{tmp_path / 'kept' / 'screening.db'}"
    async with Sandbox() as sandbox:
        arguments = (f"{sandbox.base_url}{sandbox.token}", database)
        keys = await bursts(sandbox, "intake_child.py", *arguments)
        async with a_child(sandbox, "intake_child.py", *arguments):
            async with asyncio.timeout(20):
                while sandbox.queue.waiting():  # noqa: ASYNC110 - seen from outside
                    await asyncio.sleep(0.01)
            await asyncio.sleep(BURST * 0.03)
        assert sandbox.queue.expired == 0
        order = {tap_key: place for place, tap_key in enumerate(keys)}
    recorded = await entries(database)
    counts = Counter(key for lane in recorded for key in lane)
    lost = [key for key in keys if counts[key] == 0]
    doubled = [key for key, count in counts.items() if count > 1]
    print(f"seed {SEED}: {len(keys)} taps, {len(lost)} lost, {len(doubled)} doubled")  # noqa: T201
    assert len(keys) == ROUNDS * BURST
    assert (lost, doubled) == ([], [])
    for lane in recorded:
        assert lane == sorted(lane, key=order.__getitem__)
    promise(4, f"{len(keys)} taps, {ROUNDS} kills: 0 lost, 0 doubled", seed=SEED)


async def entries(database: str) -> list[list[str]]:
    """What was recorded, lane by lane."""
    store = await open_store(database, lambda: "", writing=False)
    try:
        assert (await store.inbox.counts()).undone == 0
        streams = await store.ledger.streams("lane/")
        return [[one.payload.decode() for one in await store.ledger.read(s)] for s in streams]
    finally:
        await store.close()


async def test_control_stock_polling_loses_taps(tmp_path: Path, promise: Promise) -> None:
    """The same bursts and kills on PTB's own polling lose taps: the test above is not blind."""
    file = tmp_path / "taps"
    async with Sandbox() as sandbox:
        arguments = (sandbox.base_url, sandbox.token, str(file))
        keys = await bursts(sandbox, "stock_child.py", *arguments)
        async with a_child(sandbox, "stock_child.py", *arguments):
            await asyncio.sleep(BURST * 0.03)
    kept = set(file.read_text().split())
    lost = [key for key in keys if key not in kept]
    print(f"control, seed {SEED}: {len(lost)} of {len(keys)} taps lost")  # noqa: T201
    assert lost
    promise(4, control=f"stock PTB polling: {len(lost)} of {len(keys)} taps lost", seed=SEED)

# ruff: noqa: ASYNC220  the process is watched, and nothing else runs beside it
"""A process that is killed while it seals and erases leaves no half of either."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.chain import verify
from storage.opening import open_store, sealed_store
from storage.sealed import erasure_of
from tests.storage.samples import now

WORKING = """
import asyncio, os, sys
from storage.ledger import Append, NewEntry
from storage.opening import open_store, sealed_store

def batch(stream, expected):
    return Append(stream, expected, (NewEntry("answer-given", 1, b'{"said":1}'),), "now")

async def actor(store, actor):
    for number in range(1_000_000):
        stream = f"screening/{actor}-{number}"
        for version in range(3):
            await store.ledger.append(batch(stream, version))
            print("said", stream, version + 1, flush=True)
        if number % 2:
            about = batch(f"erasure/{actor}-{number}", 0)
            await store.keys.destroy(stream, f"{actor}-{number}", about)
            print("erased", stream, 0, flush=True)
            await store.keys.sweep()

async def main():
    store = await open_store(f"sqlite:///{sys.argv[1]}", lambda: "now")
    store = await sealed_store(store, os.urandom, b"r" * 32)
    await asyncio.gather(*(actor(store, number) for number in range(4)))

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(6))
async def test_a_kill_leaves_whole_screenings_and_whole_erasures(path: Path, seed: int) -> None:
    """What was confirmed is there; a key is destroyed exactly where the ledger says so."""
    enough = random.Random(seed).randrange(20, 250)
    process = subprocess.Popen(
        [sys.executable, "-c", WORKING, path], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(enough)]
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    told = [line.split() for line in (*lines, *rest.splitlines(keepends=True)) if line[-1:] == "\n"]
    under = await open_store(f"sqlite:///{path}", now)
    store = await sealed_store(under, random.Random(seed).randbytes, b"r" * 32)
    assert (await verify(under.ledger.walk())).sound
    keys = {key.stream: key.value for key in await store.keys.all()}
    for stream, value in keys.items():
        recorded = await store.ledger.read(erasure_of(stream))
        assert (value is None) == bool(recorded), stream
        for entry in await store.ledger.read(stream):
            assert (entry.payload, entry.erased) == (
                (b"", True) if value is None else (b'{"said":1}', False)
            )
    for what, stream, version in told:
        if what == "said":
            assert len(await store.ledger.read(stream)) >= int(version)
        else:
            assert keys[stream] is None
    assert set(await store.ledger.streams("screening/")) <= set(keys)
    assert await store.keys.sweep()
    await under.ledger.close()

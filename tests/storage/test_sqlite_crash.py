# ruff: noqa: ASYNC220  the process is watched, and nothing else runs beside it
"""A real process that is killed, or runs out of room, keeps everything that it confirmed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.chain import verify
from storage.sqlite import SqliteLedger
from tests.promises.report import Promise
from tests.storage.samples import now

APPENDING = """
import asyncio, sys
from pathlib import Path
from storage.ledger import Append, NewEntry
from storage.sqlite import SqliteLedger

def batch(stream, expected):
    return Append(stream, expected, (NewEntry("answer-given", 1, b"x" * 100),), "now")

async def actor(ledger, number):
    for version in range(1_000_000):
        (entry, _) = await ledger.append(
            batch(f"a/{number}", version), batch(f"b/{number}", version)
        )
        print(entry.position, entry.digest.hex(), flush=True)

async def main():
    ledger = await SqliteLedger.open(Path(sys.argv[1]), lambda: "now")
    await asyncio.gather(*(actor(ledger, number) for number in range(4)))

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(4))
async def test_sigkill_loses_nothing_confirmed(path: Path, seed: int) -> None:
    """Every entry that the killed process had printed is there, both batches or neither."""
    enough = random.Random(seed).randrange(20, 300)
    process = subprocess.Popen(
        [sys.executable, "-c", APPENDING, path], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(enough)]
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    confirmed = [line.split() for line in (*lines, *rest.splitlines(keepends=True))]
    ledger = await SqliteLedger.open(path, now)
    entries = {entry.position: entry.digest.hex() async for entry in ledger.walk()}
    for position, digest in (line for line in confirmed if len(line) == 2 and len(line[1]) == 64):
        assert entries[int(position)] == digest
    for number in range(4):
        assert len(await ledger.read(f"a/{number}")) == len(await ledger.read(f"b/{number}"))
    assert len(entries) >= 2 * enough
    assert (await verify(ledger.walk())).sound
    await ledger.close()


FILLING = """
import asyncio, resource, sys
from pathlib import Path
from storage.chain import verify
from storage.errors import StorageError
from storage.ledger import Append, NewEntry
from storage.sqlite import SqliteLedger

def batch(stream, expected):
    return Append(stream, expected, (NewEntry("answer-given", 1, b"x" * 900),), "now")

def limit(size):
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

async def main(path):
    ledger = await SqliteLedger.open(path, lambda: "now")
    version = refused = 0
    wal = path.with_name(path.name + "-wal")
    for room in range(0, 40_000, 1_111):
        limit(wal.stat().st_size + room)
        for _ in range(20):
            try:
                await ledger.append(batch("s", version))
            except StorageError:
                refused += 1
                assert len(await ledger.read("s")) == version, "a refused entry is there"
                break
            version += 1
        limit(None)
        await ledger.append(batch("s", version))
        version += 1
    verdict = await verify(ledger.walk())
    print(refused, verdict.sound and verdict.head.position == version)
    await ledger.close()

asyncio.run(main(Path(sys.argv[1])))
"""


def test_a_full_disk_is_told_and_survived(path: Path, promise: Promise) -> None:
    """Room runs out at 37 different bytes: an error, all before it kept, then recovery."""
    said = subprocess.run(
        [sys.executable, "-c", FILLING, path], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    refused, sound = said.stdout.split()
    assert int(refused) > 30
    assert sound == "True"
    promise(13, f"the room ends at 37 different bytes, {refused} appends refused: 0 lost, recovers")


LEFT_OPEN = """
import asyncio, sys
from pathlib import Path
from storage.sqlite import SqliteLedger

async def main():
    await SqliteLedger.open(Path(sys.argv[1]), lambda: "now")
    raise SystemExit(3)

asyncio.run(main())
"""


def test_a_process_that_never_closed_still_ends(path: Path) -> None:
    """A failure before the closing must not leave a process alive and deaf."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LEFT_OPEN, path],
        timeout=20,
        check=False,
        capture_output=True,
    )
    assert ended.returncode == 3

"""Where the ledger and its streams end is asked of the file once, and is never stale."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.chain import verify
from storage.errors import BadEntry, StorageUnavailable, VersionConflict
from storage.ledger import Append, NewEntry
from storage.memory import MemoryLedger
from storage.points import Point, watching
from storage.sqlite import SqliteFile, SqliteLedger
from storage.sqlite.connection import connect
from storage.sqlite.ends import Ends, read_head
from storage.sqlite.statements import LEDGER
from tests.storage.samples import AT, KINDS, batch, now

SEED = 20261126


def says_the_same(db: sqlite3.Connection, ends: Ends) -> bool:
    """Whether what is known is what the file says."""
    known = {stream: LEDGER.version_of(db, stream=stream) for stream in ends._versions}
    return known == ends._versions and ends._head in (None, read_head(db))


@pytest.fixture
def breaking() -> Iterator[list[int]]:
    """Holds after how many points the disk breaks, once; the last number counts down."""
    left: list[int] = []

    def watcher(point: Point) -> None:
        if left and point in (Point.EVENT, Point.COMMIT):
            left[0] -= 1
            if left[0] < 0:
                left.clear()
                raise sqlite3.OperationalError("disk I/O error")

    with watching(watcher):
        yield left


async def test_what_is_known_is_what_the_file_says(path: Path, breaking: list[int]) -> None:
    """After any mix of what is stored, refused half-way, unfit to be kept, or lost to the disk."""
    chance = random.Random(SEED)
    file = await SqliteFile.open(path, now)
    ledger, twin = SqliteLedger(file), MemoryLedger(kinds=KINDS)
    outcomes: Counter[type] = Counter()
    for _ in range(250):
        stands = {f"s/{n}": len(await ledger.read(f"s/{n}")) for n in range(7)}
        breaking[:] = [chance.randrange(12)] if chance.random() < 0.3 else []
        jobs = [_some(chance, stands) for _ in range(chance.randrange(1, 6))]
        found = await asyncio.gather(
            *(ledger.append(*batches) for batches in jobs), return_exceptions=True
        )
        breaking.clear()
        outcomes.update(map(type, found))
        for batches, one in zip(jobs, found, strict=True):
            if not isinstance(one, StorageUnavailable):
                (same,) = await asyncio.gather(twin.append(*batches), return_exceptions=True)
                assert same == one or type(same) is type(one) in (VersionConflict, BadEntry)
        assert await file.write(lambda db: says_the_same(db, file.ends))
    assert set(outcomes) == {tuple, VersionConflict, BadEntry, StorageUnavailable}
    assert min(outcomes.values()) > 20
    assert (await verify(ledger.walk())).sound
    await ledger.close()


def _some(chance: random.Random, stands: dict[str, int]) -> list[Append]:
    """Two or three batches that go to where the streams stood, or nearly."""
    batches = []
    for stream in chance.sample(sorted(stands), chance.randrange(2, 4)):
        expected = max(0, stands[stream] - (chance.random() < 0.1))
        kind = "no-such-kind" if chance.random() < 0.05 else "answer-given"
        entries = tuple(NewEntry(kind, 1, b"{}") for _ in range(chance.randrange(3)))
        batches.append(Append(stream, expected, entries, AT))
    return batches


async def test_an_append_asks_the_file_nothing_that_is_known(path: Path) -> None:
    """An entry under two guards takes one statement between the beginning and the commit."""
    statements: list[str] = []

    def traced(place: Path) -> sqlite3.Connection:
        db = connect(place)
        db.set_trace_callback(statements.append)
        return db

    ledger = SqliteLedger(await SqliteFile.open(path, now, connector=traced))
    guards = (batch("person/p-1", 0), batch("erasure/a", 0))
    await ledger.append(batch("a", 0, b"1"), *guards)
    statements.clear()
    await ledger.append(batch("a", 1, b"2"), *guards)
    # The triggers of the table make SQLite name the insertion several times.
    words = dict.fromkeys(one.split()[0] for one in statements if not one.startswith("--"))
    assert list(words) == ["BEGIN", "INSERT", "COMMIT"]
    await ledger.close()


async def test_few_streams_are_known(path: Path) -> None:
    """Those asked for last; the others are asked of the file again."""
    file = await SqliteFile.open(path, now)
    ends = Ends(streams=3)
    await SqliteLedger(file).append(batch("s/0", 0, b"1"))

    def ask(db: sqlite3.Connection) -> list[int]:
        found = [ends.version(db, f"s/{place}") for place in range(9)]
        assert list(ends._versions) == ["s/6", "s/7", "s/8"]
        return [*found, ends.version(db, "s/0")]

    assert await file.write(ask) == [1, *[0] * 8, 1]
    await file.close()

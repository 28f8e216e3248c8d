"""What a transaction costs in each database, and how long it takes to move 100,000 events."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median

import pytest

from storage.ledger import Append, NewEntry
from storage.moving import Moved
from storage.opening import Store, open_store
from storage.outbox import NewNotice
from tests.postgres_server import Server, create
from tests.storage.houses import KILLED_TEN_TIMES, furnish, moved, surveyed
from tests.storage.samples import AT, now, update

pytestmark = pytest.mark.benchmark

TAPS, EVENTS = 1_000, 100_000
PAYLOAD = b"x" * 250


@pytest.fixture
def disk() -> Iterator[Server]:
    """A PostgreSQL whose data lies on a disk, as SQLite's file does in these benchmarks."""
    server = Server.made(Path(tempfile.gettempdir()))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A store on the disk."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/bench/ledger.db"
    else:
        url = await create(request.getfixturevalue("disk").url())
    opened = await open_store(url, now)
    yield opened
    await opened.close()


@pytest.mark.parametrize("people", [1, 8, 32])
async def test_the_transaction_of_a_tap(
    store: Store, people: int, request: pytest.FixtureRequest
) -> None:
    """Lock the head, compare the version, add an event, owe a notice, mark the update done."""
    rows = await store.inbox.accept([update(f"u{number}") for number in range(TAPS)])
    took: list[float] = []

    async def person(me: int) -> None:
        for version, row in enumerate(rows[me::people]):
            began = time.perf_counter()
            await store.ledger.append(
                Append(f"s/{me}", version, (NewEntry("answer-given", 1, PAYLOAD),), AT),
                done=row.id,
                notices=[NewNotice(f"n/{row.id}", f"p/{me}", "kind", PAYLOAD, AT)],
            )
            took.append(time.perf_counter() - began)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(person(me) for me in range(people)))
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(  # noqa: T201
        f"\n{request.node.name}: {TAPS / seconds:.0f} a second, median {median(took) * 1e6:.0f} µs,"
        f" p95 {sorted(took)[int(TAPS * 0.95)] * 1e6:.0f} µs, own CPU {cpu / TAPS * 1e6:.0f} µs"
    )


@pytest.mark.timeout(1800)
async def test_a_hundred_thousand_events_are_moved_both_ways(disk: Server, tmp_path: Path) -> None:
    """Equal digests there and back, and killed ten times on each way."""
    first, again = (f"sqlite:///{tmp_path}/{name}/ledger.db" for name in ("first", "again"))
    other = await create(disk.url())
    store = await open_store(first, now)
    await furnish(store, EVENTS)
    await store.close()
    before = await surveyed(first)
    for source, target in ((first, other), (other, again)):
        began = time.perf_counter()
        assert await moved(source, target) == Moved(before.head.position, before.digest)
        print(f"\n{EVENTS} events: {time.perf_counter() - began:.1f} s")  # noqa: T201
    assert await surveyed(again) == before
    for source, target in (
        (first, await create(disk.url())),
        (other, f"sqlite:///{tmp_path}/third/ledger.db"),
    ):
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLED_TEN_TIMES, source, target, "10", stdout=subprocess.PIPE
        )
        said, _ = await process.communicate()
        assert [int(code) for code in said.split()] == [-signal.SIGKILL] * 10
        assert await moved(source, target) == Moved(before.head.position, before.digest)
        assert await surveyed(target) == before
        print(f"\nkilled ten times: {time.perf_counter() - began:.1f} s")  # noqa: T201

"""Appends that share a transaction do not share their fate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from storage.address import InPostgres, parse_address
from storage.chain import verify
from storage.errors import BadEntry, StorageUnavailable, VersionConflict
from storage.opening import Store, postgres_store
from storage.postgres import PostgresDatabase
from storage.postgres.connection import Connection
from storage.postgres.writer import LARGEST_GROUP, Work, Writer
from tests.storage.samples import batch, now


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """An open database below its store."""
    address = parse_address(postgres_url)
    assert isinstance(address, InPostgres)
    opened = await PostgresDatabase.open(address, now)
    yield opened
    await opened.close()


async def test_waiting_appends_share_a_transaction(database: PostgresDatabase) -> None:
    """A hundred at one moment take two, and each is told of its own."""
    transactions = 0

    async def transact(work: Work[None]) -> None:
        nonlocal transactions
        transactions += 1
        await database.write(work)

    async def mine(number: int, db: Connection) -> int:
        await db.execute("SELECT 1")
        return number

    writer = Writer(transact)
    numbers = range(100)
    found = await asyncio.gather(
        *(writer.submit(lambda db, number=number: mine(number, db)) for number in numbers)  # type: ignore[misc]
    )
    assert found == list(numbers)
    assert transactions == -(-100 // LARGEST_GROUP)


async def test_a_refusal_hurts_nobody_else_in_the_group(database: PostgresDatabase) -> None:
    """A conflict, an unknown kind and a mistake of ours are undone alone."""
    store: Store = postgres_store(database)

    async def mistaken(db: Connection) -> None:
        await db.execute("INSERT INTO intake_marks VALUES ('half', 'done')")
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        store.ledger.append(batch("a", 0, b"1")),
        store.ledger.append(batch("a", 7, b"2")),
        store.ledger.append(batch("b", 0, b"3", kind="never-heard-of")),
        database.append(mistaken),
        store.ledger.append(batch("c", 0, b"4")),
        return_exceptions=True,
    )
    kinds = [type(found) for found in outcomes]
    assert kinds == [tuple, VersionConflict, BadEntry, ZeroDivisionError, tuple]
    assert await store.inbox.mark("half") is None
    assert (await verify(store.ledger.walk())).head.position == 2


async def test_an_append_whose_caller_left_before_never_starts(database: PostgresDatabase) -> None:
    """Nothing is stored for somebody who went away while others were served."""
    store = postgres_store(database)
    first = asyncio.create_task(store.ledger.append(batch("a", 0, b"1")))
    await asyncio.sleep(0)
    second = asyncio.create_task(store.ledger.append(batch("b", 0, b"2")))
    await asyncio.sleep(0)
    second.cancel()
    await first
    await store.ledger.append(batch("c", 0, b"3"))
    assert await store.ledger.read("b") == ()


async def test_a_broken_connection_is_told_to_the_whole_group(database: PostgresDatabase) -> None:
    """Each caller gets an error of its own, and the next group is served by a new connection."""
    store = postgres_store(database)

    async def deadly(db: Connection) -> None:
        await db.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    outcomes = await asyncio.gather(
        store.ledger.append(batch("a", 0, b"1")),
        database.append(deadly),
        store.ledger.append(batch("b", 0, b"2")),
        return_exceptions=True,
    )
    assert [type(found) for found in outcomes] == [StorageUnavailable] * 3
    assert len({id(found) for found in outcomes}) == 3
    await store.ledger.append(batch("a", 0, b"1"))
    assert (await store.ledger.head()).position == 1


async def test_a_stopped_writer_keeps_nobody_waiting(database: PostgresDatabase) -> None:
    """Whoever stops it in the middle, no caller hangs: it is told that nobody knows."""
    held = asyncio.Event()

    async def endless(db: Connection) -> None:
        held.set()
        await asyncio.sleep(3600)

    writer = database._writer
    callers = [asyncio.create_task(database.append(endless)) for _ in range(3)]
    await held.wait()
    late = asyncio.create_task(database.append(endless))
    await asyncio.sleep(0)
    assert writer._task is not None
    writer._task.cancel()
    done = await asyncio.gather(*callers, late, return_exceptions=True)
    assert [type(found) for found in done] == [asyncio.CancelledError] * 4
    assert (await postgres_store(database).ledger.head()).position == 0

"""One writer under cancellation, failure and load: never an open transaction, nothing lost."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import aiosqlite
import pytest

from storage.chain import verify
from storage.errors import (
    StorageError,
    StorageFull,
    StorageUnavailable,
    VersionConflict,
)
from storage.ledger import Entry
from storage.opening import Store, sqlite_store
from storage.sqlite import SqliteFile, SqliteLedger
from tests.promises.report import Promise
from tests.storage.samples import batch, now

SEED = 20260301


def is_locked(path: Path) -> bool:
    """Whether somebody holds a transaction open that writes."""
    db = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        db.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    else:
        db.execute("ROLLBACK")
        return False
    finally:
        db.close()


async def cancelled_after(
    task: asyncio.Task[tuple[Entry, ...]], turns: int, seconds: float
) -> bool:
    """Cancel a task after turns of the loop and a time; whether it was confirmed before that."""
    for _ in range(turns):
        await asyncio.sleep(0)
    await asyncio.sleep(seconds)
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    return not isinstance(outcome, BaseException)


async def test_two_thousand_cancellations_leave_nothing_open(
    sqlite: Store, path: Path, promise: Promise
) -> None:
    """Each append is stored whole or not at all, and every confirmed one is there."""
    chance = random.Random(SEED)
    confirmed: set[int] = set()
    for wave in range(0, 2000, 50):
        numbers = range(wave, wave + 50)
        outcomes = await asyncio.gather(
            *(
                cancelled_after(
                    asyncio.create_task(
                        sqlite.ledger.append(batch(f"a/{n}", 0, b"1"), batch(f"b/{n}", 0, b"2"))
                    ),
                    turns=chance.randrange(20),
                    seconds=chance.choice([0, chance.uniform(0, 0.015)]),
                )
                for n in numbers
            )
        )
        confirmed |= {n for n, kept in zip(numbers, outcomes, strict=True) if kept}
    await sqlite.ledger.append(batch("last", 0, b"!"))
    stored = [
        {int(name[2:]) for name in await sqlite.ledger.streams(part)} for part in ("a/", "b/")
    ]
    assert stored[0] == stored[1]
    assert confirmed <= stored[0]
    assert 100 < len(confirmed) < 1900
    assert not is_locked(path)
    assert (await verify(sqlite.ledger.walk())).sound
    promise(
        15,
        f"2,000 cancellations, {len(confirmed)} confirmed before: 0 open transactions, 0 missing",
        seed=SEED,
    )


async def test_control_an_await_per_statement_leaves_one_open(
    sqlite: Store, path: Path, promise: Promise
) -> None:
    """The same cancellation, met by the plain way of using the driver, holds the lock."""
    begun = asyncio.Event()
    async with aiosqlite.connect(path, isolation_level=None) as db:

        async def naive() -> tuple[Entry, ...]:
            await db.execute("BEGIN IMMEDIATE")
            await db.execute("INSERT INTO intake_marks VALUES ('a', '1')")
            begun.set()
            await asyncio.sleep(60)
            await db.execute("COMMIT")
            return ()

        task = asyncio.create_task(naive())
        await begun.wait()
        assert not await cancelled_after(task, 1, 0)
        assert is_locked(path)
    promise(15, control="an await per statement: the lock is held after one cancellation")


async def test_a_job_whose_caller_left_before_never_starts(sqlite: Store) -> None:
    """An append that was cancelled while it waited in the queue is not stored."""
    task = asyncio.create_task(sqlite.ledger.append(batch("a", 0, b"1")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await sqlite.ledger.append(batch("b", 0, b"2"))
    assert await sqlite.ledger.read("a") == ()


async def test_waiting_jobs_share_one_commit(path: Path) -> None:
    """A hundred appends at one moment take a handful of commits."""
    statements: list[str] = []

    def traced(place: Path) -> sqlite3.Connection:
        db = sqlite3.connect(place, isolation_level=None)
        db.set_trace_callback(statements.append)
        return db

    file = await SqliteFile.open(path, now, connector=traced)
    ledger = SqliteLedger(file)
    statements.clear()
    await asyncio.gather(*(ledger.append(batch(f"s/{n}", 0, b"1")) for n in range(100)))
    assert statements.count("COMMIT") == 2
    assert statements.count("BEGIN IMMEDIATE") == 2
    await ledger.close()


async def test_a_conflict_hurts_nobody_else_in_the_group(sqlite: Store) -> None:
    """In one group, a job that stored half and then met a conflict takes back only its own."""
    outcomes = await asyncio.gather(
        sqlite.ledger.append(batch("a", 0, b"1")),
        sqlite.ledger.append(batch("half", 0, b"2"), batch("a", 0, b"3")),
        sqlite.ledger.append(batch("b", 0, b"4")),
        return_exceptions=True,
    )
    assert [type(found) for found in outcomes] == [tuple, VersionConflict, tuple]
    assert await sqlite.ledger.streams("") == ("a", "b")
    assert (await verify(sqlite.ledger.walk())).sound


async def test_a_mistake_in_a_job_stays_with_its_caller(path: Path) -> None:
    """An unforeseen exception is handed to whoever sent the job, and undone."""
    file = await SqliteFile.open(path, now)

    def mistaken(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO intake_marks VALUES ('a', '1')")
        raise KeyError("a mistake")

    store = sqlite_store(file)
    mistake, stored = await asyncio.gather(
        file.write(mistaken), store.ledger.append(batch("a", 0, b"1")), return_exceptions=True
    )
    assert isinstance(mistake, KeyError)
    assert isinstance(stored, tuple)
    assert await store.inbox.mark("a") is None
    await store.close()


async def test_closing_finishes_what_waits(path: Path) -> None:
    """Appends sent before the end are stored; their callers hear so."""
    ledger = await SqliteLedger.open(path, now)
    waiting = [asyncio.create_task(ledger.append(batch(f"s/{n}", 0, b"1"))) for n in range(200)]
    await asyncio.sleep(0)
    await ledger.close()
    assert all(isinstance(stored, tuple) for stored in await asyncio.gather(*waiting))
    again = await SqliteLedger.open(path, now)
    assert len(await again.streams("")) == 200
    await again.close()


class FailingCursor(sqlite3.Cursor):
    """A cursor whose n-th statement fails as a bad disk does."""

    left: int | None = None
    failed = 0
    lasting = False

    def execute(self, sql: str, parameters: object = (), /) -> Self:
        if FailingCursor.left is not None:
            FailingCursor.left -= 1
            if FailingCursor.left < 0 and (FailingCursor.lasting or FailingCursor.left == -1):
                FailingCursor.failed += 1
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
                raise error
        return super().execute(sql, parameters)  # type: ignore[arg-type]


class FailingConnection(sqlite3.Connection):
    """A connection that makes nothing but failing cursors."""

    def cursor(self, *_: object) -> FailingCursor:  # type: ignore[override]
        return super().cursor(FailingCursor)

    def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        return self.cursor().execute(sql, parameters)


def failing(path: Path) -> sqlite3.Connection:
    """Connect to a file on a disk that can be made to fail."""
    return sqlite3.connect(path, isolation_level=None, factory=FailingConnection)


@pytest.fixture
def disk() -> Iterator[type[FailingCursor]]:
    """The disk, sound before and after each test."""
    FailingCursor.left, FailingCursor.failed, FailingCursor.lasting = None, 0, False
    yield FailingCursor
    FailingCursor.left, FailingCursor.lasting = None, False


@pytest.mark.parametrize("lasting", [False, True])
async def test_an_io_error_at_any_statement_loses_nothing(
    path: Path, disk: type[FailingCursor], lasting: bool, promise: Promise
) -> None:
    """Statement by statement: every caller of the group is told, and the next append works."""
    ledger = SqliteLedger(await SqliteFile.open(path, now, connector=failing))
    confirmed: list[str] = []
    for step in range(60):
        names = [f"{step}/{n}" for n in range(5)]
        disk.left, disk.lasting, disk.failed = step, lasting, 0
        outcomes = await asyncio.gather(
            *(ledger.append(batch(name, 0, b"1")) for name in names), return_exceptions=True
        )
        broke, disk.left = disk.failed > 0, None
        assert [isinstance(found, StorageUnavailable) for found in outcomes] == [broke] * 5
        confirmed += [] if broke else names
        await ledger.append(batch(f"after/{step}", 0, b"2"))
        if not broke:
            break
    assert step > 10, "the failure never came"
    assert not broke, "the failure never went away"
    assert not is_locked(path)
    stored = await ledger.streams("")
    assert [name for name in stored if not name.startswith("after")] == confirmed
    assert len(await ledger.streams("after/")) == step + 1
    assert (await verify(ledger.walk())).sound
    await ledger.close()
    promise(13, f"each of {step} statements fails in turn: 0 confirmed lost, the next append works")


async def test_a_full_database_says_so_and_recovers(path: Path) -> None:
    """Without room every caller hears StorageFull; with room again it goes on."""
    file = await SqliteFile.open(path, now)
    ledger = SqliteLedger(file)
    await ledger.append(batch("a", 0, b"kept"))
    await file.write(lambda db: db.execute("PRAGMA max_page_count = 1").close())
    outcomes = await asyncio.gather(
        *(ledger.append(batch(f"s/{n}", 0, bytes(9000))) for n in range(5)), return_exceptions=True
    )
    assert [type(found) for found in outcomes] == [StorageFull] * 5
    assert len(set(map(id, outcomes))) == 5
    await file.write(lambda db: db.execute("PRAGMA max_page_count = 100000").close())
    await ledger.append(batch("a", 1, bytes(9000)))
    assert await ledger.streams("") == ("a",)
    assert (await verify(ledger.walk())).sound
    await ledger.close()


async def test_a_stopped_writer_keeps_nobody_waiting(path: Path) -> None:
    """When the loop stops the writer's task, callers are told instead of left hanging."""
    file = await SqliteFile.open(path, now)
    (writer,) = (task for task in asyncio.all_tasks() if task.get_name() == "sqlite-writer")
    sent = asyncio.create_task(SqliteLedger(file).append(batch("a", 0, b"1")))
    await asyncio.sleep(0)
    writer.cancel()
    outcome = (await asyncio.gather(sent, return_exceptions=True))[0]
    assert isinstance(outcome, (StorageError, asyncio.CancelledError))
    with pytest.raises(StorageUnavailable):
        await SqliteLedger(file).append(batch("a", 0, b"1"))
    await file.close()
    assert not is_locked(path)


async def test_a_writer_stopped_in_the_middle_says_that_nobody_knows(path: Path) -> None:
    """The caller whose work had begun is cancelled, neither refused nor left waiting for ever."""
    file = await SqliteFile.open(path, now)
    (writer,) = (task for task in asyncio.all_tasks() if task.get_name() == "sqlite-writer")
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(10)

    sent = asyncio.create_task(file.write(slow))
    await asyncio.to_thread(begun.wait, 10)
    writer.cancel()
    await asyncio.wait([sent], timeout=5)
    go_on.set()
    assert sent.cancelled()
    await file.close()
    assert not is_locked(path)

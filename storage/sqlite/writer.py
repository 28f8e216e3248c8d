"""One task owns the writing connection; whoever writes at the same moment shares a commit.

A job is a function on the plain connection. It runs in a transaction that the writer begins and
ends in a single hop to the connection's thread, so no cancellation can leave one open: a job
whose caller goes away before that never starts, and afterwards it finishes. It may run twice, the
first time in vain, so it changes nothing but the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

from storage.errors import StorageError, StorageUnavailable
from storage.points import Point, reach
from storage.sqlite.connection import HopConnection
from storage.sqlite.faults import translate

T = TypeVar("T")
LARGEST_GROUP: Final = 64
CLOSED: Final = "the database is closed"


class Pending(Protocol):
    """A job, whatever it returns; `Job` says what each method means."""

    def wanted(self) -> bool:
        """Whether the caller still waits."""
        ...

    def attempt(self, db: sqlite3.Connection) -> bool:
        """Do the work; False when it refused by itself."""
        ...

    def fail(self, error: Exception) -> None:
        """The group's transaction failed."""
        ...

    def settle(self) -> None:
        """Tell the caller the outcome."""
        ...

    def abandon(self) -> None:
        """Tell the caller that the outcome is not known."""
        ...


class Job(Generic[T]):
    """One caller's work, its outcome, and the future that the caller awaits."""

    def __init__(
        self,
        work: Callable[[sqlite3.Connection], T],
        committed: Callable[[T], None] | None = None,
    ) -> None:
        self._work, self._committed = work, committed
        self._outcome: list[T] = []
        self._error: Exception | None = None
        self.future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def wanted(self) -> bool:
        """Whether the caller still waits."""
        return not self.future.done()

    def attempt(self, db: sqlite3.Connection) -> bool:
        """Do the work; False when it refused by itself, which is no fault of its neighbours.

        Raises the driver's errors about the file, which concern the whole group.
        """
        self._outcome, self._error = [], None
        try:
            self._outcome.append(self._work(db))
        except (sqlite3.IntegrityError, sqlite3.DataError) as error:
            self._error = translate(error)
        except sqlite3.Error:
            raise
        except Exception as error:
            self._error = error
        return self._error is None

    def fail(self, error: Exception) -> None:
        """The group's transaction failed: whatever this job found no longer holds."""
        # Each caller gets an error of its own: a shared one would gather all their tracebacks.
        self._error = translate(error) if not isinstance(error, StorageError) else _again(error)

    def settle(self) -> None:
        """Tell whoever keeps track of commits, then the caller, if it still waits."""
        if self._error is None and self._outcome and self._committed is not None:
            self._committed(self._outcome[0])
        if self.future.done():
            return
        if self._error is None:
            self.future.set_result(self._outcome[0])
        else:
            self.future.set_exception(self._error)

    def abandon(self) -> None:
        """The writer was stopped in the middle: the caller cannot know."""
        self.future.cancel()


def _again(error: StorageError) -> StorageError:
    fresh = type(error).__new__(type(error), *error.args)
    fresh.__dict__.update(error.__dict__)
    fresh.__cause__ = error.__cause__
    return fresh


class Writer:
    """The queue before the writing connection, and the task that serves it.

    `undone` is called on the connection's thread when something was rolled back.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[HopConnection]], undone: Callable[[], None]
    ) -> None:
        self._connect, self._undone = connect, undone
        self._connection: HopConnection | None = None
        self._queue: asyncio.Queue[Pending | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def start(self) -> None:
        """Connect and begin to serve; raises what connecting raises."""
        self._connection = await self._connect()
        self._task = asyncio.create_task(self._serve(), name="sqlite-writer")

    async def submit(
        self,
        work: Callable[[sqlite3.Connection], T],
        committed: Callable[[T], None] | None = None,
    ) -> T:
        """What `work` returns, once it is on disk; raises StorageError and what `work` raises.

        `committed` hears of it first, in the order of the commits, and also when the caller has
        gone away meanwhile.
        """
        if self._closed or self._task is None or self._task.done():
            raise StorageUnavailable(CLOSED)
        job = Job(work, committed)
        self._queue.put_nowait(job)
        return await job.future

    async def aside(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns, run between two transactions, for what none may hold.

        A group's transaction is one hop to the connection's thread, so no hop falls inside one.
        """
        if self._closed or self._connection is None:
            raise StorageUnavailable(CLOSED)
        return await self._connection.run(work)

    async def close(self) -> None:
        """Finish the jobs that wait, then let go of the connection."""
        if not self._closed:
            self._closed = True
            self._queue.put_nowait(None)
        if self._task is not None:
            # Unlike awaiting the task, this does not cancel it with the caller.
            await asyncio.wait([self._task])
        await self._drop()

    async def _serve(self) -> None:
        jobs: list[Pending] = []
        try:
            while jobs := await self._next_group():
                await self._commit([job for job in jobs if job.wanted()])
        finally:
            for job in jobs:
                job.abandon()
            self._refuse_waiting()

    async def _next_group(self) -> list[Pending]:
        jobs: list[Pending] = []
        job = await self._queue.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == LARGEST_GROUP or self._queue.empty():
                return jobs
            job = self._queue.get_nowait()
        if jobs:
            self._queue.put_nowait(None)
        return jobs

    async def _commit(self, jobs: Sequence[Pending]) -> None:
        if not jobs:
            return
        try:
            connection = await self._connected()
            await connection.run(partial(commit_group, jobs=jobs, undone=self._undone))
        except Exception as error:
            for job in jobs:
                job.fail(error)
            await self._recover()
        for job in jobs:
            job.settle()

    async def _connected(self) -> HopConnection:
        if self._connection is None:
            self._connection = await self._connect()
        return self._connection

    async def _recover(self) -> None:
        """Keep the connection if it is free of any transaction, or else open another next time."""
        if self._connection is None:
            return
        try:
            stuck = await self._connection.run(lambda db: db.in_transaction)
        except StorageError:
            stuck = True
        if stuck:
            await self._drop()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                await connection.close()

    def _refuse_waiting(self) -> None:
        while not self._queue.empty():
            job = self._queue.get_nowait()
            if job is not None:
                job.fail(StorageUnavailable(CLOSED))
                job.settle()


def commit_group(
    db: sqlite3.Connection, jobs: Sequence[Pending], undone: Callable[[], None]
) -> None:
    """Run the jobs in one transaction; one that refuses by itself is undone alone.

    Raises the driver's error when nothing of the group was stored.
    """
    # Hardly any refuses: savepoints, two statements a job, are for a second run when one has.
    with contextlib.suppress(_Refused):
        with _transaction(db, undone):
            for job in jobs:
                if not job.attempt(db):
                    raise _Refused
        return
    with _transaction(db, undone):
        for job in jobs:
            _attempt_alone(db, job, undone)


class _Refused(Exception):
    """A job refused by itself, after it may have stored half of what it wanted."""


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection, undone: Callable[[], None]) -> Iterator[None]:
    try:
        reach(Point.BEGIN)
        db.execute("BEGIN IMMEDIATE")
        yield
        reach(Point.COMMIT)
        db.execute("COMMIT")
    except BaseException:
        undone()
        # A full disk or an I/O error may have rolled back already.
        if db.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        raise


def _attempt_alone(db: sqlite3.Connection, job: Pending, undone: Callable[[], None]) -> None:
    db.execute("SAVEPOINT job")
    if not job.attempt(db):
        db.execute("ROLLBACK TO job")
        undone()
    db.execute("RELEASE job")

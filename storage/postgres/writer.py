"""Whoever appends at the same moment shares a transaction, and with it the head of the ledger.

Only one transaction at a time can hold the head, up to the end of its commit: were each append
its own, PostgreSQL could never sync two of them at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar

from storage.errors import StorageError
from storage.postgres.connection import Connection
from storage.postgres.faults import DRIVERS, is_about_the_content, translate

T = TypeVar("T")
Work = Callable[[Connection], Awaitable[T]]

LARGEST_GROUP: Final = 64


class Job(Generic[T]):
    """One caller's work, its outcome, and the future that the caller awaits."""

    def __init__(self, work: Work[T]) -> None:
        self._work = work
        self._outcome: list[T] = []
        self._error: Exception | None = None
        self.future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    @property
    def wanted(self) -> bool:
        """Whether the caller still waits."""
        return not self.future.done()

    async def attempt_alone(self, db: Connection) -> None:
        """Do the work without a savepoint, which would cost two round trips; raises its refusal."""
        self._outcome, self._error = [await self._work(db)], None

    async def attempt(self, db: Connection) -> None:
        """Do the work under a savepoint; a refusal is undone alone.

        Raises the driver's errors about the server, which concern the whole group.
        """
        self._outcome, self._error = [], None
        try:
            async with db.transaction():
                self._outcome.append(await self._work(db))
        except DRIVERS as error:
            if not is_about_the_content(error):
                raise
            self._error = translate(error)
        except Exception as error:
            self._error = error

    def abandon(self) -> None:
        """The writer was stopped in the middle: the caller cannot know."""
        self.future.cancel()

    def fail(self, error: Exception) -> None:
        """The group's transaction failed: whatever this job found no longer holds."""
        # Each caller gets an error of its own: a shared one would gather all their tracebacks.
        self._error = _again(error) if isinstance(error, StorageError) else error

    def settle(self) -> None:
        """Tell the caller, if it still waits."""
        if self.future.done():
            return
        if self._error is None:
            self.future.set_result(self._outcome[0])
        else:
            self.future.set_exception(self._error)


def _again(error: StorageError) -> StorageError:
    fresh = type(error).__new__(type(error), *error.args)
    fresh.__dict__.update(error.__dict__)
    fresh.__cause__ = error.__cause__
    return fresh


class Writer:
    """The queue before the head of the ledger, and the task that serves it.

    `transact` runs a work in a transaction that no cancellation leaves open.
    """

    def __init__(self, transact: Callable[[Work[None]], Awaitable[None]]) -> None:
        self._transact = transact
        self._waiting: list[Job[Any]] = []
        self._task: asyncio.Task[None] | None = None

    async def submit(self, work: Work[T]) -> T:
        """What `work` returns, once it is on disk; raises StorageError and what `work` raises.

        A caller who goes away before its turn leaves nothing behind.
        """
        job = Job(work)
        self._waiting.append(job)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve(), name="postgres-writer")
        return await job.future

    async def finish(self) -> None:
        """Wait until nothing waits."""
        if self._task is not None:
            # Unlike awaiting the task, this does not cancel it with the caller.
            await asyncio.wait([self._task])

    async def _serve(self) -> None:
        group: list[Job[Any]] = []
        try:
            while self._waiting:
                group = [job for job in self._waiting[:LARGEST_GROUP] if job.wanted]
                del self._waiting[:LARGEST_GROUP]
                if group:
                    await self._commit(group)
        finally:
            # Nothing is left here unless this task was stopped.
            for job in (*group, *self._waiting):
                job.abandon()
            self._waiting.clear()

    async def _commit(self, group: Sequence[Job[Any]]) -> None:
        try:
            await self._transact(partial(_attempt, group))
        except Exception as error:
            for job in group:
                job.fail(error)
        for job in group:
            job.settle()


async def _attempt(group: Sequence[Job[Any]], db: Connection) -> None:
    if len(group) == 1:
        await group[0].attempt_alone(db)
        return
    for job in group:
        await job.attempt(db)

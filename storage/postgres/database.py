"""One PostgreSQL database, reached over a few connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

import asyncpg

from storage.address import InPostgres
from storage.errors import StorageReadOnly, StorageUnavailable, Trouble
from storage.points import Point, reach
from storage.postgres.claiming import claim
from storage.postgres.connection import (
    READING,
    SECONDS_FOR_A_STATEMENT,
    SECONDS_TO_CONNECT,
    SESSION,
    Connection,
    Session,
    check_settings,
    check_writable,
)
from storage.postgres.faults import may_be_tried_again, translated
from storage.postgres.migrating import form_of, known_migrations, migrate
from storage.postgres.replica import SILENT, Forgotten, Replica
from storage.postgres.writer import Writer

T = TypeVar("T")
Work = Callable[[Connection], Awaitable[T]]

CONNECTIONS: Final = 6
"""Of one process: appends share one, so that at most one waits for the head of the ledger."""

TRIES: Final = 3
"""Of a transaction that stood in another's way."""


class PostgresDatabase:
    """An open database. Every write is a transaction that no cancellation leaves open."""

    def __init__(self, pool: Any, address: InPostgres, *, writing: bool) -> None:
        self._pool = pool
        self._writing = writing
        self.replica = Replica(partial(_listening, address), self._on_any)
        self._writer = Writer(self._transaction)
        self._at_work: set[asyncio.Task[Any]] = set()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        address: InPostgres,
        now: Callable[[], str],
        *,
        writing: bool = True,
        alone: bool = False,
    ) -> PostgresDatabase:
        """Connect, making and migrating what is missing when it is to be written.

        `now` dates the migrations. With `writing=False` the database must have the newest form.
        With `alone=True` nobody else may write meanwhile. Raises StorageUnavailable,
        StorageReadOnly, NewerDatabase.
        """
        first = partial(_first_writing, now) if writing else _first_reading
        init = partial(_writing, alone=alone) if writing else check_settings
        with translated():
            pool = await _pool(
                address, SESSION if writing else READING, init, 1 if alone else CONNECTIONS
            )
            try:
                async with pool.acquire() as db:
                    await first(db)
            except BaseException:
                pool.terminate()
                raise
        return cls(pool, address, writing=writing)

    async def append(self, work: Work[T]) -> T:
        """A `write` that locks the head of the ledger; those of one moment share a transaction.

        So at most one connection waits for the head, and reads can pass.
        """
        self._check_writable()
        return await self._writer.submit(work)

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, once it is on disk; raises StorageError and what `work` raises."""
        self._check_writable()
        return await self._finished(self._transaction(work))

    async def claim(self, work: Callable[[Connection, int], Awaitable[T]]) -> T:
        """A `write` that claims something for this process, whose number it is handed."""
        self._check_writable()
        number = await self.replica.number()
        try:
            return await self.write(lambda db: _claimed(work, db, number))
        except Forgotten:
            self.replica.forget(number)
            number = await self.replica.number()
            return await self.write(lambda db: _claimed(work, db, number))

    @property
    def writing(self) -> bool:
        """Whether it may be written."""
        return self._writing

    async def aside(self, work: Work[T]) -> T:
        """What `work` returns, run outside of any transaction, for what none may hold."""
        self._check_writable()
        return await self.read(work)

    async def read(self, work: Work[T]) -> T:
        """What `work` returns; each of its statements sees every commit confirmed before."""
        self._check_open()
        return await self._on_any(work)

    async def close(self) -> None:
        """Finish the writes that were begun, then close; a second call does nothing."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        # A caller that is cancelled must not leave the connections half closed.
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await self._writer.finish()
        if self._at_work:
            await asyncio.wait(self._at_work)
        await self.replica.leave()
        with translated():
            await self._pool.close()

    async def _on_any(self, work: Work[T]) -> T:
        """Also while closing: what was begun before is finished."""
        with translated():
            async with self._pool.acquire() as db:
                return await work(Session(db))

    def _check_open(self) -> None:
        if self._closing is not None:
            raise StorageUnavailable("the database is closed")

    def _check_writable(self) -> None:
        self._check_open()
        if not self._writing:
            raise StorageReadOnly("the database was opened for reading only")

    async def _finished(self, transaction: Awaitable[T]) -> T:
        """Run it in a task of its own: a caller who goes away does not stop it half way."""
        task = asyncio.ensure_future(transaction)
        self._at_work.add(task)
        task.add_done_callback(self._let_go)
        return await asyncio.shield(task)

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._at_work.discard(task)
        if not task.cancelled():
            task.exception()  # seen, even when the caller has gone away

    async def _transaction(self, work: Work[T]) -> T:
        with translated():
            for _ in range(TRIES - 1):
                try:
                    return await self._once(work)
                except asyncpg.PostgresError as error:
                    if not may_be_tried_again(error):
                        raise
            return await self._once(work)

    async def _once(self, work: Work[T]) -> T:
        async with self._pool.acquire() as db:
            reach(Point.BEGIN)
            async with db.transaction():
                found = await work(Session(db))
                reach(Point.COMMIT)
                return found


async def _claimed(
    work: Callable[[Connection, int], Awaitable[T]], db: Connection, number: int
) -> T:
    try:
        return await work(db, number)
    except asyncpg.ForeignKeyViolationError:
        raise Forgotten from None  # only a number that is not known any more can be refused


async def _listening(address: InPostgres) -> Any:
    """A session of a replica's own, in which nothing of the record is written."""
    db = await asyncpg.connect(
        address.dsn,
        timeout=SECONDS_TO_CONNECT,
        command_timeout=SILENT,
        # What is lost here in a crash of the server is void after it: every session is over then.
        server_settings={**SESSION, "synchronous_commit": "off"},
    )
    try:
        await check_writable(db)
        await claim(db, alone=False)
    except BaseException:
        db.terminate()
        raise
    return db


async def _pool(
    address: InPostgres,
    session: Mapping[str, str],
    init: Callable[[Connection], Awaitable[None]],
    size: int,
) -> Any:
    return await asyncpg.create_pool(
        address.dsn,
        # None is kept ready: asyncpg would log each failure to make one, while a server is away.
        min_size=0,
        max_size=size,
        # The claim lives as long as the connection: none is closed for its age.
        max_queries=2**31,
        max_inactive_connection_lifetime=0,
        init=init,
        # The default would let go of the claim each time, in a round trip of its own.
        reset=_keep,
        timeout=SECONDS_TO_CONNECT,
        command_timeout=SECONDS_FOR_A_STATEMENT,
        server_settings=dict(session),
    )


async def _keep(_: Connection) -> None:
    """Nothing in this room changes a session after its start."""


async def _writing(db: Connection, *, alone: bool) -> None:
    await check_settings(db)
    await check_writable(db)
    await claim(db, alone=alone)


async def _first_writing(now: Callable[[], str], db: Connection) -> None:
    await migrate(db, now, known_migrations())


async def _first_reading(db: Connection) -> None:
    steps = known_migrations()
    form = await form_of(db, steps)
    if form == 0:
        raise StorageUnavailable("there is no record in this database yet", Trouble.NO_RECORD)
    if form != len(steps):
        raise StorageUnavailable(
            "the database has an older form: open it for writing once", Trouble.OLD_FORM
        )

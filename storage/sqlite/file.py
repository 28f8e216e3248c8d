"""One SQLite file with its writing and its reading connection."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from storage.errors import StorageReadOnly, StorageUnavailable, Trouble
from storage.sqlite.connection import (
    READING,
    WRITING,
    Connector,
    HopConnection,
    connect,
    settle,
)
from storage.sqlite.ends import Ends
from storage.sqlite.faults import translated
from storage.sqlite.migrating import form_of, known_migrations, migrate
from storage.sqlite.place import Claim, check, make
from storage.sqlite.tail import Tail
from storage.sqlite.writer import Writer

T = TypeVar("T")


class SqliteFile:
    """An open file. Reads do not wait for writes; writes share commits (see `Writer`)."""

    def __init__(
        self,
        reader: HopConnection,
        ends: Ends,
        writer: Writer | None = None,
        claim: Claim | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._claim = claim
        self.tail, self.ends = Tail(), ends
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        path: Path,
        now: Callable[[], str],
        *,
        writing: bool = True,
        connector: Connector = connect,
    ) -> SqliteFile:
        """Open the file, making and migrating it when it is to be written.

        `now` dates the migrations. With `writing=False` the file must exist in the newest form;
        any number of processes may read beside the one that writes. `connector` is for tests
        that make the disk fail. Raises StorageUnavailable, StorageReadOnly, NewerDatabase,
        LedgerBroken.
        """
        if not writing:
            with translated():
                check(path)
                return cls(await _opened(partial(_connect_current, path, connector)), Ends())
        with translated():
            make(path)
            claim = Claim(path)
        try:
            return await cls._claimed(path, now, connector, claim)
        except BaseException:
            claim.release()
            raise

    @classmethod
    async def _claimed(
        cls, path: Path, now: Callable[[], str], connector: Connector, claim: Claim
    ) -> SqliteFile:
        ends = Ends()
        connecting = partial(_connect_writing, path, now, connector)
        writer = Writer(partial(_opened, connecting), ends.forget)
        await writer.start()
        try:
            reader = await _opened(partial(_connect_reading, path, connector))
        except BaseException:
            await writer.close()
            raise
        return cls(reader, ends, writer, claim)

    @property
    def closed(self) -> bool:
        """Whether it was closed, or is being closed."""
        return self._closing is not None

    @property
    def alone(self) -> bool:
        """Whether this process holds the claim: then nobody else can change the file."""
        return self._claim is not None

    async def write(
        self,
        work: Callable[[sqlite3.Connection], T],
        committed: Callable[[T], None] | None = None,
    ) -> T:
        """What `work` returns, once it is on disk; see `Writer.submit`."""
        if self._writer is None:
            raise StorageReadOnly("the database was opened for reading only")
        return await self._writer.submit(work, committed)

    async def aside(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns, run on the writing connection between two transactions."""
        if self._writer is None:
            raise StorageReadOnly("the database was opened for reading only")
        return await self._writer.aside(work)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns; it sees every commit that was confirmed before."""
        return await self._reader.run(work)

    async def close(self) -> None:
        """Finish the writes that wait, then close; a second call does nothing."""
        if self._closing is None:
            self.tail.close()
            self._closing = asyncio.create_task(self._close())
        # A caller that is cancelled must not leave the file half closed.
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            await self._reader.close()
        finally:
            # The writer goes last and takes the write-ahead log with it.
            if self._writer is not None:
                await self._writer.close()
            if self._claim is not None:
                self._claim.release()


async def _opened(connect_now: Callable[[], sqlite3.Connection]) -> HopConnection:
    with translated():
        return await HopConnection.opened(connect_now)


def _connect_writing(
    path: Path, now: Callable[[], str], connector: Connector
) -> sqlite3.Connection:
    steps = known_migrations()
    db = connector(path)
    try:
        # Before any setting is changed: a file that is not ours is left as it is.
        form_of(db, steps)
        settle(db, WRITING)
        migrate(db, now, steps)
    except BaseException:
        db.close()
        raise
    return db


def _connect_reading(path: Path, connector: Connector) -> sqlite3.Connection:
    db = connector(path)
    try:
        settle(db, READING)
    except BaseException:
        db.close()
        raise
    return db


def _connect_current(path: Path, connector: Connector) -> sqlite3.Connection:
    steps = known_migrations()
    db = _connect_reading(path, connector)
    try:
        if form_of(db, steps) != len(steps):
            raise StorageUnavailable(
                "the database has an older form: open it for writing once", Trouble.OLD_FORM
            )
    except BaseException:
        db.close()
        raise
    return db

"""A connection whose every transaction is one hop to its thread, and the settings it must have."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar

import aiosqlite

from storage.errors import StorageUnavailable
from storage.sqlite.faults import translated

T = TypeVar("T")
Connector = Callable[[Path], sqlite3.Connection]

BUSY_MILLISECONDS: Final = 5000

WRITING: Final[Mapping[str, str | int]] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: with NORMAL a power cut takes confirmed answers with it
    "foreign_keys": 1,
    "busy_timeout": BUSY_MILLISECONDS,
    "trusted_schema": 0,
    "secure_delete": 1,  # a body that is let go of leaves no bytes behind in the file
}
READING: Final[Mapping[str, str | int]] = {
    "query_only": 1,
    "busy_timeout": BUSY_MILLISECONDS,
    "trusted_schema": 0,
}


class HopConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole function on its thread.

    An await per statement costs nearly twice as much, and a task cancelled between two of them
    leaves the transaction open.
    """

    @classmethod
    async def opened(cls, connect: Callable[[], sqlite3.Connection]) -> HopConnection:
        """Start the thread and connect on it; raises what `connect` raises."""
        connection = cls(connect, iter_chunk_size=64)
        # A process that fails before it closes must end, not linger alive and deaf.
        connection._thread.daemon = True
        try:
            await connection
        except BaseException:
            # The thread must not outlive the loop that it reports to.
            await asyncio.to_thread(connection._thread.join)
            raise
        return connection

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns for the plain connection; raises StorageError and what it raises.

        A cancelled caller does not stop the work: it must leave no transaction open by itself.
        """
        if not self._running or self._connection is None:
            raise StorageUnavailable("the database is closed")
        with translated():
            # aiosqlite's own way onto its thread, which has no annotations.
            result: T = await self._execute(work, self._connection)  # type: ignore[no-untyped-call]
        return result


def connect(path: Path) -> sqlite3.Connection:
    """Open an existing file; transactions begin and end only where this room says so."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=BUSY_MILLISECONDS / 1000,
    )


def settle(db: sqlite3.Connection, pragmas: Mapping[str, str | int]) -> None:
    """Set the pragmas and read each back; raises StorageUnavailable when one does not hold."""
    for name, wanted in pragmas.items():
        db.execute(f"PRAGMA {name} = {wanted}").close()
        found = pragma(db, name)
        if found != wanted:
            raise StorageUnavailable(f"{name} is {found!r} and cannot be made {wanted!r}")


def pragma(db: sqlite3.Connection, name: str) -> str | int:
    """What a setting is now."""
    row: tuple[str | int] = db.execute(f"PRAGMA {name}").fetchone()
    return row[0]

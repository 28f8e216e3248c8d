"""The keys in a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from storage.errors import NoKey
from storage.keys import Key, check_destroy, check_key
from storage.ledger import Append, Entry
from storage.limits import check_name
from storage.sqlite.connection import BUSY_MILLISECONDS, settle
from storage.sqlite.file import SqliteFile
from storage.sqlite.inbox import settle_update
from storage.sqlite.ledger import store_batches
from storage.sqlite.statements import KEYS

PATIENCE_MILLISECONDS: Final = 50
"""How long a sweep waits for readers: nobody can write meanwhile, and it can be done later."""


class SqliteKeys:
    """Keeps the contract `storage.keys.Keys`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    async def put(self, stream: str, value: bytes, at: str) -> Key:
        """See `Keys.put`."""
        check_key(stream, value)
        check_name("time of making", at)

        def work(db: sqlite3.Connection) -> Key:
            KEYS.put(db, stream=stream, key=value, at=at)
            found = _key(db, stream)
            assert found is not None
            return found

        return await self._file.write(work)

    async def get(self, stream: str) -> Key | None:
        """See `Keys.get`."""
        check_name("stream name", stream)
        return await self._file.read(lambda db: _key(db, stream))

    async def all(self) -> tuple[Key, ...]:
        """See `Keys.all`."""
        return await self._file.read(
            lambda db: tuple(
                Key(stream, None if gone else key) for stream, key, gone in KEYS.every_key(db)
            )
        )

    async def replace(self, keys: Sequence[Key]) -> None:
        """See `Keys.replace`."""
        for key in keys:
            check_key(key.stream, key.value or b"")

        def work(db: sqlite3.Connection) -> None:
            for key in keys:
                if KEYS.replace(db, stream=key.stream, key=key.value or b"") == 0:
                    raise NoKey(key.stream)

        await self._file.write(work)

    async def destroy(
        self, stream: str, about: str, *batches: Append, done: int | None = None
    ) -> tuple[Entry, ...]:
        """See `Keys.destroy`."""
        check_destroy(stream, about, batches)

        def work(db: sqlite3.Connection) -> tuple[Entry, ...]:
            if KEYS.destroy(db, stream=stream) == 0:
                raise NoKey(stream)
            if done is not None:
                settle_update(db, done)
            KEYS.empty_notices(db, about=about)
            KEYS.empty_dead_letters(db)
            return store_batches(db, self._file.ends, batches)

        return await self._file.write(work, self._file.tail.added)

    async def sweep(self) -> bool:
        """See `Keys.sweep`: the write-ahead log is emptied into the file and cut to nothing."""
        return await self._file.aside(_sweep)


def _sweep(db: sqlite3.Connection) -> bool:
    settle(db, {"busy_timeout": PATIENCE_MILLISECONDS})
    try:
        busy, _, _ = KEYS.sweep(db)
    finally:
        settle(db, {"busy_timeout": BUSY_MILLISECONDS})
    return busy == 0


def _key(db: sqlite3.Connection, stream: str) -> Key | None:
    row = KEYS.key_of(db, stream=stream)
    return None if row is None else Key(stream, None if row[1] else row[0])

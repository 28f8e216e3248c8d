"""The ledger in a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final

from storage.chain import follow
from storage.errors import LedgerBroken, VersionConflict
from storage.ledger import Append, Entry, Head, Unread, check_append
from storage.limits import check_name, check_text
from storage.outbox import NewNotice, Settled, check_notice, check_settled
from storage.points import Point, reach
from storage.sqlite.ends import Ends, read_head
from storage.sqlite.file import SqliteFile
from storage.sqlite.inbox import settle_update
from storage.sqlite.outbox import owe, settle_notice
from storage.sqlite.statements import LEDGER

PAGE: Final = 256


class SqliteLedger:
    """Keeps the contract `storage.ledger.Ledger`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    @classmethod
    async def open(
        cls, path: Path, now: Callable[[], str], *, writing: bool = True
    ) -> SqliteLedger:
        """The ledger of a file, opened as `SqliteFile.open` says."""
        return cls(await SqliteFile.open(path, now, writing=writing))

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """See `Ledger.append`."""
        for batch in batches:
            check_append(batch)
        for notice in notices:
            check_notice(notice)
        check_settled(settled)

        def work(db: sqlite3.Connection) -> tuple[Entry, ...]:
            if done is not None:
                settle_update(db, done)
            if settled is not None:
                settle_notice(db, settled)
            # First the versions: of two who decide at one moment, the second was overtaken, and
            # that both owe something under one key follows from it.
            stored = store_batches(db, self._file.ends, batches)
            for notice in notices:
                owe(db, notice)
            return stored

        return await self._file.write(work, self._file.tail.added)

    async def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        """See `Ledger.read`."""
        check_name("stream name", stream)
        tail = self._file.tail
        if tail.version(stream) == after:
            return ()
        head = tail.head
        entries = await self._file.read(
            lambda db: tuple(
                Entry(*row) for row in LEDGER.read_stream(db, stream=stream, after=after)
            )
        )
        if any(entry.version != place for place, entry in enumerate(entries, after + 1)):
            raise LedgerBroken(f"stream {stream!r} has a gap")
        if self._file.alone and (entries or after == 0):
            tail.was_read(stream, after + len(entries), head)
        return entries

    async def streams(self, prefix: str) -> tuple[str, ...]:
        """See `Ledger.streams`."""
        check_text("prefix", prefix)
        return await self._file.read(
            lambda db: tuple(name for (name,) in LEDGER.streams(db, prefix=prefix))
        )

    async def walk(self, after: int = 0) -> AsyncIterator[Entry]:
        """See `Ledger.walk`; entries added meanwhile are part of the walk."""
        while page := await self._page(after):
            for entry in page:
                yield entry
            after = page[-1].position

    async def since(self, after: int, unread: Unread | None = None) -> AsyncIterator[Entry]:
        """See `Ledger.since`."""
        while (known := self._file.tail.after(after)) is None:
            page = await self._page(after)
            for entry in page:
                yield entry
            if not page:
                return
            after = page[-1].position
        for entry in known:
            yield entry

    async def head(self) -> Head:
        """See `Ledger.head`."""
        known = self._file.tail.head
        return known if known is not None else await self._file.read(read_head)

    async def close(self) -> None:
        """Close the file, and with it every other part that shares it."""
        await self._file.close()

    async def _page(self, after: int) -> tuple[Entry, ...]:
        return await self._file.read(
            lambda db: tuple(Entry(*row) for row in LEDGER.read_page(db, after=after, size=PAGE))
        )


def store_batches(
    db: sqlite3.Connection, ends: Ends, batches: Sequence[Append]
) -> tuple[Entry, ...]:
    """Store checked batches in the caller's transaction; raises VersionConflict."""
    stored: list[Entry] = []
    for batch in batches:
        found = ends.version(db, batch.stream)
        if found != batch.expected:
            raise VersionConflict(batch.stream, batch.expected, found)
        for version, new in enumerate(batch.entries, found + 1):
            entry = follow(ends.head(db), batch, version, new)
            _insert(db, entry)
            ends.inserted(entry)
            stored.append(entry)
    return tuple(stored)


def _insert(db: sqlite3.Connection, entry: Entry) -> None:
    reach(Point.EVENT)
    LEDGER.append_event(
        db,
        position=entry.position,
        stream=entry.stream,
        version=entry.version,
        kind=entry.kind,
        schema=entry.schema,
        recorded_at=entry.recorded_at,
        payload=entry.payload,
        previous=entry.previous,
        digest=entry.digest,
    )

"""The ledger in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from storage.chain import follow
from storage.errors import LedgerBroken, VersionConflict
from storage.ledger import Append, Entry, Head, Unread, check_append
from storage.limits import check_name, check_text
from storage.outbox import NewNotice, Settled, check_notice, check_settled
from storage.points import Point, reach
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.inbox import settle_update
from storage.postgres.outbox import new_to, owe, settle_notice
from storage.postgres.statements import LEDGER
from storage.replicas import Topic

PAGE: Final = 256


class PostgresLedger:
    """Keeps the contract `storage.ledger.Ledger`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

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

        async def work(db: Connection) -> tuple[Entry, ...]:
            if done is not None:
                await settle_update(db, done)
            if settled is not None:
                await settle_notice(db, settled)
            if not batches and not notices:
                return ()
            return await store_batches(db, batches, notices)

        stored = await self._database.append(work)
        if _due_now(batches, notices):
            self._database.replica.tell(Topic.NOTICES)
        return stored

    async def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        """See `Ledger.read`."""
        check_name("stream name", stream)

        async def work(db: Connection) -> tuple[Entry, ...]:
            rows = LEDGER.read_stream(db, stream=stream, after=after)
            return tuple([Entry(*row) async for row in rows])

        entries = await self._database.read(work)
        if any(entry.version != place for place, entry in enumerate(entries, after + 1)):
            raise LedgerBroken(f"stream {stream!r} has a gap")
        return entries

    async def streams(self, prefix: str) -> tuple[str, ...]:
        """See `Ledger.streams`."""
        check_text("prefix", prefix)

        async def work(db: Connection) -> tuple[str, ...]:
            return tuple([name async for (name,) in LEDGER.streams(db, prefix=prefix)])

        return await self._database.read(work)

    async def walk(self, after: int = 0) -> AsyncIterator[Entry]:
        """See `Ledger.walk`; entries added meanwhile are part of the walk."""
        while page := await self._page(after):
            for entry in page:
                yield entry
            after = page[-1].position

    def since(self, after: int, unread: Unread | None = None) -> AsyncIterator[Entry]:
        """See `Ledger.since`."""
        return self.walk(after)

    async def head(self) -> Head:
        """See `Ledger.head`."""
        return Head(*await self._database.read(LEDGER.head))

    async def close(self) -> None:
        """Close the connections, and with them every other part that shares them."""
        await self._database.close()

    async def _page(self, after: int) -> tuple[Entry, ...]:
        async def work(db: Connection) -> tuple[Entry, ...]:
            rows = LEDGER.read_page(db, after=after, size=PAGE)
            return tuple([Entry(*row) async for row in rows])

        return await self._database.read(work)


def _due_now(batches: Sequence[Append], notices: Sequence[NewNotice]) -> bool:
    """Whether a notice is due by the time of what was recorded with it; a timer seldom is."""
    now = max((batch.recorded_at for batch in batches), default="")
    return any(not now or notice.due_at <= now for notice in notices)


async def store_batches(
    db: Connection, batches: Sequence[Append], notices: Sequence[NewNotice] = ()
) -> tuple[Entry, ...]:
    """Store what was checked, in the caller's transaction; raises VersionConflict, NoticeClash."""
    # Locked before anything is looked at, so that what is seen still holds at the commit.
    head = Head(*await LEDGER.lock_head(db))
    # What can refuse comes first, for a refusal uses up no number of a notice; and the versions
    # before the keys: of two who decide at one moment, the second was overtaken.
    entries = _follow(head, batches, await _versions(db, batches))
    fresh = await new_to(db, notices)
    await insert(db, entries)
    await owe(db, fresh)
    return entries


async def _versions(db: Connection, batches: Sequence[Append]) -> dict[str, int]:
    asked = list({batch.stream for batch in batches})
    return {name: version async for name, version in LEDGER.versions_of(db, streams=asked)}


def _follow(head: Head, batches: Sequence[Append], versions: dict[str, int]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for batch in batches:
        found = versions[batch.stream]
        if found != batch.expected:
            raise VersionConflict(batch.stream, batch.expected, found)
        for version, new in enumerate(batch.entries, found + 1):
            entries.append(follow(head, batch, version, new))
            head = Head(entries[-1].position, entries[-1].digest)
        versions[batch.stream] = found + len(batch.entries)
    return tuple(entries)


async def insert(db: Connection, entries: Sequence[Entry]) -> None:
    """Add entries as they are, in the caller's transaction; raises what the triggers raise."""
    for _ in entries:
        reach(Point.EVENT)
    if entries:
        await LEDGER.append_events(
            db,
            positions=[entry.position for entry in entries],
            streams=[entry.stream for entry in entries],
            versions=[entry.version for entry in entries],
            kinds=[entry.kind for entry in entries],
            schemas=[entry.schema for entry in entries],
            times=[entry.recorded_at for entry in entries],
            payloads=[entry.payload for entry in entries],
            previous=[entry.previous for entry in entries],
            digests=[entry.digest for entry in entries],
        )

"""The keys in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Sequence

from storage.errors import NoKey, StorageUnavailable
from storage.keys import Key, check_destroy, check_key
from storage.ledger import Append, Entry
from storage.limits import check_name
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.inbox import settle_update
from storage.postgres.ledger import store_batches
from storage.postgres.statements import KEYS, changed


class PostgresKeys:
    """Keeps the contract `storage.keys.Keys`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def put(self, stream: str, value: bytes, at: str) -> Key:
        """See `Keys.put`."""
        check_key(stream, value)
        check_name("time of making", at)

        async def work(db: Connection) -> Key:
            await KEYS.put(db, stream=stream, key=value, at=at)
            found = await _key(db, stream)
            assert found is not None
            return found

        return await self._database.write(work)

    async def get(self, stream: str) -> Key | None:
        """See `Keys.get`."""
        check_name("stream name", stream)
        return await self._database.read(lambda db: _key(db, stream))

    async def all(self) -> tuple[Key, ...]:
        """See `Keys.all`."""

        async def work(db: Connection) -> tuple[Key, ...]:
            rows = KEYS.every_key(db)
            return tuple([Key(stream, None if gone else key) async for stream, key, gone in rows])

        return await self._database.read(work)

    async def replace(self, keys: Sequence[Key]) -> None:
        """See `Keys.replace`."""
        for key in keys:
            check_key(key.stream, key.value or b"")

        async def work(db: Connection) -> None:
            for key in keys:
                status = await KEYS.replace(db, stream=key.stream, key=key.value or b"")
                if changed(status) == 0:
                    raise NoKey(key.stream)

        await self._database.write(work)

    async def destroy(
        self, stream: str, about: str, *batches: Append, done: int | None = None
    ) -> tuple[Entry, ...]:
        """See `Keys.destroy`."""
        check_destroy(stream, about, batches)

        async def work(db: Connection) -> tuple[Entry, ...]:
            if changed(await KEYS.destroy(db, stream=stream)) == 0:
                raise NoKey(stream)
            if done is not None:
                await settle_update(db, done)
            await KEYS.empty_notices(db, about=about)
            await KEYS.empty_dead_letters(db)
            return await store_batches(db, batches)

        return await self._database.append(work)

    async def sweep(self) -> bool:
        """See `Keys.sweep`: the tables are written anew, without the rows that were replaced.

        PostgreSQL's own log is the server's: its segments are overwritten in their turn, and an
        archive of them keeps what it has. Keys that are wrapped say nothing there.
        """
        try:
            await self._database.aside(_sweep)
        except StorageUnavailable:
            return False
        return True


async def _sweep(db: Connection) -> None:
    await KEYS.wait_briefly(db)
    try:
        await KEYS.rewrite_keys(db)
        await KEYS.rewrite_inbox(db)
        await KEYS.rewrite_outbox(db)
    finally:
        await KEYS.wait_as_before(db)


async def _key(db: Connection, stream: str) -> Key | None:
    row = await KEYS.key_of(db, stream=stream)
    return None if row is None else Key(stream, None if row[1] else row[0])

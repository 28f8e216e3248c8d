"""A PostgreSQL database as one side of a move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import aiosql

from storage.moving import KEYS, Part, Row
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.statements import FOLDER

MOVING: Final[Any] = aiosql.from_path(FOLDER / "moving.sql", "asyncpg")
"""Statements named after the parts; a test looks for each."""


class PostgresSide:
    """Keeps the contract `storage.moving.Side`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def page(self, part: Part, after: Row, size: int) -> tuple[Row, ...]:
        """See `Side.page`."""
        statement = getattr(MOVING, f"{part.name}_page")
        key = dict(zip(part.key, after, strict=True))

        async def work(db: Connection) -> tuple[Row, ...]:
            return tuple([tuple(row) async for row in statement(db, **key, size=size)])

        return await self._database.read(work)

    async def last(self, part: Part) -> Row | None:
        """See `Side.last`."""
        found = await self._database.read(getattr(MOVING, f"{part.name}_last"))
        return None if found is None else tuple(found)

    async def count(self, part: Part) -> int:
        """See `Side.count`."""
        return int(await self._database.read(getattr(MOVING, f"{part.name}_count")))

    async def put(self, part: Part, rows: Sequence[Row]) -> None:
        """See `Side.put`."""
        statement = getattr(MOVING, f"put_{part.name}")
        named = [dict(zip(part.columns, row, strict=True)) for row in rows]
        await self._database.write(lambda db: statement(db, named))

    async def number(self, part: Part) -> int:
        """See `Side.number`."""
        return int(await self._database.read(lambda db: MOVING.number(db, part=part.name)))

    async def unfinished(self) -> str | None:
        """See `Side.unfinished`."""
        found: str | None = await self._database.read(MOVING.unfinished)
        return found

    async def begin(self, since: str) -> None:
        """See `Side.begin`."""
        await self._database.write(lambda db: MOVING.begin(db, since=since))

    async def finish(self, numbers: dict[str, int]) -> None:
        """See `Side.finish`; here the keys have a number of their own as well."""
        last = await self.last(KEYS)
        numbers = {**numbers, KEYS.name: 0 if last is None else int(last[0] or 0)}

        async def work(db: Connection) -> None:
            for part, number in numbers.items():
                if number:
                    await MOVING.keep_number(db, part=part, number=number)
            await MOVING.finish(db)

        await self._database.write(work)

    async def close(self) -> None:
        """See `Side.close`."""
        await self._database.close()

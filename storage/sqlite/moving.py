"""A SQLite file as one side of a move."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import aiosql

from storage.moving import Part, Row
from storage.sqlite.file import SqliteFile
from storage.sqlite.statements import FOLDER

MOVING: Final[Any] = aiosql.from_path(FOLDER / "moving.sql", "sqlite3")
"""Statements named after the parts; a test looks for each."""


class SqliteSide:
    """Keeps the contract `storage.moving.Side`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    async def page(self, part: Part, after: Row, size: int) -> tuple[Row, ...]:
        """See `Side.page`."""
        statement = getattr(MOVING, f"{part.name}_page")
        key = dict(zip(part.key, after, strict=True))
        return await self._file.read(
            lambda db: tuple(tuple(row) for row in statement(db, **key, size=size))
        )

    async def last(self, part: Part) -> Row | None:
        """See `Side.last`."""
        found: Row | None = await self._file.read(getattr(MOVING, f"{part.name}_last"))
        return found

    async def count(self, part: Part) -> int:
        """See `Side.count`."""
        return int(await self._file.read(getattr(MOVING, f"{part.name}_count")))

    async def put(self, part: Part, rows: Sequence[Row]) -> None:
        """See `Side.put`."""
        statement = getattr(MOVING, f"put_{part.name}")
        named = [dict(zip(part.columns, row, strict=True)) for row in rows]
        await self._file.write(lambda db: statement(db, named))

    async def number(self, part: Part) -> int:
        """See `Side.number`."""
        return int(await self._file.read(lambda db: MOVING.number(db, part=part.name)))

    async def unfinished(self) -> str | None:
        """See `Side.unfinished`."""
        found: str | None = await self._file.read(MOVING.unfinished)
        return found

    async def begin(self, since: str) -> None:
        """See `Side.begin`."""
        await self._file.write(lambda db: MOVING.begin(db, since=since))

    async def finish(self, numbers: dict[str, int]) -> None:
        """See `Side.finish`."""

        def work(db: sqlite3.Connection) -> None:
            for part, number in numbers.items():
                MOVING.forget_number(db, part=part)
                MOVING.keep_number(db, part=part, number=number)
            MOVING.finish(db)

        await self._file.write(work)

    async def close(self) -> None:
        """See `Side.close`."""
        await self._file.close()

"""The shared pace in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from storage.pace import Meter
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.statements import PACE

FORGETS_EVERY: Final = 1_000
"""Calls after which meters at rest are forgotten: each chat has one."""


class PostgresPace:
    """Keeps the contract `storage.pace.Paces`: one round trip for each call that is counted."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._claims = 0

    async def claim(self, meters: Sequence[Meter]) -> float:
        """See `Paces.claim`; now and then whatever is at rest for a while is forgotten."""
        self._claims += 1
        if self._claims % FORGETS_EVERY == 0:
            await self._database.aside(PACE.forget)

        async def work(db: Connection) -> float:
            return await PACE.claim(
                db,
                names=[one.name for one in meters],
                seconds=[one.seconds for one in meters],
                rooms=[one.room for one in meters],
            )

        return await self._database.aside(work)

    async def pause(self, seconds: float) -> None:
        """See `Paces.pause`."""
        await self._database.aside(lambda db: PACE.pause(db, seconds=seconds))

    async def paused(self) -> float:
        """See `Paces.paused`."""
        return await self._database.aside(PACE.paused) or 0.0

"""The shared pace in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Sequence

from storage.pace import Meter
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.statements import PACE


class PostgresPace:
    """Keeps the contract `storage.pace.Paces`: one round trip for each call that is counted."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def claim(self, meters: Sequence[Meter]) -> float:
        """See `Paces.claim`."""

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
        """See `Paces.paused`; whatever is at rest for a while is forgotten on the way."""
        await self._database.aside(PACE.forget)
        return await self._database.aside(PACE.paused) or 0.0

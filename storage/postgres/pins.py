"""The signing PINs in a PostgreSQL database."""

from __future__ import annotations

from storage.pins import (
    TRIES,
    WINDOW_MINUTES,
    Attempt,
    Window,
    check_attempt,
    check_choice,
    check_person,
    counted,
)
from storage.postgres import claiming
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.statements import PINS, changed


class PostgresPins:
    """Keeps the contract `storage.pins.Pins`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def hash(self, person: str) -> str | None:
        """See `Pins.hash`."""
        check_person(person)
        return await self._database.read(lambda db: PINS.hash_of(db, person=person))

    async def put(self, person: str, hash: str, at: str) -> bool:  # noqa: A002
        """See `Pins.put`."""
        check_choice(person, hash, at)
        status = await self._database.write(
            lambda db: PINS.choose(db, person=person, hash=hash, at=at)
        )
        return changed(status) == 1

    async def forget(self, person: str) -> None:
        """See `Pins.forget`."""
        check_person(person)
        await self._database.write(lambda db: PINS.forget(db, person=person))

    async def attempt(
        self, person: str, at: str, limit: int = TRIES, window_minutes: int = WINDOW_MINUTES
    ) -> Attempt:
        """See `Pins.attempt`; between reading and counting nobody else counts this person."""
        check_attempt(person, limit, window_minutes)

        async def work(db: Connection) -> Attempt:
            await PINS.one_at_a_time(db, person=person, pins=claiming.PINS)
            row = await PINS.window(db, person=person)
            before = Window() if row is None else Window(*row)
            after, attempt = counted(before, at, limit, window_minutes)
            if after != before:  # a flood of refused guesses costs no write
                await PINS.put_window(db, person=person, tries=after.tries, window_from=after.since)
            return attempt

        return await self._database.write(work)

    async def succeed(self, person: str) -> None:
        """See `Pins.succeed`."""
        check_person(person)
        await self._database.write(lambda db: PINS.clear(db, person=person))

"""The signing PINs in a SQLite file."""

from __future__ import annotations

import sqlite3

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
from storage.sqlite.file import SqliteFile
from storage.sqlite.statements import PINS


class SqlitePins:
    """Keeps the contract `storage.pins.Pins`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    async def hash(self, person: str) -> str | None:
        """See `Pins.hash`."""
        check_person(person)
        return await self._file.read(lambda db: PINS.hash_of(db, person=person))

    async def put(self, person: str, hash: str, at: str) -> bool:  # noqa: A002
        """See `Pins.put`."""
        check_choice(person, hash, at)
        return await self._file.write(
            lambda db: PINS.choose(db, person=person, hash=hash, at=at) == 1
        )

    async def forget(self, person: str) -> None:
        """See `Pins.forget`."""
        check_person(person)
        await self._file.write(lambda db: PINS.forget(db, person=person))

    async def attempt(
        self, person: str, at: str, limit: int = TRIES, window_minutes: int = WINDOW_MINUTES
    ) -> Attempt:
        """See `Pins.attempt`; reading and counting are one transaction of the one writer."""
        check_attempt(person, limit, window_minutes)

        def work(db: sqlite3.Connection) -> Attempt:
            row = PINS.window(db, person=person)
            before = Window() if row is None else Window(*row)
            after, attempt = counted(before, at, limit, window_minutes)
            if after != before:  # a flood of refused guesses costs no write
                PINS.put_window(db, person=person, tries=after.tries, window_from=after.since)
            return attempt

        return await self._file.write(work)

    async def succeed(self, person: str) -> None:
        """See `Pins.succeed`."""
        check_person(person)
        await self._file.write(lambda db: PINS.clear(db, person=person))

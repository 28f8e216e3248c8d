"""The inbox in a SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from storage.errors import AlreadyDone
from storage.inbox import InboxCounts, NewUpdate, Update, check_mark, check_update
from storage.limits import check_text
from storage.points import Point, reach
from storage.sqlite.file import SqliteFile
from storage.sqlite.statements import INBOX


class SqliteInbox:
    """Keeps the contract `storage.inbox.Inbox`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    async def accept(self, updates: Sequence[NewUpdate]) -> tuple[Update, ...]:
        """See `Inbox.accept`."""
        for update in updates:
            check_update(update)
        kept = tuple(updates)
        return await self._file.write(lambda db: _accept(db, kept))

    async def undone(self) -> tuple[Update, ...]:
        """See `Inbox.undone`."""
        return await self._file.read(lambda db: tuple(Update(*row) for row in INBOX.undone(db)))

    async def dead_letter(self, update: int, reason: str, at: str) -> None:
        """See `Inbox.dead_letter`."""
        check_text("reason", reason)

        def work(db: sqlite3.Connection) -> None:
            if INBOX.mark_dead(db, update_id=update, reason=reason, at=at) == 0:
                raise AlreadyDone(update)

        await self._file.write(work)

    async def oldest_undone(self) -> str | None:
        """See `Inbox.oldest_undone`."""
        return await self._file.read(INBOX.oldest_undone)

    async def counts(self) -> InboxCounts:
        """See `Inbox.counts`."""
        return await self._file.read(lambda db: InboxCounts(*INBOX.counts(db)))

    async def prune(self, before: str) -> int:
        """See `Inbox.prune`."""
        return await self._file.write(lambda db: INBOX.prune(db, before=before))

    async def put_mark(self, name: str, value: str) -> None:
        """See `Inbox.put_mark`."""
        check_mark(name, value)
        await self._file.write(lambda db: INBOX.put_mark(db, name=name, value=value))

    async def mark(self, name: str) -> str | None:
        """See `Inbox.mark`."""
        return await self._file.read(lambda db: INBOX.mark(db, name=name))


def settle_update(db: sqlite3.Connection, update: int) -> None:
    """Make an update done and drop its raw body, in the caller's transaction."""
    if INBOX.mark_done(db, update_id=update) == 0:
        raise AlreadyDone(update)


def _accept(db: sqlite3.Connection, updates: Sequence[NewUpdate]) -> tuple[Update, ...]:
    accepted: list[Update] = []
    for new in updates:
        try:
            identity = INBOX.accept(
                db, key=new.key, lane=new.lane, raw=new.raw, received_at=new.received_at
            )
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
                raise
            continue  # it was kept before
        accepted.append(Update(identity, new.key, new.lane, new.raw, new.received_at))
    reach(Point.INBOX)
    return tuple(accepted)

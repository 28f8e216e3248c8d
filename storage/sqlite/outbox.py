"""The outbox in a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection

from storage.errors import NoticeClash, UnknownNotice
from storage.outbox import (
    NewNotice,
    Notice,
    OutboxCounts,
    Settled,
    check_failure,
    check_sent,
)
from storage.points import Point, reach
from storage.sqlite.file import SqliteFile
from storage.sqlite.statements import OUTBOX, NoticeRow


class SqliteOutbox:
    """Keeps the contract `storage.outbox.Outbox`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    async def due(self, now: str, limit: int, busy: Collection[str] = ()) -> tuple[Notice, ...]:
        """See `Outbox.due`."""
        in_the_air = json.dumps(sorted(busy))
        return await self._file.read(
            lambda db: tuple(
                _notice(row) for row in OUTBOX.due(db, now=now, busy=in_the_air, size=limit)
            )
        )

    async def mark_sending(self, notice: int, at: str) -> int:
        """See `Outbox.mark_sending`."""

        def work(db: sqlite3.Connection) -> int:
            attempt = OUTBOX.mark_sending(db, notice=notice, at=at)
            if attempt is None:
                raise UnknownNotice(notice)
            return attempt

        return await self._file.write(work)

    async def mark_sent(self, notice: int, at: str, message_id: int | None) -> None:
        """See `Outbox.mark_sent`."""
        check_sent(at, message_id)
        await self._change(
            notice, lambda db: OUTBOX.mark_sent(db, notice=notice, at=at, message_id=message_id)
        )

    async def mark_failed(
        self,
        notice: int,
        at: str,
        reason: str,
        retry_at: str | None,
        *,
        perhaps_sent: bool = False,
    ) -> None:
        """See `Outbox.mark_failed`."""
        check_failure(at, reason, retry_at)
        await self._change(
            notice,
            lambda db: OUTBOX.mark_failed(
                db,
                notice=notice,
                at=at,
                reason=reason,
                retry_at=retry_at,
                perhaps_sent=perhaps_sent,
            ),
        )

    async def counts(self) -> OutboxCounts:
        """See `Outbox.counts`."""
        return await self._file.read(lambda db: OutboxCounts(*OUTBOX.counts(db)))

    async def _change(self, notice: int, change: Callable[[sqlite3.Connection], int]) -> None:
        def work(db: sqlite3.Connection) -> None:
            if change(db) == 0:
                raise UnknownNotice(notice)

        await self._file.write(work)


def owe(db: sqlite3.Connection, notice: NewNotice) -> None:
    """Add a notice in the caller's transaction; the same one twice is owed once."""
    reach(Point.NOTICE)
    added = OUTBOX.owe(
        db,
        key=notice.key,
        recipient=notice.recipient,
        kind=notice.kind,
        body=notice.body,
        due_at=notice.due_at,
    )
    if added == 0 and not OUTBOX.is_same(
        db, key=notice.key, recipient=notice.recipient, kind=notice.kind, body=notice.body
    ):
        raise NoticeClash(notice.key)


def settle_notice(db: sqlite3.Connection, settled: Settled) -> None:
    """Make a notice sent, or given up, in the caller's transaction."""
    found = OUTBOX.settle(
        db,
        notice=settled.notice,
        at=settled.at,
        state=settled.state,
        message_id=settled.message_id,
        reason=settled.reason,
    )
    if found == 0:
        raise UnknownNotice(settled.notice)


def _notice(row: NoticeRow) -> Notice:
    identity, key, recipient, kind, body, due_at, attempts, perhaps_sent = row
    return Notice(
        identity, key, recipient, kind, body, due_at, attempts, perhaps_sent=bool(perhaps_sent)
    )

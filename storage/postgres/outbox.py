"""The outbox in a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

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
from storage.postgres import claiming
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.statements import OUTBOX, NoticeRow, changed


class PostgresOutbox:
    """Keeps the contract `storage.outbox.Outbox`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def due(self, now: str, limit: int, busy: Collection[str] = ()) -> tuple[Notice, ...]:
        """See `Outbox.due`."""
        out = sorted(busy)

        async def own(db: Connection, me: int) -> tuple[Notice, ...]:
            if not await OUTBOX.is_any_due(db, now=now, busy=out, replica=me):
                return ()
            await OUTBOX.one_claims_at_a_time(db, claims=claiming.CLAIMS)
            rows = OUTBOX.claim(db, now=now, busy=out, size=limit, replica=me)
            found = [_notice(row) async for row in rows]
            return tuple(sorted(found, key=lambda one: (one.due_at, one.id)))

        async def every(db: Connection) -> tuple[Notice, ...]:
            return tuple(
                [
                    _notice(row)
                    async for row in OUTBOX.everything_due(db, now=now, busy=out, size=limit)
                ]
            )

        if self._database.writing:
            return await self._database.claim(own)
        return await self._database.read(every)

    async def mark_sending(self, notice: int, at: str) -> int:
        """See `Outbox.mark_sending`."""

        async def work(db: Connection, me: int) -> int:
            attempt = await OUTBOX.mark_sending(db, notice=notice, at=at, replica=me)
            if attempt is None:
                raise UnknownNotice(notice)
            return attempt

        return await self._database.claim(work)

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
        return OutboxCounts(*await self._database.read(OUTBOX.counts))

    async def _change(self, notice: int, change: Callable[[Connection], Awaitable[str]]) -> None:
        async def work(db: Connection) -> None:
            if changed(await change(db)) == 0:
                raise UnknownNotice(notice)

        await self._database.write(work)


async def new_to(db: Connection, notices: Sequence[NewNotice]) -> tuple[NewNotice, ...]:
    """Those that are not owed yet, each once; raises NoticeClash.

    Whoever owes holds the head of the ledger, so that none of them can appear meanwhile.
    """
    if not notices:
        return ()
    keys = list({notice.key for notice in notices})
    said = {key: tuple(words) async for key, *words in OUTBOX.known(db, keys=keys)}
    fresh: list[NewNotice] = []
    for notice in notices:
        words = (notice.recipient, notice.kind, notice.body)
        if notice.key not in said:
            fresh.append(notice)
        elif said[notice.key] != words:
            raise NoticeClash(notice.key)
        said[notice.key] = words
    return tuple(fresh)


async def owe(db: Connection, notices: Sequence[NewNotice]) -> None:
    """Add notices that are new, in the caller's transaction."""
    for _ in notices:
        reach(Point.NOTICE)
    if notices:
        await OUTBOX.owe(
            db,
            keys=[notice.key for notice in notices],
            recipients=[notice.recipient for notice in notices],
            kinds=[notice.kind for notice in notices],
            bodies=[notice.body for notice in notices],
            times=[notice.due_at for notice in notices],
        )


async def settle_notice(db: Connection, settled: Settled) -> None:
    """Make a notice sent, or given up, in the caller's transaction."""
    found = await OUTBOX.settle(
        db,
        notice=settled.notice,
        at=settled.at,
        state=settled.state,
        message_id=settled.message_id,
        reason=settled.reason,
    )
    if changed(found) == 0:
        raise UnknownNotice(settled.notice)


def _notice(row: NoticeRow) -> Notice:
    identity, key, recipient, kind, body, due_at, attempts, perhaps_sent = row
    return Notice(identity, key, recipient, kind, body, due_at, attempts, perhaps_sent=perhaps_sent)

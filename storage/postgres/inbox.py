"""The inbox in a PostgreSQL database."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from storage.errors import AlreadyDone
from storage.inbox import InboxCounts, NewUpdate, Update, check_mark, check_update
from storage.limits import check_text
from storage.points import Point, reach
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.statements import INBOX, changed
from storage.replicas import Topic

IDLE: Final = 900.0
"""Seconds without an update after which a lane goes to whoever accepts the next one.

As long as a signing session: what a process remembers of a person is void by then.
"""


class PostgresInbox:
    """Keeps the contract `storage.inbox.Inbox`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._seen: OrderedDict[str, int] = OrderedDict()

    async def accept(self, updates: Sequence[NewUpdate]) -> tuple[Update, ...]:
        """See `Inbox.accept`."""
        for update in updates:
            check_update(update)
        first: dict[str, NewUpdate] = {}
        for update in updates:
            first.setdefault(update.key, update)
        if not first:
            return ()
        kept = await self._database.claim(lambda db, me: _accept(db, first, me, self._seen))
        for one in kept:
            if one.update.elsewhere:
                # After the commit: telling in it would hold up every other commit that tells.
                self._database.replica.tell(Topic.UPDATES, str(one.owner))
            else:
                self._remember(one.update.lane, one.handed)
        return tuple(one.update for one in kept)

    def _remember(self, lane: str, handed: int) -> None:
        self._seen[lane] = handed
        self._seen.move_to_end(lane)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def undone(self) -> tuple[Update, ...]:
        """See `Inbox.undone`."""

        async def own(db: Connection, me: int) -> tuple[Update, ...]:
            return tuple([Update(*row) async for row in INBOX.undone(db, replica=me)])

        async def every(db: Connection) -> tuple[Update, ...]:
            return tuple([Update(*row) async for row in INBOX.everything_undone(db)])

        if self._database.writing:
            return await self._database.claim(own)
        return await self._database.read(every)

    async def dead_letter(self, update: int, reason: str, at: str) -> None:
        """See `Inbox.dead_letter`."""
        check_text("reason", reason)

        async def work(db: Connection) -> None:
            if changed(await INBOX.mark_dead(db, update_id=update, reason=reason, at=at)) == 0:
                raise AlreadyDone(update)

        await self._database.write(work)

    async def oldest_undone(self) -> str | None:
        """See `Inbox.oldest_undone`."""
        return await self._database.read(INBOX.oldest_undone)

    async def counts(self) -> InboxCounts:
        """See `Inbox.counts`."""
        return InboxCounts(*await self._database.read(INBOX.counts))

    async def prune(self, before: str) -> int:
        """See `Inbox.prune`."""

        async def work(db: Connection) -> int:
            await INBOX.forget_lanes(db, idle=IDLE)
            return changed(await INBOX.prune(db, before=before))

        return await self._database.write(work)

    async def put_mark(self, name: str, value: str) -> None:
        """See `Inbox.put_mark`."""
        check_mark(name, value)
        await self._database.write(lambda db: INBOX.put_mark(db, name=name, value=value))

    async def mark(self, name: str) -> str | None:
        """See `Inbox.mark`."""
        return await self._database.read(lambda db: INBOX.mark(db, name=name))


REMEMBERED: Final = 10_000
"""Lanes of which this process knows that nothing waits that it has not seen."""


async def settle_update(db: Connection, update: int) -> None:
    """Make an update done and drop its raw body, in the caller's transaction."""
    if changed(await INBOX.mark_done(db, update_id=update)) == 0:
        raise AlreadyDone(update)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An update that was kept, whose it is, and the last time its lane was handed over."""

    update: Update
    owner: int
    handed: int


async def _accept(
    db: Connection, updates: dict[str, NewUpdate], me: int, seen: Mapping[str, int]
) -> tuple[_Kept, ...]:
    """Keep what is new; `seen` says up to when this process knows what waits in a lane."""
    found = INBOX.accept(
        db,
        keys=list(updates),
        lanes=[update.lane for update in updates.values()],
        raws=[update.raw for update in updates.values()],
        times=[update.received_at for update in updates.values()],
        replica=me,
        idle=IDLE,
    )
    rows = {key: (identity, owner, handed) async for identity, key, owner, handed in found}
    reach(Point.INBOX)
    kept = [
        _Kept(Update(identity, key, new.lane, new.raw, new.received_at, owner != me), owner, handed)
        for key, new in updates.items()
        if key in rows
        for identity, owner, handed in [rows[key]]
    ]
    unseen = [
        one.update.id for one in kept if one.owner == me and seen.get(one.update.lane) != one.handed
    ]
    before = await _before(db, unseen)
    return tuple(
        replace(one, update=replace(one.update, before=tuple(before.get(one.update.id, ()))))
        for one in kept
    )


async def _before(db: Connection, ids: list[int]) -> dict[int, list[Update]]:
    """What waits before each of these updates, in its lane."""
    found: dict[int, list[Update]] = {}
    if ids:
        async for identity, *row in INBOX.waiting_before(db, ids=ids):
            earlier: Any = row
            found.setdefault(identity, []).append(Update(*earlier))
    return found

"""The inbox in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.errors import AlreadyDone
from storage.inbox import InboxCounts, NewUpdate, Update, check_mark, check_update
from storage.limits import check_text


@dataclass(frozen=True, slots=True)
class _Settled:
    key: str
    received_at: str
    dead: Update | None


class MemoryInbox:
    """Keeps the contract `storage.inbox.Inbox`."""

    def __init__(self) -> None:
        self._last = 0
        self._undone: dict[int, Update] = {}
        self._settled: list[_Settled] = []
        self._keys: set[str] = set()
        self._marks: dict[str, str] = {}

    async def accept(self, updates: Sequence[NewUpdate]) -> tuple[Update, ...]:
        """See `Inbox.accept`."""
        for new in updates:
            check_update(new)
        return tuple(self._keep(new) for new in updates if new.key not in self._keys)

    async def undone(self) -> tuple[Update, ...]:
        """See `Inbox.undone`."""
        return tuple(self._undone.values())

    async def dead_letter(self, update: int, reason: str, at: str) -> None:
        """See `Inbox.dead_letter`; the reason is checked and then forgotten."""
        check_text("reason", reason)
        self.check_undone(update)
        letter = self._undone.pop(update)
        self._settled.append(_Settled(letter.key, letter.received_at, letter))

    async def oldest_undone(self) -> str | None:
        """See `Inbox.oldest_undone`."""
        return min((update.received_at for update in self._undone.values()), default=None)

    async def counts(self) -> InboxCounts:
        """See `Inbox.counts`."""
        dead = sum(row.dead is not None for row in self._settled)
        return InboxCounts(len(self._undone), len(self._settled) - dead, dead)

    async def prune(self, before: str) -> int:
        """See `Inbox.prune`."""
        gone = [row for row in self._settled if row.received_at < before]
        self._settled = [row for row in self._settled if row.received_at >= before]
        self._keys.difference_update(row.key for row in gone)
        return len(gone)

    async def put_mark(self, name: str, value: str) -> None:
        """See `Inbox.put_mark`."""
        check_mark(name, value)
        self._marks[name] = value

    async def mark(self, name: str) -> str | None:
        """See `Inbox.mark`."""
        return self._marks.get(name)

    def check_undone(self, update: int) -> None:
        """Raise AlreadyDone unless the update waits."""
        if update not in self._undone:
            raise AlreadyDone(update)

    def settle(self, update: int) -> None:
        """Make a waiting update done and drop its raw body."""
        done = self._undone.pop(update)
        self._settled.append(_Settled(done.key, done.received_at, None))

    def empty_dead_letters(self) -> None:
        """Let go of the bodies of what was put aside."""
        self._settled = [
            replace(row, dead=replace(row.dead, raw=b"")) if row.dead else row
            for row in self._settled
        ]

    def _keep(self, new: NewUpdate) -> Update:
        self._last += 1
        update = Update(self._last, new.key, new.lane, new.raw, new.received_at)
        self._undone[update.id] = update
        self._keys.add(update.key)
        return update

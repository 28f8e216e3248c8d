"""The contract of the inbox: updates are kept before anything is done about them.

It is a queue, not part of the record: a done update loses its raw body at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from storage.limits import check_bytes, check_name, check_text


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """An update as it came in.

    `key` tells it from every other; `lane` names the queue whose order matters (one person);
    `raw` is the untouched body. All times of this room are ISO 8601 text in UTC and of one
    width, so that their order is the order of their letters.
    """

    key: str
    lane: str
    raw: bytes
    received_at: str


@dataclass(frozen=True, slots=True)
class Update:
    """An update that is kept and not yet done; ids grow in the order of arrival.

    `elsewhere` says that another process handles its lane, and was told. `before` are those of its
    lane that wait before it, where another process may have kept them: they come first.
    """

    id: int
    key: str
    lane: str
    raw: bytes
    received_at: str
    elsewhere: bool = False
    before: tuple[Update, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many updates wait, are done, or were put aside as dead letters."""

    undone: int
    done: int
    dead: int


class Inbox(Protocol):
    """Keeps updates until they are done. `Ledger.append(done=…)` is what makes one done.

    Where several processes share it, each lane is handled by one of them at a time: by the first
    to accept something in it, until that process stops, is gone, or the lane was long idle.
    """

    async def accept(self, updates: Sequence[NewUpdate]) -> tuple[Update, ...]:
        """Keep the updates whose key is new and return those, in the order given.

        They are on disk when this returns. A key is known until its row is pruned.
        Raises BadEntry.
        """
        ...

    async def undone(self) -> tuple[Update, ...]:
        """Every update that waits for this process, oldest first.

        A lane whose process is gone, and in which something waits, is taken over on the way.
        """
        ...

    async def dead_letter(self, update: int, reason: str, at: str) -> None:
        """Put an update aside for good; the raw body stays until pruned. Raises AlreadyDone."""
        ...

    async def oldest_undone(self) -> str | None:
        """When the oldest waiting update was received; None when nothing waits."""
        ...

    async def counts(self) -> InboxCounts:
        """How many rows there are of each sort."""
        ...

    async def prune(self, before: str) -> int:
        """Forget done updates and dead letters received before a time; returns how many."""
        ...

    async def put_mark(self, name: str, value: str) -> None:
        """Keep one remembered value of the intake, such as the poll offset."""
        ...

    async def mark(self, name: str) -> str | None:
        """The remembered value, or None."""
        ...


def check_update(update: NewUpdate) -> None:
    """Refuse an update that some backend could not keep; raises BadEntry."""
    check_name("update's key", update.key)
    check_name("update's lane", update.lane)
    check_name("time of receipt", update.received_at)
    check_bytes("update", update.raw)


def check_mark(name: str, value: str) -> None:
    """Refuse a mark that some backend could not keep; raises BadEntry."""
    check_name("mark's name", name)
    check_text("mark", value)

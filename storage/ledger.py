"""The contract of the ledger: all events, in one order, added at the end and never changed.

No I/O here. `storage.memory`, `storage.sqlite` and `storage.postgres` keep this contract, under
one suite of tests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from storage.limits import (
    LARGEST_INTEGER,
    check_bytes,
    check_name,
    check_number,
)
from storage.outbox import NewNotice, Settled

LONGEST_KIND: Final = 64
LONGEST_TIME: Final = 64


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An event on its way into the ledger; `schema` is the version of the payload's form."""

    kind: str
    schema: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is kept.

    `position` counts all entries from 1, `version` those of its stream from 1. `previous` is the
    digest of the entry one position before, `digest` its own (see `storage.chain`).

    Of an entry that is kept encrypted, `sealed` is what is stored, over which the chain runs, and
    `payload` what it says: nothing, once it is `erased` (see `storage.sealed`).
    """

    position: int
    stream: str
    version: int
    kind: str
    schema: int
    recorded_at: str
    payload: bytes
    previous: bytes
    digest: bytes
    sealed: bytes | None = None
    erased: bool = False

    @property
    def stored(self) -> bytes:
        """The payload as the database has it."""
        return self.payload if self.sealed is None else self.sealed


@dataclass(frozen=True, slots=True)
class Append:
    """Entries for the end of one stream, all recorded at one time.

    `expected` is the number of entries the writer saw in the stream, 0 for a new one. Without
    entries it still asks that the stream stands at `expected`.
    """

    stream: str
    expected: int
    entries: tuple[NewEntry, ...]
    recorded_at: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where the ledger ends; position 0 with the genesis digest when it is empty."""

    position: int
    digest: bytes


Unread = Callable[[Entry], bool]
"""Whether somebody will not read what an entry says, which its stream and kind tell."""


class Ledger(Protocol):
    """Adds events at the end and reads them back in order.

    Every method may raise a StorageError: StorageUnavailable after `close`, or what the disk said.
    """

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """Store it all in one transaction, or nothing: update `done` is then done, too.

        `settled` is the end of a notice that was owed before this append.

        Returns when the disk has it. A caller that is cancelled while waiting cannot know: the
        whole is then stored, or none of it. A notice whose key is already owed with the same
        words is passed over. Raises BadEntry, AlreadyDone, UnknownNotice, VersionConflict, and
        NoticeClash when nothing else stands in the way.
        """
        ...

    async def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        """The entries of a stream past a version, in order; none for an unknown one.

        Raises LedgerBroken, and BadEntry for a name that no stream can have.
        """
        ...

    async def streams(self, prefix: str) -> tuple[str, ...]:
        """Names that begin with `prefix`, in order of their first entry."""
        ...

    def walk(self, after: int = 0) -> AsyncIterator[Entry]:
        """Every entry past a position, in order, a page at a time. Raises LedgerBroken."""
        ...

    def since(self, after: int, unread: Unread | None = None) -> AsyncIterator[Entry]:
        """As `walk`, for whoever follows along: what was written last may come from memory.

        Where `unread`, what is sealed stays so. Who wants to know what is stored walks.
        """
        ...

    async def head(self) -> Head:
        """The last position and its digest."""
        ...

    async def close(self) -> None:
        """Finish what was begun, then let go of the database; a second call does nothing."""
        ...


def check_append(batch: Append) -> None:
    """Refuse a batch that some backend could not keep; raises BadEntry."""
    check_name("stream name", batch.stream)
    check_number("expected version", batch.expected, 0)
    check_name("time of record", batch.recorded_at, LONGEST_TIME)
    for entry in batch.entries:
        check_name("kind", entry.kind, LONGEST_KIND)
        check_number("payload's form", entry.schema, 1, LARGEST_INTEGER)
        check_bytes("payload", entry.payload)

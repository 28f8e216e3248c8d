"""The ledger in memory: nothing is awaited between reading and writing, so nothing intervenes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence

from storage.chain import START, follow
from storage.errors import BadEntry, StorageUnavailable, VersionConflict
from storage.ledger import Append, Entry, Head, Unread, check_append
from storage.limits import check_name, check_text
from storage.memory.inbox import MemoryInbox
from storage.memory.outbox import MemoryOutbox
from storage.outbox import NewNotice, Settled, check_notice, check_settled


class MemoryLedger:
    """Keeps the contract `storage.ledger.Ledger`.

    `kinds` are the kinds of event it takes; None takes any, where a database knows its own.
    """

    def __init__(
        self,
        inbox: MemoryInbox | None = None,
        outbox: MemoryOutbox | None = None,
        kinds: Collection[str] | None = None,
    ) -> None:
        self._inbox = inbox if inbox is not None else MemoryInbox()
        self._outbox = outbox if outbox is not None else MemoryOutbox()
        self._kinds = kinds
        self._entries: list[Entry] = []
        self._streams: dict[str, list[Entry]] = {}
        self._closed = False

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """See `Ledger.append`."""
        self._check_open()
        for batch in batches:
            check_append(batch)
        for notice in notices:
            check_notice(notice)
        check_settled(settled)
        # Everything that can refuse comes first; after it, nothing can.
        if done is not None:
            self._inbox.check_undone(done)
        if settled is not None:
            self._outbox.check_owed(settled.notice)
        stored = self._staged(batches)
        self._outbox.check_clash(notices)
        if done is not None:
            self._inbox.settle(done)
        if settled is not None:
            self._outbox.settle(settled)
        self._outbox.owe(notices)
        for entry in stored:
            self._entries.append(entry)
            self._streams.setdefault(entry.stream, []).append(entry)
        return stored

    def empty_bodies(self, about: str) -> None:
        """Let go of the bodies that `Keys.destroy` names."""
        self._outbox.empty(about)
        self._inbox.empty_dead_letters()

    async def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        """See `Ledger.read`."""
        self._check_open()
        check_name("stream name", stream)
        return tuple(self._streams.get(stream, ())[after:])

    async def streams(self, prefix: str) -> tuple[str, ...]:
        """See `Ledger.streams`."""
        self._check_open()
        check_text("prefix", prefix)
        return tuple(name for name in self._streams if name.startswith(prefix))

    async def walk(self, after: int = 0) -> AsyncIterator[Entry]:
        """See `Ledger.walk`."""
        self._check_open()
        while after < len(self._entries):
            yield self._entries[after]
            after += 1

    def since(self, after: int, unread: Unread | None = None) -> AsyncIterator[Entry]:
        """See `Ledger.since`."""
        return self.walk(after)

    async def head(self) -> Head:
        """See `Ledger.head`."""
        self._check_open()
        return self._head()

    async def close(self) -> None:
        """See `Ledger.close`."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise StorageUnavailable("the database is closed")

    def _head(self) -> Head:
        if not self._entries:
            return START
        return Head(self._entries[-1].position, self._entries[-1].digest)

    def _staged(self, batches: Sequence[Append]) -> tuple[Entry, ...]:
        head = self._head()
        versions: dict[str, int] = {}
        staged: list[Entry] = []
        for batch in batches:
            found = versions.get(batch.stream, len(self._streams.get(batch.stream, ())))
            if found != batch.expected:
                raise VersionConflict(batch.stream, batch.expected, found)
            for version, new in enumerate(batch.entries, found + 1):
                if self._kinds is not None and new.kind not in self._kinds:
                    raise BadEntry(f"{new.kind!r} is no kind of event")
                staged.append(follow(head, batch, version, new))
                head = Head(staged[-1].position, staged[-1].digest)
            versions[batch.stream] = found + len(batch.entries)
        return tuple(staged)

"""The end of the ledger as this process wrote it, and of each stream as it wrote or read it.

One process writes to a file (see `storage.sqlite.place.Claim`), so what it has not written nobody
has: whether there is anything new can be told without asking the file, which is a trip to another
thread and back. What was neither written nor read since the file was opened is not known here.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from itertools import islice
from typing import Final

from storage.ledger import Entry, Head

ENTRIES: Final = 256
"""The last entries that are at hand; whoever is further behind reads the file."""

STREAMS: Final = 4_096
"""Streams whose last version is at hand: those written or read last."""


class Tail:
    """What was written last. `added` hears of every commit, in order, before anybody else does."""

    def __init__(self) -> None:
        self._open = True
        self.head: Head | None = None
        self._entries: deque[Entry] = deque(maxlen=ENTRIES)
        self._versions: OrderedDict[str, int] = OrderedDict()

    def added(self, entries: tuple[Entry, ...]) -> None:
        """These are on disk now."""
        if not self._open:
            return
        for entry in entries:
            self._entries.append(entry)
            self._know(entry.stream, entry.version)
        if entries:
            self.head = Head(entries[-1].position, entries[-1].digest)

    def was_read(self, stream: str, version: int, head: Head | None) -> None:
        """A stream stood at this version; `head` is what it was here before the reading began."""
        if self._open and self.head is head:  # otherwise the stream may have grown meanwhile
            self._know(stream, version)

    def close(self) -> None:
        """Know nothing any more: whoever asks is told by the file that it is closed."""
        self._open, self.head = False, None
        self._versions.clear()

    def after(self, position: int) -> tuple[Entry, ...] | None:
        """The entries past a position; None when that is not known here."""
        if self.head is None:
            return None
        if position >= self.head.position:
            return ()
        behind = self.head.position - position
        if behind > len(self._entries):
            return None
        return tuple(islice(self._entries, len(self._entries) - behind, None))

    def version(self, stream: str) -> int | None:
        """At which version a stream stands; None when that is not known here."""
        return self._versions.get(stream)

    def _know(self, stream: str, version: int) -> None:
        self._versions[stream] = version
        self._versions.move_to_end(stream)
        if len(self._versions) > STREAMS:
            self._versions.popitem(last=False)

"""Where the ledger and its streams end, as the transaction sees it that is being written.

One process writes to a file (see `storage.sqlite.place.Claim`), all of it over one connection, so
what was read or written once holds until it is written again: most appends ask the file nothing
before they insert. Whatever is rolled back takes all that is known here with it. The triggers of
the table refuse an entry all the same that does not follow the end of the ledger and its stream.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from typing import Final

from storage.chain import START
from storage.ledger import Entry, Head
from storage.sqlite.statements import LEDGER

STREAMS: Final = 4_096
"""Streams whose version is at hand: those asked for last."""


class Ends:
    """Asked by the writing connection's thread alone; `Tail` says what is committed."""

    def __init__(self, streams: int = STREAMS) -> None:
        self._streams = streams
        self._head: Head | None = None
        self._versions: OrderedDict[str, int] = OrderedDict()

    def head(self, db: sqlite3.Connection) -> Head:
        """The last position and its digest."""
        if self._head is None:
            self._head = read_head(db)
        return self._head

    def version(self, db: sqlite3.Connection, stream: str) -> int:
        """How many entries a stream holds."""
        found = self._versions.get(stream)
        if found is None:
            found = LEDGER.version_of(db, stream=stream)
        self._know(stream, found)
        return found

    def inserted(self, entry: Entry) -> None:
        """This one is now the last of the ledger and of its stream."""
        self._head = Head(entry.position, entry.digest)
        self._know(entry.stream, entry.version)

    def forget(self) -> None:
        """Something was undone, or may have been: ask the file again."""
        self._head = None
        self._versions.clear()

    def _know(self, stream: str, version: int) -> None:
        self._versions[stream] = version
        self._versions.move_to_end(stream)
        if len(self._versions) > self._streams:
            self._versions.popitem(last=False)


def read_head(db: sqlite3.Connection) -> Head:
    """The last position and its digest, as the file has them."""
    row = LEDGER.head(db)
    return START if row is None else Head(*row)

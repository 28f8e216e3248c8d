"""The hash chain over the ledger: any later change to an entry shows.

An entry's digest is SHA-256 over these fields in this order, each preceded by its length in bytes
as an eight-byte big-endian number, so that no two different entries have one layout:

    domain        the ASCII text "screening-ledger/1"
    previous      the 32 bytes of the digest one position before, or GENESIS
    position      eight bytes, big-endian
    stream        UTF-8
    version       eight bytes, big-endian
    kind          UTF-8
    schema        eight bytes, big-endian
    recorded_at   UTF-8
    payload       as it is

The chain alone does not notice a cut tail or a rewrite of everything: a head kept elsewhere does,
and `verify` takes one.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from storage.errors import LedgerBroken
from storage.ledger import Append, Entry, Head, NewEntry

DOMAIN: Final = b"screening-ledger/1"
GENESIS: Final = hashlib.sha256(DOMAIN + b" genesis").digest()
START: Final = Head(0, GENESIS)


def link(  # noqa: PLR0913  one argument for each field of the layout above
    previous: bytes,
    position: int,
    stream: str,
    version: int,
    kind: str,
    schema: int,
    recorded_at: str,
    payload: bytes,
) -> bytes:
    """The digest of an entry, 32 bytes; the module's text gives the layout."""
    fields = (
        DOMAIN,
        previous,
        position.to_bytes(8, "big"),
        stream.encode(),
        version.to_bytes(8, "big"),
        kind.encode(),
        schema.to_bytes(8, "big"),
        recorded_at.encode(),
        payload,
    )
    return hashlib.sha256(
        b"".join(len(field).to_bytes(8, "big") + field for field in fields)
    ).digest()


def follow(head: Head, batch: Append, version: int, new: NewEntry) -> Entry:
    """The entry that a new one becomes after `head`, as version `version` of its stream."""
    position = head.position + 1
    digest = link(
        head.digest,
        position,
        batch.stream,
        version,
        new.kind,
        new.schema,
        batch.recorded_at,
        new.payload,
    )
    return Entry(
        position,
        batch.stream,
        version,
        new.kind,
        new.schema,
        batch.recorded_at,
        new.payload,
        head.digest,
        digest,
    )


class Why(Enum):
    """What is wrong with the first entry at which the chain breaks."""

    POSITION_GAP = "a position is missing or repeated"
    WRONG_PREVIOUS = "it does not follow the entry before it"
    VERSION_GAP = "a version of its stream is missing or repeated"
    BAD_DIGEST = "its content is not what was recorded"
    UNREADABLE = "it cannot be read"
    OFF_CHECKPOINT = "its digest is not the one kept in the checkpoint"
    CUT_TAIL = "the ledger ends before the checkpoint"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first event at which the chain breaks; `stream` is empty when it cannot be read."""

    position: int
    stream: str
    version: int
    why: Why


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk over the ledger found: the last sound head, and the first fault if any."""

    head: Head
    fault: Fault | None

    @property
    def sound(self) -> bool:
        """Whether every entry holds."""
        return self.fault is None


class Walk:
    """A walk over the chain, entry by entry from the first; it ends at the first fault.

    `checkpoint` is a head kept elsewhere: the ledger must reach it and hold that digest there.
    Memory grows with the number of streams, not of entries.
    """

    def __init__(self, checkpoint: Head | None = None) -> None:
        self._checkpoint = checkpoint
        self._versions: dict[str, int] = {}
        self.head = START

    def take(self, entry: Entry) -> Fault | None:
        """Follow the chain over one more entry; what is wrong with it, if anything."""
        why = self._why_broken(entry, self._versions.get(entry.stream, 0))
        if why is not None:
            return Fault(entry.position, entry.stream, entry.version, why)
        self._versions[entry.stream] = entry.version
        self.head = Head(entry.position, entry.digest)
        return None

    def end(self) -> Verdict:
        """The verdict where no entry was at fault and none is left."""
        return Verdict(self.head, _fault_at_end(self.head, self._checkpoint))

    def unreadable(self) -> Verdict:
        """The verdict where the next entry cannot be read."""
        return Verdict(self.head, Fault(self.head.position + 1, "", 0, Why.UNREADABLE))

    def _why_broken(self, entry: Entry, version: int) -> Why | None:
        if entry.position != self.head.position + 1:
            return Why.POSITION_GAP
        if entry.previous != self.head.digest:
            return Why.WRONG_PREVIOUS
        if entry.version != version + 1:
            return Why.VERSION_GAP
        if entry.digest != _digest_of(entry):
            return Why.BAD_DIGEST
        kept = self._checkpoint
        if kept is not None and kept.position == entry.position and kept.digest != entry.digest:
            return Why.OFF_CHECKPOINT
        return None


async def verify(entries: AsyncIterator[Entry], checkpoint: Head | None = None) -> Verdict:
    """Follow the chain from the first entry (see `Walk`); a fault is a value, not an exception."""
    walk = Walk(checkpoint)
    try:
        async for entry in entries:
            if (fault := walk.take(entry)) is not None:
                return Verdict(walk.head, fault)
    except LedgerBroken:
        return walk.unreadable()
    return walk.end()


def verify_all(entries: Iterable[Entry], checkpoint: Head | None = None) -> Verdict:
    """The same where nothing is awaited: for a thread of its own, and for files set aside."""
    walk = Walk(checkpoint)
    try:
        for entry in entries:
            if (fault := walk.take(entry)) is not None:
                return Verdict(walk.head, fault)
    except LedgerBroken:
        return walk.unreadable()
    return walk.end()


def _digest_of(entry: Entry) -> bytes | None:
    try:
        return link(
            entry.previous,
            entry.position,
            entry.stream,
            entry.version,
            entry.kind,
            entry.schema,
            entry.recorded_at,
            entry.stored,
        )
    except (OverflowError, UnicodeEncodeError):
        # A changed number may be negative or too long for its eight bytes.
        return None


def _fault_at_end(head: Head, checkpoint: Head | None) -> Fault | None:
    if checkpoint is None or checkpoint == START or 1 <= checkpoint.position <= head.position:
        return None
    if checkpoint.position > head.position:
        return Fault(head.position + 1, "", 0, Why.CUT_TAIL)
    return Fault(0, "", 0, Why.OFF_CHECKPOINT)

"""The contract of the keys: one for each screening, without which its answers cannot be read.

A key stands before the first event that needs it; one without events harms nobody. Destroying it
is how a screening is forgotten, while the chain over what was stored still verifies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from storage.errors import BadEntry
from storage.ledger import Append, Entry, check_append
from storage.limits import check_name

KEY_BYTES: Final = 32
"""AES-256, for the keys of screenings and for the record key that wraps them."""

LONGEST_KEY: Final = 200
"""Bytes of a key as it is kept; ours have 41 (see `storage.wrapping`)."""


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one stream; `value` is None once it was destroyed, and then stays so."""

    stream: str
    value: bytes | None

    def __repr__(self) -> str:
        return f"Key({self.stream!r}, {'destroyed' if self.value is None else 'kept'})"


class Keys(Protocol):
    """Keeps one key for each stream. Every method may raise BadEntry and StorageUnavailable."""

    async def put(self, stream: str, value: bytes, at: str) -> Key:
        """Keep a key made at a time unless there is one; the one that there is after it.

        It is on disk when this returns. A destroyed key is not replaced.
        """
        ...

    async def get(self, stream: str) -> Key | None:
        """The key of a stream; None where there never was one."""
        ...

    async def all(self) -> tuple[Key, ...]:
        """Every key, in the order in which they were made."""
        ...

    async def replace(self, keys: Sequence[Key]) -> None:
        """Keep other bytes for keys that stand, all of them or none. Raises NoKey."""
        ...

    async def destroy(
        self, stream: str, about: str, *batches: Append, done: int | None = None
    ) -> tuple[Entry, ...]:
        """Destroy a key and append the batches that say so, in one transaction, or nothing.

        With it go the bodies of all notices that name `about` (one that is still owed is given
        up), and those of all dead letters, which may hold what somebody tapped or typed. Raises
        NoKey, and what `Ledger.append` raises.
        """
        ...

    async def sweep(self) -> bool:
        """Leave nothing of what was destroyed in the database's own log.

        False when a reader stood in the way: try again later.
        """
        ...


def check_key(stream: str, value: bytes) -> None:
    """Refuse a key that some backend could not keep; raises BadEntry."""
    check_name("stream name", stream)
    if not 1 <= len(value) <= LONGEST_KEY:
        raise BadEntry(f"a key has 1 to {LONGEST_KEY} bytes, not {len(value)}")


def check_destroy(stream: str, about: str, batches: Sequence[Append]) -> None:
    """Refuse what cannot be destroyed or recorded; raises BadEntry."""
    check_name("stream name", stream)
    check_name("what a notice names", about)
    for batch in batches:
        check_append(batch)

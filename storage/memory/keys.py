"""The keys in memory: nothing that is awaited ever waits, so nothing intervenes."""

from __future__ import annotations

from collections.abc import Sequence

from storage.errors import NoKey
from storage.keys import Key, check_destroy, check_key
from storage.ledger import Append, Entry
from storage.limits import check_name
from storage.memory.ledger import MemoryLedger


class MemoryKeys:
    """Keeps the contract `storage.keys.Keys`, beside the ledger that records what is destroyed."""

    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger
        self._keys: dict[str, Key] = {}

    async def put(self, stream: str, value: bytes, at: str) -> Key:
        """See `Keys.put`."""
        check_key(stream, value)
        check_name("time of making", at)
        return self._keys.setdefault(stream, Key(stream, value))

    async def get(self, stream: str) -> Key | None:
        """See `Keys.get`."""
        check_name("stream name", stream)
        return self._keys.get(stream)

    async def all(self) -> tuple[Key, ...]:
        """See `Keys.all`."""
        return tuple(self._keys.values())

    async def replace(self, keys: Sequence[Key]) -> None:
        """See `Keys.replace`."""
        for key in keys:
            check_key(key.stream, key.value or b"")
            self._check_standing(key.stream)
        self._keys.update((key.stream, key) for key in keys)

    async def destroy(
        self, stream: str, about: str, *batches: Append, done: int | None = None
    ) -> tuple[Entry, ...]:
        """See `Keys.destroy`."""
        check_destroy(stream, about, batches)
        self._check_standing(stream)
        stored = await self._ledger.append(*batches, done=done)
        self._keys[stream] = Key(stream, None)
        self._ledger.empty_bodies(about)
        return stored

    async def sweep(self) -> bool:
        """See `Keys.sweep`: there is no log."""
        return True

    def _check_standing(self, stream: str) -> None:
        found = self._keys.get(stream)
        if found is None or found.value is None:
            raise NoKey(stream)

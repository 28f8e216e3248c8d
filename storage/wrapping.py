"""How a key lies in the database: plain, or wrapped under the site's record key.

Either form has 41 bytes, so that a key that is wrapped anew is overwritten where it stands:

    plain      the byte 00, the 32 bytes of the key, eight bytes 00
    wrapped    the byte 01, then the 40 bytes of AES key wrap (RFC 3394)

Key wrap needs no nonce, and a key that was wrapped under another record key does not unwrap.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from storage.errors import BadEntry, KeysLocked, LedgerBroken
from storage.keys import KEY_BYTES, Key, Keys
from storage.ledger import Append, Entry

KEPT: Final = 2_000
"""Keys at hand, as many as the desk has screenings; more are read again when they are needed."""

_PLAIN, _WRAPPED, _FILL = b"\x00", b"\x01", bytes(8)


def wrapped(key: bytes, record_key: bytes | None) -> bytes:
    """A key as it is kept; plain without a record key. Raises BadEntry for one not of 32 bytes."""
    if len(key) != KEY_BYTES:
        raise BadEntry(f"a screening's key has {KEY_BYTES} bytes, not {len(key)}")
    if record_key is None:
        return _PLAIN + key + _FILL
    return _WRAPPED + aes_key_wrap(record_key, key)


def unwrapped(kept: bytes, record_key: bytes | None) -> bytes:
    """The key itself; raises KeysLocked, or LedgerBroken for bytes that are in neither form."""
    form, body = kept[:1], kept[1:]
    if form == _PLAIN and len(body) == KEY_BYTES + len(_FILL):
        return body[:KEY_BYTES]
    if form != _WRAPPED:
        raise LedgerBroken("a key is not in the form in which it was kept")
    if record_key is None:
        raise KeysLocked(missing=True)
    try:
        return aes_key_unwrap(record_key, body)
    except (InvalidUnwrap, ValueError):
        raise KeysLocked(missing=False) from None


class WrappedKeys:
    """Keeps the contract `storage.keys.Keys` for keys of 32 bytes, over one that has them wrapped.

    A bounded number of them stays at hand. Destroying one here lets go of it here, too.
    """

    def __init__(self, keys: Keys, record_key: bytes | None = None, kept: int = KEPT) -> None:
        self._keys, self._record_key, self._kept = keys, record_key, kept
        self._at_hand: OrderedDict[str, Key] = OrderedDict()

    async def put(self, stream: str, value: bytes, at: str) -> Key:
        """See `Keys.put`."""
        kept = await self._keys.put(stream, wrapped(value, self._record_key), at)
        return self._remember(self._opened(kept))

    async def get(self, stream: str) -> Key | None:
        """See `Keys.get`."""
        known = self._at_hand.get(stream)
        if known is not None:
            self._at_hand.move_to_end(stream)
            return known
        kept = await self._keys.get(stream)
        return None if kept is None else self._remember(self._opened(kept))

    async def all(self) -> tuple[Key, ...]:
        """See `Keys.all`."""
        return tuple(map(self._opened, await self._keys.all()))

    async def replace(self, keys: Sequence[Key]) -> None:
        """See `Keys.replace`."""
        await self._keys.replace(
            [Key(key.stream, wrapped(key.value or b"", self._record_key)) for key in keys]
        )
        for key in keys:
            self._at_hand.pop(key.stream, None)

    async def destroy(
        self, stream: str, about: str, *batches: Append, done: int | None = None
    ) -> tuple[Entry, ...]:
        """See `Keys.destroy`."""
        try:
            stored = await self._keys.destroy(stream, about, *batches, done=done)
        except BaseException:
            # Whoever is cancelled while waiting cannot know: ask the database the next time.
            self._at_hand.pop(stream, None)
            raise
        self._remember(Key(stream, None))
        return stored

    def let_go(self, stream: str) -> None:
        """Another process has destroyed this key: it is not at hand any more."""
        self._remember(Key(stream, None))

    async def sweep(self) -> bool:
        """See `Keys.sweep`."""
        return await self._keys.sweep()

    def _opened(self, kept: Key) -> Key:
        if kept.value is None:
            return kept
        return Key(kept.stream, unwrapped(kept.value, self._record_key))

    def _remember(self, key: Key) -> Key:
        known = self._at_hand.get(key.stream)
        if known is not None and known.value is None:
            key = known  # a slow read must not bring back what was destroyed meanwhile
        self._at_hand[key.stream] = key
        self._at_hand.move_to_end(key.stream)
        if len(self._at_hand) > self._kept:
            self._at_hand.popitem(last=False)
        return key


async def check_record_key(keys: Keys, record_key: bytes | None) -> int:
    """How many keys lie plain in the database; raises KeysLocked when the record key is not theirs.

    All are wrapped in one transaction, so the first that is wrapped speaks for the others.
    """
    values = [key.value for key in await keys.all() if key.value is not None]
    for value in [one for one in values if one[:1] == _WRAPPED][:1]:
        unwrapped(value, record_key)
    return sum(value[:1] == _PLAIN for value in values)


async def rewrap(keys: Keys, old: bytes | None, new: bytes | None) -> int:
    """Wrap every key anew, or lay it plain without a new record key; how many were changed.

    A key that lies plain needs no old record key. Raises KeysLocked; then nothing was changed.
    """
    changed = [
        Key(key.stream, wrapped(unwrapped(key.value, old), new))
        for key in await keys.all()
        if key.value is not None
    ]
    await keys.replace(changed)
    return len(changed)

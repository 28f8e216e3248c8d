"""The ledger in which the payloads of screenings are encrypted, each screening under its own key.

A sealed payload is the byte 01, which no JSON text begins with, a nonce of 12 bytes, and the
ciphertext of AES-256-GCM with its tag of 16 bytes. What is encrypted is bound to its place, as
associated data: these fields in this order, each preceded by its length as in `storage.chain`.

    domain     the ASCII text "screening-seal/1"
    stream     UTF-8
    version    eight bytes, big-endian
    kind       UTF-8
    schema     eight bytes, big-endian

A nonce is the low four bytes of the version and eight random bytes, drawn here for each payload:
nobody can hand one in. Two payloads of one ledger never share a key and a version, so they never
share a nonce. Only what was refused, or written in a restored copy, can have the same version
again, and then the eight random bytes tell them apart (NIST SP 800-38D, section 8).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import VersionConflict
from storage.keys import KEY_BYTES, Key, Keys
from storage.ledger import Append, Entry, Head, Ledger, NewEntry, Unread, check_append
from storage.outbox import NewNotice, Settled

SEALED: Final = "screening/"
"""Streams that begin so hold answers. All others hold none, and stay plain."""

DOMAIN: Final = b"screening-seal/1"
VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12
_DRAWN: Final = 8

Draw = Callable[[int], bytes]
"""So many bytes from a random source that nobody can foretell."""


def erasure_of(stream: str) -> str:
    """The stream that says that a sealed one was erased; plain, so that it stays readable."""
    return f"erasure/{stream.removeprefix(SEALED)}"


def seal(key: bytes, stream: str, version: int, new: NewEntry, draw: Draw) -> bytes:
    """A payload as it is stored."""
    nonce = (version % 2**32).to_bytes(4, "big") + draw(_DRAWN)
    bound = _place(stream, version, new.kind, new.schema)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, new.payload, bound)


def unseal(key: bytes, entry: Entry) -> bytes:
    """What a sealed payload says; raises InvalidTag when it is not what was sealed at its place."""
    nonce, text = entry.payload[1 : 1 + NONCE_BYTES], entry.payload[1 + NONCE_BYTES :]
    if len(nonce) < NONCE_BYTES:
        raise InvalidTag
    bound = _place(entry.stream, entry.version, entry.kind, entry.schema)
    return AESGCM(key).decrypt(nonce, text, bound)


def _place(stream: str, version: int, kind: str, schema: int) -> bytes:
    fields = (
        DOMAIN,
        stream.encode(),
        version.to_bytes(8, "big"),
        kind.encode(),
        schema.to_bytes(8, "big"),
    )
    return b"".join(len(field).to_bytes(8, "big") + field for field in fields)


class SealedLedger:
    """Keeps the contract `storage.ledger.Ledger`, over a ledger that sees only sealed payloads.

    Payloads that were stored plain, before there were keys, are read as they are. An entry whose
    key was destroyed says nothing any more; one that its key does not open is handed on as it is
    stored, and cannot be read. Either way the chain verifies what is stored.
    """

    def __init__(self, ledger: Ledger, keys: Keys, draw: Draw) -> None:
        self._ledger, self._keys, self._draw = ledger, keys, draw

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """See `Ledger.append`. What is erased gets nothing more: VersionConflict of its erasure."""
        sealed, guards, said = [], [], []
        for batch in batches:
            sealed.append(await self._sealed(batch))
            said += [new.payload for new in batch.entries]
            if batch.stream.startswith(SEALED):
                # The key may be destroyed while this waits; then nothing of it may be stored, and
                # nothing that follows from what it said.
                guards.append(Append(erasure_of(batch.stream), 0, (), batch.recorded_at))
        stored = await self._ledger.append(
            *sealed, *guards, done=done, notices=notices, settled=settled
        )
        return tuple(
            _saying(entry, payload) if entry.stream.startswith(SEALED) else entry
            for entry, payload in zip(stored, said, strict=True)
        )

    async def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        """See `Ledger.read`."""
        entries = await self._ledger.read(stream, after)
        return tuple([await self._opened(entry) for entry in entries])

    async def streams(self, prefix: str) -> tuple[str, ...]:
        """See `Ledger.streams`."""
        return await self._ledger.streams(prefix)

    async def walk(self, after: int = 0) -> AsyncIterator[Entry]:
        """See `Ledger.walk`."""
        async for entry in self._ledger.walk(after):
            yield await self._opened(entry)

    async def since(self, after: int, unread: Unread | None = None) -> AsyncIterator[Entry]:
        """See `Ledger.since`."""
        async for entry in self._ledger.since(after):
            yield entry if unread and unread(entry) else await self._opened(entry)

    async def head(self) -> Head:
        """See `Ledger.head`."""
        return await self._ledger.head()

    async def close(self) -> None:
        """See `Ledger.close`."""
        await self._ledger.close()

    async def _sealed(self, batch: Append) -> Append:
        if not _seals(batch):
            return batch
        check_append(batch)  # what stays as it is, the ledger checks
        key = await self._key(batch)
        entries = [
            NewEntry(new.kind, new.schema, seal(key, batch.stream, version, new, self._draw))
            for version, new in enumerate(batch.entries, batch.expected + 1)
        ]
        return Append(batch.stream, batch.expected, tuple(entries), batch.recorded_at)

    async def _key(self, batch: Append) -> bytes:
        """The key of the batch's stream, made and on disk before anything is sealed with it."""
        found = await self._keys.get(batch.stream) if batch.expected else None
        if found is None:  # `put` keeps one that there is all the same
            drawn = self._draw(KEY_BYTES)
            found = await self._keys.put(batch.stream, drawn, batch.recorded_at)
        if found.value is None:
            raise VersionConflict(erasure_of(batch.stream), 0, 1)
        return found.value

    async def _opened(self, entry: Entry) -> Entry:
        if not (entry.stream.startswith(SEALED) and entry.payload.startswith(VERSION)):
            return entry
        return _read(entry, await self._keys.get(entry.stream))


def _read(entry: Entry, key: Key | None) -> Entry:
    if key is None:
        return entry
    if key.value is None:
        return _saying(entry, b"", erased=True)
    try:
        return _saying(entry, unseal(key.value, entry))
    except InvalidTag:
        return entry


def _saying(entry: Entry, payload: bytes, *, erased: bool = False) -> Entry:
    """A sealed entry with what it says; written out, for `replace` costs more than the cipher."""
    return Entry(
        entry.position,
        entry.stream,
        entry.version,
        entry.kind,
        entry.schema,
        entry.recorded_at,
        payload,
        entry.previous,
        entry.digest,
        entry.payload,
        erased,
    )


def _seals(batch: Append) -> bool:
    return bool(batch.entries) and batch.stream.startswith(SEALED)

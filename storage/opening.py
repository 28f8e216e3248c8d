"""Opens the store that an address names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from storage.address import InMemory, parse_address
from storage.backup import Copied, NotCopied, Refusal
from storage.cards import Cards
from storage.inbox import Inbox
from storage.keys import Keys
from storage.ledger import Ledger
from storage.memory import (
    MemoryCards,
    MemoryInbox,
    MemoryKeys,
    MemoryLedger,
    MemoryOutbox,
    MemoryPins,
)
from storage.outbox import Outbox
from storage.pins import Pins
from storage.sealed import Draw, SealedLedger
from storage.sqlite import SqliteFile, SqliteLedger, backup
from storage.sqlite.cards import SqliteCards
from storage.sqlite.inbox import SqliteInbox
from storage.sqlite.keys import SqliteKeys
from storage.sqlite.outbox import SqliteOutbox
from storage.sqlite.pins import SqlitePins
from storage.sqlite.survey import survey
from storage.survey import Survey
from storage.wrapping import WrappedKeys, check_record_key, rewrap


@dataclass(frozen=True, slots=True)
class Store:
    """The six parts of one database; what `ledger.append` writes, it writes to all at once."""

    ledger: Ledger
    inbox: Inbox
    outbox: Outbox
    cards: Cards
    pins: Pins
    keys: Keys

    async def close(self) -> None:
        """Finish what was begun, then let go of the database."""
        await self.ledger.close()


async def open_store(url: str, now: Callable[[], str], *, writing: bool = True) -> Store:
    """The store at an address, made when missing; `now` dates its migrations.

    With `writing=False` a file may be read beside the process that writes it. Raises
    StorageUnavailable, StorageReadOnly, NewerDatabase, LedgerBroken.
    """
    address = parse_address(url)
    if isinstance(address, InMemory):
        return memory_store()
    return sqlite_store(await SqliteFile.open(address.path, now, writing=writing))


async def back_up(url: str, target: Path) -> Copied | NotCopied:
    """Copy the database at an address to a file, verified, whether or not it is in use.

    Raises StorageError; nothing is then left behind.
    """
    address = parse_address(url)
    if isinstance(address, InMemory):
        return NotCopied(Refusal.NO_FILE, target)
    return await asyncio.to_thread(backup.back_up, address.path, target)


async def restore(url: str, source: Path) -> Copied | NotCopied:
    """Put a backup at an address where there is no database yet, verified before and after.

    Raises StorageError; nothing is then left behind.
    """
    address = parse_address(url)
    if isinstance(address, InMemory):
        return NotCopied(Refusal.NO_FILE, source)
    return await asyncio.to_thread(backup.restore, source, address.path)


async def look_at(url: str) -> Survey | None:
    """What is found about the file at an address, None in memory. Raises StorageError."""
    address = parse_address(url)
    if isinstance(address, InMemory):
        return None
    return await asyncio.to_thread(survey, address.path)


async def open_ledger(url: str, now: Callable[[], str], *, writing: bool = True) -> Ledger:
    """The ledger alone of the store at an address; closing it closes the store."""
    return (await open_store(url, now, writing=writing)).ledger


def memory_store() -> Store:
    """An empty store without a disk."""
    inbox, outbox = MemoryInbox(), MemoryOutbox()
    ledger = MemoryLedger(inbox, outbox)
    return Store(ledger, inbox, outbox, MemoryCards(), MemoryPins(), MemoryKeys(ledger))


def sqlite_store(file: SqliteFile) -> Store:
    """The six parts of an open file."""
    return Store(
        SqliteLedger(file),
        SqliteInbox(file),
        SqliteOutbox(file),
        SqliteCards(file),
        SqlitePins(file),
        SqliteKeys(file),
    )


async def sealed_store(
    store: Store, draw: Draw, record_key: bytes | None = None, *, writing: bool = True
) -> Store:
    """The same store, in which what screenings say is encrypted, each under a key of its own.

    With a record key (32 bytes) the keys are wrapped under it; any that still lie plain are
    wrapped now, if the store may be written. Raises KeysLocked when they cannot be opened.
    """
    plain = await check_record_key(store.keys, record_key)
    if plain and writing and record_key is not None:
        await rewrap(store.keys, record_key, record_key)
        await store.keys.sweep()
    keys = WrappedKeys(store.keys, record_key)
    return replace(store, ledger=SealedLedger(store.ledger, keys, draw), keys=keys)

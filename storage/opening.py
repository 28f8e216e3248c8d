"""Opens the store that an address names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from storage.address import Address, InFile, InMemory, InPostgres, parse_address
from storage.backup import Copied, NotCopied, Refusal
from storage.cards import Cards
from storage.errors import StorageUnavailable, Trouble
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
from storage.moving import UNFINISHED, Side
from storage.outbox import Outbox
from storage.pace import Paces
from storage.pins import Pins
from storage.replicas import Alone, Replicas
from storage.sealed import Draw, SealedLedger
from storage.sqlite import SqliteFile, SqliteLedger, backup
from storage.sqlite.cards import SqliteCards
from storage.sqlite.inbox import SqliteInbox
from storage.sqlite.keys import SqliteKeys
from storage.sqlite.moving import SqliteSide
from storage.sqlite.outbox import SqliteOutbox
from storage.sqlite.pins import SqlitePins
from storage.sqlite.survey import survey
from storage.survey import ServerSurvey, Survey
from storage.wrapping import WrappedKeys, check_record_key, rewrap

if TYPE_CHECKING:
    from storage.postgres import PostgresDatabase


@dataclass(frozen=True, slots=True)
class Store:
    """The parts of one database; what `ledger.append` writes, it writes to all at once.

    `pace` is None where no other process could share a send budget.
    """

    ledger: Ledger
    inbox: Inbox
    outbox: Outbox
    cards: Cards
    pins: Pins
    keys: Keys
    replicas: Replicas = field(default_factory=Alone)
    pace: Paces | None = None

    async def close(self) -> None:
        """Finish what was begun, then let go of the database."""
        await self.ledger.close()


async def open_store(url: str, now: Callable[[], str], *, writing: bool = True) -> Store:
    """The store at an address, made when missing; `now` dates its migrations.

    With `writing=False` it may be read beside whoever writes it. Raises StorageUnavailable,
    StorageReadOnly, NewerDatabase, LedgerBroken.
    """
    store = await _opened(parse_address(url), now, writing=writing)
    if await store.inbox.mark(UNFINISHED) is not None:
        await store.close()
        raise StorageUnavailable(
            "a move into this database is not finished: run the same screening move again",
            Trouble.HALF_MOVED,
        )
    return store


async def _opened(address: Address, now: Callable[[], str], *, writing: bool) -> Store:
    match address:
        case InMemory():
            return memory_store()
        case InFile(path=path):
            return sqlite_store(await SqliteFile.open(path, now, writing=writing))
        case InPostgres():
            opened = await postgres().PostgresDatabase.open(address, now, writing=writing)
            return postgres_store(opened)


async def open_source(url: str, now: Callable[[], str]) -> Side:
    """The side that a house is moved from: it has the newest form, and nobody writes to it.

    Raises StorageError.
    """
    await (await open_store(url, now, writing=False)).close()
    return await open_target(url, now)


async def open_target(url: str, now: Callable[[], str]) -> Side:
    """The side that a house is moved to, made when missing; nobody else writes to it.

    Raises StorageError.
    """
    match parse_address(url):
        case InFile(path=path):
            return SqliteSide(await SqliteFile.open(path, now))
        case InPostgres() as address:
            backend = postgres()
            opened = await backend.PostgresDatabase.open(address, now, alone=True)
            side: Side = backend.PostgresSide(opened)
            return side
        case InMemory():
            raise StorageUnavailable("what is kept in memory cannot be moved", Trouble.IN_MEMORY)


async def back_up(url: str, target: Path) -> Copied | NotCopied:
    """Copy the database at an address to a file, verified, whether or not it is in use.

    Raises StorageError; nothing is then left behind.
    """
    match parse_address(url):
        case InMemory():
            return NotCopied(Refusal.NO_FILE, target)
        case InPostgres():
            return NotCopied(Refusal.SERVER, target)
        case InFile(path=path):
            return await asyncio.to_thread(backup.back_up, path, target)


async def restore(url: str, source: Path) -> Copied | NotCopied:
    """Put a backup at an address where there is no database yet, verified before and after.

    Raises StorageError; nothing is then left behind.
    """
    match parse_address(url):
        case InMemory():
            return NotCopied(Refusal.NO_FILE, source)
        case InPostgres():
            return NotCopied(Refusal.SERVER, source)
        case InFile(path=path):
            return await asyncio.to_thread(backup.restore, source, path)


async def look_at(url: str) -> Survey | ServerSurvey | None:
    """What is found about the file or the server at an address, None in memory.

    Raises StorageError.
    """
    match parse_address(url):
        case InMemory():
            return None
        case InPostgres() as address:
            found: ServerSurvey = await postgres().survey(address)
            return found
        case InFile(path=path):
            return await asyncio.to_thread(survey, path)


async def open_ledger(url: str, now: Callable[[], str], *, writing: bool = True) -> Ledger:
    """The ledger alone of the store at an address; closing it closes the store."""
    return (await open_store(url, now, writing=writing)).ledger


def memory_store() -> Store:
    """An empty store without a disk."""
    inbox, outbox = MemoryInbox(), MemoryOutbox()
    ledger = MemoryLedger(inbox, outbox)
    return Store(ledger, inbox, outbox, MemoryCards(), MemoryPins(), MemoryKeys(ledger))


def sqlite_store(file: SqliteFile) -> Store:
    """The parts of an open file."""
    return Store(
        SqliteLedger(file),
        SqliteInbox(file),
        SqliteOutbox(file),
        SqliteCards(file),
        SqlitePins(file),
        SqliteKeys(file),
    )


def postgres_store(database: PostgresDatabase) -> Store:
    """The parts of an open database."""
    backend = postgres()
    return Store(
        backend.PostgresLedger(database),
        backend.PostgresInbox(database),
        backend.PostgresOutbox(database),
        backend.PostgresCards(database),
        backend.PostgresPins(database),
        backend.PostgresKeys(database),
        database.replica,
        backend.PostgresPace(database),
    )


def postgres() -> ModuleType:
    """The backend for PostgreSQL, where its driver is installed; raises StorageUnavailable.

    Imported when it is asked for: a site that keeps its record in a file needs no driver.
    """
    try:
        return import_module("storage.postgres")
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        raise StorageUnavailable(
            "PostgreSQL needs the driver asyncpg: install trial-screening-bot[postgres]",
            Trouble.NO_DRIVER,
        ) from None


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

"""Opens the store that an address names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from storage.address import InFile, InMemory, InPostgres, parse_address
from storage.cards import Cards
from storage.errors import StorageUnavailable
from storage.inbox import Inbox
from storage.ledger import Ledger
from storage.memory import MemoryCards, MemoryInbox, MemoryLedger, MemoryOutbox, MemoryPins
from storage.outbox import Outbox
from storage.pins import Pins
from storage.sqlite import SqliteFile, SqliteLedger
from storage.sqlite.cards import SqliteCards
from storage.sqlite.inbox import SqliteInbox
from storage.sqlite.outbox import SqliteOutbox
from storage.sqlite.pins import SqlitePins

if TYPE_CHECKING:
    from storage.postgres import PostgresDatabase


@dataclass(frozen=True, slots=True)
class Store:
    """The five parts of one database; what `ledger.append` writes, it writes to all at once."""

    ledger: Ledger
    inbox: Inbox
    outbox: Outbox
    cards: Cards
    pins: Pins

    async def close(self) -> None:
        """Finish what was begun, then let go of the database."""
        await self.ledger.close()


async def open_store(url: str, now: Callable[[], str], *, writing: bool = True) -> Store:
    """The store at an address, made when missing; `now` dates its migrations.

    With `writing=False` it may be read beside whoever writes it. Raises StorageUnavailable,
    StorageReadOnly, NewerDatabase, LedgerBroken.
    """
    address = parse_address(url)
    match address:
        case InMemory():
            return memory_store()
        case InFile(path=path):
            return sqlite_store(await SqliteFile.open(path, now, writing=writing))
        case InPostgres():
            opened = await postgres().PostgresDatabase.open(address, now, writing=writing)
            return postgres_store(opened)


async def open_ledger(url: str, now: Callable[[], str], *, writing: bool = True) -> Ledger:
    """The ledger alone of the store at an address; closing it closes the store."""
    return (await open_store(url, now, writing=writing)).ledger


def memory_store() -> Store:
    """An empty store without a disk."""
    inbox, outbox = MemoryInbox(), MemoryOutbox()
    return Store(MemoryLedger(inbox, outbox), inbox, outbox, MemoryCards(), MemoryPins())


def sqlite_store(file: SqliteFile) -> Store:
    """The five parts of an open file."""
    return Store(
        SqliteLedger(file),
        SqliteInbox(file),
        SqliteOutbox(file),
        SqliteCards(file),
        SqlitePins(file),
    )


def postgres_store(database: PostgresDatabase) -> Store:
    """The five parts of an open database."""
    backend = postgres()
    return Store(
        backend.PostgresLedger(database),
        backend.PostgresInbox(database),
        backend.PostgresOutbox(database),
        backend.PostgresCards(database),
        backend.PostgresPins(database),
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
            "PostgreSQL needs the driver asyncpg: install trial-screening-bot[postgres]"
        ) from None

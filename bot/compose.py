"""Choose between real things: the database that the settings name, the clock, the protocols."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clock import Clock, Numbers, RandomNumbers, SystemClock, random_bytes
from bot.clock_watch import ClockWatch
from bot.desk import Desk
from bot.settings import Settings, key_bytes
from bot.shelf import Shelf, protocol_files
from storage.address import InFile, parse_address
from storage.errors import StorageError
from storage.opening import Store, open_store, sealed_store


class NothingThere(StorageError):
    """There is no database to read at this address yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


@dataclass(frozen=True, slots=True)
class House:
    """The rooms, put together."""

    store: Store
    desk: Desk
    shelf: Shelf
    clock: Clock


@asynccontextmanager
async def open_house(
    settings: Settings,
    *,
    writing: bool = True,
    sealed: bool = True,
    clock: Clock | None = None,
    numbers: Numbers | None = None,
) -> AsyncIterator[House]:
    """The house at the address in the settings, closed at the end.

    With `writing=False` nothing is created: a database that is not there cannot be read. With
    `sealed=False` everything is as it is stored, and no record key is needed.

    Raises:
        StorageError: the database cannot be used; the reason says why.
        UnknownProtocol: a trial of the settings is not shipped, and no file.
        BadProtocolFile: the protocol file of a trial cannot be used.

    """
    files = protocol_files(settings.trial_names)
    clock = clock or SystemClock()
    address = parse_address(settings.database_url)
    if not writing and isinstance(address, InFile) and not address.path.exists():
        raise NothingThere(address.path)
    store = await open_store(
        settings.database_url, lambda: clock.now().isoformat(), writing=writing
    )
    try:
        if sealed:
            record_key = key_bytes(settings.record_key)
            store = await sealed_store(store, random_bytes, record_key, writing=writing)
        store = replace(store, ledger=ClockWatch(store.ledger, clock))
        shelf = Shelf(store.ledger, files)
        desk = Desk(store.ledger, shelf, clock, numbers or RandomNumbers())
        yield House(store, desk, shelf, clock)
    finally:
        await store.close()

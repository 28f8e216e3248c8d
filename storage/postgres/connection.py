"""A connection to PostgreSQL, and the settings that it and its server must have."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

from storage.errors import StorageReadOnly, StorageUnavailable, Trouble
from storage.postgres.statements import SCHEMA


class Connection(Protocol):
    """What this room uses of `asyncpg.Connection`, which has no annotations."""

    def transaction(self) -> AbstractAsyncContextManager[None]:
        """A transaction, committed at the end of the block or rolled back by its exception."""
        ...

    async def execute(self, query: str) -> str:
        """Run a script of several statements."""
        ...


class Session:
    """A connection of the pool with nothing but what this room and aiosql use of it.

    aiosql asks with `dir()` whether it was handed a pool; on asyncpg's own proxy that takes as
    long as a fifth of a statement (27 µs, measured).
    """

    __slots__ = ("execute", "executemany", "fetch", "fetchrow", "fetchval", "transaction")

    def __init__(self, db: Any) -> None:
        self.execute, self.executemany = db.execute, db.executemany
        self.fetch, self.fetchrow, self.fetchval = db.fetch, db.fetchrow, db.fetchval
        self.transaction = db.transaction

    def __dir__(self) -> tuple[str, ...]:
        return self.__slots__


SESSION: Final[Mapping[str, str]] = {
    "application_name": "screening",
    "synchronous_commit": "on",  # weaker ones confirm answers that a power cut takes away
    # A replica that hangs, or whose machine is gone, lets go of the head of the ledger.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "20s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
READING: Final[Mapping[str, str]] = {**SESSION, "default_transaction_read_only": "on"}

REQUIRED: Final[Mapping[str, tuple[str, str]]] = {
    "synchronous_commit": ("on", "confirmed answers would be lost in a power cut"),
    "fsync": ("on", "a power cut could damage the whole database"),
    "full_page_writes": ("on", "a power cut could damage the whole database"),
    "server_encoding": ("UTF8", "not every name could be kept"),
}
"""What is read back from the server: the only value that is taken, and why no other is."""

SECONDS_TO_CONNECT: Final = 10.0
SECONDS_FOR_A_STATEMENT: Final = 60.0
"""Far above any real one: a server that hangs is told from one that works."""


async def check_settings(db: Connection) -> None:
    """Raise StorageUnavailable unless every required setting holds."""
    for name, (wanted, why) in REQUIRED.items():
        found = await SCHEMA.setting(db, name=name)
        if found != wanted:
            trouble = Trouble.ENCODING if name == "server_encoding" else Trouble.UNSAFE
            raise StorageUnavailable(
                f"{name} is {found!r} and must be {wanted!r}: {why}", trouble, f"{name} = {found}"
            )


async def check_writable(db: Connection) -> None:
    """Raise StorageReadOnly on a standby, which only repeats what another server writes."""
    if await SCHEMA.is_standby(db):
        raise StorageReadOnly("this server is a standby")

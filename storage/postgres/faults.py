"""The one place where what PostgreSQL says becomes an error of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import asyncpg

from storage.errors import (
    BadEntry,
    LedgerBroken,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageUnavailable,
    Trouble,
)

TRIGGER: Final = "SL001"
"""The state that this room's own triggers raise."""

_BY_STATE: Final[dict[str, Callable[[str], StorageError]]] = {
    # Only this software writes, and it writes at the end: the triggers saw something else.
    TRIGGER: LedgerBroken,
    "XX001": LedgerBroken,
    "XX002": LedgerBroken,
    "53100": StorageFull,
    "25006": StorageReadOnly,
    "42501": StorageReadOnly,
}
_BY_CLASS: Final[dict[str, Callable[[str], StorageError]]] = {
    "22": BadEntry,
    "23": BadEntry,
    "28": lambda _: StorageUnavailable(
        "the server refuses the user or the password", Trouble.LOGIN
    ),
    "3D": lambda _: StorageUnavailable("the server has no such database", Trouble.NO_DATABASE),
}
DRIVERS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
_AGAIN: Final = {"40001", "40P01"}
"""Nothing was stored because two transactions stood in each other's way."""


def may_be_tried_again(error: BaseException) -> bool:
    """Whether the same transaction may well succeed at a second try."""
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate in _AGAIN


def is_about_the_content(error: Exception) -> bool:
    """Whether what was to be stored was refused, and not the server in trouble."""
    state = getattr(error, "sqlstate", None) or ""
    return state == TRIGGER or state[:2] in {"22", "23"}


def translate(error: Exception) -> StorageError:
    """The storage error that says the same; a detail, which may repeat a value, is left out."""
    if isinstance(error, asyncpg.PostgresError) and error.sqlstate:
        text = str(error).partition("\n")[0]
        known = _BY_STATE.get(error.sqlstate) or _BY_CLASS.get(error.sqlstate[:2])
        return known(text) if known else StorageUnavailable(text)
    if isinstance(error, TimeoutError):
        return StorageUnavailable("the server does not answer in time", Trouble.SILENT)
    # A driver's own words may repeat the address, and with it the password.
    if isinstance(error, OSError | asyncpg.PostgresConnectionError):
        return StorageUnavailable("the server cannot be reached", Trouble.UNREACHABLE)
    return StorageUnavailable(f"the connection failed ({type(error).__name__})")


@contextmanager
def translated() -> Iterator[None]:
    """Let no error of the driver or the network out; storage errors pass as they are."""
    try:
        yield
    except DRIVERS as error:
        raise translate(error) from error

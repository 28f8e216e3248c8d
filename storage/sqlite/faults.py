"""The one place where what SQLite says becomes an error of this room."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from storage.errors import (
    BadEntry,
    LedgerBroken,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageUnavailable,
)

_BY_PRIMARY_CODE: Final[dict[int, Callable[[str], StorageError]]] = {
    sqlite3.SQLITE_FULL: StorageFull,
    sqlite3.SQLITE_READONLY: StorageReadOnly,
    sqlite3.SQLITE_CORRUPT: LedgerBroken,
    sqlite3.SQLITE_NOTADB: LedgerBroken,
    sqlite3.SQLITE_CONSTRAINT: BadEntry,
    sqlite3.SQLITE_TOOBIG: BadEntry,
}


def translate(error: Exception) -> StorageError:
    """The storage error that says the same."""
    if isinstance(error, OSError):
        return _from_system(error)
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return _without_code(error)
    if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
        # Only this software writes, and it writes at the end: the triggers saw something else.
        return LedgerBroken(str(error))
    # The low byte of SQLite's extended result code is the primary one.
    return _BY_PRIMARY_CODE.get(code & 0xFF, StorageUnavailable)(str(error))


def _without_code(error: Exception) -> StorageError:
    if isinstance(error, sqlite3.OperationalError) and "Could not decode" in str(error):
        return LedgerBroken(str(error))
    return StorageUnavailable(f"{type(error).__name__}: {error}")


def _from_system(error: OSError) -> StorageError:
    reason = f"{error.strerror}: {error.filename}"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return StorageReadOnly(reason)
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StorageFull(reason)
    return StorageUnavailable(reason)


@contextmanager
def translated() -> Iterator[None]:
    """Let no error of the driver or of the file system out; storage errors pass as they are."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise translate(error) from error

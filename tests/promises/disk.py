"""A disk under SQLite that writes down what reaches it, and fails when told to.

The driver's own library is asked for its file system (`sqlite3_vfs`), of which a copy is registered
under another name; in the copy, opening, writing, syncing, truncating and deleting pass through
here. So the code under test, the driver and the library stay as they are in production.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import sqlite3
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_PLAIN = c_void_p
# Names are passed on as the addresses that they came as: SQLite keeps them for as long as the file.
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(Structure):
    """`sqlite3_io_methods`, version 3."""

    _fields_ = [
        ("version", c_int),
        ("close", _PLAIN),
        ("read", _PLAIN),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        *((f"other{number}", _PLAIN) for number in range(13)),
    ]


class _File(Structure):
    """`sqlite3_file`: its methods come first."""

    _fields_ = [("methods", POINTER(_Methods))]


class _System(Structure):
    """`sqlite3_vfs`, version 3."""

    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _OPEN),
        ("delete", _DELETE),
        *((f"other{number}", _PLAIN) for number in range(13)),
    ]


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at a place in a file."""

    file: str
    at: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """The file ends here."""

    file: str
    at: int


@dataclass(frozen=True, slots=True)
class Sync:
    """Whatever was done to the file before is on the disk for good."""

    file: str


@dataclass(frozen=True, slots=True)
class Delete:
    """The file is gone."""

    file: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody was told that this is kept."""

    what: object


Step = Write | Truncate | Sync | Delete | Confirmed
Wrap = Callable[..., int]


class Disk:
    """One registered file system; `steps` is what reached it, in order.

    With `left` set to n, the n-th call from now on fails with the result `code`; with `lasting`
    every one after it as well.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: list[Step] = []
        self.left: int | None = None
        self.code = sqlite3.SQLITE_IOERR_WRITE
        self.lasting = False
        self.failed = 0
        self._files: dict[int, str] = {}
        self._kept: dict[int, _Methods] = {}
        self._library: Final[Any] = ctypes.CDLL(_sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = POINTER(_System)
        self._plain: _System = self._library.sqlite3_vfs_find(None).contents
        self._system = _System.from_buffer_copy(self._plain)
        self._system.name = name.encode()
        self._system.open, self._system.delete = _OPEN(self._open), _DELETE(self._delete)
        self._system.next = None
        assert self._library.sqlite3_vfs_register(ctypes.byref(self._system), 0) == 0

    def close(self) -> None:
        """Take it out of the library; every connection over it must be closed."""
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._system))

    def connect(self, path: Path) -> sqlite3.Connection:
        """What `SqliteFile.open` takes as its connector."""
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw&vfs={self.name}", uri=True, isolation_level=None
        )

    def confirm(self, what: object) -> None:
        """Write down that somebody was told."""
        self.steps.append(Confirmed(what))

    def _fails(self) -> bool:
        if self.left is None:
            return False
        self.left -= 1
        if self.left > 0 or (self.left < 0 and not self.lasting):
            return False
        self.failed += 1
        return True

    def _open(self, system: int, name: int | None, file: int, flags: int, out: int) -> int:
        result: int = self._plain.open(system, name, file, flags, out)
        opened = cast(file, POINTER(_File)).contents
        if result == sqlite3.SQLITE_OK and name is not None and opened.methods:
            self._files[file] = _named(name)
            opened.methods = ctypes.pointer(self._wrapped(opened.methods))
        return result

    def _wrapped(self, methods: Any) -> _Methods:
        """A copy of a file's methods that tells what is done; one for each sort of file."""
        address = ctypes.addressof(methods.contents)
        if address not in self._kept:
            plain = _Methods.from_buffer_copy(methods.contents)
            changed = _Methods.from_buffer_copy(plain)

            def write(file: int, content: int, size: int, at: int) -> int:
                if self._fails():
                    return self.code
                self.steps.append(Write(self._files[file], at, ctypes.string_at(content, size)))
                return int(plain.write(file, content, size, at))

            def truncate(file: int, at: int) -> int:
                if self._fails():
                    return self.code
                self.steps.append(Truncate(self._files[file], at))
                return int(plain.truncate(file, at))

            def sync(file: int, flags: int) -> int:
                if self._fails():
                    return sqlite3.SQLITE_IOERR_FSYNC
                self.steps.append(Sync(self._files[file]))
                return int(plain.sync(file, flags))

            changed.write, changed.truncate = _WRITE(write), _TRUNCATE(truncate)
            changed.sync = _SYNC(sync)
            self._kept[address] = changed
        return self._kept[address]

    def _delete(self, system: int, name: int, sync: int) -> int:
        self.steps.append(Delete(_named(name)))
        return int(self._plain.delete(system, name, sync))


def _named(address: int) -> str:
    """The last part of the path that stands there."""
    return Path(ctypes.string_at(address).decode()).name

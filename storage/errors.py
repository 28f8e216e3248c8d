"""What can go wrong between a command and the disk, in the words of the storage room."""

from __future__ import annotations

from enum import Enum


class StorageError(Exception):
    """Every error of this room; a driver's own error never leaves it."""


class VersionConflict(StorageError):
    """Somebody else wrote to the stream first; nothing of this append was stored."""

    def __init__(self, stream: str, expected: int, found: int) -> None:
        super().__init__(f"stream {stream!r} holds {found} entries, not {expected}")
        self.stream = stream
        self.expected = expected
        self.found = found


class AlreadyDone(StorageError):
    """No undone update has this id: it is done, dead or pruned. Nothing was stored."""

    def __init__(self, update: int) -> None:
        super().__init__(f"update {update} is not waiting to be done")
        self.update = update


class NoticeClash(StorageError):
    """Two different notices claim one key; nothing of this append was stored."""

    def __init__(self, key: str) -> None:
        super().__init__(f"another notice already has the key {key!r}")
        self.key = key


class UnknownNotice(StorageError):
    """No notice with this id is owed: it was sent, given up, or never was."""

    def __init__(self, notice: int) -> None:
        super().__init__(f"notice {notice} is not owed")
        self.notice = notice


class BadEntry(StorageError):
    """Something that no backend may keep: a NUL, a lone surrogate, an over-long name."""


class LedgerBroken(StorageError):
    """What is stored cannot be what was written."""


class StorageFull(StorageError):
    """There is no room left; nothing was stored."""


class StorageReadOnly(StorageError):
    """The database, or its folder, cannot be written."""


class NewerDatabase(StorageError):
    """The file was written by a later version of this software."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"the database has form {found}; this version knows up to form {known}")
        self.found = found
        self.known = known


class Trouble(Enum):
    """Why a database cannot be used, where a person is told in their own language."""

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    LOGIN = "login"
    NO_DATABASE = "no database"
    NO_DRIVER = "no driver"
    NO_RECORD = "no record"
    OLD_FORM = "old form"
    FOREIGN = "foreign"
    UNSAFE = "unsafe"
    ENCODING = "encoding"
    IN_USE = "in use"
    BEING_MOVED = "being moved"
    HALF_MOVED = "half moved"
    IN_MEMORY = "in memory"
    ADDRESS = "address"
    OPTIONS = "options"


class StorageUnavailable(StorageError):
    """The database cannot be used just now, or as it is set up; the reason says why.

    `trouble` is the reason where it has a name, and `about` what it is about.
    """

    def __init__(self, reason: str, trouble: Trouble | None = None, about: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.trouble = trouble
        self.about = about


class NoKey(StorageError):
    """No key stands for this stream: it was destroyed, or never made. Nothing was stored."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"no key stands for {stream!r}")
        self.stream = stream


class KeysLocked(StorageError):
    """The keys are wrapped, and the record key that opens them is missing, or another."""

    def __init__(self, *, missing: bool) -> None:
        super().__init__("the record key is missing" if missing else "the record key is another")
        self.missing = missing

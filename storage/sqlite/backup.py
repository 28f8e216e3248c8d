"""A copy of a SQLite file, made while others write to it, and verified before it gets its name.

SQLite's online backup copies all pages in one step, under one snapshot: writers go on, and the
copy is the database at one moment (https://sqlite.org/backup.html). Everything here blocks: call
it from a thread.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from storage.backup import Copied, NotCopied, Refusal
from storage.chain import START, verify_all
from storage.errors import LedgerBroken
from storage.ledger import Entry, Head
from storage.sqlite.connection import READING, connect, pragma, settle
from storage.sqlite.faults import translate, translated
from storage.sqlite.migrating import form_of, known_migrations
from storage.sqlite.place import FILE_MODE, Claim, check, make_folder
from storage.sqlite.statements import LEDGER

BESIDE: Final = ("", "-wal", "-shm", "-journal")
"""What SQLite may keep of a database: an old log beside a new file would damage it."""

PART: Final = ".part"
"""How the name of a copy ends that is not verified yet; a killed run may leave one."""

WITHOUT_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})

PAGE: Final = 4096
"""Entries read at a time."""


def back_up(source: Path, target: Path) -> Copied | NotCopied:
    """Copy a database, in use or not, to a file that must not exist yet.

    Raises StorageError: the file cannot be read, or the place cannot be written.
    """
    with translated():
        if os.path.lexists(target):
            return NotCopied(Refusal.EXISTS, target)
        if not source.exists():
            return NotCopied(Refusal.NOTHING_THERE, source)
        check(source)
        make_folder(target)
        return _copied(source, target)


def restore(backup: Path, target: Path) -> Copied | NotCopied:
    """Put a backup where the database is to be; both are verified, and nothing is overwritten.

    Raises StorageError as `back_up` does, and StorageUnavailable while a bot uses the place.
    """
    with translated():
        for part in BESIDE:
            there = target.with_name(target.name + part)
            if os.path.lexists(there):
                return NotCopied(Refusal.EXISTS, there)
        if not backup.exists():
            return NotCopied(Refusal.NOTHING_THERE, backup)
        before = examine(backup)
        if isinstance(before, NotCopied):
            return before
        make_folder(target)
        claim = Claim(target)  # nobody else begins to write there meanwhile
        try:
            return _copied(backup, target, before.head)
        finally:
            claim.release()


def examine(path: Path) -> Copied | NotCopied:
    """Verify a file that nobody writes to: SQLite's own check, then the whole chain."""
    with translated(), closing(_reading(path)) as db:
        try:
            if pragma(db, "quick_check(1)") != "ok":
                return NotCopied(Refusal.DAMAGED, path)
            verdict = verify_all(_entries(db))
        except sqlite3.DatabaseError as error:
            if not isinstance(translate(error), LedgerBroken):
                raise
            return NotCopied(Refusal.DAMAGED, path)
        if verdict.fault is not None:
            return NotCopied(Refusal.BROKEN, path, verdict.fault)
        return Copied(verdict.head, _recorded_at(db, verdict.head.position))


def _copied(source: Path, target: Path, wanted: Head | None = None) -> Copied | NotCopied:
    part = target.with_name(f".{target.name}.{os.getpid()}{PART}")
    with _removed(part):
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE))
        _copy_pages(source, part)
        found = examine(part)
        if isinstance(found, NotCopied):
            return NotCopied(found.why, source, found.fault)
        if found.head != (wanted or _head_at(source, found.head)):
            return NotCopied(Refusal.DIFFERS, source)
        _sync(part)
        if not _named(part, target):
            return NotCopied(Refusal.EXISTS, target)
        _sync(target.absolute().parent)
    return found


def _copy_pages(source: Path, part: Path) -> None:
    with closing(_reading(source)) as db, closing(connect(part)) as copy:
        copy.execute("PRAGMA synchronous = OFF")  # it is synced once, when it is whole
        db.backup(copy, pages=-1)
        # One file, without a log beside it, that can be read from a medium that is read-only.
        copy.execute("PRAGMA journal_mode = DELETE")


def _reading(path: Path) -> sqlite3.Connection:
    db = connect(path)
    try:
        form_of(db, known_migrations())
        settle(db, READING)
    except BaseException:
        db.close()
        raise
    return db


def _entries(db: sqlite3.Connection) -> Iterator[Entry]:
    after = 0
    while page := tuple(LEDGER.read_page(db, after=after, size=PAGE)):
        for row in page:
            yield Entry(*row)
        after = page[-1][0]


def _recorded_at(db: sqlite3.Connection, position: int) -> str | None:
    for row in LEDGER.read_page(db, after=position - 1, size=1):
        return row[5]
    return None


def _head_at(source: Path, head: Head) -> Head:
    """What the source holds at the position of a head: the same, unless the copy is another."""
    if head.position == START.position:
        return START  # whatever was written since follows it
    with closing(_reading(source)) as db:
        for row in LEDGER.read_page(db, after=head.position - 1, size=1):
            return Head(row[0], row[8])
        return START


def _named(part: Path, target: Path) -> bool:
    """Give the copy its name, unless somebody else has taken it meanwhile."""
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    except OSError as error:
        # A file system without hard links, such as a stick's, cannot tell a race.
        if error.errno not in WITHOUT_LINKS:
            raise
        if os.path.lexists(target):
            return False
        part.rename(target)
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _removed(part: Path) -> Iterator[None]:
    """Leave nothing half made."""
    try:
        yield
    finally:
        for name in BESIDE:
            with contextlib.suppress(FileNotFoundError):
                part.with_name(part.name + name).unlink()

"""Where the file lies: made for its owner alone, and claimed by one writing process."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path
from typing import Final

from storage.errors import StorageUnavailable, Trouble
from storage.sqlite.mounts import NETWORKS, file_system

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
OTHERS: Final = 0o077


def make(path: Path) -> None:
    """Create the file and its folder when missing, readable by the owner alone.

    Raises StorageUnavailable for a file that others may read, a folder in which others could put
    another in its place, or a network's file system; and OSError.
    """
    make_folder(path)
    check_folder(path)
    check_local(path)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
    check(path)


def make_folder(path: Path) -> None:
    """Create the folder of a file when it is missing, for its owner alone; raises OSError."""
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def check_folder(path: Path) -> None:
    """Raise StorageUnavailable when anybody may put files into, or take them out of, the folder."""
    folder = path.absolute().parent
    mode = stat.S_IMODE(folder.stat().st_mode)
    # With the sticky bit everybody may add files, but only the owner may take one away.
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise StorageUnavailable(
            f"the folder {folder} has mode {mode:04o}: others could put another file in its place; "
            f"{FOLDER_MODE:04o} is advised"
        )


def check_local(path: Path) -> None:
    """Raise StorageUnavailable on a network's file system: its locks do not hold for SQLite.

    See https://sqlite.org/wal.html: all processes must be on one machine.
    """
    kind = file_system(path)
    if kind in NETWORKS:
        raise StorageUnavailable(
            f"{path} is on a network's file system ({kind}): SQLite's locks do not hold there, "
            "use a disk of this machine"
        )


def check(path: Path) -> None:
    """Raise StorageUnavailable unless this is a plain file for its owner alone."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise StorageUnavailable(f"{path} is not a plain file")
    mode = stat.S_IMODE(status.st_mode)
    if mode & OTHERS:
        raise StorageUnavailable(
            f"{path} has mode {mode:04o}: others could read it; {FILE_MODE:04o} is required"
        )


class Claim:
    """The right to write to a file, held by one process until released or killed.

    Two connections that write at once can damage a file under SQLite before 3.51.3. The lock is
    on a file beside the database: closing the database file itself would drop SQLite's own locks.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(
            path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE
        )
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise StorageUnavailable(
                f"{path} is in use: one process writes at a time", Trouble.IN_USE
            ) from None

    def release(self) -> None:
        """Let another process write; call it once."""
        os.close(self._descriptor)

"""What can be found out about a file and its place, beside the process that writes to it."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Final

from storage.errors import StorageUnavailable
from storage.sqlite.backup import BESIDE
from storage.sqlite.connection import WRITING, connect, pragma, settle
from storage.sqlite.faults import translated
from storage.sqlite.mounts import NETWORKS, file_system
from storage.sqlite.place import OTHERS
from storage.survey import Survey

MENDED: Final = (3, 51, 3)
MENDED_LINES: Final = {(3, 44): 6, (3, 50): 7}
"""Releases that cannot damage a log that two connections write to at once (the WAL-reset bug)."""


def has_wal_reset(version: tuple[int, ...]) -> bool:
    """Whether this version of SQLite has the WAL-reset bug."""
    line = MENDED_LINES.get((version[0], version[1]))
    if line is not None:
        return version[2] < line
    return version < MENDED


def survey(path: Path) -> Survey:
    """Look at a file that exists; nothing is changed. Raises StorageError. Blocks."""
    with translated():
        folder = path.absolute().parent
        kind = file_system(path)
        journal, differing = _settings(path)
        return Survey(
            sqlite=sqlite3.sqlite_version,
            wal_reset=has_wal_reset(sqlite3.sqlite_version_info),
            folder=folder,
            folder_mode=stat.S_IMODE(folder.stat().st_mode),
            loose=tuple(_loose(path)),
            network=kind if kind in NETWORKS else "",
            free=shutil.disk_usage(folder).free,
            size=path.stat().st_size,
            journal=journal,
            differing=differing,
        )


def _loose(path: Path) -> list[tuple[str, int]]:
    found = []
    for name in (path.name + end for end in (*BESIDE, ".lock")):
        try:
            mode = stat.S_IMODE(path.with_name(name).stat().st_mode)
        except FileNotFoundError:
            continue
        if mode & OTHERS:
            found.append((name, mode))
    return found


def _settings(path: Path) -> tuple[str, str]:
    """How the file is written to, and what does not hold on a connection made as the writer's."""
    with closing(connect(path)) as db:
        journal = str(pragma(db, "journal_mode"))
        wanted = {name: value for name, value in WRITING.items() if name != "journal_mode"}
        try:
            settle(db, wanted)
        except StorageUnavailable as error:
            return journal, error.reason
    return journal, ""

"""What is found about a database and its place, for whoever looks after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found; sizes and free space in bytes, modes as chmod takes them.

    `loose` are the files that others may touch; `journal` is the way of writing that the file
    remembers, `differing` the first other setting that cannot be made what it must be.
    """

    sqlite: str
    wal_reset: bool
    folder: Path
    folder_mode: int
    loose: tuple[tuple[str, int], ...]
    network: str
    free: int
    size: int
    journal: str
    differing: str


@dataclass(frozen=True, slots=True)
class ServerSurvey:
    """What was found at a server; `shown` is its address without user and password.

    `settings` are those that decide whether a confirmed answer outlives a power cut, read back on
    a session made as the bot's, each as `name=value`; `differing` is the first of them that is not
    what it must be, and `standby` whether the server only repeats what another writes.
    """

    shown: str
    version: str
    settings: tuple[str, ...]
    differing: str
    standby: bool

"""What is found about a database file and its place, for whoever looks after it."""

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

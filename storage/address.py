"""The address of a database, as a setting gives it.

sqlite:///relative/path.db     a file, from the working folder
sqlite:////absolute/path.db    a file, from the root
memory:                        nothing is kept
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from storage.errors import StorageUnavailable

SQLITE: Final = "sqlite:///"


@dataclass(frozen=True, slots=True)
class InMemory:
    """A store that ends with the process."""


@dataclass(frozen=True, slots=True)
class InFile:
    """A store in one SQLite file."""

    path: Path


def parse_address(url: str) -> InMemory | InFile:
    """What an address names; raises StorageUnavailable for any that is not understood."""
    if url == "memory:":
        return InMemory()
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        return _file(url.removeprefix(SQLITE))
    if url.startswith(("postgresql:", "postgres:", "postgresql+")):
        raise StorageUnavailable("PostgreSQL is not supported in this version")
    # The address may hold a password: it is not repeated.
    raise StorageUnavailable("the database address must be sqlite:///path/to/file.db or memory:")


def _file(name: str) -> InFile:
    if "?" in name or "#" in name or "\x00" in unquote(name):
        raise StorageUnavailable("the database address takes a path and nothing else")
    if name == ":memory:":
        raise StorageUnavailable("for a database in memory the address is memory:")
    return InFile(Path(unquote(name)))

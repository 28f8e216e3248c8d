"""The contract of a backup: a copy of the database that was verified, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from storage.chain import Fault
from storage.ledger import Head


class Refusal(Enum):
    """Why nothing was copied."""

    EXISTS = "there is a file already"
    NO_FILE = "the address names no file"
    SERVER = "a server's own tools copy its databases"
    NOTHING_THERE = "there is nothing to copy"
    BROKEN = "the chain breaks"
    DAMAGED = "SQLite finds the file damaged"
    DIFFERS = "the copy is not what was to be copied"


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that is on the disk and verified: its head, and when its newest event was recorded.

    `head.position` is the number of events; `newest` is ISO 8601, None without events.
    """

    head: Head
    newest: str | None


@dataclass(frozen=True, slots=True)
class NotCopied:
    """Nothing was written; `fault` is where the chain breaks."""

    why: Refusal
    path: Path
    fault: Fault | None = None

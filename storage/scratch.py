"""What one process keeps out of its memory and to itself: a table that nobody else can open.

It is a temporary database of SQLite: pages in a small cache, the rest in a file that has no name
any more (in `SQLITE_TMPDIR`, `TMPDIR`, `/var/tmp` or `/tmp`). The bodies are encrypted with a key
that exists in the memory of this process alone. So nothing in it outlives the process, and what is
overwritten or dropped can be read by nobody.

It is no record. Whatever it holds follows from the ledger, and is made from it at the next start.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import StorageUnavailable
from storage.sqlite.faults import translated
from storage.sqlite.statements import SCRATCH

PAGE: Final = 100
"""Rows that are read at once: no reader holds more of them."""

_NONCE_BYTES: Final = 12

_PRAGMAS: Final = {
    "journal_mode": "memory",  # a batch that fails is undone, and is tried again
    "synchronous": "off",  # nobody opens it after a crash
    "cache_size": -1024,  # a MiB
    "secure_delete": "on",
    "trusted_schema": "off",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One row: `body` under a name.

    It is found by `label`, a number that only the caller can read, in the order of `at` and then
    of the name, or by when it `moved` last. Both are whole numbers, of whatever the caller counts.
    """

    name: str
    label: int
    at: int
    moved: int
    body: bytes


class Scratch:
    """A table that ends with this object.

    It answers at once, without a thread: a row comes from the cache or from the pages of the
    operating system, and nothing here waits until a disk has anything.
    Every method may raise a StorageError: there is no room left, or the file cannot be read.
    """

    def __init__(self) -> None:
        with translated():
            # Whichever thread collects the garbage may be the one that closes it.
            self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            for name, value in _PRAGMAS.items():
                self._db.execute(f"PRAGMA {name} = {value}")
            SCRATCH.create(self._db)
        weakref.finalize(self, self._db.close)
        self._cipher, self._nonces = AESGCM(AESGCM.generate_key(bit_length=256)), count(1)

    def put(self, rows: Iterable[Kept]) -> None:
        """Keep all of these, or none; each in the place of what had its name."""
        with translated(), self._db as db:  # it commits, or rolls back
            db.execute("BEGIN")
            for row in rows:
                body = self._seal(row.name, row.body)
                SCRATCH.put(
                    db, name=row.name, label=row.label, at=row.at, moved=row.moved, body=body
                )

    def drop(self, name: str) -> None:
        """Keep it no more; nothing happens where nothing is kept."""
        with translated():
            SCRATCH.drop(self._db, name=name)

    def get(self, name: str) -> bytes | None:
        """The body under a name."""
        with translated():
            body = SCRATCH.body_of(self._db, name=name)
        return None if body is None else self._open(name, body)

    def walk(self, labels: Sequence[int], since: int) -> Iterator[tuple[str, bytes]]:
        """Names and bodies in order, those of these labels with `at` from `since` on.

        What is put or dropped meanwhile is met as it then is, or not any more.
        """
        wanted, at, name = json.dumps(labels), since, ""
        while labels:  # without any, nothing of a long table need be looked at
            with translated():
                page = list(SCRATCH.after(self._db, labels=wanted, at=at, name=name, size=PAGE))
            for _, name, body in page:
                yield name, self._open(name, body)
            if len(page) < PAGE:
                return
            at = page[-1][0]

    def newest(
        self, labels: Sequence[int], since: int, offset: int, size: int
    ) -> list[tuple[int, str]]:
        """So many `at` and names of these labels, the last first, after `offset` others.

        None with an `at` before `since`.
        """
        if not labels:
            return []
        wanted = json.dumps(labels)
        with translated():
            return list(
                SCRATCH.newest(self._db, labels=wanted, since=since, offset=offset, size=size)
            )

    def count(self, labels: Sequence[int]) -> int:
        """How many there are of these labels."""
        if not labels:
            return 0
        with translated():
            return SCRATCH.count(self._db, labels=json.dumps(labels))

    def moved(self, labels: Sequence[int], since: int) -> list[tuple[str, bytes]]:
        """Names and bodies of those of these labels that moved then or later, in order."""
        with translated():
            found = list(SCRATCH.moved(self._db, labels=json.dumps(labels), since=since))
        return [(name, self._open(name, body)) for name, body in found]

    def _seal(self, name: str, body: bytes) -> bytes:
        nonce = next(self._nonces).to_bytes(_NONCE_BYTES, "big")  # never twice under this key
        return nonce + self._cipher.encrypt(nonce, body, name.encode())

    def _open(self, name: str, sealed: bytes) -> bytes:
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, text, name.encode())
        except InvalidTag:
            raise StorageUnavailable("the temporary file is not as it was written") from None

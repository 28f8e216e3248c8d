# ruff: noqa: D102  each method is a statement, described where it stands
"""The named statements of `storage/sql/sqlite`, with their types.

Each class says what the file of that name holds; a test compares the two.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol, cast

import aiosql

FOLDER: Final = Path(__file__).parent.parent / "sql" / "sqlite"

EntryRow = tuple[int, str, int, str, int, str, bytes, bytes, bytes]
UpdateRow = tuple[int, str, str, bytes, str]
NoticeRow = tuple[int, str, str, str, bytes, str, int, int]


class SchemaStatements(Protocol):
    """`schema.sql`: which migrations the file has had."""

    def is_empty(self, db: sqlite3.Connection) -> int: ...
    def has_versions(self, db: sqlite3.Connection) -> int: ...
    def create_versions(self, db: sqlite3.Connection) -> int: ...
    def current_version(self, db: sqlite3.Connection) -> int: ...
    def record_version(
        self, db: sqlite3.Connection, *, version: int, name: str, applied_at: str
    ) -> int: ...


class LedgerStatements(Protocol):
    """`ledger.sql`: entries."""

    def head(self, db: sqlite3.Connection) -> tuple[int, bytes] | None: ...
    def version_of(self, db: sqlite3.Connection, *, stream: str) -> int: ...
    def append_event(  # noqa: PLR0913  one argument for each column
        self,
        db: sqlite3.Connection,
        *,
        position: int,
        stream: str,
        version: int,
        kind: str,
        schema: int,
        recorded_at: str,
        payload: bytes,
        previous: bytes,
        digest: bytes,
    ) -> int: ...
    def read_stream(
        self, db: sqlite3.Connection, *, stream: str, after: int
    ) -> Iterable[EntryRow]: ...
    def read_page(self, db: sqlite3.Connection, *, after: int, size: int) -> Iterable[EntryRow]: ...
    def streams(self, db: sqlite3.Connection, *, prefix: str) -> Iterable[tuple[str]]: ...


class InboxStatements(Protocol):
    """`inbox.sql`: updates and marks."""

    def accept(
        self, db: sqlite3.Connection, *, key: str, lane: str, raw: bytes, received_at: str
    ) -> int: ...
    def undone(self, db: sqlite3.Connection) -> Iterable[UpdateRow]: ...
    def mark_done(self, db: sqlite3.Connection, *, update_id: int) -> int: ...
    def mark_dead(self, db: sqlite3.Connection, *, update_id: int, reason: str, at: str) -> int: ...
    def oldest_undone(self, db: sqlite3.Connection) -> str | None: ...
    def counts(self, db: sqlite3.Connection) -> tuple[int, int, int]: ...
    def prune(self, db: sqlite3.Connection, *, before: str) -> int: ...
    def put_mark(self, db: sqlite3.Connection, *, name: str, value: str) -> int: ...
    def mark(self, db: sqlite3.Connection, *, name: str) -> str | None: ...


class OutboxStatements(Protocol):
    """`outbox.sql`: notices."""

    def owe(
        self,
        db: sqlite3.Connection,
        *,
        key: str,
        recipient: str,
        kind: str,
        body: bytes,
        due_at: str,
    ) -> int: ...
    def is_same(
        self, db: sqlite3.Connection, *, key: str, recipient: str, kind: str, body: bytes
    ) -> int: ...
    def due(
        self, db: sqlite3.Connection, *, now: str, busy: str, size: int
    ) -> Iterable[NoticeRow]: ...
    def mark_sending(self, db: sqlite3.Connection, *, notice: int, at: str) -> int | None: ...
    def mark_sent(
        self, db: sqlite3.Connection, *, notice: int, at: str, message_id: int | None
    ) -> int: ...
    def settle(
        self,
        db: sqlite3.Connection,
        *,
        notice: int,
        at: str,
        state: str,
        message_id: int | None,
        reason: str | None,
    ) -> int: ...
    def mark_failed(
        self,
        db: sqlite3.Connection,
        *,
        notice: int,
        at: str,
        reason: str,
        retry_at: str | None,
        perhaps_sent: bool,
    ) -> int: ...
    def counts(self, db: sqlite3.Connection) -> tuple[int, int, int, int]: ...


class CardStatements(Protocol):
    """`cards.sql`: where the cards stand."""

    def put_card(
        self,
        db: sqlite3.Connection,
        *,
        stream: str,
        chat: int,
        message_id: int,
        drawn_version: int,
    ) -> int: ...
    def drawn(self, db: sqlite3.Connection, *, stream: str) -> Iterable[tuple[int, int, int]]: ...


class PinStatements(Protocol):
    """`pins.sql`: hashes of PINs, and the guesses at them."""

    def hash_of(self, db: sqlite3.Connection, *, person: str) -> str | None: ...
    def choose(
        self,
        db: sqlite3.Connection,
        *,
        person: str,
        hash: str,  # noqa: A002
        at: str,
    ) -> int: ...
    def forget(self, db: sqlite3.Connection, *, person: str) -> int: ...
    def window(self, db: sqlite3.Connection, *, person: str) -> tuple[int, str | None] | None: ...
    def put_window(
        self, db: sqlite3.Connection, *, person: str, tries: int, window_from: str | None
    ) -> int: ...
    def clear(self, db: sqlite3.Connection, *, person: str) -> int: ...


class KeyStatements(Protocol):
    """`keys.sql`: keys, and what goes with one that is destroyed."""

    def put(self, db: sqlite3.Connection, *, stream: str, key: bytes, at: str) -> int: ...
    def key_of(self, db: sqlite3.Connection, *, stream: str) -> tuple[bytes, int] | None: ...
    def every_key(self, db: sqlite3.Connection) -> Iterable[tuple[str, bytes, int]]: ...
    def replace(self, db: sqlite3.Connection, *, stream: str, key: bytes) -> int: ...
    def destroy(self, db: sqlite3.Connection, *, stream: str) -> int: ...
    def empty_notices(self, db: sqlite3.Connection, *, about: str) -> int: ...
    def empty_dead_letters(self, db: sqlite3.Connection) -> int: ...
    def sweep(self, db: sqlite3.Connection) -> tuple[int, int, int]: ...


class ScratchStatements(Protocol):
    """`scratch.sql`: what one process keeps to itself, out of its memory."""

    def create(self, db: sqlite3.Connection) -> object: ...
    def put(
        self, db: sqlite3.Connection, *, name: str, label: int, at: int, moved: int, body: bytes
    ) -> int: ...
    def drop(self, db: sqlite3.Connection, *, name: str) -> int: ...
    def body_of(self, db: sqlite3.Connection, *, name: str) -> bytes | None: ...
    def after(
        self, db: sqlite3.Connection, *, labels: str, at: int, name: str, size: int
    ) -> Iterable[tuple[int, str, bytes]]: ...
    def newest(
        self, db: sqlite3.Connection, *, labels: str, since: int, offset: int, size: int
    ) -> Iterable[tuple[int, str]]: ...
    def count(self, db: sqlite3.Connection, *, labels: str) -> int: ...
    def moved(
        self, db: sqlite3.Connection, *, labels: str, since: int
    ) -> Iterable[tuple[str, bytes]]: ...


def _load(name: str) -> object:
    # The name of the driver picks its synchronous face: it runs inside the one hop.
    return aiosql.from_path(FOLDER / f"{name}.sql", "sqlite3")


SCHEMA: Final = cast(SchemaStatements, _load("schema"))
LEDGER: Final = cast(LedgerStatements, _load("ledger"))
INBOX: Final = cast(InboxStatements, _load("inbox"))
OUTBOX: Final = cast(OutboxStatements, _load("outbox"))
CARDS: Final = cast(CardStatements, _load("cards"))
PINS: Final = cast(PinStatements, _load("pins"))
KEYS: Final = cast(KeyStatements, _load("keys"))
SCRATCH: Final = cast(ScratchStatements, _load("scratch"))

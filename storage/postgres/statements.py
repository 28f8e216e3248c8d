# ruff: noqa: D102  each method is a statement, described where it stands
"""The named statements of `storage/sql/postgres`, with their types.

Each class says what the file of that name holds; a test compares the two.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, cast

import aiosql

FOLDER: Final = Path(__file__).parent.parent / "sql" / "postgres"

Db = Any
"""A connection: `storage.postgres.connection` says what of it is used, and uses this module."""

EntryRow = tuple[int, str, int, str, int, str, bytes, bytes, bytes]
UpdateRow = tuple[int, str, str, bytes, str]
NoticeRow = tuple[int, str, str, str, bytes, str, int, bool]


class SchemaStatements(Protocol):
    """`schema.sql`: which migrations the database has had, who writes, and how it is set."""

    async def is_empty(self, db: Db) -> bool: ...
    async def has_versions(self, db: Db) -> bool: ...
    async def create_versions(self, db: Db) -> str: ...
    async def current_version(self, db: Db) -> int: ...
    async def record_version(self, db: Db, *, version: int, name: str, applied_at: str) -> str: ...
    async def wait_for_migrations(self, db: Db, *, form: int) -> str: ...
    async def claim_beside_others(self, db: Db, *, writers: int) -> bool: ...
    async def claim_alone(self, db: Db, *, writers: int) -> bool: ...
    async def setting(self, db: Db, *, name: str) -> str: ...
    async def is_standby(self, db: Db) -> bool: ...


class LedgerStatements(Protocol):
    """`ledger.sql`: entries."""

    async def head(self, db: Db) -> tuple[int, bytes]: ...
    async def lock_head(self, db: Db) -> tuple[int, bytes]: ...
    def versions_of(self, db: Db, *, streams: Sequence[str]) -> AsyncIterator[tuple[str, int]]: ...
    async def append_events(  # noqa: PLR0913  one argument for each column
        self,
        db: Db,
        *,
        positions: Sequence[int],
        streams: Sequence[str],
        versions: Sequence[int],
        kinds: Sequence[str],
        schemas: Sequence[int],
        times: Sequence[str],
        payloads: Sequence[bytes],
        previous: Sequence[bytes],
        digests: Sequence[bytes],
    ) -> str: ...
    def read_stream(self, db: Db, *, stream: str, after: int) -> AsyncIterator[EntryRow]: ...
    def read_page(self, db: Db, *, after: int, size: int) -> AsyncIterator[EntryRow]: ...
    def streams(self, db: Db, *, prefix: str) -> AsyncIterator[tuple[str]]: ...


class InboxStatements(Protocol):
    """`inbox.sql`: updates and marks."""

    def accept(
        self,
        db: Db,
        *,
        keys: Sequence[str],
        lanes: Sequence[str],
        raws: Sequence[bytes],
        times: Sequence[str],
    ) -> AsyncIterator[tuple[int, str]]: ...
    def undone(self, db: Db) -> AsyncIterator[UpdateRow]: ...
    async def mark_done(self, db: Db, *, update_id: int) -> str: ...
    async def mark_dead(self, db: Db, *, update_id: int, reason: str, at: str) -> str: ...
    async def oldest_undone(self, db: Db) -> str | None: ...
    async def counts(self, db: Db) -> tuple[int, int, int]: ...
    async def prune(self, db: Db, *, before: str) -> str: ...
    async def put_mark(self, db: Db, *, name: str, value: str) -> str: ...
    async def mark(self, db: Db, *, name: str) -> str | None: ...


class OutboxStatements(Protocol):
    """`outbox.sql`: notices."""

    def known(
        self, db: Db, *, keys: Sequence[str]
    ) -> AsyncIterator[tuple[str, str, str, bytes]]: ...
    async def owe(
        self,
        db: Db,
        *,
        keys: Sequence[str],
        recipients: Sequence[str],
        kinds: Sequence[str],
        bodies: Sequence[bytes],
        times: Sequence[str],
    ) -> str: ...
    def due(
        self, db: Db, *, now: str, busy: Sequence[str], size: int
    ) -> AsyncIterator[NoticeRow]: ...
    async def mark_sending(self, db: Db, *, notice: int, at: str) -> int | None: ...
    async def mark_sent(self, db: Db, *, notice: int, at: str, message_id: int | None) -> str: ...
    async def settle(
        self,
        db: Db,
        *,
        notice: int,
        at: str,
        state: str,
        message_id: int | None,
        reason: str | None,
    ) -> str: ...
    async def mark_failed(
        self,
        db: Db,
        *,
        notice: int,
        at: str,
        reason: str,
        retry_at: str | None,
        perhaps_sent: bool,
    ) -> str: ...
    async def counts(self, db: Db) -> tuple[int, int, int, int]: ...


class CardStatements(Protocol):
    """`cards.sql`: where the cards stand."""

    async def card(self, db: Db, *, stream: str, chat: int) -> int | None: ...
    async def put_card(
        self, db: Db, *, stream: str, chat: int, message_id: int, drawn_version: int
    ) -> str: ...
    def drawn(self, db: Db, *, stream: str) -> AsyncIterator[tuple[int, int, int]]: ...


class PinStatements(Protocol):
    """`pins.sql`: hashes of PINs, and the guesses at them."""

    async def hash_of(self, db: Db, *, person: str) -> str | None: ...
    async def choose(
        self,
        db: Db,
        *,
        person: str,
        hash: str,  # noqa: A002
        at: str,
    ) -> str: ...
    async def forget(self, db: Db, *, person: str) -> str: ...
    async def one_at_a_time(self, db: Db, *, person: str, pins: int) -> str: ...
    async def window(self, db: Db, *, person: str) -> tuple[int, str | None] | None: ...
    async def put_window(
        self, db: Db, *, person: str, tries: int, window_from: str | None
    ) -> str: ...
    async def clear(self, db: Db, *, person: str) -> str: ...


class KeyStatements(Protocol):
    """`keys.sql`: keys, and what goes with one that is destroyed."""

    async def put(self, db: Db, *, stream: str, key: bytes, at: str) -> str: ...
    async def key_of(self, db: Db, *, stream: str) -> tuple[bytes, bool] | None: ...
    def every_key(self, db: Db) -> AsyncIterator[tuple[str, bytes, bool]]: ...
    async def replace(self, db: Db, *, stream: str, key: bytes) -> str: ...
    async def destroy(self, db: Db, *, stream: str) -> str: ...
    async def empty_notices(self, db: Db, *, about: str) -> str: ...
    async def empty_dead_letters(self, db: Db) -> str: ...
    async def wait_briefly(self, db: Db) -> str: ...
    async def wait_as_before(self, db: Db) -> str: ...
    async def rewrite_keys(self, db: Db) -> str: ...
    async def rewrite_inbox(self, db: Db) -> str: ...
    async def rewrite_outbox(self, db: Db) -> str: ...


def changed(status: str) -> int:
    """How many rows a statement changed, from what PostgreSQL answers: `UPDATE 3`."""
    return int(status.rpartition(" ")[2])


def _load(name: str) -> object:
    return aiosql.from_path(FOLDER / f"{name}.sql", "asyncpg")


SCHEMA: Final = cast(SchemaStatements, _load("schema"))
LEDGER: Final = cast(LedgerStatements, _load("ledger"))
INBOX: Final = cast(InboxStatements, _load("inbox"))
OUTBOX: Final = cast(OutboxStatements, _load("outbox"))
CARDS: Final = cast(CardStatements, _load("cards"))
PINS: Final = cast(PinStatements, _load("pins"))
KEYS: Final = cast(KeyStatements, _load("keys"))

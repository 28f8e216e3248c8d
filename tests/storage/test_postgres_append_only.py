"""The database itself refuses to change what was recorded, whoever asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from storage.mapper import EVENTS
from storage.opening import Store
from tests.storage.samples import AT, batch

COLUMNS = (
    "position",
    "stream",
    "version",
    "kind",
    "schema",
    "recorded_at",
    "payload",
    "previous",
    "digest",
)
INSERT = (
    "INSERT INTO events VALUES ($1, $2, $3, 'answer-given', 1, $4, '', $5, "
    "decode(repeat('00', 32), 'hex'))"
)


@pytest.fixture
async def raw(postgres: Store, postgres_url: str) -> AsyncIterator[Any]:
    """A plain connection of the owner to a ledger of three entries, unchanged at the end."""
    await postgres.ledger.append(batch("a", 0, b"1", b"2"), batch("b", 0, b"3"))
    db = await asyncpg.connect(postgres_url)
    before = [await db.fetch(f"TABLE {name}") for name in ("events", "ledger_head", "event_kinds")]
    yield db
    after = [await db.fetch(f"TABLE {name}") for name in ("events", "ledger_head", "event_kinds")]
    await db.close()
    assert after == before


@pytest.mark.parametrize("column", COLUMNS)
async def test_no_column_can_be_updated(raw: Any, column: str) -> None:
    """Not even a change to the value that is already there."""
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await raw.execute(f"UPDATE events SET {column} = {column} WHERE position = 2")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events",
        "DELETE FROM events WHERE position = 3",
        "TRUNCATE events",
        "TRUNCATE events CASCADE",
        "UPDATE ledger_head SET position = 2",
        "DELETE FROM ledger_head",
        "TRUNCATE ledger_head",
        "INSERT INTO ledger_head SELECT NOT only_one, position, digest FROM ledger_head",
        "INSERT INTO ledger_head SELECT * FROM ledger_head",
        "UPDATE event_kinds SET kind = 'x' WHERE kind = 'answer-given'",
        "DELETE FROM event_kinds",
        "TRUNCATE event_kinds CASCADE",
        "TRUNCATE keys",
    ],
)
async def test_nothing_is_taken_away(raw: Any, statement: str) -> None:
    """Neither events, nor where they end, nor a kind, nor the place of a key."""
    with pytest.raises(asyncpg.PostgresError):
        await raw.execute(statement)


@pytest.mark.parametrize(
    ("position", "stream", "version"),
    [(1, "a", 3), (3, "b", 1), (5, "a", 3), (0, "a", 3), (-1, "a", 3), (None, "a", 3)],
)
async def test_nothing_goes_anywhere_but_at_the_end(
    raw: Any, position: int | None, stream: str, version: int
) -> None:
    """No place before the end and no gap after it."""
    last = await raw.fetchval("SELECT digest FROM events WHERE position = 3")
    with pytest.raises(asyncpg.PostgresError, match="end of the ledger"):
        await raw.execute(INSERT, position, stream, version, AT, last)


@pytest.mark.parametrize("version", [1, 2, 4])
async def test_no_version_is_repeated_or_left_out(raw: Any, version: int) -> None:
    """An entry is the next one of its stream."""
    last = await raw.fetchval("SELECT digest FROM events WHERE position = 3")
    with pytest.raises(asyncpg.PostgresError, match="at the end of its stream"):
        await raw.execute(INSERT, 4, "a", version, AT, last)


async def test_the_chain_cannot_fork(raw: Any) -> None:
    """An entry that follows another than the last is refused."""
    first = await raw.fetchval("SELECT digest FROM events WHERE position = 1")
    with pytest.raises(asyncpg.PostgresError, match="follows the event before it"):
        await raw.execute(INSERT, 4, "a", 3, AT, first)


async def test_the_database_knows_every_kind(raw: Any) -> None:
    """A kind of event that could not be stored is found here and not at a bedside."""
    known = {kind for (kind,) in await raw.fetch("SELECT kind FROM event_kinds")}
    assert set(EVENTS) <= known

"""The database itself refuses to change what was recorded, whoever asks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.opening import Store
from tests.storage.samples import AT, batch

INSERT = "INTO events VALUES (?, ?, ?, 'answer-given', 1, ?, x'00', ?, zeroblob(32))"


@pytest.fixture
async def raw(sqlite: Store, path: Path) -> sqlite3.Connection:
    """A plain connection to a ledger of three entries, as a stranger would have."""
    await sqlite.ledger.append(batch("a", 0, b"1", b"2"), batch("b", 0, b"3"))
    return sqlite3.connect(path, isolation_level=None)


@pytest.fixture(autouse=True)
def unchanged(raw: sqlite3.Connection) -> Iterator[None]:
    """Whatever a test tries, the entries are the same afterwards."""
    before = raw.execute("SELECT * FROM events").fetchall()
    yield
    assert raw.execute("SELECT * FROM events").fetchall() == before
    raw.close()


@pytest.mark.parametrize(
    "column",
    [
        "position",
        "stream",
        "version",
        "kind",
        "schema",
        "recorded_at",
        "payload",
        "previous",
        "digest",
    ],
)
def test_no_column_can_be_updated(raw: sqlite3.Connection, column: str) -> None:
    """Not even a change to the value that is already there."""
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(f"UPDATE events SET {column} = {column} WHERE position = 2")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(f"UPDATE OR REPLACE events SET {column} = {column}")


@pytest.mark.parametrize("where", ["", " WHERE position = 3"])
def test_nothing_can_be_deleted(raw: sqlite3.Connection, where: str) -> None:
    """Neither everything nor the last entry."""
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(f"DELETE FROM events{where}")


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE"])
@pytest.mark.parametrize(
    ("position", "stream", "version"),
    [(1, "a", 3), (3, "b", 1), (5, "a", 3), (0, "a", 3), (-1, "a", 3), (None, "a", 3)],
)
def test_nothing_goes_anywhere_but_at_the_end(
    raw: sqlite3.Connection, verb: str, position: int | None, stream: str, version: int
) -> None:
    """No place before the end, no gap after it, and no replacement."""
    last = raw.execute("SELECT digest FROM events WHERE position = 3").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match=r"end of the ledger|follows the event"):
        raw.execute(f"{verb} {INSERT}", (position, stream, version, AT, last))


@pytest.mark.parametrize("version", [1, 2, 4])
def test_no_version_is_replaced_or_left_out(raw: sqlite3.Connection, version: int) -> None:
    """A replacement by stream and version would remove a row behind the delete trigger's back."""
    last = raw.execute("SELECT digest FROM events WHERE position = 3").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match="at the end of its stream"):
        raw.execute(f"INSERT OR REPLACE {INSERT}", (4, "a", version, AT, last))


def test_the_chain_cannot_fork(raw: sqlite3.Connection) -> None:
    """An entry that follows another than the last is refused."""
    first = raw.execute("SELECT digest FROM events WHERE position = 1").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match="follows the event before it"):
        raw.execute(f"INSERT {INSERT}", (4, "a", 3, AT, first))


def test_kinds_are_only_added(raw: sqlite3.Connection) -> None:
    """A kind that was ever used keeps its name and stays known."""
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("UPDATE event_kinds SET kind = 'x' WHERE kind = 'answer-given'")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("DELETE FROM event_kinds")

# ruff: noqa: ASYNC240  a test looks at the file, and nothing else runs beside it
"""Every byte of the stored rows counts, and no damaged file passes for another sound ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.chain import Why, verify
from storage.errors import StorageError
from storage.ledger import Entry
from storage.opening import Store
from storage.sqlite import SqliteLedger
from tests.storage.samples import batch, now

COLUMNS = {
    "stream": "CAST(? AS TEXT)",
    "kind": "CAST(? AS TEXT)",
    "recorded_at": "CAST(? AS TEXT)",
    "payload": "?",
    "previous": "?",
    "digest": "?",
}


@pytest.fixture
async def raw(sqlite: Store, path: Path) -> sqlite3.Connection:
    """The same file with every protection taken off."""
    await sqlite.ledger.append(batch("é", 0, b"one", b"two"), batch("b", 0, b"three"))
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA ignore_check_constraints = ON")
    triggers = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        db.execute(f"DROP TRIGGER {name}")
    return db


def flipped(value: bytes) -> Iterator[bytes]:
    """The value with each of its bytes changed in turn."""
    for place in range(len(value)):
        yield value[:place] + bytes([value[place] ^ 0x01]) + value[place + 1 :]
        yield value[:place] + bytes([value[place] ^ 0x80]) + value[place + 1 :]


@pytest.mark.parametrize("column", COLUMNS)
async def test_every_flipped_byte_shows(
    sqlite: Store, raw: sqlite3.Connection, column: str
) -> None:
    """Two bits of each byte of each row: the verdict is never sound."""
    tried = 0
    for position in (1, 2, 3):
        (value,) = raw.execute(
            f"SELECT CAST({column} AS BLOB) FROM events WHERE position = ?", (position,)
        ).fetchone()
        change = f"UPDATE events SET {column} = {COLUMNS[column]} WHERE position = ?"
        for other in flipped(value):
            raw.execute(change, (other, position))
            verdict = await verify(sqlite.ledger.walk())
            assert verdict.fault is not None, other
            tried += 1
        raw.execute(change, (value, position))
        assert (await verify(sqlite.ledger.walk())).sound
    raw.close()
    assert tried >= 6


@pytest.mark.parametrize("column", ["position", "version", "schema"])
async def test_every_changed_number_shows(
    sqlite: Store, raw: sqlite3.Connection, column: str
) -> None:
    """Each bit of each number of a row counts, the sign too."""
    (value,) = raw.execute(f"SELECT {column} FROM events WHERE position = 2").fetchone()
    for bit in range(63):
        for other in (value ^ (1 << bit), -(value ^ (1 << bit))):
            taken = raw.execute(
                f"UPDATE OR IGNORE events SET {column} = ? WHERE digest = "
                "(SELECT previous FROM events WHERE position = 3)",
                (other,),
            )
            if taken.rowcount:
                assert not (await verify(sqlite.ledger.walk())).sound
    raw.close()


async def test_a_row_taken_out_shows(sqlite: Store, raw: sqlite3.Connection) -> None:
    """A deleted row in the middle is a gap; the last one is the known limit of a chain."""
    head = await sqlite.ledger.head()
    raw.execute("DELETE FROM events WHERE position = 3")
    assert (await verify(sqlite.ledger.walk())).sound
    cut = (await verify(sqlite.ledger.walk(), head)).fault
    assert cut is not None
    assert cut.why is Why.CUT_TAIL
    raw.execute("DELETE FROM events WHERE position = 1")
    gap = (await verify(sqlite.ledger.walk())).fault
    assert gap is not None
    assert gap.why is Why.POSITION_GAP
    with pytest.raises(StorageError):
        await sqlite.ledger.read("é")
    raw.close()


async def _walked(path: Path) -> list[Entry] | None:
    """The entries of a damaged file when it opens and verifies, None when it does not."""
    try:
        ledger = await SqliteLedger.open(path, now, writing=False)
    except StorageError:
        return None
    try:
        sound = (await verify(ledger.walk())).sound
        return [entry async for entry in ledger.walk()] if sound else None
    except StorageError:
        return None
    finally:
        await ledger.close()


async def test_a_damaged_file_never_tells_another_story(
    sqlite: Store, path: Path, tmp_path: Path
) -> None:
    """Bytes flipped all over the file: it is refused, or shows exactly the same entries."""
    await sqlite.ledger.append(batch("a", 0, *(b"answer %d" % n for n in range(12))))
    entries = [entry async for entry in sqlite.ledger.walk()]
    await sqlite.close()
    whole = path.read_bytes()
    copy = tmp_path / "copy.db"
    refused = 0
    for place in range(3, len(whole), 101):
        copy.touch(0o600)
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        found = await _walked(copy)
        # A cut tail is what a chain alone cannot see.
        assert found is None or found == entries[: len(found)], place
        refused += found is None
    assert refused > 10

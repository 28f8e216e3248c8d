# ruff: noqa: ASYNC221, ASYNC240  a test looks at the file, and nothing else runs beside it
"""The file itself: its settings, its place, who may read it, and what is refused at the start."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from storage.chain import verify
from storage.errors import (
    LedgerBroken,
    StorageReadOnly,
    StorageUnavailable,
)
from storage.opening import Store, open_store
from storage.sqlite import SqliteFile, SqliteLedger
from storage.sqlite.connection import READING, WRITING, connect, pragma, settle
from tests.promises.report import Promise
from tests.storage.samples import batch, now


async def test_the_settings_hold_on_both_connections(path: Path) -> None:
    """Write-ahead log, full syncing, foreign keys, patience, an untrusted schema, no writing."""
    file = await SqliteFile.open(path, now)
    writing = await file.write(lambda db: {name: pragma(db, name) for name in WRITING})
    reading = await file.read(lambda db: {name: pragma(db, name) for name in READING})
    await file.close()
    assert writing == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
        "secure_delete": 1,
    }
    assert reading == {"query_only": 1, "busy_timeout": 5000, "trusted_schema": 0}


def test_a_setting_that_does_not_hold_is_refused(promise: Promise) -> None:
    """A database in memory has no write-ahead log, and the start says so."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(StorageUnavailable, match="journal_mode is 'memory'"):
        settle(db, WRITING)
    db.close()
    promise(33, "a setting of SQLite that does not hold when read back: refused, and named")


async def test_the_reading_connection_cannot_write(sqlite: Store, path: Path) -> None:
    """A mistake in a query changes nothing."""
    reader = await SqliteFile.open(path, now, writing=False)
    with pytest.raises(StorageReadOnly):
        await reader.read(lambda db: db.execute("DELETE FROM inbox"))
    with pytest.raises(StorageReadOnly):
        await SqliteLedger(reader).append(batch("a", 0, b"1"))
    await reader.close()


async def test_files_are_for_their_owner_alone(sqlite: Store, path: Path) -> None:
    """The folder, the database and everything beside it are closed to group and others."""
    await sqlite.ledger.append(batch("a", 0, b"1"))
    modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
    assert modes == dict.fromkeys(
        ("ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db.lock"), 0o600
    )
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
async def test_a_file_that_others_may_touch_is_refused(
    path: Path, mode: int, promise: Promise
) -> None:
    """Nothing is tightened in silence: the reason names the mode, and the mode stays."""
    await (await SqliteFile.open(path, now)).close()
    path.chmod(mode)
    for writing in (True, False):
        with pytest.raises(StorageUnavailable, match=f"mode {mode:04o}"):
            await SqliteFile.open(path, now, writing=writing)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    promise(33, f"a database with mode {mode:04o}: refused, the mode is named")


async def test_one_process_writes_at_a_time(sqlite: Store, path: Path, promise: Promise) -> None:
    """A second writer is refused with the reason, and admitted after the first has left."""
    with pytest.raises(StorageUnavailable, match="in use"):
        await SqliteFile.open(path, now)
    await sqlite.close()
    await (await SqliteFile.open(path, now)).close()
    promise(33, "a second writing process on one SQLite file: refused")


async def test_another_process_cannot_write_either(sqlite: Store, path: Path) -> None:
    """The claim holds between processes."""
    code = (
        "import asyncio, sys; from pathlib import Path; from storage.sqlite import SqliteFile\n"
        "asyncio.run(SqliteFile.open(Path(sys.argv[1]), lambda: 'now'))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    assert "is in use: one process writes at a time" in found.stderr


async def test_a_reader_sees_what_the_writer_commits(sqlite: Store, path: Path) -> None:
    """Reading beside the running bot needs no claim and sees each commit."""
    reader = SqliteLedger(await SqliteFile.open(path, now, writing=False))
    stored = await sqlite.ledger.append(batch("a", 0, b"1"))
    assert await reader.read("a") == stored
    await reader.close()


async def test_a_reader_makes_no_file(path: Path) -> None:
    """Opening what is not there for reading is an error, not an empty ledger."""
    with pytest.raises(StorageUnavailable):
        await SqliteFile.open(path, now, writing=False)
    assert not path.exists()


async def test_everything_is_there_after_reopening(path: Path) -> None:
    """Closing and opening changes neither the entries nor the chain."""
    address = f"sqlite:///{path}"
    first = await open_store(address, now)
    for turn in range(5):
        await first.ledger.append(batch("a", turn, b"%d" % turn), batch(f"b/{turn}", 0, b"x"))
    before = [entry async for entry in first.ledger.walk()]
    await first.close()
    again = await open_store(address, now)
    assert [entry async for entry in again.ledger.walk()] == before
    await again.ledger.append(batch("a", 5, b"5"))
    assert (await verify(again.ledger.walk())).sound
    await again.close()


async def test_closing_leaves_one_tidy_file(path: Path) -> None:
    """The write-ahead log is folded in, so that a stopped database is a single file."""
    store = await open_store(f"sqlite:///{path}", now)
    await store.ledger.append(batch("a", 0, b"1"))
    await store.close()
    assert {found.name for found in path.parent.iterdir()} == {"ledger.db", "ledger.db.lock"}


async def test_another_softwares_database_is_left_alone(path: Path) -> None:
    """A file with foreign tables is refused, byte for byte unchanged."""
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(StorageUnavailable, match="another software"):
        await SqliteFile.open(path, now)
    assert path.read_bytes() == before


async def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    """Text is not taken for a ledger and not overwritten."""
    path.parent.mkdir()
    path.write_text("this is a letter, not a database" * 100)
    path.chmod(0o600)
    with pytest.raises(LedgerBroken):
        await SqliteFile.open(path, now)
    assert path.read_text().startswith("this is a letter")


async def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """A folder under a file, and a folder in place of the file, are named in the reason."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable, match="file"):
        await SqliteFile.open(tmp_path / "file" / "ledger.db", now)
    with pytest.raises(StorageUnavailable):
        await SqliteFile.open(tmp_path, now)


async def test_a_failed_opening_lets_go_of_the_file(path: Path) -> None:
    """After a failure in the middle the claim is free and no thread is left."""

    def broken(path: Path) -> sqlite3.Connection:
        if len(opened) == 1:
            raise sqlite3.OperationalError("out of file descriptors")
        opened.append(connect(path))
        return opened[0]

    opened: list[sqlite3.Connection] = []
    with pytest.raises(StorageUnavailable, match="out of file descriptors"):
        await SqliteFile.open(path, now, connector=broken)
    await (await SqliteFile.open(path, now)).close()


READ_ONLY_FOLDER = """
import asyncio, os, sys
from pathlib import Path
from storage.errors import StorageError
from storage.sqlite import SqliteFile

path = Path(sys.argv[1])
if os.getuid() == 0:
    for found in (path.parent, *path.parent.iterdir()):
        os.chown(found, 65534, 65534)
    os.setgid(65534)
    os.setuid(65534)
path.parent.chmod(0o500)
try:
    asyncio.run(SqliteFile.open(path, lambda: "now"))
except StorageError as error:
    print(type(error).__name__, error)
path.parent.chmod(0o700)
"""


@pytest.mark.parametrize("exists", [False, True])
def test_a_read_only_folder_is_refused(exists: bool) -> None:
    """Whether or not the database is there, the error says that it cannot be written."""
    # Not the folder of the test: the user without rights could not reach it.
    folder = Path(tempfile.mkdtemp())
    path = folder / "ledger.db"
    if exists:
        path.touch(0o600)
    try:
        said = subprocess.check_output([sys.executable, "-c", READ_ONLY_FOLDER, path], text=True)
    finally:
        path.unlink(missing_ok=True)
        folder.rmdir()
    assert said.startswith("StorageReadOnly")

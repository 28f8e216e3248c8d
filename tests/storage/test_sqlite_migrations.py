# ruff: noqa: ASYNC221, ASYNC240  a test looks at the file, and nothing else runs beside it
"""Every form that was ever released opens; none is ever left half made."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from flows.erasure import ScreeningErased
from flows.events import AnswerGiven
from storage.chain import verify
from storage.errors import NewerDatabase, StorageUnavailable
from storage.mapper import to_event
from storage.opening import open_store, sealed_store
from storage.sqlite import SqliteFile
from storage.sqlite.connection import connect
from storage.sqlite.migrating import Migration, known_migrations, migrate
from tests.promises.report import Promise
from tests.storage.samples import AT, batch, now, update

DATA = Path(__file__).parent / "data"
HEADS = {
    "form-1.sql": "35ed8cd7057ea60d51d0f292f4396137ae5e6ada27cb23e95595783605d85dbd",
    "form-2.sql": "35ed8cd7057ea60d51d0f292f4396137ae5e6ada27cb23e95595783605d85dbd",
    "form-3.sql": "76556d0840c8896fa21e85d3bf831255e4ce6f040a75e7e876e2a9af9b065674",
    "form-4.sql": "76556d0840c8896fa21e85d3bf831255e4ce6f040a75e7e876e2a9af9b065674",
    "form-5.sql": "1d500d916bfcd17c685d599340436912449b1077add689f75191d6f009dfcada",
}
STEPS = known_migrations()


def restored(path: Path, dump: str) -> Path:
    """A database file made from a stored dump."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(0o600)
    db = sqlite3.connect(path)
    db.executescript((DATA / dump).read_text(encoding="utf-8"))
    db.close()
    return path


def forms(path: Path) -> list[tuple[int, str, str]]:
    """What the file says of its own form."""
    db = sqlite3.connect(path)
    found = db.execute("SELECT version, name, applied_at FROM schema_version").fetchall()
    db.close()
    return found


async def test_an_empty_file_gets_every_step(path: Path) -> None:
    """Each step is written down with its name and the time that was handed in."""
    await (await SqliteFile.open(path, now)).close()
    assert forms(path) == [
        (1, "ledger", AT),
        (2, "inbox_and_outbox", AT),
        (3, "signatures", AT),
        (4, "follow_up", AT),
        (5, "keys", AT),
    ]


async def test_opening_again_migrates_nothing(path: Path) -> None:
    """A file in the newest form is left as it is."""
    await (await SqliteFile.open(path, now)).close()
    await (await SqliteFile.open(path, lambda: "another time")).close()
    assert {applied_at for _, _, applied_at in forms(path)} == {AT}


@pytest.mark.parametrize("dump", sorted(found.name for found in DATA.glob("form-*.sql")))
async def test_every_earlier_form_opens(path: Path, dump: str, promise: Promise) -> None:
    """The stored entries keep their digests, and the file can be used at once."""
    store = await open_store(f"sqlite:///{restored(path, dump)}", now)
    verdict = await verify(store.ledger.walk())
    assert verdict.sound
    assert verdict.head.digest.hex() == HEADS[dump]
    await store.ledger.append(batch("new", 0, b"1"))
    await store.inbox.accept([update("new")])
    assert await store.pins.put("new", "hash", AT)
    assert (await store.keys.put("new", b"key", AT)).value == b"key"
    assert (await verify(store.ledger.walk(), verdict.head)).sound
    await store.close()
    assert [version for version, _, _ in forms(path)] == [step.version for step in STEPS]
    promise(18, f"{dump}: opens, digest unchanged, usable at once")


async def test_sealed_payloads_of_the_form_that_brought_them_still_open(path: Path) -> None:
    """A screening sealed then is read now, and one that was erased then stays erased."""
    store = await open_store(f"sqlite:///{restored(path, 'form-5.sql')}", now)
    sealed = await sealed_store(store, random.Random(1).randbytes)
    kept = [to_event(entry).event for entry in await sealed.ledger.read("screening/7K3F-9QXV")]
    assert kept[1] == AnswerGiven("age_years", 43)
    gone = await sealed.ledger.read("screening/9QXV-7K3F")
    assert [entry.erased for entry in gone] == [True, True]
    (said,) = await sealed.ledger.read("erasure/9QXV-7K3F")
    assert isinstance(to_event(said).event, ScreeningErased)
    await store.close()


def shape(path: Path) -> tuple[set[tuple[str, str, str]], set[str]]:
    """Every table, index and trigger of a file as it is written, and the kinds it knows."""
    db = sqlite3.connect(path)
    made = {
        (sort, name, " ".join(sql.split()))
        for sort, name, sql in db.execute("SELECT type, name, sql FROM sqlite_schema")
        if sql is not None and not name.startswith("sqlite_")
    }
    kinds = {kind for (kind,) in db.execute("SELECT kind FROM event_kinds")}
    db.close()
    return made, kinds


@pytest.mark.parametrize("dump", sorted(HEADS))
async def test_an_upgraded_file_is_like_a_new_one(path: Path, tmp_path: Path, dump: str) -> None:
    """A step that was changed after its release, instead of followed by another, is found."""
    await (await SqliteFile.open(restored(path, dump), now)).close()
    await (await SqliteFile.open(tmp_path / "new.db", now)).close()
    assert shape(path) == shape(tmp_path / "new.db")


def test_every_form_has_its_dump() -> None:
    """A new step comes with a stored file of its form."""
    assert set(HEADS) == {f"form-{step.version}.sql" for step in STEPS}
    assert {found.name for found in DATA.glob("form-*.sql")} == set(HEADS)


async def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    """An older version of the software says which form it found and touches nothing."""
    await (await SqliteFile.open(path, now)).close()
    db = sqlite3.connect(path)
    later = len(STEPS) + 1
    db.execute("INSERT INTO schema_version VALUES (?, 'later', ?)", (later, AT))
    db.commit()
    db.close()
    before = path.read_bytes()
    for writing in (True, False):
        with pytest.raises(NewerDatabase) as caught:
            await SqliteFile.open(path, now, writing=writing)
        assert (caught.value.found, caught.value.known) == (later, len(STEPS))
    assert path.read_bytes() == before


async def test_an_older_file_is_not_migrated_by_a_reader(path: Path) -> None:
    """A reader says that the file must be opened for writing first."""
    restored(path, "form-1.sql")
    with pytest.raises(StorageUnavailable, match="older form"):
        await SqliteFile.open(path, now, writing=False)
    assert [version for version, _, _ in forms(path)] == [1]


def test_a_step_that_fails_leaves_no_trace(path: Path) -> None:
    """The tables that the failing step had already made are gone again."""
    path.parent.mkdir()
    path.touch(0o600)
    sql = "CREATE TABLE half (x);\nINSERT INTO nowhere VALUES (1);\n"
    broken = Migration(len(STEPS) + 1, "broken", sql)
    db = connect(path)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(db, now, [*STEPS, broken])
    assert not db.in_transaction
    assert not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'half'").fetchall()
    db.close()
    assert [version for version, _, _ in forms(path)] == [step.version for step in STEPS]


KILLED = """
import os, signal, sys
from pathlib import Path
from storage.sqlite.connection import connect
from storage.sqlite.migrating import Migration, known_migrations, migrate

db = connect(Path(sys.argv[1]))
db.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
steps, killing = list(known_migrations()), int(sys.argv[2])
step = steps[killing - 1]
steps[killing - 1] = Migration(killing, step.name, step.sql + "SELECT die();\\n")
migrate(db, lambda: "now", steps)
"""


@pytest.mark.parametrize("step", [step.version for step in STEPS[1:]])
async def test_a_process_killed_in_a_step_leaves_the_form_before(
    path: Path, step: int, promise: Promise
) -> None:
    """After SIGKILL at the end of a step the file has the earlier form whole, and still opens."""
    dump = f"form-{step - 1}.sql"
    restored(path, dump)
    killed = subprocess.run([sys.executable, "-c", KILLED, path, str(step)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [version for version, _, _ in forms(path)] == list(range(1, step))
    store = await open_store(f"sqlite:///{path}", now)
    assert (await store.ledger.head()).digest.hex() == HEADS[dump]
    await store.close()
    promise(18, f"killed in step {step}: {dump} is whole and still opens")


def test_steps_are_numbered_without_gaps(tmp_path: Path) -> None:
    """A forgotten or doubled number is found at start."""
    (tmp_path / "0002_second.sql").write_text("SELECT 1;\n")
    with pytest.raises(ValueError, match="numbered"):
        known_migrations(tmp_path)

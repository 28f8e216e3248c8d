# ruff: noqa: ASYNC240, ASYNC221, ASYNC220  a test looks at the file beside whoever writes to it
"""A backup is whole, verified and closed to others, or it is not there; a restore the same."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage.address import SQLITE
from storage.backup import Copied, NotCopied, Refusal
from storage.chain import START, Why, verify
from storage.errors import LedgerBroken, StorageReadOnly, StorageUnavailable
from storage.opening import Store, back_up, open_store, restore
from storage.sqlite import backup
from storage.sqlite.place import Claim
from tests.promises.report import Promise
from tests.storage.samples import AT, batch, notice, now, update
from tests.storage.test_sqlite_migrations import restored

DRILLS = int(os.environ.get("DRILLS", "100"))
SEED = int(os.environ.get("SEED", "20260310"))
PEOPLE = 50


def url(path: Path) -> str:
    """The address of a file."""
    return f"{SQLITE}{path}"


async def made(path: Path, target: Path) -> Copied:
    """A backup that has to be possible."""
    found = await back_up(url(path), target)
    assert isinstance(found, Copied), found
    return found


async def brought_back(target: Path, source: Path) -> Copied:
    """A restore that has to be possible."""
    found = await restore(url(target), source)
    assert isinstance(found, Copied), found
    return found


@pytest.fixture
async def filled(sqlite: Store) -> Store:
    """An open store with something in each of its parts."""
    await sqlite.ledger.append(
        batch("a", 0, *(b"%d" % n for n in range(20))), notices=[notice("n")]
    )
    await sqlite.inbox.accept([update("u")])
    await sqlite.inbox.put_mark("heard", AT)
    await sqlite.cards.put_card("a", 1, 2, 3)
    await sqlite.pins.put("p", "hash", AT)
    return sqlite


def content(path: Path) -> str:
    """Everything that a file holds, as SQL."""
    with closing(sqlite3.connect(path)) as db:
        return "\n".join(db.iterdump())


async def test_a_backup_holds_everything(filled: Store, path: Path, tmp_path: Path) -> None:
    """While the store is open, and restored elsewhere it is the same, and can be written to."""
    target = tmp_path / "out" / "backup.db"
    found = await made(path, target)
    assert found == Copied(await filled.ledger.head(), AT)
    elsewhere = tmp_path / "else" / "where.db"
    assert await brought_back(elsewhere, target) == found
    await filled.close()
    assert content(elsewhere) == content(target) == content(path)
    again = await open_store(url(elsewhere), now)
    await again.ledger.append(batch("a", 20, b"more"))
    assert (await verify(again.ledger.walk(), found.head)).sound
    assert [one.key for one in await again.inbox.undone()] == ["u"]
    await again.close()


async def test_a_backup_is_one_file_for_its_owner(
    filled: Store, path: Path, tmp_path: Path
) -> None:
    """Mode 0600 whatever the mask, no log beside it, nothing half made."""
    mask = os.umask(0)
    try:
        await made(path, tmp_path / "out" / "backup.db")
    finally:
        os.umask(mask)
    out = tmp_path / "out"
    assert [found.name for found in out.iterdir()] == ["backup.db"]
    assert stat.S_IMODE((out / "backup.db").stat().st_mode) == 0o600
    assert stat.S_IMODE(out.stat().st_mode) == 0o700


async def test_an_empty_ledger_is_backed_up(sqlite: Store, path: Path, tmp_path: Path) -> None:
    """No event, and no time of one."""
    assert await made(path, tmp_path / "b.db") == Copied(START, None)


async def test_nothing_is_overwritten(filled: Store, path: Path, tmp_path: Path) -> None:
    """Neither by a backup nor by a restore, be it a file, a link to nowhere or an old log."""
    target = tmp_path / "b.db"
    await made(path, target)
    before = target.read_bytes()
    assert await back_up(url(path), target) == NotCopied(Refusal.EXISTS, target)
    dangling = tmp_path / "link.db"
    dangling.symlink_to(tmp_path / "nowhere.db")
    assert await back_up(url(path), dangling) == NotCopied(Refusal.EXISTS, dangling)
    assert await restore(url(path), target) == NotCopied(Refusal.EXISTS, path)
    place = tmp_path / "new" / "ledger.db"
    place.parent.mkdir()
    log = place.with_name("ledger.db-wal")
    log.write_bytes(b"of a database that was deleted")
    assert await restore(url(place), target) == NotCopied(Refusal.EXISTS, log)
    assert not place.exists()
    assert target.read_bytes() == before


async def test_what_is_not_there_is_said(path: Path, tmp_path: Path) -> None:
    """No source, no backup; a store in memory has none."""
    missing = tmp_path / "missing.db"
    assert await back_up(url(missing), path) == NotCopied(Refusal.NOTHING_THERE, missing)
    assert await restore(url(path), missing) == NotCopied(Refusal.NOTHING_THERE, missing)
    assert await back_up("memory:", path) == NotCopied(Refusal.NO_FILE, path)
    assert await restore("memory:", path) == NotCopied(Refusal.NO_FILE, path)
    with pytest.raises(StorageUnavailable, match="the database address must be"):
        await back_up("postgresql://x", path)
    assert not path.exists()


async def test_a_server_is_not_copied_to_a_file(path: Path) -> None:
    """Its own tools do that; nobody is asked, and nothing is written."""
    nobody = "postgresql://u@127.0.0.1:1/x"
    assert await back_up(nobody, path) == NotCopied(Refusal.SERVER, path)
    assert await restore(nobody, path) == NotCopied(Refusal.SERVER, path)
    assert not path.exists()


def spoil(path: Path, sql: str) -> None:
    """Change a file as its administrator could."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(sql)


async def test_a_broken_chain_is_not_backed_up(filled: Store, path: Path, tmp_path: Path) -> None:
    """The fault is named, and no file is left that could be taken for a good one."""
    out = tmp_path / "out"
    out.mkdir()
    spoil(path, "UPDATE events SET payload = x'00' WHERE position = 7")
    found = await back_up(url(path), out / "b.db")
    assert isinstance(found, NotCopied)
    assert found.fault is not None
    assert (found.why, found.fault.position, found.fault.why) == (
        Refusal.BROKEN,
        7,
        Why.BAD_DIGEST,
    )
    assert list(out.iterdir()) == []


async def test_a_broken_backup_is_not_restored(filled: Store, path: Path, tmp_path: Path) -> None:
    """It is verified before anything is put in place."""
    await made(path, tmp_path / "b.db")
    spoil(tmp_path / "b.db", "DELETE FROM events WHERE position = 3")
    place = tmp_path / "new" / "ledger.db"
    found = await restore(url(place), tmp_path / "b.db")
    assert isinstance(found, NotCopied)
    assert found.fault is not None
    assert found.fault.why is Why.POSITION_GAP
    assert not place.parent.exists()


async def test_every_damaged_byte_is_noticed_or_harmless(
    filled: Store, path: Path, tmp_path: Path
) -> None:
    """A backup damaged anywhere restores to the same entries, or not at all."""
    source = tmp_path / "b.db"
    whole = await made(path, source)
    good = source.read_bytes()
    entries = [entry async for entry in filled.ledger.walk()]
    refused = 0
    for turn, place in enumerate(range(1, len(good), 997)):
        source.write_bytes(good[:place] + bytes([good[place] ^ 0x10]) + good[place + 1 :])
        target = tmp_path / f"{turn}" / "ledger.db"
        try:
            found = await restore(url(target), source)
        except (LedgerBroken, StorageUnavailable):
            found = NotCopied(Refusal.DAMAGED, source)
        if isinstance(found, NotCopied):
            refused += 1
            assert not target.exists()
            continue
        assert found.head == whole.head
        store = await open_store(url(target), now)
        assert [entry async for entry in store.ledger.walk()] == entries
        await store.close()
    assert refused > 2


async def test_another_softwares_file_is_not_restored(tmp_path: Path) -> None:
    """Neither a foreign database nor a letter."""
    foreign, letter = tmp_path / "foreign.db", tmp_path / "letter.db"
    with closing(sqlite3.connect(foreign)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    letter.write_text("this is a letter, not a database" * 100)
    with pytest.raises(StorageUnavailable, match="another software"):
        await restore(url(tmp_path / "new.db"), foreign)
    with pytest.raises(LedgerBroken):
        await restore(url(tmp_path / "new.db"), letter)
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("dump", ["form-1.sql", "form-3.sql"])
async def test_a_backup_of_an_earlier_form_is_restored(
    path: Path, tmp_path: Path, dump: str
) -> None:
    """The bot migrates it at its next start; its entries are what they were."""
    old = restored(path, dump)
    found = await made(old, tmp_path / "b.db")
    place = tmp_path / "new" / "ledger.db"
    assert await brought_back(place, tmp_path / "b.db") == found
    store = await open_store(url(place), now)
    assert (await verify(store.ledger.walk(), found.head)).sound
    await store.close()


async def test_a_restore_keeps_out_of_the_way_of_a_start(
    filled: Store, path: Path, tmp_path: Path
) -> None:
    """While somebody else claims the place to write there, nothing is put into it."""
    await made(path, tmp_path / "b.db")
    place = tmp_path / "new" / "ledger.db"
    place.parent.mkdir()
    claim = Claim(place)
    with pytest.raises(StorageUnavailable, match="in use"):
        await restore(url(place), tmp_path / "b.db")
    claim.release()
    await brought_back(place, tmp_path / "b.db")


async def test_a_name_that_was_taken_meanwhile_is_left_alone(
    filled: Store, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the first look and the last step another file may have come."""
    target = tmp_path / "b.db"
    true = backup.examine

    def slow(part: Path) -> Copied | NotCopied:
        target.write_text("somebody else's")
        return true(part)

    monkeypatch.setattr(backup, "examine", slow)
    assert await back_up(url(path), target) == NotCopied(Refusal.EXISTS, target)
    assert target.read_text() == "somebody else's"


async def test_a_place_without_links_is_served(
    filled: Store, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick has no hard links: the copy is renamed, and still overwrites nothing."""

    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    target = tmp_path / "b.db"
    await made(path, target)
    assert await back_up(url(path), target) == NotCopied(Refusal.EXISTS, target)
    assert [found.name for found in tmp_path.iterdir() if "part" in found.name] == []


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The folder is named in the reason."""
    (tmp_path / "file").write_text("")
    source = restored(tmp_path / "a" / "ledger.db", "form-4.sql")
    with pytest.raises((StorageReadOnly, StorageUnavailable), match="file"):
        backup.back_up(source, tmp_path / "file" / "b.db")


KILLED = """
import os, signal, sys
from pathlib import Path
from storage.sqlite import backup
from storage.sqlite.place import Claim

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(backup, sys.argv[3], die)
backup.back_up(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("step", ["_copy_pages", "examine", "_head_at", "_sync", "_named"])
async def test_a_killed_backup_leaves_no_backup(
    filled: Store, path: Path, tmp_path: Path, step: str
) -> None:
    """Whenever it dies, nothing has the name; the next one is made all the same."""
    target = tmp_path / "b.db"
    killed = subprocess.run([sys.executable, "-c", KILLED, path, target, step], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not target.exists()
    await made(path, target)


async def test_backups_restore_whole_while_others_write(
    path: Path, tmp_path: Path, promise: Promise
) -> None:
    """Drills: fifty write through the real writer, a backup is made, restored, and verified.

    Every event that was confirmed before the backup began is in it, with its digest.
    """
    rng = random.Random(SEED)
    store = await open_store(url(path), now)
    stopped = False

    async def writes(name: str) -> None:
        version = 0
        while not stopped:
            count = rng.randrange(1, 4)
            await store.ledger.append(
                batch(name, version, *(rng.randbytes(rng.randrange(300)) for _ in range(count)))
            )
            version += count
            # Slow enough that the ledger stays small, and fast enough to meet every backup.
            await asyncio.sleep(0.12 + rng.random() / 8)

    writers = [asyncio.create_task(writes(f"screening/{number}")) for number in range(PEOPLE)]
    good, grown = 0, 0
    for drill in range(DRILLS):
        await asyncio.sleep(rng.random() / 200)
        confirmed = await store.ledger.head()
        found = await made(path, tmp_path / f"{drill}.db")
        grown += (await store.ledger.head()).position > found.head.position
        place = tmp_path / f"{drill}" / "ledger.db"
        assert await brought_back(place, tmp_path / f"{drill}.db") == found
        elsewhere = await open_store(url(place), now)
        verdict = await verify(elsewhere.ledger.walk(), confirmed)
        assert verdict.sound, (SEED, drill, verdict)
        assert verdict.head == found.head
        assert found.head.position >= confirmed.position
        await elsewhere.close()
        good += 1
        (tmp_path / f"{drill}.db").unlink()
        place.unlink()
    stopped = True
    await asyncio.gather(*writers)
    assert good == DRILLS
    assert grown > DRILLS // 2, "nobody wrote meanwhile: the drill shows nothing"
    assert (await verify(store.ledger.walk())).sound
    await store.close()
    promise(
        17,
        f"{good} of {DRILLS} drills restored whole; others wrote meanwhile in {grown}",
        control="a plain copy of the file loses confirmed events",
        seed=SEED,
    )


async def test_the_first_event_may_come_during_a_backup(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy of an empty ledger is whole, whatever is written before it is compared."""
    store = await open_store(url(path), now)
    loop, copied = asyncio.get_running_loop(), backup._copy_pages

    def slowly(source: Path, part: Path) -> None:
        copied(source, part)
        first = store.ledger.append(batch("a", 0, b"1"))
        asyncio.run_coroutine_threadsafe(first, loop).result()

    monkeypatch.setattr(backup, "_copy_pages", slowly)
    assert (await made(path, tmp_path / "copy.db")).head.position == 0
    assert (await store.ledger.head()).position == 1
    await store.close()


async def test_control_a_plain_copy_does_not_restore_whole(path: Path, tmp_path: Path) -> None:
    """The same drill with the file copied as it lies: confirmed events are missing."""
    store = await open_store(url(path), now)
    await store.ledger.append(batch("a", 0, *(b"x" * 200 for _ in range(50))))
    confirmed = await store.ledger.head()
    copy = tmp_path / "copy.db"
    copy.touch(0o600)
    copy.write_bytes(path.read_bytes())
    lost = True
    try:
        found = backup.examine(copy)
        lost = isinstance(found, NotCopied) or found.head != confirmed
    except (LedgerBroken, StorageUnavailable):
        pass
    assert lost
    assert (await made(path, tmp_path / "good.db")).head == confirmed
    await store.close()


async def test_another_process_backs_up_while_this_one_writes(
    sqlite: Store, path: Path, tmp_path: Path
) -> None:
    """A reader process is able to, and the writer goes on."""
    code = (
        "import sys; from pathlib import Path; from storage.sqlite import backup\n"
        "print(backup.back_up(Path(sys.argv[1]), Path(sys.argv[2])).head.position)"
    )
    await sqlite.ledger.append(batch("a", 0, b"1"))
    process = subprocess.Popen(
        [sys.executable, "-c", code, path, tmp_path / "b.db"], stdout=subprocess.PIPE, text=True
    )
    version = 1
    while process.poll() is None:
        await sqlite.ledger.append(batch("a", version, b"x"))
        version += 1
    out, _ = process.communicate()
    assert process.returncode == 0
    assert 1 <= int(out) <= version
    assert version > 2

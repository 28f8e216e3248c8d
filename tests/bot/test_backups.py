"""Backups by themselves: when due, a few kept, the last good one known; and by command."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.backups import MARK, Backups, made_at, names
from bot.compose import House, open_house
from bot.register import Register
from bot.settings import Settings
from bot.upkeep import upkeep
from storage.backup import Copied
from tests.bot.staff import HOUR, HandClock, Staff
from tests.bot.test_verify_command import refused, run

DAY = timedelta(days=1)


class Vault:
    """A house on a file, and its backups in a folder."""

    def __init__(self, house: House, settings: Settings, clock: HandClock) -> None:
        self.house, self.settings, self.clock = house, settings, clock
        assert settings.backup_dir is not None
        self.folder = Path(settings.backup_dir)

    @property
    def backups(self) -> Backups:
        """What remembers nothing of an earlier run."""
        return Backups(self.settings, self.house.store.inbox, self.clock, self.folder)

    @property
    def there(self) -> list[str]:
        """The names of the backups."""
        return [one.name for one in names(self.folder)] if self.folder.exists() else []


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    """Backups every six hours, three kept."""
    clock = HandClock()
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path}/data/record.db",
        backup_dir=str(tmp_path / "out"),
        backup_every_hours=6,
        backup_keep=3,
    )
    async with open_house(settings, clock=clock) as house:
        await Staff(house.store.ledger, clock).site()
        yield Vault(house, settings, clock)


async def test_one_is_made_when_it_is_due(vault: Vault) -> None:
    """At once for the first time, then every six hours, whatever restarts lie between."""
    for hours in (0, 5, 1, 1, 5):
        vault.clock.at += hours * HOUR
        await vault.backups.round()
    assert vault.there == [
        "screening-20260310T090000Z.db",
        "screening-20260310T150000Z.db",
        "screening-20260310T210000Z.db",
    ]
    assert made_at(vault.folder / vault.there[0]) == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert await vault.house.store.inbox.mark(MARK) == "2026-03-10T21:00:00.123+00:00"


async def test_a_clock_that_was_set_back_makes_it_due(vault: Vault) -> None:
    """Rather one too many than none until the clock has caught up."""
    await vault.backups.round()
    vault.clock.at -= DAY
    assert await vault.backups.due()


async def test_the_oldest_go_and_nothing_else_does(vault: Vault) -> None:
    """Three stay; a file that is not ours is not touched; what a killed run left is swept up."""
    vault.folder.mkdir()
    (vault.folder / "before-the-upgrade.db").write_text("kept by hand")
    (vault.folder / ".screening-20260101T000000Z.db.77.part").write_text("half")
    for _ in range(5):
        assert isinstance(await vault.backups.make(), Copied)
        vault.clock.at += DAY
    assert len(vault.there) == 3
    assert vault.there[0] == "screening-20260312T090000Z.db"
    others = {one.name for one in vault.folder.iterdir()} - set(vault.there)
    assert others == {"before-the-upgrade.db"}


async def test_a_failed_one_leaves_the_earlier_and_is_not_called_good(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken chain gives no new backup: the old ones stay, the mark stays, the log says so."""
    await vault.backups.round()
    before, mark = vault.there, await vault.house.store.inbox.mark(MARK)
    path = vault.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET payload = x'00' WHERE position = 1")
    vault.clock.at += 7 * HOUR
    await vault.backups.round()
    assert vault.there == before
    assert await vault.house.store.inbox.mark(MARK) == mark
    assert "there is no new backup: the chain breaks" in caplog.text
    assert await vault.backups.due()


async def test_a_folder_that_cannot_be_made_is_logged(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot goes on."""
    vault.folder.write_text("a file where the folder should be")
    await vault.backups.round()
    assert "there is no new backup" in caplog.text


async def test_the_loop_goes_on_meanwhile(vault: Vault) -> None:
    """A backup is made in a thread: nothing else waits for it."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(tick())
    await vault.backups.round()
    task.cancel()
    assert ticks > 20
    assert len(vault.there) == 1


async def test_the_running_bot_makes_them(vault: Vault) -> None:
    """Only where a folder is set; the control is the same house without one."""
    register = Register(vault.house.store.ledger)
    for folder, tasks in ((str(vault.folder), 1), (None, 0)):
        settings = vault.settings.model_copy(update={"backup_dir": folder})
        chores = upkeep(vault.house, settings, register, lambda: None)
        assert len(chores) == tasks
        running = [asyncio.create_task(one) for one in chores]
        for _ in range(200 if running else 0):
            if await vault.house.store.inbox.mark(MARK):
                break
            await asyncio.sleep(0.01)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert len(vault.there) == 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database of one screening."""
    monkeypatch.chdir(tmp_path)
    run("chat", typed="45\nD-1\n1\n")
    return tmp_path


def test_backup_and_restore_by_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both say the number of events, the digest, and how old the newest is, in both languages."""
    head = run("verify").stdout.split()[-1]
    made = run("backup", "out.db")
    assert made.exit_code == 0
    assert f"out.db: backed up and verified, 5 events, head {head}" in made.stdout
    assert "The newest event was recorded" in made.stdout
    monkeypatch.setenv("DATABASE_URL", "sqlite:///new/record.db")
    back = run("restore", "out.db", "--lang", "fr")
    assert back.exit_code == 0
    assert f"out.db\u00a0: restauré et vérifié, 5 événements, tête {head}" in back.stdout
    assert "Dernier événement enregistré il y a" in back.stdout
    assert run("verify").stdout.split()[-1] == head


def test_each_refusal_is_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is overwritten, nothing is made of nothing, and a broken chain is named."""
    run("backup", "out.db")
    assert refused("backup", "out.db") == "out.db is there already: nothing is overwritten."
    assert refused("restore", "out.db").startswith("data/screening.db is there already")
    assert refused("restore", "none.db").startswith("data/screening.db is there already")
    with closing(sqlite3.connect("out.db", isolation_level=None)) as db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET payload = x'00' WHERE position = 2")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///new/record.db")
    assert refused("restore", "none.db") == "none.db does not exist."
    assert refused("restore", "out.db") == (
        "out.db: the chain breaks at event 2, its content is not what was recorded."
    )
    assert refused("backup", "more.db") == "new/record.db does not exist."
    monkeypatch.setenv("DATABASE_URL", "memory:")
    assert refused("backup", "more.db").startswith("DATABASE_URL names no file")
    assert not Path("more.db").exists()
    assert not Path("new").exists()


def test_an_empty_database_is_backed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds no event, and the copy says so."""
    monkeypatch.chdir(tmp_path)

    async def made() -> None:
        async with open_house(Settings(_env_file=None)):
            pass

    asyncio.run(made())
    ran = run("backup", "out.db")
    assert "0 events" in ran.stdout
    assert "It holds no event yet." in ran.stdout

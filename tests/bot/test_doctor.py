# ruff: noqa: ASYNC240  a test looks at the file, and nothing else runs beside it
"""The doctor says what is sound and what to do about what is not; each finding has its control."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from inspect import getsource
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import SecretStr

import bot.cli.doctor
import bot.doctor
from bot.backups import Backups
from bot.checkpoints import Checkpoints
from bot.cli.doctor import finding_line, who_we_are
from bot.compose import House, open_house
from bot.doctor import HEARD, SERVER, Finding, State, examined
from bot.register import Register
from bot.sandbox import Sandbox
from bot.settings import Settings
from bot.telegram.heard import MARK as HEARD_MARK
from bot.texts import ALL
from storage.sqlite import mounts, survey
from storage.sqlite.survey import has_wal_reset
from tests.bot.staff import HandClock, Staff
from tests.bot.test_verify_command import run

SEED = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
ONE, TWO = (SecretStr(b64encode(bytes([n]) * 32).decode()) for n in (1, 2))
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def nobody() -> tuple[str, str]:
    """For settings without a token: it is not to be asked about."""
    raise AssertionError("Telegram was asked")


class Practice:
    """A set-up that is sound, on a clock that is moved by hand, and what the doctor says of it."""

    def __init__(self, house: House, settings: Settings, clock: HandClock, path: Path) -> None:
        self.house, self.settings, self.clock, self.path = house, settings, clock, path

    async def findings(self, **more: Any) -> dict[str, Finding]:
        """By what was looked at; of two about one thing, the worse."""
        settings = self.settings.model_copy(update=more)
        found: dict[str, Finding] = {}
        ranks = list(State)
        for one in await examined(settings, self.clock, nobody):
            was = found.setdefault(one.check, one)
            if ranks.index(one.state) > ranks.index(was.state):
                found[one.check] = one
        return found

    async def says(self, check: str, **more: Any) -> tuple[State, str]:
        """How it is with one thing."""
        found = (await self.findings(**more))[check]
        return found.state, found.found


@pytest.fixture
async def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Practice]:
    """A running bot's database with a checkpoint, a backup and a recent update."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data" / "record.db"
    clock = HandClock(NOW)
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{path}",
        checkpoint_key=SecretStr(SEED),
        signing_pepper=SecretStr("p" * 32),
        backup_dir=str(tmp_path / "out"),
    )
    async with open_house(settings, clock=clock) as house:
        staff = Staff(house.store.ledger, clock)
        await staff.site()
        assert settings.signer is not None
        register = Register(house.store.ledger)
        await Checkpoints(house.store.ledger, register, clock, settings.signer).sign()
        await Backups(settings, house.store.inbox, clock, tmp_path / "out").round()
        await house.store.inbox.put_mark(HEARD_MARK, clock.now().isoformat())
        yield Practice(house, settings, clock, path)


async def test_a_sound_set_up_beside_the_running_bot(practice: Practice) -> None:
    """Everything is well but for what this machine's SQLite and the missing token are."""
    found = await practice.findings()
    assert {check for check, one in found.items() if one.state is not State.OK} <= {
        "sqlite",
        "token",
        "disk",
        "keys",  # a set-up without one is sound, and worse than with one
    }
    assert set(found) == set(ALL["en"].doctor.checks) - SERVER
    assert HEARD == HEARD_MARK


@pytest.mark.parametrize(
    ("version", "damages"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_the_wal_reset_bug_is_known_by_version(version: tuple[int, ...], damages: bool) -> None:
    """Mended in 3.51.3, and in 3.50.7 and 3.44.6 within their lines."""
    assert has_wal_reset(version) == damages


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 3)])
async def test_the_version_is_told(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    """A warning and not a failure: one process writes."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    bad = has_wal_reset(version)
    wanted = (State.WARN, "sqlite_wal_reset") if bad else (State.OK, "sqlite_good")
    assert await practice.says("sqlite") == wanted


async def test_file_modes(practice: Practice) -> None:
    """Others may touch the file, its log, its folder or the secrets: each is found, then mended."""
    folder = practice.path.parent
    for part, mode, wanted in (
        (practice.path, 0o640, (State.FAIL, "modes_loose")),
        (practice.path.with_name("record.db-wal"), 0o604, (State.FAIL, "modes_loose")),
        (folder, 0o777, (State.FAIL, "modes_folder")),
        (folder, 0o770, (State.WARN, "modes_group")),
    ):
        kept = part.stat().st_mode
        part.chmod(mode)
        assert await practice.says("modes") == wanted, part
        part.chmod(kept)
        assert await practice.says("modes") == (State.OK, "modes_good")
    secrets = Path(".env")
    secrets.write_text("")
    secrets.chmod(0o644)
    assert await practice.says("modes") == (State.WARN, "modes_env")
    secrets.chmod(0o600)
    assert await practice.says("modes") == (State.OK, "modes_good")


class Usage(NamedTuple):
    """What the disk says of itself."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "wanted"),
    [
        (50 * 2**20, (State.FAIL, "disk_full")),
        (500 * 2**20, (State.WARN, "disk_low")),
        (50 * 2**30, (State.OK, "disk_good")),
    ],
)
async def test_disk_space(
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    wanted: tuple[State, str],
) -> None:
    """Told before answers are refused."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 0, free))
    assert await practice.says("disk") == wanted


async def test_the_clock(practice: Practice) -> None:
    """Behind the newest event, or in a year that cannot be."""
    assert await practice.says("clock") == (State.OK, "clock_good")
    practice.clock.at = NOW - timedelta(seconds=60)
    assert await practice.says("clock") == (State.FAIL, "clock_behind")
    practice.clock.at = datetime(1970, 1, 1, tzinfo=UTC)
    assert await practice.says("clock") == (State.FAIL, "clock_year")


async def test_ages(practice: Practice) -> None:
    """The last update, the checkpoint and the backup grow old, each after its own time."""
    for after, heard, checkpoint, backup in (
        (timedelta(minutes=1), "good", "good", "good"),
        (timedelta(minutes=3), "silent", "good", "good"),
        (27 * HOUR, "silent", "old", "good"),
        (49 * HOUR, "silent", "old", "old"),
    ):
        practice.clock.at = NOW + after
        found = await practice.findings()
        assert found["heard"].found == f"heard_{heard}"
        assert found["checkpoint"].found == f"checkpoint_{checkpoint}"
        assert found["backup"].found == f"backup_{backup}"
    assert found["heard"].state is State.WARN
    assert found["checkpoint"].state is found["backup"].state is State.FAIL


async def test_what_is_not_set_up(practice: Practice, tmp_path: Path) -> None:
    """Keys, pepper and folder are warned of; a folder without backups or that is none, too."""
    assert await practice.says("checkpoint", checkpoint_key=None) == (
        State.WARN,
        "checkpoint_no_key",
    )
    assert await practice.says("pepper", signing_pepper=None) == (State.WARN, "pepper_none")
    assert await practice.says("backup", backup_dir=None) == (State.WARN, "backup_off")
    (tmp_path / "empty").mkdir()
    empty = str(tmp_path / "empty")
    assert await practice.says("backup", backup_dir=empty) == (State.WARN, "backup_none")
    nowhere = str(tmp_path / "nowhere")
    assert await practice.says("backup", backup_dir=nowhere) == (State.FAIL, "backup_fault")
    assert await practice.says("token") == (State.WARN, "token_none")


async def test_a_database_that_is_not_there(practice: Practice, tmp_path: Path) -> None:
    """Not yet made, in memory, no database at all, of another system, damaged."""
    none = f"sqlite:///{tmp_path}/none.db"
    assert await practice.says("database", database_url=none) == (State.WARN, "database_none")
    assert not (tmp_path / "none.db").exists()
    assert await practice.says("database", database_url="memory:") == (
        State.WARN,
        "database_memory",
    )
    letter = tmp_path / "letter.db"
    letter.write_text("a letter" * 1000)
    letter.chmod(0o600)
    for url in (f"sqlite:///{letter}", "postgresql://x"):
        assert await practice.says("database", database_url=url) == (
            State.FAIL,
            "database_fault",
        )


@pytest.mark.parametrize(
    ("kept", "now", "state", "found"),
    [
        (None, None, State.WARN, "keys_none"),
        (None, ONE, State.WARN, "keys_plain"),
        (ONE, ONE, State.OK, "keys_good"),
        (ONE, None, State.FAIL, "keys_missing"),
        (ONE, TWO, State.FAIL, "keys_other"),
    ],
)
async def test_how_the_keys_are_kept(
    tmp_path: Path, kept: SecretStr | None, now: SecretStr | None, state: State, found: str
) -> None:
    """Wrapped or plain, under the record key of the settings or another; the rest is read too."""
    settings = Settings(
        _env_file=None, database_url=f"sqlite:///{tmp_path}/record.db", record_key=kept
    )
    async with open_house(settings, clock=HandClock(NOW)) as house:
        await house.store.keys.put("screening/7K3F-9QXV", bytes(32), NOW.isoformat())
    settings = settings.model_copy(update={"record_key": now})
    said = {one.check: one for one in await examined(settings, HandClock(NOW), nobody)}
    assert (said["keys"].state, said["keys"].found) == (state, found)
    assert said["database"].found == "database_good"


async def test_a_database_without_marks(tmp_path: Path) -> None:
    """Never heard and never signed: said as such."""
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path}/record.db",
        checkpoint_key=SecretStr(SEED),
    )
    async with open_house(settings, clock=HandClock(NOW)):
        pass
    found = {one.check: one for one in await examined(settings, HandClock(NOW), nobody)}
    assert found["heard"].found == "heard_none"
    assert found["checkpoint"].found == "checkpoint_none"
    assert found["clock"].found == "clock_good"


async def test_settings_of_sqlite(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not hold is a failure; a file that no bot has opened yet only says so."""
    assert await practice.says("pragmas") == (State.OK, "pragmas_good")
    monkeypatch.setattr(survey, "connect", deaf_to("synchronous"))
    assert await practice.says("pragmas") == (State.FAIL, "pragmas_differ")


async def test_a_restored_file_says_how_it_is_written_to(
    practice: Practice, tmp_path: Path
) -> None:
    """Until the bot has opened it once it has no write-ahead log."""
    copy = tmp_path / "out" / next(one.name for one in (tmp_path / "out").iterdir())
    url = f"sqlite:///{copy}"
    assert await practice.says("pragmas", database_url=url) == (State.WARN, "pragmas_journal")


def deaf_to(name: str) -> Callable[[Path], sqlite3.Connection]:
    """A way to connect to a SQLite that does not take a setting."""

    class Deaf(sqlite3.Connection):
        def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
            if sql.startswith(f"PRAGMA {name} ="):
                sql = f"PRAGMA {name} = 1"
            return super().execute(sql, *rest)

    def connect(path: Path) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, factory=Deaf)

    return connect


async def test_a_networks_file_system(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told by its kind, where Linux tells it."""
    table = tmp_path / "mountinfo"
    monkeypatch.setattr(mounts, "MOUNTS", table)
    for kind, wanted in (
        ("ext4", (State.OK, "place_good")),
        ("nfs4", (State.FAIL, "place_network")),
    ):
        table.write_text(f"22 1 0:20 / {tmp_path} rw,relatime - {kind} server:/x rw\n")
        assert await practice.says("place") == wanted


TOKEN = "7000000001:canary_canary_canary_canary_canary"


async def test_the_token() -> None:
    """Known, refused, or nobody to ask, each within seconds."""
    async with Sandbox(token=TOKEN) as sandbox:
        settings = Settings(
            _env_file=None,
            telegram_bot_token=SecretStr(TOKEN),
            telegram_api_base_url=sandbox.url,
        )
        code, name = await who_we_are(settings)
        assert code == "token_good"
        assert name
        other = settings.model_copy(
            update={"telegram_bot_token": SecretStr(TOKEN.replace("canary", "parrot"))}
        )
        assert await who_we_are(other) == ("token_refused", "")
    assert await who_we_are(settings) == ("token_unreachable", "")


def test_the_command_beside_a_running_bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each, in both languages; exit code 1 when something fails, else 0."""
    monkeypatch.chdir(tmp_path)
    run("chat", typed="45\n")

    async def both() -> None:
        async with open_house(Settings(_env_file=None)):
            for language in ("en", "fr"):
                ran = await asyncio.to_thread(run, "doctor", "--lang", language)
                assert ran.exit_code == 0, ran.output
                states = ALL[language].doctor.states
                for line in ran.stdout.splitlines():
                    assert line.startswith((states["ok"], states["warn"])), line

    asyncio.run(both())
    (tmp_path / "data" / "screening.db").chmod(0o644)
    ran = run("doctor")
    assert ran.exit_code == 1
    assert "FAIL  file modes: others may touch screening.db (0644). Run chmod 600" in ran.stdout


def test_every_finding_has_its_words() -> None:
    """In both languages; none is left that no test here, or of a server, can bring about."""
    source = getsource(bot.doctor) + getsource(bot.cli.doctor)
    aged: dict[str, tuple[str, ...]] = {
        "heard": ("good", "silent", "none"),
        "checkpoint": ("good", "old", "none"),
        "backup": ("good", "old"),
    }
    made = {f"{check}_{end}" for check, ends in aged.items() for end in ends}
    for texts in ALL.values():
        assert set(texts.doctor.states) == {state.value for state in State}
        for code in texts.doctor.found:
            assert code in made or f'"{code}"' in source, code
            line = finding_line(Finding(code.partition("_")[0], State.FAIL, code, "X", None), texts)
            assert "<" not in line


def test_another_softwares_file_is_said(tmp_path: Path) -> None:
    """Nobody is shown a traceback."""
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        db.execute("CREATE TABLE x (y)")
    settings = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/x.db")
    found = asyncio.run(examined(settings, HandClock(NOW), nobody))
    assert any(one.found == "database_fault" for one in found)

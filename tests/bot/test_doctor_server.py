"""What the doctor says where the record is in PostgreSQL, and what is not copied to a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.doctor import finding_line
from bot.compose import open_house
from bot.doctor import HEARD, SERVER, Finding, State, examined
from bot.register import Register
from bot.settings import Settings
from bot.texts import ALL
from bot.upkeep import upkeep
from storage.survey import ServerSurvey
from tests.bot.staff import HandClock, Staff
from tests.bot.test_doctor import nobody
from tests.bot.test_verify_command import refused
from tests.postgres_server import PASSWORD, Server, create, on

NOWHERE = f"postgresql://u:{PASSWORD}@127.0.0.1:1/x"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder without secrets."""
    monkeypatch.chdir(tmp_path)


async def found_at(url: str) -> dict[str, Finding]:
    """What is found, by what was looked at; no line repeats the password or leaves a gap."""
    settings = Settings(_env_file=None, database_url=url)
    found = await examined(settings, HandClock(), nobody)
    for texts in ALL.values():
        for one in found:
            line = finding_line(one, texts)
            assert PASSWORD not in line
            assert f"{texts.colon}." not in line
    assert len({one.check for one in found}) == len(found)
    return {one.check: one for one in found}


async def test_a_server_is_looked_at_in_place_of_a_file(postgres_url: str) -> None:
    """It answers, its settings are read back, the head is read, and copies are not the bot's."""
    clock = HandClock()
    async with open_house(Settings(_env_file=None, database_url=postgres_url), clock=clock) as one:
        await Staff(one.store.ledger, clock).site()
        await one.store.inbox.put_mark(HEARD, clock.now().isoformat())
        found = await found_at(postgres_url)
        head = await one.store.ledger.head()
    assert {check: one.state for check, one in found.items() if one.state is not State.OK} == {
        "keys": State.WARN,
        "checkpoint": State.WARN,
        "backup": State.WARN,
        "pepper": State.WARN,
        "token": State.WARN,
    }
    assert found["server"].about.split(".")[0].isdigit()
    assert "synchronous_commit=on, fsync=on" in found["durable"].about
    assert found["database"].about == f"{head.position}, {head.digest.hex()[:16]}…"
    assert found["backup"].found == "backup_server"
    assert not {"sqlite", "pragmas", "modes", "place", "disk"} & found.keys()


async def test_a_database_without_tables_is_no_fault(bare_postgres_url: str) -> None:
    """The bot makes them at its first start, and the doctor makes none."""
    found = await found_at(bare_postgres_url)
    assert (found["database"].state, found["database"].found) == (State.WARN, "database_empty")
    assert PASSWORD not in found["database"].about
    tables = "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"
    assert await on(bare_postgres_url, tables) == []


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own."""
    made = Server.made()
    try:
        yield made
    finally:
        made.stop()


async def test_a_server_that_forgets_at_a_power_cut_is_a_failure(server: Server) -> None:
    """The setting is named, and nothing is read below it."""
    server.start("fsync=off")
    found = await found_at(await create(server.url()))
    assert found["durable"].state is State.FAIL
    assert found["durable"].about == "fsync=off"
    assert "database" not in found


@pytest.mark.parametrize(
    ("url", "english", "french"),
    [
        (NOWHERE, "cannot be reached", "est injoignable"),
        ("postgresql://x", "its address must be", "son adresse doit être"),
    ],
)
async def test_a_server_that_is_not_there(url: str, english: str, french: str) -> None:
    """One sentence in the reader's language, and no trace of Python."""
    (worst,) = [one for one in (await found_at(url)).values() if one.state is State.FAIL]
    assert worst.found in {"server_fault", "database_fault"}
    assert english in finding_line(worst, ALL["en"])
    assert french in finding_line(worst, ALL["fr"])


async def test_a_standby_is_a_failure(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It only repeats what another server writes."""

    async def standby(_: object) -> ServerSurvey:
        return ServerSurvey("postgresql://host/x", "18.1", ("fsync=on",), "", standby=True)

    monkeypatch.setattr("storage.postgres.survey", standby)
    found = await found_at(postgres_url)
    assert {found[check].state for check in SERVER} == {State.FAIL, State.OK}
    assert found["server"].found == "server_standby"


@pytest.mark.parametrize(("language", "words"), [("en", "pg_dump"), ("fr", "la remettre par")])
def test_a_server_is_copied_by_its_own_tools(
    monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    """One sentence, exit code 2, and nothing is written; nobody is connected to."""
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    for command in ("backup", "restore"):
        said = refused(command, "copy.db", "--lang", language)
        assert words in said
        assert PASSWORD not in said
    assert not Path("copy.db").exists()


async def test_the_running_bot_copies_no_server(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """BACKUP_DIR is warned of once, at the start."""
    settings = Settings(_env_file=None, database_url=postgres_url, backup_dir="out")
    async with open_house(settings) as house:
        register = Register(house.store.ledger)
        assert upkeep(house, settings, register, lambda: None) == []
    assert [one.message for one in caplog.records if "pg_dump" in one.message] == [
        "BACKUP_DIR does nothing for a PostgreSQL server: use pg_dump"
    ]

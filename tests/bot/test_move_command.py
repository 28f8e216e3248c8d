"""`screening move` says in one sentence of the reader's language why it does not move."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import screening
from tests.postgres_server import PASSWORD

NOWHERE = f"postgresql://u:{PASSWORD}@127.0.0.1:1/x"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one screening, in the working folder."""
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(screening, ["chat"], input="17\n/finish\n")
    return "sqlite:///data/screening.db"


def move(*words: str) -> Result:
    """Type the command."""
    ran = CliRunner().invoke(screening, ["move", *words])
    assert PASSWORD not in ran.output
    return ran


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_cannot_be_moved_is_one_clear_sentence(
    house: str, bare_postgres_url: str, postgres_url: str, language: str
) -> None:
    """No trace of Python, no password, exit code 2, and nothing is moved."""
    assert move(house, postgres_url).exit_code == 0
    for words, english, french in (
        (("sqlite:///none.db", postgres_url), "does not exist yet", "n'existe pas encore"),
        ((bare_postgres_url, house), "no record in it yet", "encore aucun dossier"),
        ((house, postgres_url), "holds something already", "contient déjà quelque chose"),
        ((house, "memory:"), "kept in memory", "gardé en mémoire"),
        ((house, NOWHERE), "cannot be reached", "injoignable"),
        ((house, "mysql://u:x@host/db"), "its address must be", "son adresse doit être"),
        ((house, NOWHERE + "?x=y"), "after the ? of", "après le point d'interrogation"),
        ((house, house), "stop the bot first", "arrêtez d'abord le robot"),
    ):
        ran = move(*words, "--lang", language)
        assert ran.exit_code == 2, ran.output
        assert (french if language == "fr" else english) in ran.output
    assert not Path("none.db").exists()


def test_a_broken_chain_is_not_moved(house: str, postgres_url: str) -> None:
    """It is told which command says more, and the exit code is that of a chain that fails."""
    with sqlite3.connect(house.removeprefix("sqlite:///")) as db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET payload = x'00' WHERE position = 2")
    db.close()
    ran = move(house, postgres_url)
    assert ran.exit_code == 1
    assert "Run: screening verify" in ran.output

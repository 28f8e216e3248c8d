"""`screening move` as it is typed: what it says, in two languages, and what it leaves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.acceptance.process import DATABASE, Ran, on_a_terminal, run
from tests.postgres_server import PASSWORD

pytestmark = pytest.mark.acceptance


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder whose database holds one screening."""
    ran = run(tmp_path, "chat", typed=["17", "/finish"])
    assert ran.code == 0, ran.err
    return tmp_path


def move(folder: Path, *words: str) -> Ran:
    """Type the command."""
    ran = run(folder, "move", *words)
    assert "Traceback" not in ran.err
    assert PASSWORD not in ran.out + ran.err
    return ran


async def test_there_and_back_in_two_languages(house: Path, bare_postgres_url: str) -> None:
    """The record reads and verifies the same in the file, on the server and in another file."""
    old, new = f"sqlite:///{DATABASE}", "sqlite:///data/back.db"
    there = await asyncio.to_thread(move, house, old, bare_postgres_url)
    assert there.code == 0, there.err
    assert "Moved and verified: " in there.out
    back = await asyncio.to_thread(move, house, bare_postgres_url, new, "--lang", "fr")
    assert back.code == 0, back.err
    assert "Déménagement terminé et vérifié\u00a0: " in back.out
    verified = [
        await asyncio.to_thread(run, house, "verify", settings={"DATABASE_URL": url})
        for url in (old, bare_postgres_url, new)
    ]
    assert [ran.code for ran in verified] == [0, 0, 0]
    assert len({ran.out for ran in verified}) == 1


async def test_progress_is_shown_on_a_terminal(house: Path, postgres_url: str) -> None:
    """Part by part, and nothing of it where nobody looks."""
    shown = await asyncio.to_thread(
        on_a_terminal, house, "move", f"sqlite:///{DATABASE}", postgres_url, typed=""
    )
    assert "events: " in shown
    assert " of " in shown
    again = await asyncio.to_thread(move, house, postgres_url, "sqlite:///data/again.db")
    assert again.err == ""

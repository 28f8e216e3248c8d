"""The real bot signs, backs up and is examined while it runs; its key stays where it belongs."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.acceptance.bot_process import (
    CANARY,
    PEOPLE,
    STARTS_WITHIN,
    copy_of,
    free_port,
    launch,
    settings,
)
from tests.acceptance.process import DATABASE, Ran, run

pytestmark = pytest.mark.acceptance

SEED = "Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5MDE="
MONITOR = 1005


async def ran(folder: Path, *words: str, env: dict[str, str] | None = None) -> Ran:
    """A command beside the bot."""
    return await asyncio.to_thread(run, folder, *words, settings=env)


async def until_there(folder: Path, pattern: str) -> Path:
    """The first file of this name, once there is one."""
    async with asyncio.timeout(STARTS_WITHIN):
        while not (found := await asyncio.to_thread(lambda: sorted(folder.glob(pattern)))):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found[0]


async def test_evidence_beside_the_running_bot(staffed: Path, tmp_path: Path) -> None:
    """A monitor gets a checkpoint that verifies; a backup is there, and restores elsewhere."""
    copy_of(staffed, tmp_path)
    words = ("people", "add", "--telegram-id", str(MONITOR), "--name", "Mona")
    assert run(tmp_path, *words, "--role", "monitor", "--site", "HM").code == 0
    assert MONITOR not in PEOPLE
    port = free_port()
    async with Sandbox(token=CANARY) as sandbox:
        env = {
            **settings(sandbox),
            "LISTEN": f"127.0.0.1:{port}",
            "CHECKPOINT_KEY": SEED,
            "SIGNING_PEPPER": "p" * 32,
            "BACKUP_DIR": "out",
        }
        phone = sandbox.phone(MONITOR, "Mona", "en")
        await phone.send("/start")
        bot = await launch(tmp_path, env)
        try:
            await phone.wait_for(
                lambda one: any("screening-ledger-chain/" in m.text for m in one.messages),
                STARTS_WITHIN,
            )
            backup = await until_there(tmp_path / "out", "screening-*.db")
            said = next(m.text for m in phone.messages if "screening-ledger-chain/" in m.text)
            await _verified(tmp_path, said, env)
            await _copied(tmp_path, backup, env)
            health = await asyncio.to_thread(_health, port)
            assert isinstance(health["backup_age"], float)
            doctor = await ran(tmp_path, "doctor", env=env)
            assert doctor.code == 0, doctor.out
            assert "FAIL" not in doctor.out
            assert bot.process.returncode is None, bot.log
        finally:
            await bot.kill()
        for place in (DATABASE, Path(f"{DATABASE}-wal"), Path("log"), backup):
            raw = (tmp_path / place).read_bytes() if (tmp_path / place).exists() else b""
            assert SEED.encode() not in raw, place
            assert b"CanaryCanary" not in raw, place


async def _verified(folder: Path, message: str, env: dict[str, str]) -> None:
    """What the monitor copied out of the chat is enough, with the line that names the key."""
    note = message.partition("\n")[2].rpartition("\n")[0]
    (folder / "kept.txt").write_text(note, encoding="utf-8")
    line = (await ran(folder, "checkpoint", "key", "--show", env=env)).out.strip()
    verified = await ran(folder, "verify", "--checkpoint", "kept.txt", "--key", line)
    assert verified.code == 0, verified.err
    assert "agrees with the checkpoint" in verified.out
    forged = note.replace("\nsigned at 2", "\nsigned at 3")
    (folder / "forged.txt").write_text(forged, encoding="utf-8")
    refused = await ran(folder, "verify", "--checkpoint", "forged.txt", "--key", line)
    assert refused.code == 1
    beside = await ran(folder, "checkpoint", env=env)
    assert beside.code == 0
    assert "not recorded" in beside.err


async def _copied(folder: Path, backup: Path, env: dict[str, str]) -> None:
    """By itself, on demand, and brought back elsewhere."""
    by_hand = await ran(folder, "backup", "hand.db", env=env)
    assert by_hand.code == 0, by_hand.err
    for number, file in enumerate((str(backup), "hand.db")):
        elsewhere = {"DATABASE_URL": f"sqlite:///elsewhere{number}/record.db"}
        restored = await ran(folder, "restore", file, env=elsewhere)
        assert restored.code == 0, restored.err
        assert (await ran(folder, "verify", env=elsewhere)).code == 0


def _health(port: int) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        found: dict[str, object] = json.load(answer)
    return found

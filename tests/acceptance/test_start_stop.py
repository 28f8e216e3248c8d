"""What cannot be used stops the start with one line; nothing else stops the bot but SIGTERM."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.sandbox import Fault, FaultKind, Sandbox
from tests.acceptance.bot_process import (
    CANARY,
    SECRET,
    a_bot,
    copy_of,
    free_port,
    launch,
    man,
    settings,
    today,
)
from tests.acceptance.process import DATABASE
from tests.bot.telegram_front.robot import Robot

pytestmark = pytest.mark.acceptance


async def refused(folder: Path, env: dict[str, str], *named: str) -> None:
    """One line that names the fault, exit code 2, no secret and no trace of Python."""
    bot = await launch(folder, env)
    try:
        code = await asyncio.wait_for(bot.process.wait(), 40)
    finally:
        await bot.kill()
    assert code == 2, bot.log
    assert bot.log.count("\n") == 1, bot.log
    assert "Traceback" not in bot.log
    assert CANARY.partition(":")[2] not in bot.log
    assert SECRET not in bot.log
    for part in named:
        assert part in bot.log, bot.log


def quietly(sandbox: Sandbox, **changes: str) -> dict[str, str]:
    """Settings at the log level of a site."""
    return {**settings(sandbox), "LOG_LEVEL": "INFO", **changes}


async def test_a_revoked_token_stops_the_start(tmp_path: Path) -> None:
    """Telegram does not know the token any more."""
    async with Sandbox(token=CANARY) as sandbox:
        sandbox.faults.revoke_token()
        await refused(tmp_path, quietly(sandbox), "token")


async def test_an_api_out_of_reach_stops_the_start(tmp_path: Path) -> None:
    """Nobody listens at the address."""
    async with Sandbox(token=CANARY) as sandbox:
        address = f"http://127.0.0.1:{free_port()}"
        await refused(tmp_path, quietly(sandbox, TELEGRAM_API_BASE_URL=address))


async def test_a_wrong_database_stops_the_start(tmp_path: Path) -> None:
    """A file that is none, and an address that names nothing we know."""
    async with Sandbox(token=CANARY) as sandbox:
        (tmp_path / "other.db").write_text("not a database " * 100, encoding="utf-8")
        for address in ("sqlite:///other.db", "mysql://somewhere/else", "sqlite:////proc/x/y.db"):
            await refused(tmp_path, quietly(sandbox, DATABASE_URL=address))
            (tmp_path / "log").unlink()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"TELEGRAM_BOT_TOKEN": "canary"}, "TELEGRAM_BOT_TOKEN"),
        ({"TELEGRAM_API_BASE_URL": "ftp://x"}, "TELEGRAM_API_BASE_URL"),
        ({"LISTEN": "nowhere"}, "LISTEN"),
        ({"LANGUAGE": "de"}, "LANGUAGE"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"PUBLIC_URL": "https://example.org"}, "WEBHOOK_SECRET"),
        ({"PUBLIC_URL": "https://example.org", "WEBHOOK_SECRET": "short"}, "WEBHOOK_SECRET"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_bad_setting_stops_the_start(
    tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    """The variable is named, its value is not repeated."""
    async with Sandbox(token=CANARY) as sandbox:
        await refused(tmp_path, quietly(sandbox, **changes), named)


async def test_a_port_that_is_taken_stops_the_start(tmp_path: Path) -> None:
    """Somebody else listens where health and metrics are to be."""
    async with Sandbox(token=CANARY) as sandbox:
        env = quietly(sandbox, LISTEN=sandbox.url[7:], LOG_LEVEL="WARNING")
        await refused(tmp_path, env, sandbox.url[7:])


async def test_a_second_bot_on_one_database_is_refused(tmp_path: Path) -> None:
    """One process writes at a time; the first goes on undisturbed."""
    async with Sandbox(token=CANARY) as sandbox, a_bot(sandbox, tmp_path) as first:
        other = tmp_path / "other"
        other.mkdir()
        address = f"sqlite:///{tmp_path / DATABASE}"
        await refused(other, quietly(sandbox, DATABASE_URL=address))
        assert not first.ended


async def test_nothing_but_sigterm_stops_a_running_bot(staffed: Path, tmp_path: Path) -> None:
    """Outages, a revoked token, floods, junk: it goes on; SIGTERM ends it cleanly within 5 s."""
    folder = copy_of(staffed, tmp_path / "kept")
    async with Sandbox(token=CANARY) as sandbox, a_bot(sandbox, folder) as bot:
        robot = Robot(sandbox.phone(1001, "Ines"), "en", today())
        await robot.command("/screen")
        sandbox.queue.push("message", {"chat": "junk", "from": []}, "chat:1")
        sandbox.queue.push("poll", {"x": "y" * 10_000}, "chat:1")
        sandbox.go_down()
        await asyncio.sleep(0.3)
        sandbox.come_up()
        sandbox.faults.revoke_token()
        await asyncio.sleep(0.3)
        sandbox.faults.clear()
        sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, method="getUpdates", code=502))
        while not sandbox.intake.is_polling:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)
        await robot.play(man())
        assert robot.texts.cards.eligible in robot.card.text
        assert not bot.ended
        seconds = await bot.stop()
        print(f"SIGTERM: ended after {seconds:.2f} s")  # noqa: T201
        assert bot.process.returncode == 0
        assert seconds < 5


async def test_sigterm_in_the_middle_of_a_burst_is_clean(staffed: Path, tmp_path: Path) -> None:
    """While forty taps are on their way and the API hangs: within 5 s, exit code 0."""
    folder = copy_of(staffed, tmp_path / "kept")
    async with Sandbox(token=CANARY) as sandbox, a_bot(sandbox, folder) as bot:
        robot = Robot(sandbox.phone(1001, "Ines"), "en", today())
        await robot.command("/screen")
        sandbox.faults.latency = 8.0
        for _ in range(40):
            await robot.phone.tap("4")
        await asyncio.sleep(0.2)
        assert await bot.stop() < 5
        assert bot.process.returncode == 0
        assert "Traceback" not in bot.log

"""The real bot in a process of its own, and a site with people who were added on the machine."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.sandbox import ConnectionLost, Sandbox
from flows.answers import Value
from tests.acceptance.process import COMMAND, environment, run
from tests.bot.cases import MAN

CANARY = "7000000001:canary_canary_canary_canary_canary"
SECRET = "canary-webhook-secret-0123456789"
SITE = ("site", "add", "HM", "--name", "Henri Mondor", "--timezone", "Europe/Paris")
PEOPLE = {
    1001: ("Ines", "investigator"),
    1002: ("Marc", "investigator"),
    1003: ("Olive", "on-call"),
    1004: ("Ada", "administrator"),
}
STARTS_WITHIN = 20.0
"""Seconds, on a machine that does other things as well."""


def let_in(folder: Path) -> None:
    """A database with a site and its people, made by the commands that a site would use."""
    assert run(folder, *SITE).code == 0
    for telegram_id, (name, role) in PEOPLE.items():
        words = ("people", "add", "--telegram-id", str(telegram_id), "--name", name)
        ran = run(folder, *words, "--role", role, "--site", "HM")
        assert ran.code == 0, ran.err


@dataclass
class Bot:
    """A bot that runs, its folder and what it logs."""

    process: asyncio.subprocess.Process
    folder: Path

    @property
    def log(self) -> str:
        """Everything it has said."""
        return (self.folder / "log").read_text(encoding="utf-8")

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.returncode is not None

    async def stop(self) -> float:
        """Send SIGTERM; the seconds it took to end."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.process.wait(), 20)
        return loop.time() - began

    async def kill(self) -> None:
        """Send SIGKILL: nothing is finished."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


def settings(
    sandbox: Sandbox, webhook: int = 0, level: str = "DEBUG", database: str = ""
) -> dict[str, str]:
    """What a site sets; with the port of a webhook, what that needs as well."""
    found = {
        "TELEGRAM_BOT_TOKEN": sandbox.token,
        "TELEGRAM_API_BASE_URL": sandbox.url,
        "LISTEN": f"127.0.0.1:{webhook}",
        "LOG_LEVEL": level,
        "SEND_PACE": "none",  # robots tap faster than any thumb, and this Telegram has no limits
    }
    if webhook:
        found |= {"PUBLIC_URL": f"http://127.0.0.1:{webhook}", "WEBHOOK_SECRET": SECRET}
    if database:
        found["DATABASE_URL"] = database
    return found


async def launch(folder: Path, env: Mapping[str, str]) -> Bot:
    """Start `screening bot` in a folder; it may not be ready yet."""
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, "bot", cwd=folder, env=environment(**env), stdout=log, stderr=log
        )
    return Bot(process, folder)


@asynccontextmanager
async def a_bot(
    sandbox: Sandbox,
    folder: Path,
    webhook: int = 0,
    level: str = "DEBUG",
    database: str = "",
) -> AsyncIterator[Bot]:
    """A bot that hears; killed at the end unless it has ended by then."""
    bot = await launch(folder, settings(sandbox, webhook, level, database))
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            while not await _hears(sandbox, webhook):
                assert bot.process.returncode is None, bot.log
                await asyncio.sleep(0.01)
        yield bot
    finally:
        await bot.kill()
        sandbox.intake.abort_poll(ConnectionLost())
        # At whatever level it was: neither the token nor the webhook's secret.
        assert CANARY.partition(":")[2] not in bot.log
        assert SECRET not in bot.log


async def set_webhook(sandbox: Sandbox, folder: Path, port: int) -> None:
    """The deploy step, as it is typed."""
    env = settings(sandbox, port)
    ran = await asyncio.to_thread(run, folder, "webhook", "set", settings=env)
    assert ran.code == 0, ran.err


async def _hears(sandbox: Sandbox, port: int) -> bool:
    if not port:
        return sandbox.intake.is_polling
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def today() -> date:
    """The day at the site."""
    return datetime.now(UTC).astimezone(ZoneInfo("Europe/Paris")).date()


def day(back: int) -> str:
    """A day so many days back."""
    return (today() - timedelta(days=back)).isoformat()


def man(**changes: Value) -> dict[str, Value]:
    """A man who may be enrolled today, but for what is changed."""
    return {**MAN, "index_date": day(4), "admission_date": day(2), **changes}


def copy_of(began: Path, folder: Path) -> Path:
    """A folder with a database as `let_in` left it."""
    shutil.copytree(began, folder, dirs_exist_ok=True)
    return folder

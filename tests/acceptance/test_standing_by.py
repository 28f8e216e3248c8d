"""Two polling processes on one PostgreSQL: one polls, the other stands by and takes over."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bot.sandbox import Sandbox
from storage.opening import open_store
from tests.acceptance.bot_process import (
    CANARY,
    PEOPLE,
    SITE,
    Bot,
    free_port,
    launch,
    man,
    settings,
    today,
)
from tests.acceptance.process import run
from tests.acceptance.test_burst import Changer, begun
from tests.acceptance.test_postgres import compare
from tests.bot.telegram_front.robot import Robot

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]


@dataclass
class Process:
    """A bot that polls or stands by, and the port that says which."""

    bot: Bot
    port: int

    async def state(self) -> str:
        """What `/healthz` calls it; "" while nobody answers."""
        return str((await asyncio.to_thread(health, self.port)).get("status", ""))

    async def becomes(self, state: str, seconds: float) -> float:
        """Wait for a state; the seconds that it took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(seconds):
            while await self.state() != state:
                assert not self.bot.ended, self.bot.log
                await asyncio.sleep(0.05)
        return loop.time() - began


def health(port: int) -> dict[str, Any]:
    """The report of a process; empty when it does not answer in time."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return dict(json.load(answer))
    except HTTPError as error:
        return dict(json.load(error))
    except OSError:
        return {}


@pytest.fixture
def shared(postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """A database with a site and its people."""
    address = {"DATABASE_URL": postgres_url}
    assert run(tmp_path, *SITE, settings=address).code == 0
    for telegram_id, (name, role) in PEOPLE.items():
        words = ("people", "add", "--telegram-id", str(telegram_id), "--name", name)
        ran = run(tmp_path, *words, "--role", role, "--site", "HM", settings=address)
        assert ran.code == 0, ran.err
    return address


@asynccontextmanager
async def two(
    sandbox: Sandbox, folder: Path, address: dict[str, str]
) -> AsyncIterator[tuple[Process, Process]]:
    """One process that polls and one that stands by; killed at the end."""
    made: list[Process] = []
    try:
        for name in ("first", "second"):
            (folder / name).mkdir()
            port = free_port()
            env = settings(sandbox) | address | {"LISTEN": f"127.0.0.1:{port}"}
            made.append(Process(await launch(folder / name, env), port))
            await made[-1].becomes("ok" if name == "first" else "standby", 40)
        yield made[0], made[1]
    finally:
        for one in made:
            await one.bot.kill()


async def settled(person: Changer) -> None:
    """Wait for the card, with the patience that a process taken for gone needs."""
    for last in (False, True):
        try:
            await person.settled()
        except TimeoutError:
            if last:
                raise
        else:
            return


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
async def test_who_stands_by_takes_over(
    shared: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    """Ten taps before and ten after the poller is killed, frozen, or told to stop: none is lost.

    A killed or stopped one is replaced within 10 s, one that hangs within 30 s.
    """
    async with Sandbox(token=CANARY) as sandbox, two(sandbox, tmp_path, shared) as (first, second):
        person = await begun(sandbox, 1001)
        for _ in range(10):
            await person.tap()
        first.bot.process.send_signal(number)
        for _ in range(10):
            await person.tap()
        took = await second.becomes("ok", 30)
        await settled(person)
        print(f"\n{number.name}: taken over after {took:.1f} s")  # noqa: T201
        assert number is signal.SIGSTOP or took < 10
        if number is signal.SIGSTOP:  # awake again it finds itself replaced, and stands by
            first.bot.process.send_signal(signal.SIGCONT)
            await first.becomes("standby", 20)
            assert await second.state() == "ok"
        for _ in range(2):
            await person.tap()
        await settled(person)
        assert await second.bot.stop() < 6
        assert sandbox.queue.expired == 0
        assert "Traceback" not in first.bot.log + second.bot.log
    await compare(shared["DATABASE_URL"], [person])


async def test_a_notice_is_sent_by_one_of_them(shared: dict[str, str], tmp_path: Path) -> None:
    """Both couriers look; whoever is owed something gets it once, unlabelled."""
    async with Sandbox(token=CANARY) as sandbox, two(sandbox, tmp_path, shared) as (first, second):
        ran = await asyncio.to_thread(
            run,
            tmp_path,
            *("people", "add", "--telegram-id", "1009", "--name", "Cora"),
            *("--role", "coordinator", "--site", "HM"),
            settings=shared,
        )
        assert ran.code == 0, ran.err
        cora = sandbox.phone(1009, "Cora")
        await cora.send("/start")
        robot = Robot(sandbox.phone(1001, "Ines"), "en", today())
        await robot.command("/screen")
        await robot.play(man())
        number = robot.number
        await cora.wait_for(lambda phone: any(number in one.text for one in phone.messages), 30)
        await asyncio.sleep(2.5)  # time for a second courier to do it again
        about = [one for one in cora.messages if number in one.text]
        assert len(about) == 1
        assert robot.texts.chat.repeat not in about[0].text
        assert await first.bot.stop() < 6
        assert await second.bot.stop() < 6
    store = await open_store(shared["DATABASE_URL"], lambda: "", writing=False)
    assert (await store.outbox.counts()).sending == 0
    await store.close()

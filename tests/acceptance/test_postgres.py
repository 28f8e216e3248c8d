"""The real bot on a real PostgreSQL: a whole screening, restarts, and a database that dies."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.texts import texts_in
from flows.events import AnswerCorrected
from storage.chain import verify
from storage.mapper import to_event
from storage.opening import open_store, sealed_store
from tests.acceptance.bot_process import CANARY, PEOPLE, SITE, a_bot, man, today
from tests.acceptance.process import run
from tests.acceptance.test_burst import Changer, begun
from tests.bot.telegram_front.robot import Robot
from tests.postgres_server import PASSWORD, Server, create

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

SEED = 20260317
KILLS, TAPS = 3, 20


@pytest.fixture
def server() -> Iterator[Server]:
    """A PostgreSQL of the test's own."""
    made = Server.made()
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
async def settings(server: Server, tmp_path: Path) -> dict[str, str]:
    """A database with a site and its people, made by the commands that a site would use."""
    address = {"DATABASE_URL": await create(server.url())}
    commands: list[tuple[str, ...]] = [SITE]
    for telegram_id, (name, role) in PEOPLE.items():
        words = ("people", "add", "--telegram-id", str(telegram_id), "--name", name)
        commands.append((*words, "--role", role, "--site", "HM"))
    for command in commands:
        ran = await asyncio.to_thread(run, tmp_path, *command, settings=address)
        assert ran.code == 0, ran.err
    return address


async def test_a_screening_survives_a_restart_and_verifies(
    settings: dict[str, str], tmp_path: Path
) -> None:
    """Half of it before the restart and half after; the record shows all, and nothing leaks."""
    async with Sandbox(token=CANARY) as sandbox:
        robot = Robot(sandbox.phone(1001, "Ines"), "en", today())
        async with a_bot(sandbox, tmp_path, database=settings["DATABASE_URL"]) as bot:
            await robot.command("/screen")
            await robot.play({"age_years": 45})
            number = robot.number
            assert await bot.stop() < 5
        async with a_bot(sandbox, tmp_path, database=settings["DATABASE_URL"]) as bot:
            await robot.play(man())
            assert robot.texts.cards.eligible in robot.card.text
            # Beside the running bot: here the commands need not wait for it to stop.
            shown = await asyncio.to_thread(run, tmp_path, "show", number, settings=settings)
            again = await asyncio.to_thread(run, tmp_path, "people", "list", settings=settings)
            assert await bot.stop() < 5
    assert robot.texts.records.verdicts["eligible"] in shown.out
    assert "Ines" in again.out
    verified = await asyncio.to_thread(run, tmp_path, "verify", settings=settings)
    assert verified.code == 0, verified.err
    assert "Traceback" not in bot.log
    assert PASSWORD not in bot.log + shown.err + again.err + verified.err


async def test_a_database_that_is_killed_under_taps_loses_none(
    server: Server, settings: dict[str, str], tmp_path: Path
) -> None:
    """SIGKILL to PostgreSQL while taps come: told "not saved yet", then all are there, once."""
    draw = random.Random(SEED)
    async with Sandbox(token=CANARY) as sandbox:
        async with a_bot(sandbox, tmp_path, database=settings["DATABASE_URL"]) as bot:
            people = [await begun(sandbox, 1001), await begun(sandbox, 1002)]
            for _ in range(KILLS):
                before = told_so_far(sandbox)
                await tap(people, TAPS // 2)
                await asyncio.sleep(draw.uniform(0.0, 0.2))
                await asyncio.to_thread(server.kill)
                await tap(people, TAPS // 2)
                await told(sandbox, before)
                await asyncio.to_thread(server.start)
                for person in people:
                    await person.settled()
            assert not bot.ended
            assert await bot.stop() < 5
        assert sandbox.queue.expired == 0
    await compare(settings["DATABASE_URL"], people)
    assert PASSWORD not in bot.log
    assert "Traceback" not in bot.log
    taps = sum(len(person.said) - 1 for person in people)
    assert taps == KILLS * TAPS
    print(f"PostgreSQL, seed {SEED}: {taps} taps, {KILLS} kills, 0 lost, 0 doubled")  # noqa: T201


async def tap(people: list[Changer], times: int) -> None:
    """Each in turn changes the answer."""
    for place in range(times):
        await people[place % len(people)].tap()


def told_so_far(sandbox: Sandbox) -> int:
    """How often somebody was told that a tap is not saved yet."""
    said = texts_in("en").remarks.not_saved_yet
    return sum(said in call.texts.values() for call in sandbox.journal.of("answerCallbackQuery"))


async def told(sandbox: Sandbox, before: int) -> None:
    """Wait until somebody is told once more."""
    async with asyncio.timeout(20):
        while told_so_far(sandbox) == before:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.01)


async def compare(url: str, people: list[Changer]) -> None:
    """The ledger holds what was tapped, in order and once; nothing waits; the chain holds."""
    raw = await open_store(url, lambda: "", writing=False)
    store = await sealed_store(raw, secrets.token_bytes, writing=False)
    try:
        counts = await store.inbox.counts()
        assert (counts.undone, counts.dead) == (0, 0)
        for person in people:
            entries = await store.ledger.read(f"screening/{person.number}")
            events = [to_event(entry).event for entry in entries]
            kept = [one.value for one in events if isinstance(one, AnswerCorrected)]
            assert kept == person.said[1:]
        assert (await verify(store.ledger.walk())).sound
    finally:
        await store.close()

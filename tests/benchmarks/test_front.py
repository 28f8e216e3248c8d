"""What the whole bot bears: two hundred people who tap at once, through the real process."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import pytest

from bot.clock import RandomNumbers
from bot.compose import open_house
from bot.office import Office
from bot.register import Register
from bot.sandbox import Sandbox
from bot.settings import Settings
from flows.events import Role
from tests.acceptance.bot_process import CANARY, Bot, a_bot, today
from tests.acceptance.process import DATABASE, run
from tests.acceptance.test_burst import Changer, compare
from tests.bot.staff import BOSS
from tests.bot.telegram_front.robot import Robot

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

TAPS, PEOPLE, SITES = 10_000, 200, 20
FIRST = 10_001
ALONE = 300
"""Taps of one person while nobody else taps: what a card takes when nothing queues."""


async def let_in(folder: Path) -> None:
    """Twenty sites with ten investigators each."""
    settings = Settings(_env_file=None, database_url=f"sqlite:///{folder / DATABASE}")
    async with open_house(settings) as house:
        register = Register(house.store.ledger)
        office = Office(house.store.ledger, register, house.clock, RandomNumbers())
        for number in range(SITES):
            await office.add_site(f"S{number:02d}", f"Site {number}", "Europe/Paris", by=BOSS)
        for number in range(PEOPLE):
            site = f"S{number % SITES:02d}"
            await office.add_person(FIRST + number, f"N{number}", Role.INVESTIGATOR, site, by=BOSS)


def cpu(bot: Bot) -> float:
    """Seconds of processor time that the bot has used."""
    fields = Path(f"/proc/{bot.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def begun(robot: Robot) -> Changer:
    """A screening with one answer."""
    await robot.command("/screen")
    await robot.play({"age_years": 45})
    return Changer(robot)


async def tapping(person: Changer, taken: list[float], taps: int = TAPS // PEOPLE) -> None:
    """Tap, wait for the card, tap again; the seconds from each tap to its card."""
    for _ in range(taps):
        edits = person.robot.card.edits
        start = perf_counter()
        await person.tap()
        await person.robot.turned(edits, 60)
        taken.append(perf_counter() - start)


async def test_ten_thousand_taps_by_two_hundred_people(tmp_path: Path) -> None:
    """Nothing lost, each person's order kept; taps per second, time to the card, CPU per tap."""
    await let_in(tmp_path)
    async with Sandbox(token=CANARY) as sandbox, a_bot(sandbox, tmp_path, level="INFO") as bot:
        phones = [sandbox.phone(FIRST + number, f"N{number}") for number in range(PEOPLE)]
        people = await asyncio.gather(*(begun(Robot(phone, "en", today())) for phone in phones))
        alone: list[float] = []
        await tapping(people[0], alone, ALONE)
        taken: list[float] = []
        before, start = cpu(bot), perf_counter()
        await asyncio.gather(*(tapping(person, taken) for person in people))
        seconds, used = perf_counter() - start, cpu(bot) - before
        await bot.stop()
        assert bot.process.returncode == 0
    await compare(tmp_path, list(people))
    assert len(taken) == TAPS
    assert sum(len(person.said) - 1 for person in people) == TAPS + ALONE
    assert run(tmp_path, "verify").code == 0
    print(  # noqa: T201
        f"\none person alone: tap to card {_spread(alone)}"
        f"\n{TAPS} taps by {PEOPLE} people: {TAPS / seconds:.0f} taps/s, tap to card "
        f"{_spread(taken)}, "
        f"CPU {used / TAPS * 1000:.2f} ms per tap, 0 lost"
    )


def _spread(taken: list[float]) -> str:
    worst = quantiles(taken, n=100)[98]
    return f"p50 {median(taken) * 1000:.0f} ms, p99 {worst * 1000:.0f} ms"

"""What one, two and four replicas on one PostgreSQL bear, and how much of it is the database's."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

import pytest

from bot.sandbox import Sandbox
from tests.acceptance.bot_process import CANARY
from tests.acceptance.test_burst import Changer
from tests.benchmarks.test_front import tapping
from tests.postgres_server import Server, create, on
from tests.promises.crowd import begun, kept, let_in
from tests.promises.replicas import Replicas

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

REPLICAS, ROUNDS, PEOPLE, EACH = (1, 2, 4), 3, 40, 25
TICK = os.sysconf("SC_CLK_TCK")
STATISTICS_AFTER = 1.5
"""Seconds after which PostgreSQL has written down what its sessions have done."""


@pytest.fixture
def disk() -> Iterator[Server]:
    """A PostgreSQL whose data lies on a disk."""
    server = Server.made(Path(tempfile.gettempdir()))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of processor time, and what the database says of its sessions and its commits.

    `active` are the seconds that its sessions spent in statements, waiting for the disk or for a
    lock included: several sessions at once can spend more than one second in a second.
    """

    bots: float
    database: float
    driver: float
    active: float
    commits: int

    def __sub__(self, other: Used) -> Used:
        return Used(
            self.bots - other.bots,
            self.database - other.database,
            self.driver - other.driver,
            self.active - other.active,
            self.commits - other.commits,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One run: how long it took, from tap to card for each tap, and what was used."""

    seconds: float
    cards: Sequence[float]
    used: Used

    @property
    def rate(self) -> float:
        """Taps a second."""
        return len(self.cards) / self.seconds

    def lines(self) -> str:
        """What is printed of it."""
        taps, used = len(self.cards), self.used
        worst = quantiles(self.cards, n=100)[98]
        share = used.database / (used.database + used.bots)
        return (
            f"{self.rate:.0f} taps/s, tap to card p50 {median(self.cards) * 1000:.0f} ms, "
            f"p99 {worst * 1000:.0f} ms; CPU per tap: bots {used.bots / taps * 1000:.2f} ms, "
            f"PostgreSQL {used.database / taps * 1000:.2f} ms ({share:.0%} of both), driver "
            f"{used.driver / taps * 1000:.2f} ms; in statements {used.active / taps * 1000:.2f} ms "
            f"a tap, waits for the head and the disk included; "
            f"{used.commits / taps:.2f} transactions a tap"
        )


async def test_taps_with_one_two_and_four_replicas(disk: Server, tmp_path: Path) -> None:
    """Forty people who tap without pause; in turns, so that whatever else runs meets all alike."""
    runs: dict[int, list[Run]] = {number: [] for number in REPLICAS}
    for round_ in range(ROUNDS):
        for number in REPLICAS:
            folder = tmp_path / f"{round_}-{number}"
            folder.mkdir()
            runs[number].append(await measured(disk, folder, number))
    for number, found in runs.items():
        middle = sorted(found, key=lambda run: run.rate)[ROUNDS // 2]
        print(f"\n{number} replicas, {PEOPLE} people: {middle.lines()}")  # noqa: T201


async def measured(server: Server, folder: Path, number: int) -> Run:
    """So many replicas on a new database."""
    url = await create(server.url())
    await let_in(url, PEOPLE)
    async with Sandbox(token=CANARY) as sandbox, standing(sandbox, folder, url, number) as replicas:
        people, cards = await begun(sandbox, PEOPLE), list[float]()
        before, began = await used(server, url, replicas), perf_counter()
        await asyncio.gather(*(tapping(person, cards, EACH) for person in people))
        seconds = perf_counter() - began
        run = Run(seconds, cards, await used(server, url, replicas) - before)
    await nothing_lost(url, people)
    return run


@asynccontextmanager
async def standing(
    sandbox: Sandbox, folder: Path, url: str, number: int
) -> AsyncIterator[Replicas]:
    """Replicas that run, and stop properly at the end."""
    replicas = Replicas.made(sandbox, folder, url, number)
    async with replicas.running():
        yield replicas
        await asyncio.gather(*(replicas.stop(place) for place in range(number)))


async def nothing_lost(url: str, people: Sequence[Changer]) -> None:
    """A figure of a bot that loses taps would be no figure."""
    found = await kept(url, people)
    assert found.whole, found
    assert found.taps == PEOPLE * EACH


async def used(server: Server, url: str, replicas: Replicas) -> Used:
    """What was used so far; the driver is the sandbox, the balancer and the people."""
    driver = process_time()
    assert server.process is not None
    bots = sum(cpu(bot.process.pid) for bot in replicas.bots())
    database = sum(cpu(one) for one in children(server.process.pid)) + ended(server.process.pid)
    await asyncio.sleep(STATISTICS_AFTER)
    query = (
        "SELECT active_time, xact_commit FROM pg_stat_database WHERE datname = current_database()"
    )
    ((active, commits),) = await on(url, query)
    return Used(bots, database, driver, active / 1000, commits)


def cpu(process: int) -> float:
    """Seconds of processor time that a process has used."""
    return sum(fields(process)[11:13]) / TICK


def ended(process: int) -> float:
    """Seconds that its children had used when they ended."""
    return sum(fields(process)[13:15]) / TICK


def fields(process: int) -> list[int]:
    """What the kernel counts of a process, from its state on; the state itself reads 0."""
    found = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return [0, *map(int, found[1:])]


def children(process: int) -> Iterable[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [process, *map(int, found.split())]

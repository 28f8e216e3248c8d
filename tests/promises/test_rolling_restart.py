"""Row 21: three replicas on one PostgreSQL are stopped and killed in turn while people tap."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from bot.sandbox import Sandbox
from tests.acceptance.bot_process import CANARY
from tests.acceptance.test_burst import Changer
from tests.postgres_server import PASSWORD
from tests.promises.crowd import Kept, Watch, begun, kept, let_in, settled, tapping
from tests.promises.replicas import Replicas
from tests.promises.report import Promise, times

SEED, REPLICAS, PEOPLE, RATE, ROUNDS = 21, 3, 12, 15.0, 10
LONGEST_SILENCE = 5.0
"""Seconds."""

AWAY = LONGEST_SILENCE + 1
"""Seconds for which a killed replica stays away: longer than anybody may wait for the others."""

BURST = 2
"""Taps of each person just before a replica goes, so that it goes with its hands full."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """What was found after so many rounds: `silence` in seconds, and in which moment it was.

    `stops` and `starts` are how many seconds they took in the median: a yardstick of the machine.
    """

    rounds: int
    kept: Kept
    silence: float
    when: str
    stops: float
    starts: float

    def __str__(self) -> str:
        return (
            f"{REPLICAS} replicas, {self.rounds} rounds of SIGTERM and SIGKILL, "
            f"{self.kept.taps:,} taps: {self.kept}; longest silence {self.silence:.1f} s "
            f"({self.when}); a stop took {self.stops:.1f} s, a start {self.starts:.1f} s"
        )


async def restarted(folder: Path, url: str, rounds: int, *, eager: bool = False) -> Restarted:
    """Stop one replica, kill the next, so many times, while people tap all the time."""
    await let_in(url, PEOPLE)
    # An eager balancer loses taps; then no card comes to show the last one.
    async with Sandbox(token=CANARY) as sandbox:
        replicas = Replicas.made(sandbox, folder, url, REPLICAS, eager=eager)
        async with replicas.running():
            people = await begun(sandbox, PEOPLE)
            watch, took = Watch(people), list[tuple[float, float]]()
            watching = asyncio.create_task(watch.run())
            load = asyncio.create_task(tapping(people, 1_000_000, RATE, random.Random(SEED)))
            draw = random.Random(SEED)
            for round_ in range(rounds):
                took.append(await rolled(replicas, watch, round_, draw))
            load.cancel()
            await asyncio.wait([load])
            watch.now = "at the end"
            if eager:
                await asyncio.sleep(3)
            else:
                await settled(people)
            watching.cancel()
            await asyncio.wait([watching])
            assert all(PASSWORD not in bot.log for bot in replicas.bots())
        assert sandbox.queue.expired == 0
    found = await kept(url, people)
    stops, starts = (median(one) for one in zip(*took, strict=True))
    return Restarted(rounds, found, watch.longest, watch.when, stops, starts)


async def rolled(
    replicas: Replicas, watch: Watch, round_: int, draw: random.Random
) -> tuple[float, float]:
    """One round: a replica is stopped and started again, the next one killed and started again.

    The seconds of the stop and of the start after it.
    """
    first, second = round_ % REPLICAS, (round_ + 1) % REPLICAS
    await burst(watch.people, draw)
    watch.now = "after SIGTERM"
    took = await replicas.stop(first), await replicas.start(first)
    await asyncio.sleep(1)
    await burst(watch.people, draw)
    watch.now = "after SIGKILL"
    await replicas.kill(second)
    await asyncio.sleep(AWAY)
    await replicas.start(second)
    await asyncio.sleep(1)
    return took


async def burst(people: Sequence[Changer], draw: random.Random) -> None:
    """Everybody taps a few times at once; returns somewhere in the middle of what follows."""
    for _ in range(BURST):
        for person in people:
            await person.tap()
    await asyncio.sleep(draw.uniform(0, 0.3))


async def measured(folder: Path, url: str, promise: Promise, rounds: int) -> None:
    """Restart so many times, and report."""
    found = await restarted(folder, url, rounds)
    assert found.kept.whole, found
    assert found.silence <= LONGEST_SILENCE, found
    promise(21, str(found), seed=SEED)


@pytest.mark.promise
@pytest.mark.timeout(300)
async def test_a_rolling_restart(tmp_path: Path, postgres_url: str, promise: Promise) -> None:
    """Two rounds: nothing lost, nothing doubled, each person's order kept, no long silence."""
    await measured(tmp_path, postgres_url, promise, times(2))


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_ten_rolling_restarts(tmp_path: Path, postgres_url: str, promise: Promise) -> None:
    """The same ten times over."""
    await measured(tmp_path, postgres_url, promise, times(ROUNDS))


@pytest.mark.promise
@pytest.mark.timeout(300)
async def test_control_a_balancer_that_confirms_too_early(
    tmp_path: Path, postgres_url: str, promise: Promise
) -> None:
    """Where 200 is said before a replica has kept the update, the same test sees taps lost."""
    found = await restarted(tmp_path, postgres_url, 1, eager=True)
    assert found.kept.lost > 0
    promise(
        21,
        control=f"a balancer that says 200 before a replica has kept the update: {found.kept.lost} "
        f"of {found.kept.taps} taps lost",
        seed=SEED,
    )

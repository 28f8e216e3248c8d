"""This bot beside its peers: everybody in turn, round by round, on the same machine at one time.

`SPEED_ROUNDS` and `SPEED_TAPS` make it longer or shorter. What is found goes to `build/speed/`, and
`python -m tests.benchmarks.speed.page` writes it into docs/performance.md.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli.serve import loop_factory
from tests.benchmarks.speed.contender import DRIVER_CORE
from tests.benchmarks.speed.field import HOOKED, ONE_AT_A_TIME, THIS, Entrant, field, round_of
from tests.benchmarks.speed.measure import Figures
from tests.benchmarks.speed.results import keep, show

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3_000)]

ROUNDS = int(os.environ.get("SPEED_ROUNDS", "5"))
TAPS = int(os.environ.get("SPEED_TAPS", "2000"))
OFFERED = 150.0
"""Taps a second that everybody can follow, and a hospital never sees: what a tap then waits."""

TRIP = 0.05
"""Seconds from a call to its answer: what a server in another country takes."""


@contextmanager
def on_one_core() -> Iterator[None]:
    """The driver on one core; a bot starts on the other."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {DRIVER_CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


async def in_turns(
    entrants: list[Entrant], folder: Path, people: int, taps: int, trip: float, load: float
) -> dict[str, list[Figures]]:
    """Round by round, everybody once in each."""
    found: dict[str, list[Figures]] = {one.name: [] for one in entrants}
    for number in range(ROUNDS):
        for place, one in enumerate(entrants):
            there = folder / f"{number}-{place}"
            found[one.name].append(await round_of(one, there, people, taps, trip, load))
    return found


def raced(
    name: str,
    folder: Path,
    entrants: list[Entrant],
    people: int = 50,
    taps: int = 0,
    trip: float = 0,
    load: float = 0,
) -> dict[str, list[Figures]]:
    """What a race showed; kept under its name, and printed."""
    here = [one for one in entrants if not one.missing]
    with on_one_core(), asyncio.Runner(loop_factory=loop_factory()) as runner:
        found = runner.run(in_turns(here, folder, people, taps or TAPS, trip, load))
    missing = {one.name: one.missing for one in entrants if one.missing}
    keep(name, found, missing)
    print(show(name, found, missing))  # noqa: T201  the figures are what a benchmark is for
    return found


def none_lost(found: dict[str, list[Figures]]) -> None:
    """No card moved on for an answer that is not on the disk."""
    for name, rounds in found.items():
        assert sum(one.lost for one in rounds) == 0, name


def test_fifty_people_without_pause(tmp_path: Path) -> None:
    """Everybody beside everybody; no answer that was confirmed is missing, whoever's bot it is."""
    found = raced("loopback", tmp_path, field())
    none_lost(found)
    assert len(found[THIS]) == len(found[HOOKED[THIS]]) == ROUNDS


def test_fifty_people_at_an_equal_load(tmp_path: Path) -> None:
    """So many taps a second are due to everybody; the time counts from when a tap was due."""
    none_lost(raced("offered", tmp_path, field(), load=OFFERED, taps=max(300, TAPS // 4)))


def test_fifty_people_far_from_the_server(tmp_path: Path) -> None:
    """The same with 50 ms to each answer of the Bot API."""
    entrants = [one for one in field() if one.name not in ONE_AT_A_TIME]
    none_lost(raced("trip", tmp_path, entrants, trip=TRIP, taps=max(400, TAPS // 2)))


def test_a_thousand_people_at_once(tmp_path: Path) -> None:
    """Nothing lost, and each person's order kept: a stale tap would not move its card on."""
    entrants = [one for one in field() if one.name == THIS]
    none_lost(raced("thousand", tmp_path, entrants, people=1_000, taps=max(5_000, 3 * TAPS)))

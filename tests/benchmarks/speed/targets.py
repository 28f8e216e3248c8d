"""What was asked for, and whether it is reached: ratios of medians of one run.

Polling is held against polling, a webhook against webhooks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from tests.benchmarks.speed.field import AIOGRAM, AIOGRAM_TUNED, FLOOR, GRAMMY, HOOKED, THIS
from tests.benchmarks.speed.measure import Figures

Race = Mapping[str, Figures]
"""Medians by who was measured."""

Field = Callable[[Figures], float]
RATE: Final[Field] = attrgetter("taps_per_second")
CPU: Final[Field] = attrgetter("cpu")
P99: Final[Field] = attrgetter("p99")


@dataclass(frozen=True, slots=True)
class Target:
    """One row: what is compared, what was asked, what was found by polling and by webhook."""

    words: str
    asked: str
    good: Callable[[float], bool]
    found: Sequence[float | None]

    def row(self) -> str:
        """As a row of the table; a way that was not measured stays empty."""
        cells = ("" if one is None else f"{one:.2f}" for one in self.found)
        return f"| {self.words} | {self.asked} | {' | '.join(cells)} | {self._verdict()} |"

    def _verdict(self) -> str:
        ways = zip(("polling", "webhook"), self.found, strict=True)
        good = {way: self.good(one) for way, one in ways if one is not None}
        if not good:
            return "not measured"
        if all(good.values()) or not any(good.values()):
            return "reached" if all(good.values()) else "not reached"
        return f"by {next(way for way, reached in good.items() if reached)} only"


def at_least(times: float) -> tuple[str, Callable[[float], bool]]:
    """A ratio that may be larger."""
    return f"≥ {times:g} ×", lambda found: found >= times


def at_most(limit: float, unit: str = "") -> tuple[str, Callable[[float], bool]]:
    """A figure that may be smaller."""
    return f"≤ {limit:g}{unit}", lambda found: found <= limit


def below(limit: float, unit: str = "") -> tuple[str, Callable[[float], bool]]:
    """A figure that must be smaller."""
    return f"< {limit:g}{unit}", lambda found: found < limit


def against(race: Race, who: str, field: Field) -> tuple[float | None, float | None]:
    """This bot's figure by somebody else's, by polling and by webhook."""
    pairs = ((THIS, who), (HOOKED[THIS], HOOKED[who]))
    polling, webhook = (
        field(race[own]) / field(race[other]) if own in race and other in race else None
        for own, other in pairs
    )
    return polling, webhook


def alone(race: Race, field: Field) -> tuple[float | None, float | None]:
    """This bot's own figure, by polling and by webhook."""
    polling, webhook = (field(race[own]) if own in race else None for own in (THIS, HOOKED[THIS]))
    return polling, webhook


def targets(
    races: Mapping[str, Race],
    grown: Sequence[Mapping[str, float]],
    determined: float | None,
) -> str:
    """Each target of the issue as a row; `determined` is how many answer sets a second were."""
    rows = [*_of_races(races), *_of_growth(grown)]
    rows.append(Target("`determine`, answer sets/s", *_whole(10_000), (determined, None)))
    lost = sum(one.lost for race in races.values() for one in race.values())
    rows.append(
        Target("answers confirmed and not stored", "0", lambda found: found == 0, (lost, None))
    )
    lines = ["| | asked | polling | webhook | |", "|---|---|---|---|---|"]
    return "\n".join(lines + [row.row() for row in rows])


def _whole(least: int) -> tuple[str, Callable[[float], bool]]:
    return f"≥ {least:,}", lambda found: found >= least


def _of_races(races: Mapping[str, Race]) -> Iterator[Target]:
    near, far = races["loopback"], races["trip"]
    for who, times in ((AIOGRAM, 2.5), (AIOGRAM_TUNED, 2.5), (GRAMMY, 1.0)):
        yield Target(f"taps/s, {who}", *at_least(times), against(near, who, RATE))
    for who in (AIOGRAM, GRAMMY):
        yield Target(f"taps/s at 50 ms, {who}", *at_least(2.0), against(far, who, RATE))
    yield Target(f"CPU a tap, {AIOGRAM}", *at_most(0.4, " ×"), against(near, AIOGRAM, CPU))
    yield Target(f"CPU a tap, {FLOOR}", *at_most(2.5, " ×"), against(near, FLOOR, CPU))
    yield Target(f"p99, {AIOGRAM}", *below(1.0, " ×"), against(near, AIOGRAM, P99))
    yield Target("most memory, MiB", *at_most(90), alone(near, attrgetter("memory")))
    yield Target("start to first poll, s", *at_most(1.2), alone(near, attrgetter("start")))
    thousand = races["thousand"][THIS].p99 / 1000
    yield Target("1,000 people, p99, s", *below(1), (thousand, None))


def _of_growth(grown: Sequence[Mapping[str, float]]) -> Iterator[Target]:
    """Measured without sockets: neither by polling nor by webhook, shown in the first column."""
    first, last = grown[0], grown[-1]
    most = f"{last['events']:,.0f} events"
    words = f"CPU a tap at {most} against {first['events']:,.0f}"
    yield Target(words, *at_most(1.3, " ×"), (last["cpu"] / first["cpu"], None))
    held = last["memory"] - first["memory"]
    yield Target(f"memory more at {most}, MiB", "0", lambda found: found < 1, (held, None))
    for name in ("log", "open"):
        found = last[f"{name}_p99"]
        yield Target(f"/{name} at {most}, p99, ms", *below(50), (found, None))

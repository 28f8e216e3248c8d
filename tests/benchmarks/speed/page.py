"""Writes what the benchmarks found into docs/performance.md, and draws its picture.

`python -m tests.benchmarks.speed.page` replaces what stands between the marks of the page; the
words around them are written by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks.speed.field import HOOKED, THIS
from tests.benchmarks.speed.measure import Figures
from tests.benchmarks.speed.parts import FOLDER
from tests.benchmarks.speed.results import kept, medians, table

PAGE: Final = Path("docs/performance.md")
PICTURE: Final = Path("docs/pictures/performance.png")
AIOGRAM: Final = "aiogram, aiosqlite, uvloop"
TUNED: Final = "the same, gc.freeze()"
GRAMMY: Final = "grammY, runner, better-sqlite3"
FLOOR: Final = "no framework, a commit a tap"


def main() -> None:
    """Fill every mark of the page from what is kept, and draw the picture."""
    races = {name: kept(name) for name in ("loopback", "offered", "trip", "thousand")}
    parts = {name: table(*race) for name, race in races.items()}
    parts["rounds"] = str(len(next(iter(races["loopback"][0].values()))))
    grown = json.loads((FOLDER / "growth.json").read_text())
    parts["growth"] = growth(grown)
    parts["targets"] = targets({name: _medians(race[0]) for name, race in races.items()}, grown)
    text = PAGE.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = _filled(text, name, part)
    PAGE.write_text(text, encoding="utf-8")
    draw(_medians(races["loopback"][0]))


def _filled(text: str, name: str, part: str) -> str:
    """The page with another part between the marks of that name."""
    space = "\n" if "|" in part else ""
    mark = re.compile(rf"(<!-- {name} -->).*?(<!-- end -->)", re.DOTALL)
    return mark.sub(lambda found: f"{found[1]}{space}{part}{space}{found[2]}", text)


def _medians(rounds: Mapping[str, Sequence[Figures]]) -> dict[str, Figures]:
    return {who: medians(some) for who, some in rounds.items()}


def targets(
    races: Mapping[str, Mapping[str, Figures]], grown: Sequence[Mapping[str, float]]
) -> str:
    """Each target of the issue as a ratio of medians, and whether it is reached."""
    near, far = races["loopback"], races["trip"]
    own, thousand = near[THIS], races["thousand"][THIS]
    rows: list[tuple[str, str, float, bool]] = []

    def least(words: str, asked: float, found: float) -> None:
        rows.append((words, f"≥ {asked:g} ×", found, found >= asked))

    def most(words: str, asked: str, limit: float, found: float) -> None:
        rows.append((words, asked, found, found <= limit))

    for who, times in ((AIOGRAM, 2.5), (TUNED, 2.5), (GRAMMY, 1.0)):
        if who in near:
            least(f"taps/s, {who}", times, own.taps_per_second / near[who].taps_per_second)
    for who in (AIOGRAM, GRAMMY):
        if who in far:
            for how, ours in (("polling", far[THIS]), ("webhook", far[HOOKED])):
                times = ours.taps_per_second / far[who].taps_per_second
                least(f"taps/s at 50 ms, {how}, {who}", 2.0, times)
    if AIOGRAM in near:
        most(f"CPU a tap, {AIOGRAM}", "≤ 0.4 ×", 0.4, own.cpu / near[AIOGRAM].cpu)
        most(f"p99, {AIOGRAM}", "< 1 ×", 1.0, own.p99 / near[AIOGRAM].p99)
    most(f"CPU a tap, {FLOOR}", "≤ 2.5 ×", 2.5, own.cpu / near[FLOOR].cpu)
    most("most memory, MiB", "≤ 90", 90, own.memory)
    most("start to first poll, s", "≤ 1.2", 1.2, own.start)
    most("1,000 people, p99, s", "< 1", 1.0, thousand.p99 / 1000)
    most_events = f"{grown[-1]['events']:,.0f} events"
    times = grown[-1]["cpu"] / grown[0]["cpu"]
    most(f"CPU a tap at {most_events} against 1,000", "≤ 1.3 ×", 1.3, times)
    for name in ("log", "open"):
        most(f"/{name} at {most_events}, p99, ms", "< 50", 50, grown[-1][f"{name}_p99"])
    lost = sum(one.lost for race in races.values() for one in race.values())
    most("answers confirmed and not stored", "0", 0, lost)
    lines = ["| | asked | found | |", "|---|---|---|---|"]
    lines += [
        f"| {words} | {asked} | {found:.2f} | {'reached' if good else 'not reached'} |"
        for words, asked, found, good in rows
    ]
    return "\n".join(lines)


def growth(rows: Sequence[Mapping[str, float]]) -> str:
    """What grows with the ledger, as a table."""
    columns = {
        "cpu": "CPU ms/tap",
        "tap": "tap ms",
        "log": "/log ms",
        "log_p99": "/log p99",
        "open": "/open ms",
        "open_p99": "/open p99",
        "start": "start s",
        "memory": "MiB held",
    }
    lines = ["| events | " + " | ".join(columns.values()) + " |", "|---" * (len(columns) + 1) + "|"]
    for row in rows:
        cells = " | ".join(f"{row[name]:.2f}" for name in columns)
        lines.append(f"| {row['events']:,.0f} | {cells} |")
    return "\n".join(lines)


def draw(found: Mapping[str, Figures]) -> None:
    """Taps a second and processor time a tap, a bar for each bot."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    names = list(found)[::-1]
    colours = ["#1b6e53" if name.startswith(THIS) else "#9aa5b1" for name in names]
    figure, sides = pyplot.subplots(1, 2, figsize=(11, 0.5 * len(names) + 1.2), sharey=True)
    for side, field, title in zip(
        sides,
        ("taps_per_second", "cpu"),
        ("taps a second (more is better)", "ms of processor a tap (less is better)"),
        strict=True,
    ):
        values = [getattr(found[name], field) for name in names]
        bars = side.barh(names, values, color=colours)
        side.bar_label(bars, fmt="%.0f" if field == "taps_per_second" else "%.2f", padding=3)
        side.set_title(title, fontsize=11)
        side.margins(x=0.15)
        side.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(PICTURE, dpi=120)


if __name__ == "__main__":
    main()

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

from tests.benchmarks.instructions import kept_instructions
from tests.benchmarks.speed.field import FLOOR_GROUP, HOOKED, THIS
from tests.benchmarks.speed.measure import Figures
from tests.benchmarks.speed.parts import DETERMINE, FOLDER, exports_table, figure_of, parts_table
from tests.benchmarks.speed.results import kept, medians, table
from tests.benchmarks.speed.targets import targets
from tests.benchmarks.speed.ways import ways_table

PAGE: Final = Path("docs/performance.md")
PICTURE: Final = Path("docs/pictures/performance.png")
_UNMEASURED: Final = "Not measured yet."
RACES: Final = ("loopback", "offered", "trip", "thousand")


def main() -> None:
    """Fill every mark of the page from what is kept, and draw the picture."""
    races = {name: kept(name) for name in RACES}
    found = {name: _medians(race[0]) for name, race in races.items()}
    grown = json.loads((FOLDER / "growth.json").read_text())
    parts = {name: table(*race) for name, race in races.items()}
    parts |= {
        "rounds": str(len(next(iter(races["loopback"][0].values())))),
        "growth": growth(grown),
        "targets": targets(found, grown, figure_of(DETERMINE)),
        "parts": parts_table(),
        "exports": exports_table(),
        "ways": ways_table(),
        "instructions": instructions(kept_instructions()),
        "floor-polled": _rate(found["trip"], FLOOR_GROUP),
        "floor-called": _rate(found["trip"], HOOKED[FLOOR_GROUP]),
    }
    unmeasured = {name: _UNMEASURED for name, part in parts.items() if part.count("\n") == 1}
    text = PAGE.read_text(encoding="utf-8")
    for name, part in {**parts, **unmeasured}.items():
        text = _filled(text, name, part)
    PAGE.write_text(text, encoding="utf-8")
    draw(found["loopback"])


def _rate(race: Mapping[str, Figures], who: str) -> str:
    return f"{race[who].taps_per_second:.0f}" if who in race else "?"


def _filled(text: str, name: str, part: str) -> str:
    """The page with another part between the marks of that name. Raises ValueError without them."""
    space = "\n" if "|" in part else ""
    mark = re.compile(rf"(<!-- {name} -->).*?(<!-- end -->)", re.DOTALL)
    filled, count = mark.subn(lambda found: f"{found[1]}{space}{part}{space}{found[2]}", text)
    if not count:
        raise ValueError(f"the page has no place for {name}")
    return filled


def _medians(rounds: Mapping[str, Sequence[Figures]]) -> dict[str, Figures]:
    return {who: medians(some) for who, some in rounds.items()}


def instructions(found: Mapping[str, float]) -> str:
    """Thousands of instructions a tap, and this bot's by each: polling by polling."""
    lines = ["| | thousand instructions a tap | this bot's, the same way, by it |", "|---|---|---|"]
    for name, count in sorted(found.items(), key=lambda one: -one[1]):
        own = found.get(HOOKED[THIS] if name in HOOKED.values() else THIS)
        ratio = f"{own / count:.2f}" if own else ""
        lines.append(f"| {name} | {count:,.0f} | {ratio} |")
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

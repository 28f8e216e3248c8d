"""What races showed: kept as JSON, shown as a table of medians."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from statistics import median
from typing import Any, Final

from tests.benchmarks.speed.measure import Figures
from tests.benchmarks.speed.parts import FOLDER

COLUMNS: Final = {
    "taps_per_second": "taps/s",
    "p50": "p50 ms",
    "p95": "p95 ms",
    "p99": "p99 ms",
    "cpu": "CPU ms/tap",
    "driver": "driver ms/tap",
    "calls": "calls/tap",
    "memory": "MiB",
    "start": "start s",
    "stop": "stop s",
    "lost": "lost",
}
_DIGITS: Final = {"cpu": 2, "driver": 2, "calls": 2, "start": 2, "stop": 2}


def keep(name: str, found: Mapping[str, Sequence[Figures]], missing: Mapping[str, str]) -> None:
    """Write every round of a race to `build/speed/NAME.json`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    rounds = {who: [asdict(one) for one in rounds] for who, rounds in found.items()}
    kept = {"rounds": rounds, "missing": dict(missing)}
    (FOLDER / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n")


def kept(name: str) -> tuple[dict[str, list[Figures]], dict[str, str]]:
    """What was kept of a race: its rounds, and who was missing and why."""
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    rounds = {who: [Figures(**one) for one in some] for who, some in read["rounds"].items()}
    return rounds, read["missing"]


def medians(rounds: Sequence[Figures]) -> Figures:
    """The median of each figure over the rounds; of what was lost, all of it."""
    found = {
        one.name: median(getattr(each, one.name) for each in rounds) for one in fields(Figures)
    }
    return Figures(**{**found, "lost": sum(each.lost for each in rounds)})


def table(found: Mapping[str, Sequence[Figures]], missing: Mapping[str, str]) -> str:
    """The medians as a Markdown table; whoever was not there with what would bring them."""
    lines = ["| | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for who, rounds in found.items():
        row = medians(rounds)
        cells = (f"{getattr(row, name):.{_DIGITS.get(name, 0)}f}" for name in COLUMNS)
        lines.append(f"| {who} | " + " | ".join(cells) + " |")
    lines += [f"| {who} | not measured: {why} |" for who, why in missing.items()]
    return "\n".join(lines)


def show(name: str, found: Mapping[str, Sequence[Figures]], missing: Mapping[str, str]) -> str:
    """The table of a race under its name and the number of its rounds."""
    count = max(len(rounds) for rounds in found.values())
    return f"\n{name}, medians of {count} rounds\n{table(found, missing)}"

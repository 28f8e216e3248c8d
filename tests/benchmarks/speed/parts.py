"""What the parts cost, each measured by a benchmark of its own: kept beside the races, shown in two
tables of docs/performance.md.

A benchmark that was not run again leaves the figure of its last run. Nothing of ours is imported:
some of those who write here measure the memory of their own process.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path("build/speed")
PARTS: Final = "parts"
EXPORTS: Final = "exports"
DETERMINE: Final = "determine"
_COLUMNS: Final = {
    "screenings": ("screenings", ",.0f"),
    "rows": ("rows", ",.0f"),
    "rows_per_second": ("rows/s", ",.0f"),
    "memory": ("MB at most", ",.0f"),
}


def note(part: str, figure: float, unit: str) -> None:
    """Keep one figure of a part."""
    _put(PARTS, part, {"figure": figure, "unit": unit})


def note_export(name: str, screenings: int, rows: float, seconds: float, memory: float) -> None:
    """Keep what an export of so many screenings took; `memory` is its process's most, in MB."""
    found = {"rows_per_second": rows / seconds, "memory": memory}
    _put(EXPORTS, name, {"screenings": screenings, "rows": rows, **found})


def figure_of(part: str) -> float | None:
    """What was kept of a part; None if it was never measured here."""
    found = _kept(PARTS).get(part)
    return None if found is None else float(found["figure"])


def parts_table() -> str:
    """Each part with its figure."""
    lines = ["| part | found | |", "|---|---|---|"]
    for name, found in _kept(PARTS).items():
        lines.append(f"| {name} | {_short(found['figure'])} | {found['unit']} |")
    return "\n".join(lines)


def exports_table() -> str:
    """Each export with its rows a second and its memory."""
    titles = [title for title, _ in _COLUMNS.values()]
    lines = ["| export | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    for name, found in _kept(EXPORTS).items():
        cells = (f"{found[key]:{form}}" for key, (_, form) in _COLUMNS.items())
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def _file(table: str) -> Path:
    return FOLDER / f"{table}.json"


def _kept(table: str) -> dict[str, dict[str, Any]]:
    if not _file(table).exists():
        return {}
    read: dict[str, dict[str, Any]] = json.loads(_file(table).read_text())
    return dict(sorted(read.items()))


def _put(table: str, name: str, found: dict[str, object]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    _file(table).write_text(json.dumps({**_kept(table), name: found}, indent=1) + "\n")

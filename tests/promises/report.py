"""What a test found out about a promise, kept in one file that many processes may write."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests.promises.rows import ROWS

ROOT = Path(__file__).parents[2]
FILE = ROOT / "build" / "promises.json"
"""Written by the tests; `python -m tests.promises.page` makes the page of it."""

SCALE = float(os.environ.get("PROMISES_SCALE", "1"))
"""For whoever writes a row: a part of its count. What is found so is printed, never kept."""


def times(full: int) -> int:
    """How often to do what is promised for `full` times."""
    return max(1, round(full * SCALE))


@dataclass(frozen=True, slots=True)
class Measure:
    """What one test found: the figure, the control's figure, the seed, and when it was so."""

    row: int
    figure: str
    control: str
    seed: int | None
    commit: str
    at: str


class Promise:
    """Called by a test with what it found; kept when the test has passed."""

    def __init__(self, test: str) -> None:
        self.test = test
        self.found: dict[str, Measure] = {}

    def __call__(
        self, row: int, figure: str = "", *, control: str = "", seed: int | None = None
    ) -> None:
        """Report a row: the figure that was reached, or the one of its weak variant, or both."""
        assert row in ROWS, f"docs/promises.md has no row {row}"
        assert figure or control, "a report without a figure"
        at = datetime.now(UTC).isoformat(timespec="minutes")
        self.found[f"{row} {self.test}"] = Measure(row, figure, control, seed, commit(), at)
        about = "" if seed is None else f", seed {seed}"
        print(f"promise {row}: {figure or '(control)'}{about}")  # noqa: T201
        if control:
            print(f"promise {row}, control: {control}")  # noqa: T201

    def keep(self, file: Path = FILE) -> None:
        """Add it to the file; what the same test found before is replaced."""
        with changing(file) as kept:
            kept.update(self.found)


@contextmanager
def changing(file: Path) -> Iterator[dict[str, Measure]]:
    """The measures of a file, written back at the end; others wait meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = read(file)
        yield kept
        new = file.with_suffix(".new")
        new.write_text(as_text(kept), encoding="utf-8")
        new.replace(file)


def read(file: Path) -> dict[str, Measure]:
    """The measures of a file; none when it is not there."""
    if not file.exists():
        return {}
    found = json.loads(file.read_text(encoding="utf-8"))
    return {name: Measure(**measure) for name, measure in found.items()}


def as_text(kept: Mapping[str, Measure]) -> str:
    """The file's text: in one order, so that a change of one row is a change of its lines."""
    rows = {name: asdict(measure) for name, measure in ordered(kept)}
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def ordered(kept: Mapping[str, Measure]) -> list[tuple[str, Measure]]:
    """The measures by row, then by test."""
    return sorted(kept.items(), key=lambda one: (one[1].row, one[0]))


@cache
def commit() -> str:
    """The commit that is measured, with a `+` when something has changed since."""
    found = _git("rev-parse", "--short=10", "HEAD")
    changed = _git("status", "--porcelain", "--", "bot", "flows", "storage")
    return f"{found or 'unknown'}{'+' if changed else ''}"


def _git(*words: str) -> str:
    try:
        said = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.strip()

"""SDTM, ODM and USDM of 100,000 screenings: rows a second, and the memory of the whole process.

Each format runs in a process of its own, so that one's peak is not another's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from tempfile import TemporaryFile
from time import perf_counter
from typing import BinaryIO, cast

import pytest

from bot.cli.export import FORMATS, _begin
from flows.events import Happened
from flows.screening import Screening, fold
from flows.subjects import Subject
from flows.tallies import Row
from tests.benchmarks.memory import most_resident
from tests.benchmarks.speed.parts import note_export
from tests.flows.logs import PLAYS, book, case_of, histories, line_of
from tests.flows.subjects import renumbered
from tests.storage.exported import about

pytestmark = pytest.mark.benchmark

SCREENINGS = 100_000
LARGEST_MB = 300
MINE = [name for name in FORMATS if name.startswith(("sdtm-", "odm", "usdm"))]


def subjects(count: int) -> Iterator[Subject]:
    """So many screenings, one after the other: the plays of the robot under ever new numbers."""
    for at in range(count):
        row, screening, history = _played(at % PLAYS)
        number = f"{at:08d}"
        line = replace(row.line, number=number)
        yield Subject(replace(row, line=line, case=case_of(number)), screening, history)


@cache
def _played(place: int) -> tuple[Row, Screening, tuple[Happened, ...]]:
    history = renumbered(histories()[place], "N", None, timedelta())
    row = Row(line_of(history, "N"), case_of("N"), counted=True)
    return row, fold(book(), history), history


def measured(name: str, count: int) -> dict[str, float]:
    """One export: rows, seconds, bytes, and the largest memory of this process in MB."""
    for place in range(PLAYS):
        _played(place)
    with TemporaryFile() as file:
        began = perf_counter()
        export = _begin(name)(cast(BinaryIO, file), about())
        rows = sum(export.add(subject) for subject in subjects(count))
        rows += export.finish()
        took = perf_counter() - began
        size = file.tell()
    peak = most_resident()
    return {"rows": rows, "seconds": took, "bytes": size, "peak": peak}


@pytest.mark.parametrize("name", MINE)
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_screenings(name: str) -> None:
    """Every format in bounded memory."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.test_exports_cdisc", name, str(SCREENINGS)],
        capture_output=True,
        check=True,
        text=True,
    )
    found = json.loads(ran.stdout)
    pace, each = found["rows"] / found["seconds"], SCREENINGS / found["seconds"]
    sys.stdout.write(
        f"\n{name}: {SCREENINGS:,} screenings, {found['rows']:,} rows in {found['seconds']:.1f} s, "
        f"{each:,.0f} screenings/s, {pace:,.0f} rows/s, {found['bytes'] / 1e6:.1f} MB written, "
        f"at most {found['peak']:.0f} MB of memory\n"
    )
    note_export(
        f"{name}, the writer alone", SCREENINGS, found["rows"], found["seconds"], found["peak"]
    )
    assert found["peak"] < LARGEST_MB


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))

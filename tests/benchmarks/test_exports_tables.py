"""Tables of 100,000 screenings: rows a second, and the most memory that the whole process took.

`SCREENINGS=10000` measures a smaller record.
"""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from bot.tables import TABLES
from tests.benchmarks.large_record import written
from tests.benchmarks.speed.parts import note_export

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3000)]

SCREENINGS = int(os.environ.get("SCREENINGS", "100000"))
MOST = 300 * 1024
"""kB of memory that an export may take (issue: under 300 MB)."""

_RUN = """
import atexit
from pathlib import Path
from bot.cli import main
status = Path("/proc/self/status")
atexit.register(lambda: print(status.read_text().partition("VmHWM:")[2].split()[0]))
main()
"""
"""The command, and at its end its own high-water mark in kB: what `getrusage` says of a child is
at least what its parent had."""


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record, written once."""
    path = tmp_path_factory.mktemp("exports") / "record.db"
    began = time.perf_counter()
    events = asyncio.run(written(path, SCREENINGS))
    took = time.perf_counter() - began
    sys.stdout.write(f"\n{SCREENINGS:,} screenings, {events:,} events written in {took:.0f} s\n")
    return path


CASES = [
    *((name, suffix, True) for name in TABLES for suffix in ("csv", "xlsx")),
    ("audit-trail", "csv", False),
]


@pytest.mark.parametrize(("name", "suffix", "dates"), CASES)
def test_a_table_in_bounded_memory(record: Path, name: str, suffix: str, dates: bool) -> None:
    """Written by the real command, as a process of its own, whose memory is asked afterwards."""
    file = record.parent / f"{name}.{suffix}"
    words = ["export", name, str(file), *(["--dates"] if dates else [])]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *words],
        env={**os.environ, "DATABASE_URL": f"sqlite:///{record}"},
        capture_output=True,
        text=True,
        check=True,
    )
    took = time.perf_counter() - began
    peak = int(done.stdout.split()[-1])
    rows = _rows(file) if suffix == "csv" else _sheet_rows(file)
    sys.stdout.write(
        f"\n{name}.{suffix} {'dates' if dates else 'days'}: {rows:,} rows in {took:.1f} s,"
        f" {rows / took:,.0f} rows/s, {SCREENINGS / took:,.0f} screenings/s,"
        f" {peak / 1024:.0f} MB, {file.stat().st_size / 1e6:.1f} MB written\n"
    )
    form = f"{name}.{suffix}" if dates else f"{name}.{suffix}, days"
    note_export(form, SCREENINGS, rows, took, peak / 1024)
    assert peak < MOST


def _rows(file: Path) -> int:
    csv.field_size_limit(10**7)
    with file.open(newline="") as read:
        return sum(1 for _ in csv.reader(read)) - 1


def _sheet_rows(file: Path) -> int:
    """Counted in the sheets themselves: no row of a sheet is lost or doubled."""
    rows = 0
    with zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/sheet"):
                with packed.open(name) as sheet:
                    rows += sum(part.count(b"<row ") for part in iter(sheet.readline, b"")) - 1
    return rows

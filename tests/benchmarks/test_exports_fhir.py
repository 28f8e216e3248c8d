"""FHIR: how many screenings a second, and that 100,000 of them need no more memory than a few.

Each release is written by a process of its own, whose peak is its own: Python, the library's
models, the log's 100,000 rows as the command holds them, and the export.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from time import perf_counter
from typing import BinaryIO, cast

import pytest

from flows.events import ScreeningOpened
from flows.follow_up import Case
from flows.people import Directory
from flows.subjects import Subject
from flows.tallies import Row
from storage.exports.form import About
from tests.benchmarks.memory import most_resident
from tests.benchmarks.speed.parts import note_export
from tests.flows.grids import MAN
from tests.flows.logs import book
from tests.flows.robot import SIGN, START
from tests.storage.fhir_files import ALL_REASONS, FIRST_ONLY, RELEASES, screened, subject_of

pytestmark = pytest.mark.benchmark

SCREENINGS = int(os.environ.get("EXPORT_SCREENINGS", "100000"))
MEGABYTES = 300
"""What the export of 100,000 screenings may need in all (issue 8)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process needed: seconds, peak memory in MB, and what it wrote."""

    seconds: float
    peak: float
    resources: int
    written: int


class Counted:
    """A file that keeps nothing, and knows how long it would be."""

    def __init__(self) -> None:
        self.length = 0

    def write(self, data: bytes) -> int:
        """Longer by so much."""
        self.length += len(data)
        return len(data)


def templates() -> tuple[Subject, ...]:
    """Screenings as they are: most of them excluded, early or late; some signed, some waiting."""
    old, pending = MAN | {"age_years": 80}, MAN | {"hiv_serology": "pending"}
    return (
        subject_of(screened(old, FIRST_ONLY)),
        subject_of(screened(MAN | {"hiv_serology": "positive"}, FIRST_ONLY)),
        subject_of(screened(MAN | {"guardianship": "tutelle"}, ALL_REASONS, SIGN)),
        subject_of(screened(pending)),
        subject_of(screened(MAN, SIGN)),
    )


def rows(count: int) -> list[Row]:
    """The rows of the log, as the command has them before the first screening is read."""
    lines = [one.row.line for one in templates()]
    numbers = [f"N{at:06d}" for at in range(count)]
    return [
        Row(replace(lines[at % len(lines)], number=number), Case(number), 1, counted=True)
        for at, number in enumerate(numbers)
    ]


def subjects(log: list[Row]) -> Iterator[Subject]:
    """One after the other, each with events and answers of its own."""
    known = templates()
    for at, row in enumerate(log):
        like = known[at % len(known)]
        first = like.history[0]
        assert isinstance(first.event, ScreeningOpened)
        assert like.screening is not None
        event = replace(first.event, number=row.line.number)
        history = tuple(replace(one) for one in like.history[1:])
        yield Subject(
            row,
            replace(like.screening, opened=event, answers=dict(like.screening.answers)),
            (replace(first, event=event), *history),
        )


def measure(release: str, count: int) -> Measured:
    """Write that many screenings; for a process of its own."""
    file, log = Counted(), rows(count)
    about = About((book(),), Directory(), START)
    begun = perf_counter()
    export = RELEASES[release](cast(BinaryIO, file), about)
    written = sum(map(export.add, subjects(log))) + export.finish()
    seconds = perf_counter() - begun
    peak = most_resident()
    return Measured(seconds, peak, written, file.length)


def alone(release: str, count: int) -> Measured:
    """The same in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, release, count).result()


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("release", RELEASES)
def test_memory_does_not_grow_with_the_log(release: str) -> None:
    """Under 300 MB in all; what grows is the list of the log's rows, and nothing of the export."""
    few, all_ = alone(release, SCREENINGS // 100), alone(release, SCREENINGS)
    sys.stdout.write(
        f"\nfhir {release}: {SCREENINGS:,} screenings, {all_.resources:,} resources,"
        f" {all_.written / 1e6:,.0f} MB in {all_.seconds:,.0f} s:"
        f" {SCREENINGS / all_.seconds:,.0f} screenings/s,"
        f" {all_.resources / all_.seconds:,.0f} resources/s;"
        f" peak {all_.peak:.0f} MB ({few.peak:.0f} MB for {SCREENINGS // 100:,})\n"
    )
    name = f"fhir {release}, the writer alone"
    note_export(name, SCREENINGS, all_.resources, all_.seconds, all_.peak)
    assert all_.peak < MEGABYTES
    # A row of the log is under 1.5 kB; the export itself keeps no screening.
    assert all_.peak - few.peak < 1.5e-3 * SCREENINGS

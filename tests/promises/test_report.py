"""The page of the promises: what is reported is kept, and nothing is missing without a reason."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from pathlib import Path

import pytest

from storage.points import Point, reach, watching
from tests.conftest import Canary
from tests.promises.page import KEPT, PAGE, Unexplained, page, still_there
from tests.promises.report import ROOT, Promise, read
from tests.promises.rows import ROWS, SECTIONS

REPORTING = """
import sys
from pathlib import Path
from tests.promises.report import Promise

file, first = Path(sys.argv[1]), int(sys.argv[2])
for row in range(first, first + 8):
    found = Promise(f"tests/test_{row}.py::test_it")
    found(row, f"{row} of {row}", seed=row)
    found.keep(file)
"""


async def test_reports_of_many_processes_are_all_kept(tmp_path: Path) -> None:
    """Four processes that write at once lose none of each other's rows."""
    file = tmp_path / "found.json"
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", REPORTING, str(file), str(first)),
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL,
        )
        for first in (1, 9, 17, 25)
    ]
    assert [await child.wait() for child in children] == [0] * 4
    assert sorted(one.row for one in read(file).values()) == list(range(1, 33))


def test_a_second_report_replaces_the_first(tmp_path: Path) -> None:
    """A row's figure is the newest, not the best."""
    file = tmp_path / "found.json"
    for figure in ("0 lost", "3 lost"):
        found = Promise("tests/test_x.py::test_it")
        found(1, figure)
        found.keep(file)
    assert [one.figure for one in read(file).values()] == ["3 lost"]


def test_a_row_without_measure_or_reason_stops_the_page() -> None:
    """Nothing is passed over in silence."""
    with pytest.raises(Unexplained, match="row 1 "):
        page({})


def test_every_row_stands_in_one_section() -> None:
    """34 promises, each once."""
    assert sorted(row for rows in SECTIONS.values() for row in rows) == sorted(ROWS)
    assert len(ROWS) == 34


def test_the_page_is_what_was_measured() -> None:
    """docs/promises.md is made of docs/promises.json, and names tests that exist."""
    kept = read(KEPT)
    assert PAGE.read_text(encoding="utf-8") == page(kept)
    assert [name for name in kept if not still_there(name)] == []


def test_the_canary_is_heard_when_it_sings(canary: Canary) -> None:
    """A token in a line, in its arguments or in a traceback fails the test that logged it."""
    log = logging.getLogger("bot.somewhere")
    log.error("the address is %s", "7000000001:canary_canary_canary")
    try:
        raise ValueError("https://api/bot7000000001:canary_canary_canary/getMe")
    except ValueError:
        log.exception("no answer")
    log.error("nothing of interest")
    assert len(canary.hits) == 2
    canary.hits.clear()


def test_nobody_watches_the_fault_points_unless_a_test_does() -> None:
    """A point that nobody watches passes; a watcher is gone after its block."""
    seen: list[Point] = []
    reach(Point.COMMIT)
    with watching(seen.append):
        reach(Point.SEND)
    reach(Point.MARK)
    assert seen == [Point.SEND]


def test_nothing_but_the_tests_can_watch_the_fault_points() -> None:
    """No module of the product hands a watcher in, and no setting can."""
    rooms = [path for room in ("bot", "flows", "storage") for path in (ROOT / room).rglob("*.py")]
    named = {
        path.name
        for path in rooms
        if re.search(r"\bwatching\(|_watchers", path.read_text(encoding="utf-8"))
    }
    assert named == {"points.py"}

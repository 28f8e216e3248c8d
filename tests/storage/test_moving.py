"""A house that is moved holds the same afterwards, however often the move is interrupted."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from storage.errors import StorageUnavailable
from storage.moving import (
    EVENTS,
    PAGE,
    PARTS,
    Moved,
    Part,
    Row,
    layout,
    move,
)
from storage.opening import open_source, open_store, open_target
from storage.postgres.moving import MOVING as POSTGRES
from storage.sqlite.moving import MOVING as SQLITE
from tests.postgres_server import on
from tests.storage.houses import (
    EVENTS_IN_ALL,
    KILLED_TEN_TIMES,
    Failing,
    furnished,
    moved,
    nothing,
    surveyed,
)
from tests.storage.samples import AT, LATER, batch, notice, now, update


async def test_a_house_is_moved_there_and_back(
    file_url: str, other_url: str, bare_postgres_url: str
) -> None:
    """From SQLite to PostgreSQL to another file: every row, the chain and the digest are equal."""
    await furnished(file_url)
    before = await surveyed(file_url)
    there = await moved(file_url, bare_postgres_url)
    back = await moved(bare_postgres_url, other_url)
    assert there == back == Moved(before.head.position, before.digest)
    assert before.fault is None
    assert await surveyed(file_url) == await surveyed(bare_postgres_url) == before
    assert await surveyed(other_url) == before


async def test_work_goes_on_in_the_new_house(file_url: str, postgres_url: str) -> None:
    """Numbers go on after the last given out, and what waited still waits."""
    await furnished(file_url, 10)
    await moved(file_url, postgres_url)
    old, new = await open_store(file_url, now), await open_store(postgres_url, now)
    for store in (old, new):
        await store.ledger.append(batch("s/0", 10, b"more"), notices=[notice("new")])
        (row,) = await store.inbox.accept([update("new")])
        assert row.id == 14
        await store.keys.put("screening/3", b"m", AT)
    assert await old.inbox.undone() == await new.inbox.undone()
    assert await old.outbox.due(LATER, 20) == await new.outbox.due(LATER, 20)
    assert await old.keys.all() == await new.keys.all()
    assert await old.ledger.head() == await new.ledger.head()
    await old.close()
    await new.close()


async def test_an_empty_house_can_be_moved(file_url: str, bare_postgres_url: str) -> None:
    """There is nothing to carry, and the digests are equal all the same."""
    await (await open_store(file_url, now)).close()
    done = await moved(file_url, bare_postgres_url)
    assert isinstance(done, Moved)
    assert done.events == 0


@pytest.mark.timeout(180)
@pytest.mark.parametrize("back", [False, True])
async def test_a_move_killed_ten_times_is_the_same_move(
    file_url: str, bare_postgres_url: str, back: bool
) -> None:
    """SIGKILL after a page or two, ten times over; the eleventh run ends it, and all is equal."""
    source, target = (bare_postgres_url, file_url) if back else (file_url, bare_postgres_url)
    await furnished(source, 13 * PAGE)
    before = await surveyed(source)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED_TEN_TIMES, source, target, "1", stdout=subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert [int(code) for code in said.split()] == [-signal.SIGKILL] * 10
    with pytest.raises(StorageUnavailable, match="not finished"):
        await open_store(target, now)
    assert await moved(source, target) == Moved(before.head.position, before.digest)
    assert await surveyed(target) == before
    print(f"killed 10 times, digest {before.digest[:12]} on both sides")  # noqa: T201


async def test_a_move_that_breaks_off_at_any_page_goes_on(
    file_url: str, bare_postgres_url: str
) -> None:
    """Page after page another break, until nothing is left to copy."""
    await furnished(file_url)
    before, breaks = await surveyed(file_url), 0
    source, target = await open_source(file_url, now), await open_target(bare_postgres_url, now)
    while True:
        try:
            done = await move(source, Failing(target, 1), AT, nothing)  # type: ignore[arg-type]
        except StorageUnavailable:
            breaks += 1
        else:
            break
    await source.close()
    await target.close()
    assert done == Moved(before.head.position, before.digest)
    assert breaks == EVENTS_IN_ALL // PAGE + len(PARTS) - 1


async def test_every_table_of_both_databases_is_moved(file_url: str, postgres_url: str) -> None:
    """A table or a column that is added to the store and forgotten here is found.

    What the processes of a PostgreSQL database have claimed stays behind: none of them moves.
    """
    await (await open_store(file_url, now)).close()
    with closing(sqlite3.connect(file_url.removeprefix("sqlite:///"))) as db:
        tables = {
            name: tuple(column[1] for column in db.execute(f"PRAGMA table_info({name})"))
            for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if not name.startswith("sqlite_")
        }
    rows = await on(
        postgres_url,
        "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) "
        "FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1",
    )
    others = {name: tuple(columns) for name, columns in rows}
    wanted = {part.name: part.columns for part in PARTS}
    for found in (tables, others):
        known = {name: columns for name, columns in found.items() if name in wanted}
        assert {name: set(columns) - {"claimed_by"} for name, columns in known.items()} == {
            name: set(columns) for name, columns in wanted.items()
        }
        beside = {"schema_version", "event_kinds", "ledger_head", "replicas", "lanes", "pace"}
        assert set(found) - set(wanted) <= beside


@pytest.mark.parametrize("statements", [SQLITE, POSTGRES], ids=["sqlite", "postgres"])
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_each_part_has_its_statements(statements: object, part: Part) -> None:
    """A page takes the key and the size, and there is a way back in."""
    page = getattr(statements, f"{part.name}_page").parameters
    assert set(page) == {*part.key, "size"}
    assert hasattr(statements, f"put_{part.name}")


def test_no_two_rows_have_one_layout() -> None:
    """A type, a length and a place are part of what is digested."""
    rows: list[Row] = [
        (),
        (None,),
        ("",),
        (b"",),
        ("1",),
        (b"1",),
        (1,),
        (0,),
        ("a", "bc"),
        ("ab", "c"),
        ("abc",),
        (None, None),
    ]
    assert len({layout(row) for row in rows}) == len(rows)
    assert EVENTS.key == ("position",)

"""A house that is moved holds the same afterwards, however often the move is interrupted."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from storage.errors import StorageUnavailable
from storage.moving import (
    EVENTS,
    PAGE,
    PARTS,
    Moved,
    NotMoved,
    Part,
    Progress,
    Row,
    Side,
    Survey,
    Why,
    layout,
    move,
    survey,
)
from storage.opening import Store, open_source, open_store, open_target
from storage.outbox import Settled
from storage.postgres.moving import MOVING as POSTGRES
from storage.sqlite.moving import MOVING as SQLITE
from tests.postgres_server import on
from tests.storage.samples import AT, LATER, batch, notice, now, update

EVENTS_IN_ALL = 1_300


async def furnish(store: Store, events: int = EVENTS_IN_ALL) -> None:
    """Something of everything, in every state that a row can have."""
    for page in range(0, events, 100):
        payloads = (b"%d" % number for number in range(page, min(page + 100, events)))
        await store.ledger.append(batch(f"s/{page}", 0, *payloads))
    rows = await store.inbox.accept([update(f"u{number}") for number in range(12)])
    for row in rows[:4]:
        await store.ledger.append(done=row.id)
    await store.inbox.dead_letter(rows[4].id, "odd", AT)
    await store.ledger.append(done=(await store.inbox.accept([update("gone", "2020")]))[0].id)
    assert await store.inbox.prune("2021") == 1  # its number is not to be given out again
    await store.inbox.put_mark("poll-offset", "41")
    await store.inbox.put_mark("zuletzt", "été 🧪")
    await store.ledger.append(notices=[notice(f"n{number}", LATER) for number in range(6)])
    due = await store.outbox.due(LATER, 10)
    await store.outbox.mark_sending(due[0].id, AT)
    await store.outbox.mark_sent(due[1].id, AT, 77)
    await store.outbox.mark_failed(due[2].id, AT, "429", LATER, perhaps_sent=True)
    await store.ledger.append(settled=Settled(due[3].id, AT, reason="blocked"))
    for chat in (-100, 7, 2**52):
        await store.cards.put_card("s/0", chat, 5, 1)
        await store.cards.put_card("é", chat, 6, 2)
    await store.pins.put("P-1", "$argon2id$x", AT)
    await store.pins.attempt("P-2", "2026-03-01T08:00:00+00:00")
    await store.keys.put("screening/1", b"k" * 41, AT)
    await store.keys.put("screening/2", b"l" * 41, AT)
    await store.keys.destroy("screening/2", "2", batch("erasure/2", 0, b"gone"))


async def furnished(url: str, events: int = EVENTS_IN_ALL) -> str:
    """A database with something of everything at an address."""
    store = await open_store(url, now)
    await furnish(store, events)
    await store.close()
    return url


def nothing(_: Progress) -> None:
    """Nobody looks."""


async def moved(source: str, target: str, tell: Callable[[Progress], None] = nothing) -> object:
    """Move from one address to another."""
    one = await open_source(source, now)
    try:
        other = await open_target(target, now)
        try:
            return await move(one, other, AT, tell)
        finally:
            await other.close()
    finally:
        await one.close()


async def surveyed(url: str) -> Survey:
    """What a walk over all of it finds."""
    side = await open_source(url, now)
    try:
        return await survey(side)
    finally:
        await side.close()


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """A place for a file."""
    return f"sqlite:///{tmp_path}/one/ledger.db"


@pytest.fixture
def other_url(tmp_path: Path) -> str:
    """Another place for a file."""
    return f"sqlite:///{tmp_path}/two/ledger.db"


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


KILLED_TEN_TIMES = """
import asyncio, os, signal, sys
from storage.moving import move
from storage.opening import open_source, open_target

def dying(pages):
    def tell(progress):
        nonlocal pages
        pages -= 1
        if pages == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return tell

async def main(source, target, pages):
    one = await open_source(source, lambda: "now")
    other = await open_target(target, lambda: "now")
    await move(one, other, "now", dying(pages))

for turn in range(10):
    child = os.fork()
    if not child:
        asyncio.run(main(sys.argv[1], sys.argv[2], (1 + turn % 2) * int(sys.argv[3])))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


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


@dataclass
class Failing:
    """A side whose connection breaks at a certain page."""

    side: Side
    pages: int
    put_before: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.side, name)

    async def put(self, part: object, rows: object) -> None:
        self.pages -= 1
        if self.pages < 0:
            raise StorageUnavailable("broke off")
        await self.side.put(part, rows)  # type: ignore[arg-type]


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


async def test_a_target_that_is_not_empty_is_refused(file_url: str, postgres_url: str) -> None:
    """One row of any part is enough, and stays the only one."""
    await furnished(file_url, 10)
    store = await open_store(postgres_url, now)
    await store.pins.put("P-9", "hash", AT)
    await store.close()
    assert await moved(file_url, postgres_url) == NotMoved(Why.NOT_EMPTY)
    counts = await on(postgres_url, "SELECT (SELECT count(*) FROM pins), count(*) FROM events")
    assert [tuple(row) for row in counts] == [(1, 0)]


async def test_a_finished_move_is_not_begun_again(file_url: str, postgres_url: str) -> None:
    """Afterwards the target is a database like any other: not empty."""
    await furnished(file_url, 10)
    assert isinstance(await moved(file_url, postgres_url), Moved)
    assert await moved(file_url, postgres_url) == NotMoved(Why.NOT_EMPTY)


async def interrupted(source: str, target: str) -> None:
    """Leave a move after its first page."""
    one, other = await open_source(source, now), await open_target(target, now)
    with pytest.raises(StorageUnavailable):
        await move(one, Failing(other, 1), AT, nothing)  # type: ignore[arg-type]
    await one.close()
    await other.close()


async def test_the_beginning_of_another_move_is_refused(
    file_url: str, other_url: str, bare_postgres_url: str
) -> None:
    """Two houses are never mixed."""
    await furnished(file_url)
    store = await open_store(other_url, now)
    await store.ledger.append(batch("another", 0, *(b"%d" % number for number in range(900))))
    await store.close()
    await interrupted(file_url, bare_postgres_url)
    assert await moved(other_url, bare_postgres_url) == NotMoved(Why.ANOTHER)


async def test_a_source_that_changed_meanwhile_is_noticed(
    file_url: str, bare_postgres_url: str
) -> None:
    """Rows that were copied and then changed would differ: the target is not finished."""
    await furnished(file_url)
    one, other = await open_source(file_url, now), await open_target(bare_postgres_url, now)
    with pytest.raises(StorageUnavailable):
        await move(one, Failing(other, 5), AT, nothing)  # type: ignore[arg-type]
    await one.close()
    await other.close()
    store = await open_store(file_url, now)
    await store.ledger.append(done=(await store.inbox.undone())[0].id)
    await store.close()
    assert await moved(file_url, bare_postgres_url) == NotMoved(Why.DIFFERS)
    with pytest.raises(StorageUnavailable, match="not finished"):
        await open_store(bare_postgres_url, now)


async def test_a_house_in_use_is_not_moved(
    file_url: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither out of a database that is written to, nor into one, nor onto itself."""
    monkeypatch.setattr("storage.postgres.claiming.SECONDS_BETWEEN", 0.001)
    for source, target in ((file_url, postgres_url), (postgres_url, file_url)):
        store = await open_store(source, now)
        with pytest.raises(StorageUnavailable, match="in use"):
            await moved(source, target)
        await store.close()
    for url in (file_url, postgres_url):
        await (await open_store(url, now)).close()
        with pytest.raises(StorageUnavailable, match="in use"):
            await moved(url, url)


async def test_memory_and_nothing_cannot_be_moved(
    file_url: str, bare_postgres_url: str, tmp_path: Path
) -> None:
    """A source must be there, and no side is in memory; nothing is made."""
    for source, target in (
        ("memory:", file_url),
        (bare_postgres_url, file_url),
        (file_url, bare_postgres_url),
    ):
        with pytest.raises(StorageUnavailable):
            await moved(source, target)
    assert not (tmp_path / "one").exists()
    assert await on(bare_postgres_url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


async def test_a_broken_chain_is_not_carried_along(file_url: str, postgres_url: str) -> None:
    """The first event that does not hold is named, and the target stays empty."""
    await furnished(file_url, 10)
    with closing(sqlite3.connect(file_url.removeprefix("sqlite:///"))) as db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET payload = x'00' WHERE position = 7")
        db.commit()
    done = await moved(file_url, postgres_url)
    assert isinstance(done, NotMoved)
    assert done.why is Why.BROKEN
    assert done.fault is not None
    assert done.fault.position == 7
    assert [tuple(row) for row in await on(postgres_url, "SELECT count(*) FROM events")] == [(0,)]


async def test_every_table_of_both_databases_is_moved(file_url: str, postgres_url: str) -> None:
    """A table or a column that is added to the store and forgotten here is found."""
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
        assert {name: set(columns) for name, columns in known.items()} == {
            name: set(columns) for name, columns in wanted.items()
        }
        assert set(found) - set(wanted) <= {"schema_version", "event_kinds", "ledger_head"}


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

"""What is not moved: into what holds something, out of what is in use, or broken."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import StorageUnavailable
from storage.moving import (
    Moved,
    NotMoved,
    Why,
    move,
)
from storage.opening import open_source, open_store, open_target
from tests.postgres_server import on
from tests.storage.houses import (
    Failing,
    furnished,
    moved,
    nothing,
)
from tests.storage.samples import AT, batch, now


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

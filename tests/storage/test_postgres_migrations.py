"""Every form of a PostgreSQL database that was released opens; none is ever left half made."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage.address import parse_address
from storage.chain import verify
from storage.errors import NewerDatabase, StorageError, StorageUnavailable
from storage.opening import open_store
from storage.postgres.migrating import Migration, known_migrations, migrate
from storage.sqlite.migrating import known_migrations as known_to_sqlite
from tests.postgres_server import on
from tests.storage.samples import AT, batch, now, update

DATA = Path(__file__).parent / "data" / "postgres"
HEAD = "1d500d916bfcd17c685d599340436912449b1077add689f75191d6f009dfcada"
HEADS = {"form-1.sql": HEAD, "form-2.sql": HEAD}
STEPS = known_migrations()
EVERY_STEP = [(1, "ledger", AT), (2, "replicas", AT)]
SHAPE = """
SELECT 'column', table_name, column_name, data_type, is_nullable, collation_name, column_default
FROM information_schema.columns WHERE table_schema = 'public'
UNION SELECT 'index', tablename, indexname, indexdef, '', '', ''
FROM pg_indexes WHERE schemaname = 'public'
UNION SELECT 'trigger', event_object_table, trigger_name, event_manipulation, action_statement,
    action_timing, action_condition
FROM information_schema.triggers
UNION SELECT 'check', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION SELECT 'function', proname, prosrc, '', '', '', ''
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION SELECT 'kind', kind, '', '', '', '', '' FROM event_kinds
"""


async def restored(url: str, dump: str) -> str:
    """A database made from a stored dump."""
    db = await asyncpg.connect(url)
    await db.execute((DATA / dump).read_text(encoding="utf-8"))
    await db.close()
    return url


async def forms(url: str) -> list[tuple[int, str, str]]:
    """What the database says of its own form."""
    rows = await on(url, "SELECT version, name, applied_at FROM schema_version ORDER BY version")
    return [tuple(row) for row in rows]


async def shape(url: str) -> set[tuple[Any, ...]]:
    """Every column, index, trigger, check, function and kind of event."""
    return {tuple(row) for row in await on(url, SHAPE)}


async def test_an_empty_database_gets_every_step(bare_postgres_url: str) -> None:
    """Each step is written down with its name and the time that was handed in."""
    await (await open_store(bare_postgres_url, now)).close()
    assert await forms(bare_postgres_url) == EVERY_STEP
    await (await open_store(bare_postgres_url, lambda: "another time")).close()
    assert await forms(bare_postgres_url) == EVERY_STEP


@pytest.mark.parametrize("dump", sorted(HEADS))
async def test_every_earlier_form_opens(bare_postgres_url: str, dump: str) -> None:
    """The stored entries keep their digests, and the database can be used at once."""
    store = await open_store(await restored(bare_postgres_url, dump), now)
    verdict = await verify(store.ledger.walk())
    assert verdict.sound
    assert verdict.head.digest.hex() == HEADS[dump]
    await store.ledger.append(batch("new", 0, b"1"))
    await store.inbox.accept([update("new")])
    assert await store.pins.put("new", "hash", AT)
    assert (await verify(store.ledger.walk(), verdict.head)).sound
    await store.close()
    assert [version for version, _, _ in await forms(bare_postgres_url)] == [
        step.version for step in STEPS
    ]


@pytest.mark.parametrize("dump", sorted(HEADS))
async def test_an_upgraded_database_is_like_a_new_one(
    bare_postgres_url: str, postgres_url: str, dump: str
) -> None:
    """A step that was changed after its release, instead of followed by another, is found."""
    await (await open_store(await restored(bare_postgres_url, dump), now)).close()
    assert await shape(bare_postgres_url) == await shape(postgres_url)


def test_every_form_has_its_dump() -> None:
    """A new step comes with a stored database of its form."""
    assert set(HEADS) == {f"form-{step.version}.sql" for step in STEPS}
    assert {found.name for found in DATA.glob("form-*.sql")} == set(HEADS)


async def test_both_databases_know_the_same_kinds(postgres_url: str) -> None:
    """A house can be moved either way."""
    known = {kind for (kind,) in await on(postgres_url, "SELECT kind FROM event_kinds")}
    steps = "".join(step.sql for step in known_to_sqlite())
    assert known == {kind for kind in known if f"('{kind}')" in steps}
    assert steps.count("\n    ('") == len(known)


async def test_a_newer_database_is_refused_and_left_alone(postgres_url: str) -> None:
    """An older version of the software says which form it found and touches nothing."""
    later = len(STEPS) + 1
    await on(postgres_url, f"INSERT INTO schema_version VALUES ({later}, 'later', 'then')")
    for writing in (True, False):
        with pytest.raises(NewerDatabase) as caught:
            await open_store(postgres_url, now, writing=writing)
        assert (caught.value.found, caught.value.known) == (later, len(STEPS))


async def test_an_empty_database_is_not_filled_by_a_reader(bare_postgres_url: str) -> None:
    """A reader says that there is nothing to read, and makes no table."""
    with pytest.raises(StorageUnavailable, match="no record"):
        await open_store(bare_postgres_url, now, writing=False)
    assert await on(bare_postgres_url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


async def test_another_softwares_database_is_left_alone(bare_postgres_url: str) -> None:
    """A database with foreign tables is refused."""
    await on(bare_postgres_url, "CREATE TABLE recipes (name text)")
    with pytest.raises(StorageUnavailable, match="another software"):
        await open_store(bare_postgres_url, now)
    assert (
        len(await on(bare_postgres_url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")) == 1
    )


async def test_a_step_that_fails_leaves_no_trace(postgres_url: str) -> None:
    """The table that the failing step had already made is gone again."""
    sql = "CREATE TABLE half (x integer); INSERT INTO nowhere VALUES (1);"
    db = await asyncpg.connect(postgres_url)
    with pytest.raises(asyncpg.UndefinedTableError):
        await migrate(db, now, [*STEPS, Migration(len(STEPS) + 1, "broken", sql)])
    assert await db.fetch("SELECT 1 FROM pg_tables WHERE tablename = 'half'") == []
    await db.close()
    assert [version for version, _, _ in await forms(postgres_url)] == [
        step.version for step in STEPS
    ]


async def test_of_many_that_start_at_once_one_migrates(bare_postgres_url: str) -> None:
    """The others wait for it and find the work done."""
    opened = await asyncio.gather(*(open_store(bare_postgres_url, now) for _ in range(6)))
    for store in opened:
        await store.close()
    assert await forms(bare_postgres_url) == EVERY_STEP


def test_steps_are_numbered_without_gaps(tmp_path: Path) -> None:
    """A forgotten or doubled number is found at start."""
    (tmp_path / "0002_second.sql").write_text("SELECT 1;\n")
    with pytest.raises(ValueError, match="numbered"):
        known_migrations(tmp_path)


async def test_an_address_that_leads_nowhere_says_so(postgres_url: str) -> None:
    """A wrong password, database or port is one sentence without the password."""
    for wrong, said in (
        (postgres_url.replace("canary-", "wrong-canary-"), "refuses the user or the password"),
        (postgres_url + "_not", "no such database"),
        (postgres_url.rpartition(":")[0] + ":1/x", "cannot be reached"),
    ):
        with pytest.raises(StorageUnavailable, match=said) as caught:
            await open_store(wrong, now)
        error: BaseException | None = caught.value
        assert isinstance(error, StorageError)
        assert "canary" not in str(error) + repr(error) + repr(parse_address(wrong))

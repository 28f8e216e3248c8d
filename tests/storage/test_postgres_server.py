"""A server that is set up unsafely, dies, or is written to by several processes at once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import asyncpg
import pytest

from storage.address import InPostgres, parse_address
from storage.chain import verify
from storage.errors import StorageError, StorageReadOnly, StorageUnavailable
from storage.opening import Store, open_store, postgres_store
from storage.postgres import PostgresDatabase, claiming
from storage.postgres.connection import REQUIRED
from storage.postgres.statements import SCHEMA
from tests.postgres_server import Server, create, on
from tests.storage.samples import batch, notice, now, update


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of the test's own, to be set up badly or killed."""
    made = Server.made()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """An open database below its store."""
    address = parse_address(postgres_url)
    assert isinstance(address, InPostgres)
    opened = await PostgresDatabase.open(address, now)
    yield opened
    await opened.close()


async def test_the_settings_hold(database: PostgresDatabase) -> None:
    """Read back from the server: what a confirmed answer depends on."""
    found = {
        name: await database.read(lambda db, name=name: SCHEMA.setting(db, name=name))  # type: ignore[misc]
        for name in (*REQUIRED, "lock_timeout", "idle_in_transaction_session_timeout")
    }
    assert found == {
        "synchronous_commit": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "server_encoding": "UTF8",
        "lock_timeout": "20s",
        "idle_in_transaction_session_timeout": "10s",
    }


async def test_a_weaker_default_of_the_server_is_overruled(postgres_url: str) -> None:
    """Whatever the role or the database was told, this session waits for the disk."""
    name = postgres_url.rpartition("/")[2]
    await on(postgres_url, f"ALTER DATABASE {name} SET synchronous_commit = off")
    await (await open_store(postgres_url, now)).close()


@pytest.mark.parametrize("setting", ["fsync=off", "full_page_writes=off"])
async def test_an_unsafe_server_is_refused(server: Server, setting: str) -> None:
    """The reason names the setting, and nothing is written."""
    server.start(setting)
    url = await create(server.url())
    for writing in (True, False):
        with pytest.raises(StorageUnavailable, match=f"{setting.partition('=')[0]} is 'off'"):
            await open_store(url, now, writing=writing)
    assert await on(url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


async def test_a_database_of_another_encoding_is_refused(server: Server) -> None:
    """In LATIN1 not every name could be kept."""
    server.start()
    made = "CREATE DATABASE old TEMPLATE template0 ENCODING 'LATIN1'"
    await on(server.url(), made)
    with pytest.raises(StorageUnavailable, match="server_encoding is 'LATIN1'"):
        await open_store(server.url("old"), now)


async def test_a_reader_cannot_write(postgres: Store, postgres_url: str) -> None:
    """A mistake in a query changes nothing; what the writer commits is seen at once."""
    reader = await open_store(postgres_url, now, writing=False)
    stored = await postgres.ledger.append(batch("a", 0, b"1"))
    assert await reader.ledger.read("a") == stored
    with pytest.raises(StorageReadOnly):
        await reader.ledger.append(batch("a", 1, b"2"))
    await reader.close()
    address = parse_address(postgres_url)
    assert isinstance(address, InPostgres)
    below = await PostgresDatabase.open(address, now, writing=False)
    with pytest.raises(StorageReadOnly):
        await below.read(lambda db: db.execute("DELETE FROM inbox"))
    await below.close()


async def test_writers_stand_beside_each_other_and_a_mover_alone(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two may write; who moves the house waits for neither, and lets nobody in."""
    monkeypatch.setattr(claiming, "SECONDS_BETWEEN", 0.001)
    address = parse_address(postgres_url)
    assert isinstance(address, InPostgres)
    one, two = [await PostgresDatabase.open(address, now) for _ in range(2)]
    with pytest.raises(StorageUnavailable, match="somebody else writes"):
        await PostgresDatabase.open(address, now, alone=True)
    await one.close()
    await two.close()
    mover = await PostgresDatabase.open(address, now, alone=True)
    with pytest.raises(StorageUnavailable, match="is being moved"):
        await PostgresDatabase.open(address, now)
    await mover.close()
    await (await PostgresDatabase.open(address, now)).close()


async def test_cancelled_callers_leave_no_transaction_open(database: PostgresDatabase) -> None:
    """Two hundred appends, each cancelled at another moment: whole or absent, and none hangs."""
    store = postgres_store(database)
    for turn in range(200):
        task = asyncio.create_task(
            store.ledger.append(batch(f"a/{turn}", 0, b"1"), batch(f"b/{turn}", 0, b"2"))
        )
        for _ in range(turn % 40):
            await asyncio.sleep(0)
        if turn % 3:
            await asyncio.sleep(turn % 7 / 2000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await store.ledger.append(batch("last", 0, b"3"))
    stuck = await database.read(_in_transaction)
    assert stuck == 0
    for turn in range(200):
        first, second = await store.ledger.read(f"a/{turn}"), await store.ledger.read(f"b/{turn}")
        assert len(first) == len(second)
    assert (await verify(store.ledger.walk())).sound


async def _in_transaction(db: object) -> int:
    rows = await db.fetch(  # type: ignore[attr-defined]
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
        "AND state LIKE 'idle in transaction%'"
    )
    return len(rows)


@dataclass
class Persistent:
    """Somebody who appends to one stream in spite of every error, and knows what was confirmed."""

    store: Store
    stream: str
    confirmed: list[int] = field(default_factory=list)
    failed: int = 0
    enough: bool = False

    async def run(self) -> None:
        """Append until it is enough; after an error, look first where the stream stands."""
        version = 0
        while not self.enough:
            try:
                version = len(await self.store.ledger.read(self.stream))
                while not self.enough:
                    (entry,) = await self.store.ledger.append(batch(self.stream, version, b"x"))
                    self.confirmed.append(entry.position)
                    version += 1
            except StorageError:
                self.failed += 1
                await asyncio.sleep(0.05)


async def test_a_killed_server_loses_nothing_confirmed(server: Server) -> None:
    """SIGKILL under appends, four times: an error meanwhile, then everything confirmed is there."""
    server.start()
    store = await open_store(await create(server.url()), now)
    actors = [Persistent(store, f"s/{number}") for number in range(4)]
    running = [asyncio.create_task(actor.run()) for actor in actors]
    for _ in range(4):
        until = [len(actor.confirmed) + 15 for actor in actors]
        while any(  # noqa: ASYNC110 - seen from outside
            len(actor.confirmed) < least for actor, least in zip(actors, until, strict=True)
        ):
            await asyncio.sleep(0.01)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
    for actor in actors:
        actor.enough = True
    await asyncio.gather(*running)
    kept = {entry.position async for entry in store.ledger.walk()}
    verdict = await verify(store.ledger.walk())
    await store.close()
    confirmed = [position for actor in actors for position in actor.confirmed]
    assert verdict.sound
    assert len(confirmed) == len(set(confirmed))
    assert set(confirmed) <= kept
    assert sum(actor.failed for actor in actors) >= 4


WRITING = """
import asyncio, os, sys
from storage.errors import VersionConflict
from storage.ledger import Append, NewEntry
from storage.opening import open_store
from storage.outbox import NewNotice

async def main(url, me):
    store = await open_store(url, lambda: "now")
    won = lost = 0
    for turn in range(25):
        own = Append(f"own/{me}", turn, (NewEntry("answer-given", 1, me.encode()),), "now")
        owed = NewNotice(f"n/{turn}", "p", "k", b"same", "now")
        await store.ledger.append(own, notices=[owed])
        shared = await store.ledger.read("shared")
        batch = Append("shared", len(shared), (NewEntry("answer-given", 1, me.encode()),), "now")
        try:
            await store.ledger.append(batch)
            won += 1
        except VersionConflict:
            lost += 1
    await store.close()
    os.write(1, b"%d %d;" % (won, lost))

for number in range(8):
    if not os.fork():
        asyncio.run(main(sys.argv[1], str(number)))
        os._exit(0)
for _ in range(8):
    assert os.wait()[1] == 0
"""


@pytest.mark.timeout(180)
async def test_eight_processes_write_one_ledger(postgres: Store, postgres_url: str) -> None:
    """No gap, no fork, one winner for each version, and a notice that all owe is owed once."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITING, postgres_url, stdout=subprocess.PIPE
    )
    told, _ = await process.communicate()
    assert process.returncode == 0
    said = [words.split() for words in told.rstrip(b";").split(b";")]
    won, lost = (sum(int(words[place]) for words in said) for place in (0, 1))
    verdict = await verify(postgres.ledger.walk())
    assert verdict.sound
    assert verdict.head.position == 8 * 25 + won
    assert won + lost == 8 * 25
    assert len(await postgres.ledger.read("shared")) == won
    assert (await postgres.outbox.counts()).waiting == 25
    print(f"8 processes: {won} won, {lost} lost a race, {verdict.head.position} positions")  # noqa: T201


async def test_two_processes_are_handed_one_update_once(postgres: Store, postgres_url: str) -> None:
    """The same updates offered to both, in opposite orders, are accepted once."""
    other = await open_store(postgres_url, now)
    updates = [update(f"k{number}") for number in range(40)]
    halves = await asyncio.gather(
        *(store.inbox.accept(updates) for store in (postgres, other)),
        *(store.inbox.accept(updates[::-1]) for store in (postgres, other)),
    )
    await other.close()
    assert sum(map(len, halves)) == 40
    assert len(await postgres.inbox.undone()) == 40


async def test_reads_pass_while_appends_wait(postgres: Store, postgres_url: str) -> None:
    """With the head of the ledger held elsewhere, appends wait and reads do not."""
    other = await open_store(postgres_url, now)
    held = asyncio.Event()
    free = asyncio.Event()

    async def hold(db: object) -> None:
        await db.execute("SELECT 1 FROM ledger_head FOR UPDATE")  # type: ignore[attr-defined]
        held.set()
        await free.wait()

    database: PostgresDatabase = other.ledger._database  # type: ignore[attr-defined]
    holding = asyncio.create_task(database.write(hold))
    await held.wait()
    waiting = [
        asyncio.create_task(postgres.ledger.append(batch(f"s/{n}", 0, b"1"), notices=[notice("n")]))
        for n in range(30)
    ]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        assert await postgres.ledger.read("s/1") == ()
        assert (await postgres.inbox.counts()).undone == 0
    assert not any(task.done() for task in waiting)
    free.set()
    await holding
    await asyncio.gather(*waiting)
    await other.close()


async def test_a_sweep_waits_for_nobody_long(postgres: Store, postgres_url: str) -> None:
    """With a reader in the way it says so at once, and can be done later."""
    db = await asyncpg.connect(postgres_url)
    async with db.transaction():
        await db.execute("SELECT 1 FROM keys")
        async with asyncio.timeout(10):
            assert not await postgres.keys.sweep()
    await db.close()
    assert await postgres.keys.sweep()


async def test_nothing_of_a_destroyed_key_is_left_in_its_table(
    postgres: Store, postgres_url: str
) -> None:
    """After a sweep no page of the table holds the key any more; before it one does (control)."""
    secret = b"a key that is found by its bytes"
    await postgres.keys.put("screening/1", secret, "now")
    await postgres.keys.destroy("screening/1", "1", batch("erasure/1", 0, b"gone"))

    async def found() -> bool:
        await on(postgres_url, "CHECKPOINT")
        (row,) = await on(postgres_url, "SELECT pg_read_binary_file(pg_relation_filepath('keys'))")
        return secret in row[0]

    assert await found()
    assert await postgres.keys.sweep()
    assert not await found()

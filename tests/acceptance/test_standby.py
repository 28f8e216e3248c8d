"""A streaming standby of PostgreSQL: the record is read there, not written, and can take over."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.errors import StorageReadOnly
from storage.ledger import Append, NewEntry
from storage.opening import open_store
from tests.acceptance.process import run
from tests.postgres_server import PASSWORD, Server, as_user, create, free_port, name_of, on
from tests.storage.samples import AT, now

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120)]


@pytest.fixture
def primary() -> Iterator[Server]:
    """A PostgreSQL of the test's own."""
    made = Server.made()
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def standby(primary: Server) -> Iterator[Server]:
    """A server that follows the first, made by PostgreSQL's own program."""
    folder = primary.folder / "standby"
    made = Server(folder, free_port())
    source = f"host=127.0.0.1 port={primary.port} user=postgres password={PASSWORD}"
    words = ("--pgdata", str(folder / "data"), "--write-recovery-conf", "--checkpoint=fast")
    copy = primary.command("pg_basebackup", f"--dbname={source}", *words, "--no-sync")
    subprocess.run(copy, check=True, capture_output=True, **as_user())
    (folder / "log").touch()
    try:
        made.start()
        yield made
    finally:
        made.stop()


async def followed(standby: Server, url: str) -> str:
    """The same database on the standby, once everything has come there."""
    ((end,),) = await on(url, "SELECT pg_current_wal_lsn()::text")
    query = f"SELECT pg_last_wal_replay_lsn() >= '{end}'::pg_lsn"
    until = time.monotonic() + 20
    while (await on(standby.url(), query))[0][0] is not True:
        assert time.monotonic() < until, standby.log
        await asyncio.sleep(0.05)
    return standby.url(name_of(url))


async def record(url: str, after: int) -> None:
    """Append two events, by whoever may write."""
    store = await open_store(url, now)
    try:
        entries = tuple(NewEntry("answer-given", 1, b"{}") for _ in range(2))
        await store.ledger.append(Append("screening/1", after, entries, AT))
    finally:
        await store.close()


async def test_a_standby_is_read_and_not_written_and_takes_over(
    primary: Server, standby: Server, tmp_path: Path
) -> None:
    """The chain is verified there while the first one works; promoted, it goes on from its end."""
    url = await create(primary.url())
    await record(url, 0)
    there = await followed(standby, url)
    verified = await asyncio.to_thread(run, tmp_path, "verify", settings={"DATABASE_URL": there})
    assert (verified.code, "2 events" in verified.out) == (0, True), verified
    with pytest.raises(StorageReadOnly):
        await open_store(there, now)
    await asyncio.to_thread(primary.kill)
    await on(there, "SELECT pg_promote()")
    await record(there, 2)
    verified = await asyncio.to_thread(run, tmp_path, "verify", settings={"DATABASE_URL": there})
    assert (verified.code, "4 events" in verified.out) == (0, True), verified

"""How much room a screening takes in PostgreSQL: rows and bytes of each table, and the log's."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from bot.register import Register
from bot.sandbox import Sandbox
from storage.chain import verify
from tests.acceptance.bot_process import CANARY, a_bot, man, today
from tests.acceptance.process import run
from tests.bot.telegram_front.robot import Robot
from tests.postgres_server import PASSWORD, Server, create, name_of, on, programs
from tests.promises.crowd import FIRST, let_in
from tests.promises.report import ROOT
from tests.promises.test_growth import filled

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

PEOPLE, EACH = 10, 6
COORDINATOR = ("people", "add", "--telegram-id", "99", "--name", "Cora", "--role", "coordinator")
TABLES = """
SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname
"""


@pytest.fixture
def disk() -> Iterator[Server]:
    """A PostgreSQL whose data lies on a disk."""
    server = Server.made(Path(tempfile.gettempdir()))
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def test_the_room_of_a_screening(disk: Server, tmp_path: Path) -> None:
    """Sixty whole screenings on the phone, and what is left of them, by table."""
    url = await create(disk.url())
    await let_in(url, PEOPLE)
    settings = {"DATABASE_URL": url}
    added = await asyncio.to_thread(run, tmp_path, *COORDINATOR, "--site", "HM", settings=settings)
    assert added.code == 0, added.err
    before, log = await counted(url), await written(url)
    async with Sandbox(token=CANARY) as sandbox:
        sandbox.phone(99, "Cora")
        async with a_bot(sandbox, tmp_path, level="WARNING", database=url) as bot:
            taps = await asyncio.gather(*(person(sandbox, FIRST + me) for me in range(PEOPLE)))
            await bot.stop()
    screenings, log = PEOPLE * EACH, await written(url) - log
    after = await counted(url)
    print(f"\n{screenings} screenings, {sum(taps) / screenings:.1f} taps each")  # noqa: T201
    for name, (rows, table, index) in sorted(after.items()):
        more = rows - before[name][0]
        if more > 0:
            print(  # noqa: T201
                f"{name}: {more / screenings:.2f} rows a screening; "
                f"{table / rows:.0f} bytes a row and {index / rows:.0f} of its indexes"
            )
    print(f"write-ahead log: {log / screenings / 1024:.0f} KiB a screening")  # noqa: T201
    assert after["events"][0] > before["events"][0] + screenings * 20


@pytest.mark.parametrize("events", [10_000, 100_000])
async def test_what_takes_longer_with_every_event(
    disk: Server, tmp_path: Path, events: int
) -> None:
    """The start of a process, the verification of the chain, and a backup with its reading back."""
    url = await create(disk.url())
    store = await filled(url, events)
    took = {"start": 0.0, "verify": 0.0, "backup": 0.0}
    began = perf_counter()
    await Register(store.ledger).catch_up()
    took["start"] = perf_counter() - began
    assert (await verify(store.ledger.walk())).sound
    took["verify"] = perf_counter() - began - took["start"]
    await store.close()
    dump = await asyncio.to_thread(dumped, disk, url, tmp_path)
    took["backup"] = perf_counter() - began - took["start"] - took["verify"]
    told = ", ".join(f"{name} {seconds / events * 1e6:.0f} µs" for name, seconds in took.items())
    print(f"\n{events:,} events: {told} an event; {dump / events:.0f} bytes of backup")  # noqa: T201


def dumped(server: Server, url: str, folder: Path) -> int:
    """Make one backup as the service of compose.yaml does; its bytes."""
    environment = {
        "PATH": f"{programs(server.folder)}:{os.defpath}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": "postgres",
        "PGPASSWORD": PASSWORD,
        "PGDATABASE": name_of(url),
        "BACKUPS": str(folder),
    }
    command = ("sh", str(ROOT / "deploy" / "backup.sh"), "once")
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return sum(one.stat().st_size for one in folder.glob("*.dump"))


async def person(sandbox: Sandbox, telegram_id: int) -> int:
    """Six whole screenings of one person, one after the other; the taps."""
    robot, taps = Robot(sandbox.phone(telegram_id, f"N{telegram_id}"), "en", today()), 0
    for _ in range(EACH):
        before = robot.number if taps else ""
        await robot.command("/screen")
        # It is asked first whether the patient is another.
        while taps and robot.number == before:
            await asyncio.sleep(0.05)
            await robot.another_patient()
        await robot.play(man())
        assert robot.texts.cards.eligible in robot.card.text
        taps += robot.taps
    return taps


async def counted(url: str) -> dict[str, tuple[int, int, int]]:
    """Of each table the rows, its bytes, and those of its indexes, with no gap left in it."""
    await on(url, "VACUUM (FULL, ANALYZE)")
    found: dict[str, tuple[int, int, int]] = {}
    for name, table, index in await on(url, TABLES):
        ((rows,),) = await on(url, f"SELECT count(*) FROM {name}")
        found[name] = (rows, table, index)
    return found


async def written(url: str) -> int:
    """Bytes of write-ahead log since the server was made."""
    ((found,),) = await on(url, "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
    return int(found)

"""Row 32 of the promises: after an erasure no answer can be read anywhere that we write to.

A screening is played on a phone, with answers that are easy to recognise. Then everything that the
product has written, the database with its logs, a backup made later, the exports and the log
lines, is searched for those answers, for the deadlines that follow from them, and for the key.
The controls do the same without encryption and without erasure, and must find them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sqlite3
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Final

import pytest
from click.testing import CliRunner

from bot.cli import screening
from bot.desk import stream_of
from bot.tables import TABLES
from flows.answers import Value
from flows.cases import QueryReason
from flows.erasure import ErasureReason
from flows.events import Role
from flows.listing import Filter
from storage.chain import verify
from storage.exports.chart import Kind
from storage.inbox import NewUpdate
from storage.ledger import Ledger
from storage.opening import Store, open_store, sealed_store
from tests.bot.archive import Archive
from tests.bot.cases import AT, MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic, opened
from tests.bot.telegram_front.robot import Robot
from tests.promises.report import Promise

RECORD: Final = b"r" * 32
CANARIES: Final[Mapping[str, Value]] = {
    **MAN,
    "age_years": 43,
    "index_date": "2026-03-05",
    "admission_date": "not_admitted",
    "bsa_max_d0_d10_pct": 17,
}
"""With a day that stands nowhere else: the clock is at 10 March."""

SHOWN: Final = (
    ["list"],
    ["log"],
    ["log", "--csv"],
    ["queries"],
    ["queries", "--csv"],
    ["funnel", "flow.svg"],
    *(["chart", kind.value, f"{kind.value}.svg"] for kind in Kind),
    *(["export", name, f"{name}.csv", "--dates"] for name in TABLES),
    *(["export", name, f"{name}-outside.csv"] for name in TABLES),
    ["checkpoint"],
    ["verify"],
    ["people", "list"],
)
"""Every command that shows something of the record."""

DAYS: Final = (b"2026-03-05",)
"""The day that was answered; the deadlines follow from it."""


async def needles(ledger: Ledger, number: str) -> set[bytes]:
    """What must not be found: each answer as it stands in the record, days and deadlines."""
    found = set(DAYS)
    for entry in await ledger.read(stream_of(number)):
        if entry.kind in ("answer-given", "judgement-given", "determination-made"):
            data = json.loads(entry.payload)["data"]
            text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            found.add(text.encode())
            found |= {day.encode() for _, day in data.get("deadlines", ())}
    assert len(found) > 15
    return found


def written(folder: Path) -> dict[str, bytes]:
    """Every file that lies in the folder of the database."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def hits(needles: set[bytes], places: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """Where which was found; bytes may also stand there in hexadecimal."""
    return [
        (name, one)
        for name, content in places.items()
        for one in needles
        if one in content or one.hex().encode() in content.lower()
    ]


def backed_up(path: Path, target: Path) -> bytes:
    """The bytes of a backup made with SQLite's own online backup."""
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(target)) as copy:
        db.backup(copy)
    return target.read_bytes()


def exported(
    folder: Path, path: Path, number: str, key: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> bytes:
    """All that the command line shows of the record, in both languages, and what it writes."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    if key is not None:
        monkeypatch.setenv("RECORD_KEY", b64encode(key).decode())
    runs = [
        CliRunner().invoke(screening, [*words, "--lang", language])
        for language in ("en", "fr")
        for words in (["show", number], *SHOWN)
    ]
    assert all(run.exit_code == 0 for run in runs), [run.output for run in runs]
    files = [words[2] for words in SHOWN if words[0] in ("chart", "export")]
    written = b"".join((folder / name).read_bytes() for name in ("flow.svg", *files))
    return "".join(run.output for run in runs).encode() + written


class Played:
    """A screening that was played on a phone, and what must be forgotten of it."""

    def __init__(self, clinic: Clinic, number: str, needles: set[bytes]) -> None:
        self.clinic, self.number, self.needles = clinic, number, needles


async def played(clinic: Clinic) -> Played:
    """Screen somebody to a verdict, of which a coordinator is told, and put an update aside."""
    ines = await clinic.person(1001, "Ines", INVESTIGATOR)
    clara = await clinic.person(1006, "Clara", Role.COORDINATOR)
    await ines.command("/screen")
    await ines.play(CANARIES, until="diagnosis")
    reason = ines.texts.duty.queries[QueryReason.UNCLEAR].removesuffix(".")
    await ines.press(ines.texts.queries.ask, reason)
    await ines.play(CANARIES)
    number = ines.number
    await clara.phone.wait_for(lambda _: number in clara.said)
    raw = b'{"callback_query":{"data":"%s.1f.A3=2026-03-05"}}' % number.replace("-", "").encode()
    (update,) = await clinic.store.inbox.accept([NewUpdate("odd", "1001", raw, AT.isoformat())])
    await clinic.store.inbox.dead_letter(update.id, "ValueError", AT.isoformat())
    return Played(clinic, number, await needles(clinic.store.ledger, number))


async def erase(clinic: Clinic, number: str) -> None:
    """An administrator does it, on a phone."""
    ada: Robot = await clinic.person(1004, "Ada", Role.ADMINISTRATOR)
    words = ada.texts.erasure
    await ada.command(f"/erase {number}")
    await ada.press(words.reasons[ErasureReason.WITHDRAWN_REQUEST])
    await ada.press(words.yes)
    await ada.phone.settled()
    assert ada.said == words.done(number)


async def store_at(path: Path) -> Store:
    """A store in a file."""
    return await open_store(f"sqlite:///{path}", AT.isoformat)


@pytest.mark.parametrize("record_key", [None, RECORD], ids=["keys plain", "keys wrapped"])
async def test_after_an_erasure_nothing_of_it_can_be_read(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    record_key: bytes | None,
    promise: Promise,
) -> None:
    """Database, its log, a later backup, exports and log lines hold no answer and no key."""
    caplog.set_level(logging.DEBUG, "bot")
    path = tmp_path / "data" / "record.db"
    under = await store_at(path)
    store = await sealed_store(under, random.Random(5).randbytes, record_key)
    async with opened(store) as clinic:
        told = await played(clinic)
        keys = await key_bytes(under, store, told.number)
        assert hits(keys, written(path.parent)), "the search cannot find a key that is there"
        await erase(clinic, told.number)
        while_running = written(path.parent)
        assert {"record.db", "record.db-wal", "record.db-shm"} <= set(while_running)
        backup = backed_up(path, tmp_path / "backup.db")
        chat = await in_the_chat(clinic)
        assert (await verify(under.ledger.walk())).sound
    await store.ledger.close()
    places = {
        **while_running,
        **{f"{name} at the end": body for name, body in written(path.parent).items()},
        "backup": backup,
        "logs": caplog.text.encode(),
        "chat": chat,
    }
    shown = await asyncio.to_thread(exported, tmp_path, path, told.number, record_key, monkeypatch)
    assert shown.count(told.number.encode()) >= 8
    assert told.number.encode() in chat
    places["exports"] = shown
    assert hits(told.needles | keys, places) == []
    figure = f"{len(told.needles | keys)} canaries in {len(places)} places: 0 readable; chain sound"
    promise(32, figure, control="plain payloads: every canary found", seed=5)


async def in_the_chat(clinic: Clinic) -> bytes:
    """What a coordinator is shown afterwards: the log, the flow and the queries."""
    cora = await clinic.person(1011, "Cora", Role.COORDINATOR)
    await cora.command("/log")
    await cora.press(cora.texts.log.filters[Filter.ALL])
    for command in ("/queries", "/funnel", "/chart"):
        sent = await cora.phone.send(command)
        await cora.phone.wait_for(lambda phone, sent=sent: phone.messages[-1].id > sent.id, 60)  # type: ignore[misc]
    for name in cora.texts.pictures.kinds.values():
        last = cora.phone.last_message.id
        await cora.phone.tap(name)
        await cora.phone.wait_for(lambda phone, last=last: phone.last_message.id > last, 60)  # type: ignore[misc]
    return repr(cora.phone.messages).encode()


async def key_bytes(under: Store, store: Store, number: str) -> set[bytes]:
    """The key of a screening as it is kept, and as it is."""
    found = [await one.keys.get(stream_of(number)) for one in (under, store)]
    return {key.value for key in found if key is not None and key.value is not None}


async def test_a_backup_made_later_opens_and_says_that_it_is_erased(tmp_path: Path) -> None:
    """The copy is a whole record, whose chain holds, in which that screening says nothing."""
    path = tmp_path / "data" / "record.db"
    store = await sealed_store(await store_at(path), random.Random(5).randbytes)
    async with opened(store) as clinic:
        told = await played(clinic)
        await erase(clinic, told.number)
        backed_up(path, tmp_path / "backup.db")
    await store.ledger.close()
    (tmp_path / "backup.db").chmod(0o600)
    copy = await sealed_store(await store_at(tmp_path / "backup.db"), random.Random(6).randbytes)
    entries = await copy.ledger.read(stream_of(told.number))
    assert entries
    assert all(entry.erased and entry.payload == b"" for entry in entries)
    assert (await verify(copy.ledger.walk())).sound
    await copy.ledger.close()


async def test_control_plain_payloads_are_found(tmp_path: Path) -> None:
    """Without encryption the same search finds every answer in the file."""
    path = tmp_path / "data" / "record.db"
    store = await store_at(path)
    async with opened(store) as clinic:
        told = await played(clinic)
    await store.ledger.close()
    found = {one for _, one in hits(told.needles, written(path.parent))}
    assert found == told.needles


async def test_control_without_an_erasure_the_rest_is_found(tmp_path: Path) -> None:
    """Encryption alone leaves the key, the notice with its deadline, and the dead letter."""
    path = tmp_path / "data" / "record.db"
    under = await store_at(path)
    store = await sealed_store(under, random.Random(5).randbytes)
    async with opened(store) as clinic:
        told = await played(clinic)
        keys = await key_bytes(under, store, told.number)
    await store.ledger.close()
    found = {one for _, one in hits(told.needles | keys, written(path.parent))}
    deadlines = {one for one in told.needles if len(one) == len("2026-03-05")} - set(DAYS)
    assert deadlines
    assert found == {DAYS[0], *deadlines, *keys}


async def test_many_keys_leave_nothing_behind_when_they_are_destroyed(tmp_path: Path) -> None:
    """Among hundreds that are made and destroyed in no order, no copy of a destroyed one stays."""
    path = tmp_path / "data" / "record.db"
    store = await store_at(path)
    drawn = random.Random(11)
    values: dict[str, bytes] = {}
    gone: set[bytes] = set()
    for step in range(600):
        stream = f"screening/{drawn.getrandbits(40):010X}"
        values[stream] = drawn.randbytes(41)
        await store.keys.put(stream, values[stream], AT.isoformat())
        if step % 3 == 2:
            victim = drawn.choice(sorted(values))
            await store.keys.destroy(victim, victim.removeprefix("screening/"))
            gone.add(values.pop(victim))
    assert await store.keys.sweep()
    places = written(path.parent)
    assert hits(gone, places) == []
    assert len(hits(set(values.values()), places)) == len(values), "each standing key stands once"
    await store.ledger.close()


async def test_what_a_crash_left_in_the_log_is_swept_at_the_next_start(tmp_path: Path) -> None:
    """A key that was destroyed just before the process ended is in the log no more."""
    path = tmp_path / "data" / "record.db"
    store = await store_at(path)
    await store.keys.put("screening/1", b"canary of a key" * 2, AT.isoformat())
    await store.keys.destroy("screening/1", "1")
    key = {b"canary of a key"}
    assert {name for name, _ in hits(key, written(path.parent))} == {"record.db-wal"}
    archive = await Archive.over(store)
    assert await archive.erasing.retire(0) == ()
    assert hits(key, written(path.parent)) == []
    await store.ledger.close()


async def test_a_reader_in_the_way_is_noticed(tmp_path: Path) -> None:
    """While somebody still reads an earlier state the log cannot be emptied, and it is said."""
    path = tmp_path / "data" / "record.db"
    store = await store_at(path)
    await store.keys.put("screening/1", b"canary of a key" * 2, AT.isoformat())
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM keys").fetchall()
        await store.keys.destroy("screening/1", "1")
        begun = perf_counter()
        assert not await store.keys.sweep()
        assert perf_counter() - begun < 2, "nobody could write meanwhile"
        reader.execute("COMMIT")
    assert await store.keys.sweep()
    assert hits({b"canary of a key"}, written(path.parent)) == []
    await store.ledger.close()

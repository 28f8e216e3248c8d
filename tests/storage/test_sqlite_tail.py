"""What this process wrote last is known without asking the file, and never wrongly."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage.cards import DrawnCard
from storage.errors import VersionConflict
from storage.ledger import Append, Entry, NewEntry
from storage.sqlite import SqliteFile, SqliteLedger
from storage.sqlite.cards import SqliteCards
from storage.sqlite.statements import LEDGER
from storage.sqlite.tail import ENTRIES

AT = "2026-03-10T08:00:00+00:00"


def batch(stream: str, expected: int, count: int = 1) -> Append:
    """So many entries for a stream."""
    return Append(
        stream, expected, tuple(NewEntry("answer-given", 1, b"{}") for _ in range(count)), AT
    )


async def walked(ledger: SqliteLedger, after: int = 0) -> tuple[Entry, ...]:
    """Every entry past a position."""
    return tuple([entry async for entry in ledger.since(after)])


async def test_the_tail_says_what_the_file_says(tmp_path: Path) -> None:
    """From every position and for every stream: the same as from a file that was opened anew."""
    path = tmp_path / "ledger.db"
    ledger = await SqliteLedger.open(path, lambda: AT)
    for place in range(ENTRIES + 40):
        stream = f"s{place % 7}"
        stands = len(await ledger.read(stream))
        await ledger.append(batch(stream, stands))
    reader = await SqliteLedger.open(path, lambda: AT, writing=False)
    assert await ledger.head() == await reader.head()
    for after in (0, 1, 39, 40, 41, ENTRIES, ENTRIES + 39, ENTRIES + 40, ENTRIES + 41):
        assert await walked(ledger, after) == await walked(reader, after)
    for stream in [f"s{place}" for place in range(8)]:
        for after in (0, 1, 41, 42, 43):
            assert await ledger.read(stream, after) == await reader.read(stream, after)
    await reader.close()
    await ledger.close()


async def test_an_append_whose_caller_went_away_is_known_all_the_same(tmp_path: Path) -> None:
    """A cancelled caller cannot know; the next one sees what was stored, and no stale end."""
    file = await SqliteFile.open(tmp_path / "ledger.db", lambda: AT)
    ledger = SqliteLedger(file)
    await ledger.append(batch("a", 0))
    for _ in range(20):
        stands = len(await ledger.read("a"))
        gone = asyncio.create_task(ledger.append(batch("a", stands)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await file.write(lambda db: db.execute("SELECT 1").fetchone())  # after the one before
        entries = await ledger.read("a")
        assert await ledger.read("a", len(entries)) == ()
        assert (await ledger.head()).position == len(entries) == len(await walked(ledger))
    await ledger.close()


async def test_what_was_refused_is_not_known(tmp_path: Path) -> None:
    """A conflict leaves the end where it was."""
    ledger = await SqliteLedger.open(tmp_path / "ledger.db", lambda: AT)
    await ledger.append(batch("a", 0))
    head = await ledger.head()
    with pytest.raises(VersionConflict):
        await ledger.append(batch("b", 0), batch("a", 0))
    assert await ledger.head() == head
    assert await ledger.read("b") == ()
    await ledger.close()


async def test_nothing_new_is_no_trip_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The questions of every tap are answered although the file cannot be read."""
    ledger = await SqliteLedger.open(tmp_path / "ledger.db", lambda: AT)
    await ledger.append(batch("a", 0, 3))

    def no_reading(_: object, **__: object) -> object:
        raise AssertionError("the file was read")

    monkeypatch.setattr(LEDGER, "read_stream", no_reading)
    monkeypatch.setattr(LEDGER, "read_page", no_reading)
    monkeypatch.setattr(LEDGER, "head", no_reading)
    assert await ledger.read("a", 3) == ()
    assert len(await walked(ledger, 1)) == 2
    assert (await ledger.head()).position == 3
    await ledger.close()


async def test_a_card_that_moved_while_it_was_looked_for_is_found_in_its_new_place(
    tmp_path: Path,
) -> None:
    """A reading that was under way does not cover what was put meanwhile."""
    file = await SqliteFile.open(tmp_path / "ledger.db", lambda: AT)
    cards = SqliteCards(file)
    for version in range(1, 30):
        looking = [asyncio.create_task(cards.drawn("a")) for _ in range(3)]
        await cards.put_card("a", 7, 100 + version, version)
        await asyncio.gather(*looking)
        assert await cards.drawn("a") == (DrawnCard(7, 100 + version, version),)
        assert await cards.card("a", 7) == 100 + version
    await file.close()


async def test_a_stream_that_was_read_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty or not: where it ends is known, although this process wrote nothing."""
    path = tmp_path / "ledger.db"
    before = await SqliteLedger.open(path, lambda: AT)
    await before.append(batch("a", 0, 3))
    await before.close()
    ledger = await SqliteLedger.open(path, lambda: AT)
    assert await ledger.read("a", 9) == ()  # beyond the end: that says nothing about the end
    assert len(await ledger.read("a", 1)) == 2
    assert await ledger.read("b") == ()
    monkeypatch.setattr(LEDGER, "read_stream", lambda *_, **__: 1 / 0)
    assert await ledger.read("a", 3) == ()
    assert await ledger.read("b") == ()
    with pytest.raises(ZeroDivisionError):
        await ledger.read("a", 9)
    await ledger.close()


async def test_a_stream_that_grows_while_it_is_read_is_known_as_it_is(tmp_path: Path) -> None:
    """A reading that was under way does not hide what was appended meanwhile."""
    ledger = await SqliteLedger.open(tmp_path / "ledger.db", lambda: AT)
    for place in range(40):
        stream = f"s{place}"
        reading = [asyncio.create_task(ledger.read(stream)) for _ in range(3)]
        for _ in range(place % 4):
            await asyncio.sleep(0)
        await ledger.append(batch(stream, 0))
        await asyncio.gather(*reading)
        assert len(await ledger.read(stream)) == 1
    await ledger.close()

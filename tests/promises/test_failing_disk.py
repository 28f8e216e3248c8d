"""Row 13: the disk fails at the n-th call, for every n, under the whole bot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.telegram.codec import frame
from bot.texts import ALL
from flows.events import Role
from storage.chain import verify
from storage.errors import StorageError
from storage.sqlite import SqliteFile
from tests.promises.disk import Disk
from tests.promises.report import Promise
from tests.promises.wire import Ward, a_ward

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
INES = 1001
NOT_SAVED = ALL["en"].remarks.not_saved_yet
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A disk that fails when told to."""
    made = Disk("failing")
    yield made
    made.close()


@dataclass
class Thumb:
    """An investigator who changes the age again and again, each tap for the version it finds."""

    ward: Ward
    number: str = ""
    version: int = 0
    said: int = 19

    async def begin(self) -> None:
        """Open a screening and give the first answer."""
        await self.ward.person(INES, "Ines", Role.INVESTIGATOR)
        await self.ward.hear(self.ward.text(INES, "/screen"), self.ward.text(INES, "19"))
        (stream,) = await self.ward.screenings()
        self.number = stream.removeprefix("screening/")
        self.version = (await self.ward.screenings())[stream]

    async def tap(self) -> int:
        """One tap, offered again like Telegram does until it is taken; how often it was refused."""
        self.said += 1
        version = DIGITS[self.version // 36 % 36] + DIGITS[self.version % 36]
        if self.version >= 36**2:
            version = DIGITS[self.version // 36**2] + version
        data = f"{self.number.replace('-', '')}.{version}.A0#{20 + self.said % 50}!2"
        assert frame(data) is not None
        update, refused = self.ward.tap(INES, data), 0
        while True:
            try:
                await self.ward.bot.hearing.intake.take([update])
            except StorageError:
                refused += 1
                await asyncio.sleep(0.001)
            else:
                self.version += 1
                return refused

    async def dealt_with(self) -> None:
        """Wait until the tap is in the record, and compare."""
        async with asyncio.timeout(30):
            while (await self.ward.house.store.inbox.counts()).undone:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        kept = await self.ward.screenings()
        assert kept == {f"screening/{self.number}": self.version}


@dataclass
class Told:
    """What was seen over all n."""

    calls: int = 0
    failed: int = 0
    refused: int = 0
    not_saved: int = 0


async def noticed(ward: Ward, disk: Disk, tapping: asyncio.Task[int]) -> None:
    """Until it has failed three times, or somebody was told, or the tap has passed."""
    while disk.failed < 3 and not any(call.text == NOT_SAVED for call in ward.wire.said):
        if tapping.done() and not (await ward.house.store.inbox.counts()).undone:
            return
        await asyncio.sleep(0.001)


async def failing(ward: Ward, disk: Disk, *, lasting: bool) -> Told:
    """Fail the n-th call, n = 1, 2, 3 …, until a tap passes without a failure."""
    thumb, told = Thumb(ward), Told()
    await thumb.begin()
    for n in range(1, 100):
        ward.wire.said.clear()
        disk.left, disk.lasting, disk.failed = n, lasting, 0
        tapping = asyncio.create_task(thumb.tap())
        if lasting:
            await noticed(ward, disk, tapping)
            disk.left = None
        told.refused += await tapping
        await thumb.dealt_with()
        disk.left = None
        told.calls, told.failed = n, told.failed + disk.failed
        told.not_saved += any(call.text == NOT_SAVED for call in ward.wire.said)
        if not disk.failed:
            return told
    raise AssertionError("the failures never came to an end")


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
async def test_a_failure_at_any_call_loses_nothing(
    disk: Disk,
    fast: Path,
    promise: Promise,
    monkeypatch: pytest.MonkeyPatch,
    lasting: bool,
) -> None:
    """Refused or told "not saved", then recorded once, by itself; the chain holds."""
    opening = SqliteFile.open.__func__.__kwdefaults__  # type: ignore[attr-defined]
    monkeypatch.setitem(opening, "connector", disk.connect)
    async with a_ward(fast, monkeypatch) as ward:
        told = await failing(ward, disk, lasting=lasting)
        assert (await verify(ward.house.store.ledger.walk())).sound
    assert told.calls > 5
    assert told.refused > 0
    assert told.not_saved > 0
    promise(
        13,
        f"each of {told.calls - 1} writes and syncs of a tap fails in turn"
        f"{' and goes on failing' if lasting else ''}: 0 lost, 0 doubled, "
        f"{told.refused} times not accepted, {told.not_saved} times told “not saved”, "
        "recovers by itself",
    )

"""Row 9: an outage that is shorter than what Telegram keeps loses no tap."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox import Sandbox, VirtualTime
from bot.telegram.heard import Heard
from bot.telegram.intake import Intake
from bot.telegram.line import Line
from bot.telegram.meters import Meters
from bot.telegram.poller import Poller
from bot.telegram.request import WireRequest
from storage.opening import Store, open_store
from tests.bot.telegram.intake.parts import AT, Recorder, no_jitter, settled, tap, until
from tests.promises.report import Promise, times

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED, KEPT = 9, 150.0
"""Telegram keeps a tap for 150 s (tdlib/telegram-bot-api, `Client.cpp`)."""


@dataclass(frozen=True, slots=True)
class Hands:
    """A clock for the bot that follows virtual time."""

    time: VirtualTime

    def now(self) -> datetime:
        """The virtual moment."""
        return datetime.fromtimestamp(self.time.now(), UTC)


@dataclass
class Outage:
    """A poller on a loopback Telegram, on virtual time; `gaps` are the silences it told of."""

    sandbox: Sandbox
    time: VirtualTime
    store: Store
    gaps: int = 0

    async def told(self, since: datetime, until: datetime) -> None:
        """A silence was noticed."""
        self.gaps += 1

    @asynccontextmanager
    async def hearing(self) -> AsyncIterator[None]:
        """Poll until the block ends."""
        clock, meters = Hands(self.time), Meters()
        async with WireRequest() as request:
            line = Line(request, f"{self.sandbox.base_url}{self.sandbox.token}")
            intake = Intake(self.store, Recorder(self.store), clock, meters)
            heard = Heard(self.store.inbox, clock, self.told)
            poller = Poller(line, intake, heard, clock, no_jitter, meters, self.time.sleep)
            task = asyncio.create_task(poller.run())
            yield
            task.cancel()
            await asyncio.wait([task])
            await intake.drain(1)

    async def last(self, seconds: float, taps: int) -> None:
        """Be out of reach for so long, while people tap all the time, then come back."""
        draw = random.Random(SEED)
        await until(lambda: self.sandbox.intake.is_polling)
        self.sandbox.go_down()
        for place in range(100):
            for number in range(place * taps // 100, (place + 1) * taps // 100):
                body = tap(number, 1000 + draw.randrange(200))["callback_query"]
                self.sandbox.queue.push("callback_query", body, "user", KEPT)  # type: ignore[arg-type]
            await self.time.advance(seconds / 100)
        self.sandbox.come_up()
        while self.sandbox.queue.waiting():
            # The poller's pauses pass on virtual time, its calls on the wall's: let time trickle.
            await self.time.advance(0.02)
            await asyncio.sleep(0.004)
        assert (await settled(self.store, 300)).dead == 0


async def lost(folder: Path, seconds: float, taps: int) -> tuple[int, int]:
    """How many taps of an outage are not recorded, and how many are recorded twice."""
    time = VirtualTime()
    store = await open_store(f"sqlite:///{folder}/{seconds}/screening.db", lambda: AT)
    async with Sandbox(clock=time.now, sleep=time.sleep) as sandbox:
        outage = Outage(sandbox, time, store)
        async with outage.hearing():
            await outage.last(seconds, taps)
    keys = [entry.payload async for entry in store.ledger.walk()]
    await store.close()
    return taps - len(set(keys)), len(keys) - len(set(keys))


async def test_a_short_outage_loses_no_tap(fast: Path, promise: Promise) -> None:
    """30, 60 and 100 s of silence: everything that was tapped meanwhile is recorded once."""
    taps = times(10_000)
    for seconds in (30, 60, 100):
        assert await lost(fast, seconds, taps) == (0, 0), seconds
    gone, _ = await lost(fast, 200, times(2000))
    assert gone > 0
    promise(
        9,
        f"down 30, 60, 100 s with {taps:,} taps each: 0 lost, 0 doubled",
        control=f"down 200 s, past what Telegram keeps: {gone:,} of {times(2000):,} lost",
        seed=SEED,
    )

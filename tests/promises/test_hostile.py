"""Row 24: updates and bodies of every shape crash nothing, show nothing, and fill no memory."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.telegram.endpoint import SECRET_HEADER, WEBHOOK
from flows.events import Role
from tests.bot.cases import MAN
from tests.promises.mutating import Mutator
from tests.promises.report import Promise, times
from tests.promises.wire import SECRET, Ward, a_ward

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED, BATCH = 24, 200


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """A line for each update that is put aside would be kept, and counted as the bot's memory."""
    caplog.set_level(logging.CRITICAL)


INES, MARC, LEA, STRANGER = 1001, 1002, 2001, 3001
CARD = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
MEMORY = 50 * 2**20
"""Bytes by which the process may grow."""


def resident() -> int:
    """The memory that this process holds, in bytes, after tidying up."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


@dataclass
class Hospital:
    """A ward with work going on, and updates to change."""

    ward: Ward
    draw: random.Random = field(default_factory=lambda: random.Random(SEED))

    async def begin(self) -> None:
        """Two investigators of HM, one of LY, each with a screening in the middle."""
        for telegram_id, name, site in ((INES, "Ines", "HM"), (MARC, "Marc", "HM")):
            await self.ward.person(telegram_id, name, Role.INVESTIGATOR, site)
        await self.ward.person(LEA, "Lea", Role.INVESTIGATOR, "LY")
        for person in (INES, MARC, LEA):
            await self.ward.hear(self.ward.text(person, "/screen"))
            for value in list(MAN.values())[:6]:
                await self.ward.hear(self.ward.text(person, str(value)))
        self.buttons = {person: self.ward.wire.buttons(person) for person in (INES, MARC, LEA)}

    def update(self) -> dict[str, Any]:
        """A real update of somebody, or of a stranger."""
        person = self.draw.choice((INES, MARC, LEA, STRANGER))
        known = self.buttons.get(person) or self.buttons[INES]
        return self.draw.choice(
            (
                self.ward.tap(person, self.draw.choice(known)),
                self.ward.text(person, self.draw.choice(("45", "/open", "/help", "/start x", "x"))),
                self._member(person),
            )
        )

    def _member(self, person: int) -> dict[str, Any]:
        update = self.ward.text(person, "x")
        body = update.pop("message")
        bot = {"user": {"id": 1, "is_bot": True, "first_name": "B"}, "status": "member"}
        change = {"chat": body["chat"], "from": body["from"], "date": 1}
        update["my_chat_member"] = {**change, "old_chat_member": bot, "new_chat_member": bot}
        return update

    async def unauthorised(self) -> list[str]:
        """What was said about a screening to somebody who may not see it."""
        house = self.ward.house
        sites = {
            stream.removeprefix("screening/"): (
                await house.desk.look(stream.removeprefix("screening/"))
            ).opened.site
            for stream in await self.ward.screenings()
        }
        allowed = {INES: "HM", MARC: "HM", LEA: "LY"}
        return [
            f"{call.method} to {call.chat}: {number}"
            for call in self.ward.wire.said
            for number in CARD.findall(call.text)
            if sites.get(number) not in (None, allowed.get(call.chat))
        ]


async def test_a_hundred_thousand_mutated_updates(
    fast: Path, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the real intake and front: the bot answers as before, and told nobody a thing."""
    number, mutator = times(100_000), Mutator(SEED)
    async with a_ward(fast, monkeypatch) as ward:
        hospital = Hospital(ward)
        await hospital.begin()
        began = 0
        for place in range(0, number, BATCH):
            if place >= number // 10 and not began:
                began = resident()
            await ward.hear(*(mutator.mutated(hospital.update()) for _ in range(BATCH)))
            if place % 10_000 == 0:
                assert await hospital.unauthorised() == []
                ward.wire.said.clear()
        grown = resident() - began
        assert await hospital.unauthorised() == []
        counts = await ward.house.store.inbox.counts()
        ward.wire.said.clear()
        await ward.hear(ward.text(INES, "/help"))
        assert [call.chat for call in ward.wire.said] == [INES]
    assert grown < MEMORY
    promise(
        24,
        f"{number:,} mutated updates ({counts.dead:,} put aside): 0 crashes, 0 unauthorised "
        f"reads, memory {grown / 2**20:+.1f} MB",
        seed=SEED,
    )


def body(draw: random.Random, mutator: Mutator, hospital: Hospital) -> bytes:
    """What somebody who knows the secret may post."""
    chance = draw.random()
    if chance < 0.02:
        return b"x" * (2 * 2**20)
    if chance < 0.04:
        return draw.randbytes(draw.randrange(1, 5000))
    update = mutator.mutated(hospital.update())
    if isinstance(update, bytes):
        return update
    return json.dumps(update).encode(errors="surrogatepass")


async def test_ten_thousand_bodies_to_the_endpoint(
    fast: Path, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the secret and without: 200, 403 or 413, never a 5xx; bodies of 2 MB are not kept."""
    number, draw, mutator = times(10_000), random.Random(SEED), Mutator(SEED)
    async with a_ward(fast, monkeypatch, webhook=True) as ward:
        hospital = Hospital(ward)
        await hospital.begin()
        address = f"http://127.0.0.1:{ward.bot.hearing.port}{WEBHOOK}"
        statuses: list[int] = []
        gate, began = asyncio.Semaphore(16), resident()

        async def post(session: aiohttp.ClientSession, data: bytes, secret: str) -> None:
            async with gate:
                try:
                    async with session.post(
                        address, data=io.BytesIO(data), headers={SECRET_HEADER: secret}
                    ) as answer:
                        statuses.append(answer.status)
                except aiohttp.ClientError:
                    statuses.append(0)  # refused in the middle of the body, and closed

        async with aiohttp.ClientSession() as session:
            for _ in range(0, number, BATCH):
                await asyncio.gather(
                    *(
                        post(
                            session,
                            body(draw, mutator, hospital),
                            SECRET if draw.random() < 0.9 else "x" * 32,
                        )
                        for _ in range(BATCH)
                    )
                )
        await ward.hear()
        grown = resident() - began
        assert await hospital.unauthorised() == []
    assert set(statuses) <= {200, 403, 413, 0}
    assert statuses.count(200) > number // 2
    assert grown < MEMORY
    promise(
        24,
        f"{len(statuses):,} bodies to the endpoint, {statuses.count(413) + statuses.count(0)} of "
        f"them too large or cut off, {statuses.count(403)} without the secret: 0 answers of 5xx, "
        f"memory {grown / 2**20:+.1f} MB",
        seed=SEED,
    )

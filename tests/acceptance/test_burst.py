"""Bursts of taps on the whole bot, and SIGKILL in the middle: acknowledged means recorded once.

The control, stock polling that loses taps, stands in `test_intake_crash`.
"""

from __future__ import annotations

import asyncio
import random
from itertools import count
from pathlib import Path

import pytest

from bot.clock import random_bytes
from bot.sandbox import Sandbox
from bot.telegram.codec import frame
from flows.events import AnswerCorrected
from storage.mapper import to_event
from storage.opening import open_store, sealed_store
from tests.acceptance.bot_process import CANARY, a_bot, copy_of, free_port, set_webhook, today
from tests.acceptance.process import DATABASE, run
from tests.bot.telegram_front.robot import Robot
from tests.promises.report import Promise

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

ROUNDS, BURST = 8, 40
SEED = 20260310
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Changer:
    """Somebody who changes one answer again and again, each tap for the version it will find.

    A tap that was lost would leave every later one out of date, and a tap that was taken twice
    would take the place of the next: both show in the ledger.
    """

    def __init__(self, robot: Robot) -> None:
        self.robot, self.said = robot, [45]
        found = frame(robot.data(robot.texts.cards.pause)[1])
        assert found is not None
        self.number, self._versions = found.number, count(found.version)

    async def tap(self) -> None:
        """Change the age to another one, as a slip of the finger."""
        age = 20 + len(self.said) % 50
        self.said.append(age)
        version = next(self._versions)
        place = _DIGITS[version // 36] + _DIGITS[version % 36]
        number = self.number.replace("-", "")
        await self.robot.phone.tap_data(self.robot.card.id, f"{number}.{place}.A0#{age}!2")

    async def settled(self) -> None:
        """Wait until the card shows the version after the last tap."""
        await self.robot.phone.wait_for(lambda _: self.shown() == 1 + len(self.said), 20)

    def shown(self) -> int:
        """The version that the card shows."""
        found = frame(self.robot.data(self.robot.texts.cards.pause)[1])
        return found.version if found else 0


async def soon(seconds: float) -> None:
    """The sandbox's patience between two deliveries to a webhook, shortened."""
    await asyncio.sleep(min(seconds, 0.2))


@pytest.mark.parametrize("by", ["polling", "webhook"])
async def test_every_acknowledged_tap_is_in_the_ledger_once(
    staffed: Path, tmp_path: Path, by: str, promise: Promise
) -> None:
    """Eight bursts of forty taps, each killed within half a second; none lost, none doubled."""
    folder, draw = copy_of(staffed, tmp_path / "kept"), random.Random(SEED)
    port = free_port() if by == "webhook" else 0
    async with Sandbox(token=CANARY, sleep=soon if port else asyncio.sleep) as sandbox:
        people: list[Changer] = []
        for round_ in range(ROUNDS + 1):
            async with a_bot(sandbox, folder, port) as bot:
                if not round_:
                    if port:
                        await set_webhook(sandbox, folder, port)
                    people = [await begun(sandbox, 1001), await begun(sandbox, 1002)]
                    await bot.stop()
                    continue
                for place in range(BURST):
                    await people[place % len(people)].tap()
                # From the middle of the first commit to past the last one.
                await asyncio.sleep(draw.uniform(0.0, 0.45))
                await bot.kill()
        async with a_bot(sandbox, folder, port):
            async with asyncio.timeout(20):
                while sandbox.queue.waiting():  # noqa: ASYNC110 - seen from outside
                    await asyncio.sleep(0.01)
            for person in people:
                await person.settled()
        assert sandbox.queue.expired == 0
    await compare(folder, people)
    taps = sum(len(person.said) - 1 for person in people)
    assert taps == ROUNDS * BURST
    print(f"{by}, seed {SEED}: {taps} taps, {ROUNDS} kills, 0 lost, 0 doubled")  # noqa: T201
    promise(4, f"by {by}: {taps} taps, {ROUNDS} kills: 0 lost, 0 doubled", seed=SEED)


async def begun(sandbox: Sandbox, telegram_id: int) -> Changer:
    """A screening with one answer, and somebody about to change it."""
    robot = Robot(sandbox.phone(telegram_id, f"N{telegram_id}"), "en", today())
    await robot.command("/screen")
    await robot.play({"age_years": 45})
    return Changer(robot)


async def compare(folder: Path, people: list[Changer]) -> None:
    """The ledger holds what was tapped, in order and once; nothing waits; the chain holds."""
    under = await open_store(f"sqlite:///{folder / DATABASE}", lambda: "", writing=False)
    store = await sealed_store(under, random_bytes, writing=False)
    try:
        counts = await store.inbox.counts()
        assert (counts.undone, counts.dead) == (0, 0)
        for person in people:
            entries = await store.ledger.read(f"screening/{person.number}")
            events = [to_event(entry).event for entry in entries]
            kept = [one.value for one in events if isinstance(one, AnswerCorrected)]
            assert kept == person.said[1:]
    finally:
        await store.close()
    verified = run(folder, "verify")
    assert verified.code == 0, verified.err

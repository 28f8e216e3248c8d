"""The bot that is forked and killed: from the intake to the courier, over a real file.

`tests.promises.killing` forks it; each function here is one life of it, and tells through a pipe
what it has heard, shown and sent.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterable
from contextlib import nullcontext

from bot.clock import RandomNumbers, SystemClock
from bot.courier import Courier, Delivered, Road
from bot.desk import Along, Desk
from bot.notice_trail import NoticeTrail
from bot.shelf import Shelf
from bot.telegram.intake import Intake
from flows.commands import GiveAnswer, HandOver
from flows.events import AnswerCorrected, Event, Mode, Reason, ScreeningHandedOver
from storage.chain import verify
from storage.inbox import Update
from storage.mapper import to_event
from storage.opening import Store, open_store
from storage.outbox import Notice
from storage.points import Point, watching
from tests.bot.cases import DOCTOR

PEOPLE = 3
"""People with a screening of their own."""

Batches = list[list[dict[str, object]]]


class Life:
    """One bot between its start and its death; `say` reaches the process that watches."""

    def __init__(self, store: Store, pipe: int, *, eager: bool = False) -> None:
        self.store, self.pipe, self.eager = store, pipe, eager
        clock = SystemClock()
        trail, road = NoticeTrail(store.ledger), Road(self.send)
        self.courier = Courier(store.outbox, trail, lambda _: road, clock)
        self.desk = Desk(
            *(store.ledger, Shelf(store.ledger), clock, RandomNumbers()),
            owes=self.courier.wake,
        )
        self.intake = Intake(store, self.tapped, clock)

    def say(self, *words: object) -> None:
        """Tell the watching process; a pipe takes a short line whole."""
        os.write(self.pipe, (" ".join(map(str, words)) + "\n").encode())

    async def tapped(self, update: Update) -> bool:
        """Change the age, or hand over, as the tap says, and confirm it."""
        tap = json.loads(update.raw)["callback_query"]
        if self.eager:
            self.say("shown", tap["id"])
        data = tap["data"]
        command = (
            HandOver(data)
            if isinstance(data, str)
            else GiveAnswer("age_years", data, Reason.TYPING_ERROR)
        )
        handled = await self.desk.handle(tap["about"], command, DOCTOR, along=Along(update.id))
        assert handled.events, (tap, handled.remark)
        self.say("shown", tap["id"])
        return True

    async def send(self, notice: Notice) -> Delivered:
        """Telegram takes it."""
        self.say("sent", notice.key, int(notice.perhaps_sent))
        return Delivered(1)

    async def live(self, batches: Iterable[list[dict[str, object]]]) -> None:
        """Begin as after a crash, hear everything, and end when all is done and sent."""
        courier = asyncio.create_task(self.courier.run())
        await self.intake.resume()
        for batch in batches:
            await self.intake.take(batch)
            self.say("acked", *(update["update_id"] for update in batch))
            await asyncio.sleep(0)
        while (await self.store.inbox.counts()).undone:  # noqa: ASYNC110 - a poll is enough
            await asyncio.sleep(0.001)
        while await self._owing():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        courier.cancel()

    async def _owing(self) -> int:
        counts = await self.store.outbox.counts()
        return counts.waiting + counts.sending


async def begin(pipe: int, address: str) -> None:
    """Open a screening for each person."""
    store = await open_store(address, lambda: "")
    life = Life(store, pipe)
    for _ in range(PEOPLE):
        opened = await life.desk.open("lysyme", "HM", Mode.SCREENING, "en", DOCTOR)
        await life.desk.handle(opened.screening.number, GiveAnswer("age_years", 19), DOCTOR)
        life.say("opened", opened.screening.number)
    await store.close()


async def run(pipe: int, address: str, batches: Batches, at: str, nth: int, sort: str) -> None:
    """One life; killed when the point `at` is reached for the n-th time, if there is one."""
    left = nth

    def reached(point: Point) -> None:
        nonlocal left
        left -= point.value == at
        if left == 0 and point.value == at:
            os.kill(os.getpid(), signal.SIGKILL)

    store = await open_store(address, lambda: "")
    life = Life(store, pipe, eager=sort == "eager")
    async for entry in store.ledger.walk():
        event = to_event(entry).event
        if isinstance(event, AnswerCorrected | ScreeningHandedOver):
            life.say("kept", entry.stream.removeprefix("screening/"))
    life.say("walked")
    with watching(reached) if at else nullcontext():
        await life.live(batches)
    await store.close()


async def end(pipe: int, address: str) -> None:
    """Everything that was kept, and whether the chain holds."""
    store = await open_store(address, lambda: "", writing=False)
    life = Life(store, pipe)
    for stream in await store.ledger.streams("screening/"):
        events = [to_event(one).event for one in await store.ledger.read(stream)]
        kept = [said for event in events for said in told(event)]
        life.say("kept", stream.removeprefix("screening/"), *kept)
    life.say("sound", int((await verify(store.ledger.walk())).sound))
    await store.close()


def told(event: Event) -> tuple[int | str, ...]:
    """What a tap said, if the event is one of a tap."""
    if isinstance(event, AnswerCorrected):
        return (event.value,)
    return (event.to,) if isinstance(event, ScreeningHandedOver) else ()

"""Five thousand notices while Telegram answers every second call with a pause, on virtual time.

The courier, PTB's bot, the paced request and the budget are the real ones; only the connection
is a double, and it accepts some messages without an answer coming back.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter

import pytest
from telegram import Bot
from telegram.error import TelegramError, TimedOut
from telegram.request import RequestData

from bot.courier import Courier, Delivered, Road
from bot.notice_trail import NoticeTrail, time_text
from bot.pacing import Budget
from bot.telegram.delivery import not_now
from bot.telegram.paced import PacedRequest
from bot.telegram.request import Data
from storage.opening import Store, memory_store
from storage.outbox import NewNotice, Notice
from tests.bot.courier.virtual import BEGAN, LoopClock, run
from tests.promises.report import Promise

pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")

NOTICES, PEOPLE, SEED = 5_000, 50, 20260310
LONGEST_PAUSE = 60
LOST_ANSWERS = 0.1
LABEL = "Perhaps a repeat"
DAYS = 14 * 24 * 3600.0


class Storm(PacedRequest):
    """The connection to a Telegram that is overrun."""

    __slots__ = ("_random", "accepted", "calls", "lost", "pauses", "until", "violations")

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self._random = random.Random(SEED)
        self.until = 0.0
        self.calls = self.pauses = self.violations = self.lost = 0
        self.accepted: list[tuple[str, bool]] = []

    async def initialize(self) -> None:
        """There is nothing to connect to."""

    async def _send(self, url: str, method: str, data: Data, limits: object) -> tuple[int, bytes]:
        assert isinstance(data, RequestData)
        now = asyncio.get_running_loop().time()
        self.calls += 1
        if now < self.until:
            self.violations += 1
            return 429, _flood(round(self.until - now + 0.5))
        if self._random.random() < 0.5:
            self.pauses += 1
            pause = self._random.randint(1, LONGEST_PAUSE)
            self.until = now + pause
            return 429, _flood(pause)
        text = str(data.parameters["text"])
        self.accepted.append((text.removeprefix(LABEL).strip(), text.startswith(LABEL)))
        if self._random.random() < LOST_ANSWERS:
            self.lost += 1
            raise TimedOut
        return 200, _message(len(self.accepted), int(str(data.parameters["chat_id"])), text)


def _flood(seconds: int) -> bytes:
    told = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
    }
    return json.dumps({**told, "parameters": {"retry_after": seconds}}).encode()


def _message(number: int, chat: int, text: str) -> bytes:
    place = {"id": chat, "type": "private"}
    return json.dumps(
        {"ok": True, "result": {"message_id": number, "date": 0, "chat": place, "text": text}}
    ).encode()


class Deaf(Budget):
    """The control: each caller knows of its own pause and of nobody else's."""

    def pause(self, seconds: float) -> None:
        """Tell nobody."""


async def _weather(budget: Budget, notices: int) -> tuple[Storm, Store]:
    store, storm = memory_store(), Storm(budget)
    bot = Bot("1:storm", request=storm)
    due = time_text(BEGAN)
    await store.ledger.append(
        notices=[
            NewNotice(f"n{place:04d}", f"P-{place % PEOPLE}", "verdict", b"{}", due)
            for place in range(notices)
        ]
    )

    async def ready(notice: Notice) -> None:
        await budget.ready(_chat(notice))

    async def deliver(notice: Notice) -> Delivered:
        text = f"{LABEL} {notice.key}" if notice.perhaps_sent else notice.key
        try:
            return Delivered((await bot.send_message(_chat(notice), text)).message_id)
        except TelegramError as error:
            raise not_now(error) from None

    road = Road(deliver, ready)
    courier = Courier(store.outbox, NoticeTrail(store.ledger), lambda _: road, LoopClock())
    working = asyncio.create_task(courier.run())
    loop = asyncio.get_running_loop()
    while (await store.outbox.counts()).sent < notices and loop.time() < DAYS:  # noqa: ASYNC110
        await asyncio.sleep(300)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return storm, store


def _chat(notice: Notice) -> int:
    return 1_000 + int(notice.recipient.removeprefix("P-"))


def test_five_thousand_notices_under_a_storm(promise: Promise) -> None:
    """0 lost, none sent inside a pause, every repeat labelled and nothing else."""

    async def story() -> tuple[Storm, Store]:
        return await _weather(Budget(), NOTICES)

    storm, store = run(story())
    times: Counter[str] = Counter(key for key, _ in storm.accepted)
    assert len(times) == NOTICES
    assert storm.violations == 0
    seen: set[str] = set()
    for key, labelled in storm.accepted:
        assert labelled == (key in seen), key
        seen.add(key)
    assert storm.pauses > NOTICES / 3
    assert sum(times.values()) - NOTICES == storm.lost > NOTICES / 20

    async def settled() -> int:
        return (await store.outbox.counts()).sent

    assert run(settled()) == NOTICES
    promise(
        11,
        f"{NOTICES:,} notices in {storm.calls:,} calls, {storm.pauses:,} pauses, {storm.lost} "
        "answers lost: 0 missing, 0 inside a pause, every repeat labelled",
    )


def test_without_a_shared_pause_the_storm_is_noticed(promise: Promise) -> None:
    """The control: where each only knows its own pause, calls fall into those of others."""

    async def story() -> tuple[Storm, Store]:
        return await _weather(Deaf(), 200)

    storm, _ = run(story())
    assert storm.violations > 20
    promise(11, control=f"without the shared pause: {storm.violations} calls inside one")

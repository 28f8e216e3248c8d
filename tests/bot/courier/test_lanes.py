"""One lane for each recipient: order within, nobody kept by another, and a stop that is clean."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count

from bot.courier import (
    AGAIN,
    EVERY,
    GRACE,
    Courier,
    Delivered,
    NotNow,
    Ready,
    Road,
    Undeliverable,
)
from bot.notice_trail import NoticeTrail, time_text
from storage.errors import StorageUnavailable
from storage.memory import MemoryOutbox
from storage.opening import Store, memory_store
from storage.outbox import NewNotice, Notice, Outbox
from tests.bot.courier.virtual import BEGAN, LoopClock, run
from tests.bot.telegram_front.clinic import Flaky

BLOCKED, SILENT = "P-1", "P-2"


class Chats:
    """Telegram as seen by the courier: takes a second for each call, and notes who got what."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, float]] = []
        self.labelled: list[str] = []
        self.faults: dict[str, list[Exception]] = {}
        self.blocked: set[str] = set()
        self.hanging: set[str] = set()
        self.in_the_air: dict[str, int] = {}
        self.most = 0

    async def deliver(self, notice: Notice) -> Delivered:
        """Take it after a second, or fail as told."""
        with self._counted(notice.recipient):
            if notice.recipient in self.blocked:
                raise Undeliverable("blocked")
            if faults := self.faults.get(notice.key):
                raise faults.pop(0)
            await asyncio.sleep(3600 if notice.recipient in self.hanging else 1)
            at = asyncio.get_running_loop().time()
            self.got.append((notice.recipient, notice.key, at))
            if notice.perhaps_sent:
                self.labelled.append(notice.key)
        return Delivered(7)

    @contextmanager
    def _counted(self, recipient: str) -> Iterator[None]:
        self.in_the_air[recipient] = self.in_the_air.get(recipient, 0) + 1
        assert self.in_the_air[recipient] == 1, "two at once in one chat"
        self.most = max(self.most, sum(self.in_the_air.values()))
        try:
            yield
        finally:
            self.in_the_air[recipient] -= 1


class Unmarked(MemoryOutbox):
    """An outbox that can be read and takes no mark."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__()
        self.due, self.counts = outbox.due, outbox.counts  # type: ignore[method-assign]

    async def mark_sending(self, notice: int, at: str) -> int:
        """Refuse, as a full disk does."""
        raise StorageUnavailable("the disk is gone")


class Round:
    """A courier at work on a store, on virtual time."""

    def __init__(
        self, store: Store | None = None, chats: Chats | None = None, ready: Ready | None = None
    ) -> None:
        self.store, self.chats = store or memory_store(), chats or Chats()
        road, trail = Road(self.chats.deliver, ready), NoticeTrail(self.store.ledger)
        self.courier = Courier(self.store.outbox, trail, lambda _: road, LoopClock())
        self._keys = count()

    async def owe(self, *recipients: str) -> list[str]:
        """A notice to each, at once; the keys."""
        keys = [f"n{next(self._keys):04d}" for _ in recipients]
        due = time_text(BEGAN)
        await self.store.ledger.append(
            notices=[
                NewNotice(key, one, "verdict", b"{}", due)
                for key, one in zip(keys, recipients, strict=True)
            ]
        )
        return keys

    async def work(self, seconds: float) -> float:
        """Let the courier run for so long, then stop it; the seconds that the stop took."""
        task = asyncio.create_task(self.courier.run())
        await asyncio.sleep(seconds)
        loop = asyncio.get_running_loop()
        began = loop.time()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return loop.time() - began


def test_different_people_are_told_at_once_and_each_in_order() -> None:
    """Twenty people with three notices each take three seconds, not sixty."""

    async def story() -> None:
        team = [f"P-{number}" for number in range(20)]
        this = Round()
        keys = [await this.owe(*team) for _ in range(3)]
        await this.work(3.5)
        assert len(this.chats.got) == 60
        for place, person in enumerate(team):
            mine = [key for one, key, _ in this.chats.got if one == person]
            assert mine == [batch[place] for batch in keys]
        assert this.chats.most == 20

    run(story())


def test_a_blocked_first_coordinator_keeps_nobody() -> None:
    """They are given up at once, and the second is told in the same second."""

    async def story() -> None:
        this = Round()
        this.chats.blocked.add(BLOCKED)
        await this.owe(BLOCKED, SILENT)
        await this.work(EVERY + 0.5)
        assert [(one, at) for one, _, at in this.chats.got] == [(SILENT, 1.0)]
        counts = await this.store.outbox.counts()
        assert (counts.sent, counts.failed) == (1, 1)
        kinds = [entry.kind async for entry in this.store.ledger.walk()]
        assert sorted(kinds) == ["notice-failed", "notice-sent"]

    run(story())


def test_nothing_overtakes_a_notice_that_waits_for_its_next_attempt() -> None:
    """The first comes again after its pause, and the second behind it; others go on meanwhile."""

    async def story() -> None:
        this = Round()
        first, second, other = await this.owe("P-1", "P-1", "P-2")
        this.chats.faults[first] = [NotNow("no network")]
        await this.work(AGAIN[0] + 5)
        mine = [(key, at) for one, key, at in this.chats.got if one == "P-1"]
        assert [key for key, _ in mine] == [first, second]
        assert mine[0][1] >= AGAIN[0] + 1
        assert (("P-2", other, 1.0)) in this.chats.got

    run(story())


def test_a_notice_that_is_at_fault_itself_lets_others_pass() -> None:
    """What Telegram refuses as such is put off alone."""

    async def story() -> None:
        this = Round()
        bad, good = await this.owe("P-1", "P-1")
        this.chats.faults[bad] = [NotNow("refused", alone=True)]
        await this.work(AGAIN[0] + 5)
        assert [key for _, key, _ in this.chats.got] == [good, bad]
        assert this.chats.labelled == []

    run(story())


def test_what_cannot_be_marked_is_not_sent() -> None:
    """While the outbox takes no mark nobody is called; afterwards nothing is missing."""

    async def story() -> None:
        store = memory_store()
        this = Round(replace(store, outbox=Unmarked(store.outbox)))
        (key,) = await this.owe("P-1")
        await this.work(5)
        assert this.chats.got == []
        this = Round(store, this.chats)
        await this.work(2)
        assert [got for _, got, _ in this.chats.got] == [key]
        assert this.chats.labelled == []

    run(story())


def test_what_was_sent_and_cannot_be_settled_is_not_sent_again() -> None:
    """The disk is gone after the call: it is settled when the disk is back, without a repeat."""

    async def story() -> None:
        store = memory_store()
        flaky = Flaky(store.ledger)
        this = Round(replace(store, ledger=flaky))
        (key,) = await this.owe("P-1")
        flaky.failing = True
        asyncio.get_running_loop().call_later(30, setattr, flaky, "failing", False)
        await this.work(40)
        assert [got for _, got, _ in this.chats.got] == [key]
        assert (await store.outbox.counts()).sent == 1

    run(story())


def test_a_stop_ends_what_is_in_the_air_and_marks_nothing_that_only_waits() -> None:
    """A call that ends soon is settled; what waits for its turn is not marked, nor labelled."""

    async def story() -> None:
        async def turn(notice: Notice) -> None:
            if notice.recipient == SILENT:
                await asyncio.sleep(3600)

        this = Round(ready=turn)
        await this.owe("P-1", SILENT)
        assert await this.work(0.5) < GRACE
        counts = await this.store.outbox.counts()
        assert (counts.sent, counts.waiting, counts.sending) == (1, 1, 0)
        (left,) = await this.store.outbox.due(time_text(BEGAN), 10)
        assert (left.attempts, left.perhaps_sent) == (0, False)

    run(story())


def test_a_stop_does_not_hang_on_a_call_that_does() -> None:
    """It ends within the grace; nobody knows whether it was heard, so the next is labelled."""

    async def story() -> None:
        this = Round()
        this.chats.hanging.add("P-1")
        (key,) = await this.owe("P-1")
        assert await this.work(0.5) <= GRACE
        this.chats.hanging.clear()
        this = Round(this.store, this.chats)
        await this.work(3)
        assert this.chats.labelled == [key]

    run(story())

"""Several processes that hear for one PostgreSQL: each update is handled once, in one order."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from datetime import datetime

import pytest

from bot.telegram.heard import AGAIN, MARK, Heard
from bot.telegram.intake import Intake
from bot.telegram.lanes import Lanes
from bot.telegram.one_poller import OnePoller
from storage.inbox import Update
from storage.opening import Store
from storage.replicas import Alone, Duty
from tests.bot.telegram.intake.parts import AT, HandClock, Recorder, raw, settled, tap, until
from tests.storage.neighbours import die, neighbours

PEOPLE, EACH, SEED = 20, 10, 20261126


def given(place: int) -> object:
    """The tap at this place: everybody taps in turn."""
    return tap(place, person=1000 + place % PEOPLE)


async def kept(store: Store) -> dict[str, list[str]]:
    """What was recorded for each person, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for stream in await store.ledger.streams("lane/"):
        for entry in await store.ledger.read(stream):
            found[stream].append(entry.payload.decode())
    return found


def wanted() -> dict[str, list[str]]:
    """What should be."""
    return {
        f"lane/{1000 + me}": [f"tap:q{me + PEOPLE * turn}" for turn in range(EACH)]
        for me in range(PEOPLE)
    }


@pytest.mark.parametrize("killed", [False, True], ids=["all live", "one is killed"])
async def test_three_intakes_handle_each_update_once_in_order(
    postgres_url: str, killed: bool
) -> None:
    """Two hundred taps, delivered anywhere and some twice; in the second run one process dies."""
    draw = random.Random(SEED)
    async with neighbours(postgres_url, 3) as stores:
        intakes = [Intake(store, Recorder(store), HandClock()) for store in stores]
        watches = [asyncio.create_task(intake.watch()) for intake in intakes]
        for place in range(PEOPLE * EACH):
            if killed and place == PEOPLE * EACH // 2:
                # Its lanes stop with it, half way through what they have.
                await intakes.pop(0).drain(0)
                watches.pop(0).cancel()
                await die(stores[0])
            for _ in range(draw.choice((1, 1, 2))):
                await draw.choice(intakes).take([raw(given(place))])
        await settled(stores[-1])
        assert await kept(stores[-1]) == wanted()
        for intake, watch in zip(intakes, watches, strict=True):
            watch.cancel()
            await intake.drain(1)


async def test_a_silence_is_told_by_one_process(postgres_url: str) -> None:
    """Both were deaf for an hour and hear again at once; the second finds it told."""
    clock = HandClock()
    told: list[tuple[datetime, datetime]] = []

    async def slowly(since: datetime, until_: datetime) -> None:
        told.append((since, until_))
        await asyncio.sleep(2 * AGAIN)

    async with neighbours(postgres_url) as stores:
        heard = [Heard(store.inbox, clock, slowly, store.replicas) for store in stores]
        await stores[0].inbox.put_mark(MARK, AT)
        for one in heard:
            await one.recall()
        clock.advance(3600)
        await asyncio.gather(*(one.hear() for one in heard))
        assert len(told) == 1
        clock.advance(100)
        await heard[0].hear()
        clock.advance(100)
        await heard[1].hear()  # 200 s after its own last, 100 s after that of the other
        assert len(told) == 1
        clock.advance(121)
        await heard[1].hear()
        assert len(told) == 2


def queued(number: int, lane: str = "1") -> Update:
    """An update as the inbox has it."""
    return Update(number, f"k{number}", lane, b"{}", AT)


async def test_what_was_settled_is_not_queued_again() -> None:
    """Whoever read the inbox just before an update was settled brings it once more."""
    handled: list[int] = []

    async def work(update: Update) -> bool:
        handled.append(update.id)
        return True

    lanes = Lanes(work)
    lanes.put(queued(1))
    await until(lambda: not lanes.active)
    lanes.put(queued(1))
    lanes.put(queued(2))
    await until(lambda: not lanes.active)
    assert handled == [1, 2]


async def test_whoever_is_replaced_drops_what_has_not_begun() -> None:
    """The update in hand goes on to its end; those behind it are another's now."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    handled: list[int] = []

    async def work(update: Update) -> bool:
        begun.set()
        await go_on.wait()
        handled.append(update.id)
        return True

    lanes = Lanes(work)
    for number in (1, 2, 3):
        lanes.put(queued(number))
    await begun.wait()
    lanes.drop_waiting()
    go_on.set()
    await until(lambda: not lanes.active)
    assert handled == [1]
    lanes.put(queued(2))  # and it may come back, if it is ours again
    await until(lambda: not lanes.active)
    assert handled == [1, 2]


class Given(Alone):
    """Replicas of which the test says whether this process may poll."""

    def __init__(self) -> None:
        super().__init__()
        self.free = False

    async def take(self, duty: Duty) -> bool:
        return self.free and await super().take(duty)


async def test_one_polls_while_it_has_the_duty(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands by, takes over, begins anew each time, and stops when the duty is lost."""
    monkeypatch.setattr("bot.telegram.one_poller.EVERY", 0.01)
    replicas, began, polling = Given(), [0], asyncio.Event()

    async def begin() -> None:
        began[0] += 1

    async def poll() -> None:
        polling.set()
        try:
            await asyncio.Event().wait()
        finally:
            polling.clear()

    one = OnePoller(replicas, begin, poll, asyncio.sleep)
    await one.first()
    assert one.stands_by
    running = asyncio.create_task(one.run())
    await asyncio.sleep(0.05)
    assert not polling.is_set()
    for times in (1, 2):
        replicas.free = True
        await asyncio.wait_for(polling.wait(), 5)
        assert (one.stands_by, began[0]) == (False, times)
        replicas.free = False
        await replicas.give_back(Duty.POLL)
        await until(lambda: one.stands_by and not polling.is_set())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

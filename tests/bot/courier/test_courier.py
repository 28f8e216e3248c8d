"""The courier: one notice that cannot be sent stops no other, and a repeat is told as one."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.courier import (
    AGAIN,
    Courier,
    Delivered,
    NotNow,
    Road,
    Undeliverable,
    roads,
)
from bot.notice_trail import NoticeTrail
from bot.notices import TIMEKEEPER
from flows.cases import NoticeFailed, NoticeSent
from flows.events import Happened, Role
from storage.mapper import to_event
from storage.opening import Store, memory_store
from storage.outbox import NewNotice, Notice, Settled
from tests.bot.staff import HandClock


class Carrier:
    """Delivers, except what is told to fail; keeps what it was handed."""

    def __init__(self) -> None:
        self.faults: dict[str, Exception] = {}
        self.handed: list[Notice] = []

    async def deliver(self, notice: Notice) -> Delivered:
        """Hand it over, or fail as told."""
        self.handed.append(notice)
        if notice.key in self.faults:
            raise self.faults[notice.key]
        return Delivered(7)


async def _owing(*keys: str) -> tuple[Store, HandClock, Carrier, Courier]:
    store, clock, carrier = memory_store(), HandClock(), Carrier()
    due = clock.now().isoformat(timespec="milliseconds")
    notices = [NewNotice(key, "P-1", "verdict", b"{}", due) for key in keys]
    await store.ledger.append(notices=notices)
    road = Road(carrier.deliver)
    courier = Courier(store.outbox, NoticeTrail(store.ledger), lambda _: road, clock)
    return store, clock, carrier, courier


async def test_a_notice_that_cannot_be_drawn_stops_no_other() -> None:
    """A fault of ours puts that notice off; the one behind it is sent, and both in the end."""
    store, clock, carrier, courier = await _owing("broken", "sound")
    carrier.faults["broken"] = KeyError("verdict")
    assert await courier.round() == 1
    counts = await store.outbox.counts()
    assert (counts.sent, counts.waiting, counts.failed) == (1, 1, 0)
    carrier.faults.clear()
    assert await courier.round() == 0  # not before its pause is over
    clock.at += timedelta(seconds=AGAIN[0])
    assert await courier.round() == 1


async def test_who_cannot_be_reached_is_passed_over() -> None:
    """A blocked person's notice is given up at once and never tried again."""
    store, clock, carrier, courier = await _owing("blocked", "sound")
    carrier.faults["blocked"] = Undeliverable("blocked")
    assert await courier.round() == 1
    clock.at += timedelta(days=1)
    assert await courier.round() == 0
    assert (await store.outbox.counts()).failed == 1
    assert [one.key for one in carrier.handed] == ["blocked", "sound"]


async def test_a_pause_that_is_asked_for_is_kept_and_a_repeat_is_known() -> None:
    """Nothing is sent inside the pause; what may have been heard comes back as a repeat."""
    _, clock, carrier, courier = await _owing("late")
    carrier.faults["late"] = NotNow("flood", 120.0, heard=True)
    assert await courier.round() == 0
    carrier.faults.clear()
    clock.at += timedelta(seconds=119)
    assert await courier.round() == 0
    clock.at += timedelta(seconds=1)
    assert await courier.round() == 1
    assert [one.perhaps_sent for one in carrier.handed] == [False, True]


async def _trail(store: Store, stream: str) -> list[Happened]:
    return [to_event(entry) for entry in await store.ledger.read(stream)]


async def test_the_trail_says_what_was_sent_and_what_was_given_up() -> None:
    """Each end is an event by the software, beside the screening; a digest has its own stream."""
    store, clock, carrier, courier = await _owing()
    due = clock.now().isoformat(timespec="milliseconds")
    told = b'{"number": "7K3F-9QXV"}'
    await store.ledger.append(
        notices=[
            NewNotice("a", "P-1", "verdict", told, due),
            NewNotice("b", "P-2", "verdict", told, due),
            NewNotice("c", "P-1", "digest", b"{}", due),
        ]
    )
    (first, _, _) = await store.outbox.due(due, 3)
    await store.outbox.mark_sending(first.id, due)  # and then the process was killed
    carrier.faults["b"] = Undeliverable("blocked")
    await courier.round()
    about = await _trail(store, "notices/7K3F-9QXV")
    assert {one.event for one in about} == {
        NoticeSent("7K3F-9QXV", "P-1", "verdict", repeat=True),
        NoticeFailed("7K3F-9QXV", "P-2", "verdict"),
    }
    assert {one.by.role for one in about} == {Role.SYSTEM}
    (digest,) = await _trail(store, "notices/-P-1")
    assert digest.event == NoticeSent("", "P-1", "digest", repeat=False)


async def test_a_timer_takes_its_own_road_and_may_settle_itself() -> None:
    """Nobody is told of a timer; a handler that settled it in its own transaction is believed."""
    store, clock, carrier, _ = await _owing("told")
    due = clock.now().isoformat(timespec="milliseconds")
    await store.ledger.append(
        notices=[
            NewNotice("own", TIMEKEEPER, "expire", b"{}", due),
            NewNotice("left", TIMEKEEPER, "remind", b"{}", due),
        ]
    )

    async def keep_time(notice: Notice) -> Delivered:
        if notice.key != "own":
            return Delivered()
        await store.ledger.append(settled=Settled(notice.id, due))
        return Delivered(settled=True)

    road_of = roads(Road(carrier.deliver), Road(keep_time), Road(carrier.deliver))
    await Courier(store.outbox, NoticeTrail(store.ledger), road_of, clock).round()
    assert [one.key for one in carrier.handed] == ["told"]
    assert (await store.outbox.counts()).sent == 3
    assert [entry.kind async for entry in store.ledger.walk()] == ["notice-sent"]


async def test_whoever_hears_of_the_unreachable_settles_it() -> None:
    """The hook gets the notice and the reason, and may owe the next person in one transaction."""
    store, clock, carrier, _ = await _owing("blocked")
    carrier.faults["blocked"] = Undeliverable("blocked")
    trail = NoticeTrail(store.ledger)

    async def next_one(notice: Notice, at: datetime, why: str) -> None:
        due = at.isoformat(timespec="milliseconds")
        owing = [NewNotice("next", "P-2", notice.kind, notice.body, due)]
        await trail.given_up(notice, at, why, owing=owing)

    road = Road(carrier.deliver, unreachable=next_one)
    courier = Courier(store.outbox, trail, lambda _: road, clock)
    await courier.round()
    await courier.round()
    assert [(one.key, one.recipient) for one in carrier.handed] == [
        ("blocked", "P-1"),
        ("next", "P-2"),
    ]
    counts = await store.outbox.counts()
    assert (counts.failed, counts.sent) == (1, 1)


async def test_a_stop_at_the_moment_of_a_wake_is_a_stop() -> None:
    """Woken and cancelled at once it ends: `asyncio.wait_for` of Python 3.11 forgets the cancel."""
    for _ in range(20):
        *_, courier = await _owing("one")
        running = asyncio.create_task(courier.run())
        await asyncio.sleep(0.01)
        courier.wake()
        await asyncio.sleep(0)  # the waiting is over, and whoever waited has not gone on yet
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=3)
        assert done
        assert running.cancelled()

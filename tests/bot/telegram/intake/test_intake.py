"""Keep, then handle: nothing lost, nothing doubled, order per person."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import cast

import pytest

from bot.telegram.intake import Intake
from bot.telegram.lanes import Pace
from bot.telegram.meters import Meters
from storage.errors import (
    BadEntry,
    NoticeClash,
    StorageError,
    StorageUnavailable,
    VersionConflict,
)
from storage.inbox import Inbox, InboxCounts, Update
from storage.ledger import Ledger
from storage.opening import Store
from tests.bot.telegram.intake.parts import (
    FlakyInbox,
    FlakyLedger,
    HandClock,
    Recorder,
    message,
    payloads,
    raw,
    settled,
    tap,
    until,
)

QUICK = Pace(first_pause=0.01, longest_pause=0.02)


def an_intake(store: Store, recorder: Recorder, meters: Meters | None = None) -> Intake:
    """An intake that tries again quickly."""
    return Intake(store, recorder, HandClock(), meters, QUICK)


async def test_one_tap_under_two_numbers_is_one_event(
    store: Store, recorder: Recorder, meters: Meters
) -> None:
    """The same callback id in one batch, in another batch and as bytes is handled once."""
    intake = an_intake(store, recorder, meters)
    await intake.take([tap(1, identity="q"), tap(2, identity="q")])
    await settled(store)
    await intake.take([raw(tap(9, identity="q"))])
    await settled(store)
    assert await payloads(store, "1001") == ["tap:q"]
    assert meters.value("screening_updates_total", outcome="accepted") == 1
    assert meters.value("screening_updates_total", outcome="duplicate") == 2


async def test_two_hundred_people_fifty_taps_each_keep_their_order(
    store: Store, recorder: Recorder, meters: Meters
) -> None:
    """10,000 taps in shuffled batches, handled at once: order per person, none lost or doubled."""
    draw = random.Random(7)

    async def pause() -> None:
        if draw.random() < 0.1:
            await asyncio.sleep(0)

    recorder.pause = pause
    intake = an_intake(store, recorder, meters)
    people = [person for person in range(200) for _ in range(50)]
    draw.shuffle(people)
    taps = [tap(number, 5000 + person) for number, person in enumerate(people)]
    batches = [taps[start : start + 100] for start in range(0, len(taps), 100)]
    await asyncio.gather(*(intake.take(batch) for batch in batches))
    assert await settled(store, within=60) == InboxCounts(0, 10_000, 0)
    for person in range(200):
        expected = [f"tap:q{number}" for number, one in enumerate(people) if one == person]
        assert await payloads(store, str(5000 + person)) == expected
    assert meters.value("screening_updates_handled_total", kind="tap") == 10_000
    await until(lambda: intake.active == 0)


async def test_lanes_run_at_once_up_to_the_bound_and_leave_no_task(
    store: Store, recorder: Recorder
) -> None:
    """A bound of three lets three people in at a time; idle lanes have no task."""
    now, most = 0, 0

    async def pause() -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1

    recorder.pause = pause
    intake = Intake(store, recorder, HandClock(), pace=Pace(at_once=3))
    before = len(asyncio.all_tasks())
    await intake.take([tap(number, number) for number in range(12)])
    await settled(store)
    await until(lambda: intake.active == 0)
    assert most == 3
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == before


async def test_a_poisoned_update_is_put_aside_and_the_others_go_on(
    store: Store, recorder: Recorder, meters: Meters, caplog: pytest.LogCaptureFixture
) -> None:
    """Only the class of the failure is told; the next update of the same person is handled."""
    recorder.errors["tap:q1"] = [ValueError("patient's name")]
    intake = an_intake(store, recorder, meters)
    await intake.take([tap(1), tap(2), tap(3, 2002)])
    assert await settled(store) == InboxCounts(0, 2, 1)
    assert await payloads(store, "1001") == ["tap:q2"]
    assert await payloads(store, "2002") == ["tap:q3"]
    assert meters.value("screening_updates_total", outcome="dead") == 1
    assert len(caplog.records) == 1
    assert "ValueError at parts.py:" in caplog.text
    assert "patient" not in caplog.text
    assert "answer:yes" not in caplog.text


@pytest.mark.parametrize("error", [BadEntry("a NUL"), NoticeClash("k")])
async def test_what_no_later_try_can_store_is_put_aside(
    store: Store, recorder: Recorder, error: Exception
) -> None:
    """Content that the store refuses must not hold its person up for ever."""
    recorder.errors["tap:q1"] = [error] * 100
    intake = an_intake(store, recorder)
    await intake.take([tap(1), tap(2)])
    assert await settled(store) == InboxCounts(0, 1, 1)
    assert recorder.keys == ["tap:q2"]


async def test_closing_is_tried_again_without_handling_again(
    store: Store, recorder: Recorder
) -> None:
    """When only "done" fails, the handler is not called a second time."""
    recorder.closes = False
    ledger = FlakyLedger(store, failures=2)
    intake = an_intake(replace(store, ledger=cast("Ledger", ledger)), recorder)
    await intake.take([tap(1)])
    assert await settled(store) == InboxCounts(0, 1, 0)
    assert recorder.keys == ["tap:q1"]
    assert ledger.failures == 0


async def test_taking_up_again_while_running_doubles_nothing(
    store: Store, recorder: Recorder
) -> None:
    """An update that waits in a lane is known there."""

    async def pause() -> None:
        await asyncio.sleep(0.01)

    recorder.pause = pause
    intake = an_intake(store, recorder)
    await intake.take([tap(1), tap(2)])
    await intake.resume()
    await settled(store)
    await until(lambda: intake.active == 0)
    assert recorder.keys == ["tap:q1", "tap:q2"]


async def test_bad_content_is_kept_as_a_dead_letter(store: Store, recorder: Recorder) -> None:
    """What is no update never raises, never reaches the handler, and stalls nobody."""
    intake = an_intake(store, recorder)
    await intake.take([b"\xff", [], {"update_id": None}, tap(1), b"\xff", 7, None])
    assert await settled(store) == InboxCounts(0, 1, 5)
    assert recorder.keys == ["tap:q1"]


async def test_a_failing_store_holds_up_one_lane_until_it_recovers(
    store: Store, recorder: Recorder, meters: Meters
) -> None:
    """A StorageError is tried again in its lane only, in order, and loses nothing."""
    failures: list[Exception] = [StorageUnavailable("busy"), VersionConflict("s", 1, 2)]
    recorder.errors["tap:q1"] = [*failures, *[StorageUnavailable("busy")] * 3]
    intake = an_intake(store, recorder, meters)
    await intake.take([tap(1), tap(2), tap(3, 2002)])
    await until(lambda: "tap:q3" in recorder.keys)
    assert "tap:q2" not in recorder.keys
    assert await settled(store) == InboxCounts(0, 3, 0)
    assert await payloads(store, "1001") == ["tap:q1", "tap:q2"]
    assert meters.value("screening_retries_total") == 5


async def test_a_handler_that_does_not_close_has_it_done_for_it(
    store: Store, recorder: Recorder
) -> None:
    """The intake makes the update done, once, and does not handle it again when that fails."""
    recorder.closes = False
    intake = an_intake(store, recorder)
    await intake.take([tap(1), message(2)])
    assert await settled(store) == InboxCounts(0, 2, 0)
    assert recorder.keys == ["tap:q1", "msg:1001:5"]


async def test_a_handler_may_close_without_saying_so(store: Store) -> None:
    """An update that is done already is left as it is."""

    async def handle(update: Update) -> None:
        await store.ledger.append(done=update.id)

    await Intake(store, handle, HandClock()).take([tap(1)])
    assert await settled(store) == InboxCounts(0, 1, 0)


async def test_what_waits_is_taken_up_in_order_at_the_next_start(
    store: Store, recorder: Recorder
) -> None:
    """A drain that runs out of time leaves updates undone; the next run handles them."""

    async def block() -> None:
        await asyncio.sleep(60)

    recorder.pause = block
    first = an_intake(store, recorder)
    await first.take([tap(1), tap(2), tap(3, 2002)])
    await asyncio.sleep(0.01)
    assert await first.drain(0.05) == 3
    recorder.pause = None
    second = an_intake(store, recorder)
    assert await second.resume() == 3
    assert await settled(store) == InboxCounts(0, 3, 0)
    assert await payloads(store, "1001") == ["tap:q1", "tap:q2"]


async def test_a_drain_finishes_what_is_queued(store: Store, recorder: Recorder) -> None:
    """With time enough nothing is left."""

    async def pause() -> None:
        await asyncio.sleep(0.005)

    recorder.pause = pause
    intake = an_intake(store, recorder)
    await intake.take([tap(number, number % 3) for number in range(12)])
    assert await intake.drain(5) == 0
    assert len(recorder.keys) == 12


async def test_a_drain_does_not_wait_for_a_store_that_fails(
    store: Store, recorder: Recorder
) -> None:
    """A lane that pauses gives up at once; its update waits in the inbox."""
    recorder.errors["tap:q1"] = [StorageUnavailable("busy")] * 100
    intake = Intake(store, recorder, HandClock(), pace=Pace(first_pause=30))
    await intake.take([tap(1)])
    await until(lambda: len(recorder.errors["tap:q1"]) == 99)
    async with asyncio.timeout(1):
        assert await intake.drain(20) == 1


async def test_a_failing_inbox_is_told_to_the_caller_and_keeps_nothing_back(
    store: Store, recorder: Recorder
) -> None:
    """A failed commit raises; one that happened all the same is handled with the next update."""
    inbox = FlakyInbox(store)
    flaky = replace(store, inbox=cast("Inbox", inbox))
    intake = an_intake(flaky, recorder)
    inbox.broken = True
    with pytest.raises(StorageError):
        await intake.take([tap(1)])
    inbox.broken = False
    inbox.fails_after_commit = 1
    with pytest.raises(StorageError):
        await intake.take([tap(1)])
    await intake.take([tap(1)])
    assert await settled(store) == InboxCounts(0, 1, 0)
    assert recorder.keys == ["tap:q1"]


async def test_a_caller_that_goes_away_leaves_no_update_lying(
    store: Store, recorder: Recorder
) -> None:
    """A take that is cancelled after it began is finished, queue included."""
    intake = an_intake(store, recorder)
    task = asyncio.create_task(intake.take([tap(1)]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: recorder.keys == ["tap:q1"])


async def test_a_cancellation_from_inside_does_not_empty_the_lane(
    store: Store, recorder: Recorder
) -> None:
    """A writer that stops cancels its callers: the lane tries again and goes on."""
    cancelled = asyncio.get_running_loop().create_future()
    cancelled.cancel()
    awaited = 0

    async def pause() -> None:
        nonlocal awaited
        awaited += 1
        if awaited == 1:
            await cancelled

    recorder.pause = pause
    intake = an_intake(store, recorder)
    await intake.take([tap(1), tap(2)])
    assert await settled(store) == InboxCounts(0, 2, 0)
    assert recorder.keys == ["tap:q1", "tap:q2"]

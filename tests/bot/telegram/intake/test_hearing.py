"""Start, stop and both ways of hearing, as one thing."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from dataclasses import replace
from datetime import datetime

import pytest

from bot.sandbox import Phone, Sandbox
from bot.telegram.endpoint import WEBHOOK
from bot.telegram.heard import MARK
from bot.telegram.hearing import Plan, hearing
from bot.telegram.intake import Intake
from bot.telegram.line import CannotStart, Line
from bot.telegram.request import WireRequest
from storage.opening import Store
from tests.bot.telegram.intake.parts import (
    AT,
    SECRET,
    TOKEN,
    HandClock,
    Recorder,
    no_gap,
    no_jitter,
    payloads,
    settled,
    tap,
    until,
)


@pytest.fixture
def plan(store: Store, line: Line, recorder: Recorder, clock: HandClock) -> Plan:
    """Hearing by polling, without a server."""
    return Plan(
        line=line,
        store=store,
        handle=recorder,
        on_gap=no_gap,
        clock=clock,
        jitter=no_jitter,
        version="1",
    )


@pytest.fixture
def by_webhook(plan: Plan) -> Plan:
    """Hearing by webhook on a free port."""
    return replace(plan, secret=SECRET, listen=("127.0.0.1", 0))


async def test_polling_takes_up_what_was_left_then_hears(
    plan: Plan, store: Store, recorder: Recorder, phone: Phone, sandbox: Sandbox
) -> None:
    """An earlier run's update is handled, then the new ones; a set webhook is removed once."""

    async def never(_: object) -> None:
        await asyncio.sleep(60)

    earlier = Intake(store, never, HandClock())
    await earlier.take([tap(1)])
    await earlier.drain(0.01)
    await plan.line.call("setWebhook", {"url": "https://example.org/hook"})
    async with hearing(plan) as running:
        assert running.username == "sandbox_screening_bot"
        assert running.port == 0
        await phone.tap_data(1, "x")
        await until(lambda: len(recorder.keys) == 2)
        assert (await running.health.report()).status == "ok"
    assert recorder.keys[0] == "tap:q1"
    assert len(sandbox.journal.of("deleteWebhook")) == 1


async def test_a_webhook_delivers_the_whole_way(
    by_webhook: Plan, store: Store, phone: Phone, sandbox: Sandbox
) -> None:
    """The sandbox posts taps with the secret; setWebhook stays the deploy step's."""
    async with hearing(by_webhook) as running:
        assert sandbox.journal.of("setWebhook") == []
        url = f"http://127.0.0.1:{running.port}{WEBHOOK}"
        await by_webhook.line.call("setWebhook", {"url": url, "secret_token": SECRET})
        taps = [await phone.tap_data(1, f"x{number}") for number in range(20)]
        await until(lambda: not sandbox.queue.waiting())
        await settled(store)
    assert await payloads(store, "1001") == [f"tap:{one.id}" for one in taps]
    assert sandbox.journal.of("deleteWebhook") == []


async def test_downtime_is_the_gap_of_a_webhook(
    by_webhook: Plan, clock: HandClock, store: Store
) -> None:
    """It is told before listening; while we listen, quiet is not deafness."""
    told: list[tuple[datetime, datetime]] = []

    async def on_gap(since: datetime, until: datetime) -> None:
        told.append((since, until))

    await store.inbox.put_mark(MARK, AT)
    start = clock.now()
    clock.advance(121)
    beats = 0

    async def sleep(seconds: float) -> None:
        nonlocal beats
        beats += 1
        clock.advance(seconds)
        await asyncio.sleep(0.001)

    async with hearing(replace(by_webhook, on_gap=on_gap, sleep=sleep)) as running:
        assert told == [(start, datetime.fromisoformat(AT) + (told[0][1] - start))]
        await until(lambda: beats > 30)
        assert (await running.health.report()).status == "ok"
    assert len(told) == 1
    mark = await store.inbox.mark(MARK)
    assert mark is not None
    assert datetime.fromisoformat(mark) > start


async def test_nothing_is_handled_when_the_token_is_refused(
    plan: Plan, recorder: Recorder, sandbox: Sandbox
) -> None:
    """An answer that could not be shown is not recorded either."""
    await Intake(plan.store, recorder, plan.clock).drain(0)
    sandbox.faults.revoke_token()
    with pytest.raises(CannotStart, match="token_refused"):
        async with hearing(plan):
            raise AssertionError("it started")
    assert recorder.keys == []


async def test_a_port_that_is_taken_is_one_line(by_webhook: Plan) -> None:
    """The reason names host and port, and nothing stays open."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"port_taken: 127.0.0.1:{port}"):
            async with hearing(replace(by_webhook, listen=("127.0.0.1", port))):
                raise AssertionError("it started")
    with pytest.raises(CannotStart, match="no_port"):
        async with hearing(replace(by_webhook, listen=None)):
            raise AssertionError("it started")


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_it_stops_within_five_seconds_and_leaves_nothing_running(
    plan: Plan, by_webhook: Plan, recorder: Recorder, store: Store, mode: str
) -> None:
    """Even with a handler that hangs; what it had in hand waits for the next start."""

    async def hang() -> None:
        await asyncio.sleep(60)

    recorder.pause = hang
    chosen = plan if mode == "polling" else by_webhook
    assert chosen.drain + 1.5 < 5  # and a second for the server, half a second to cancel
    async with asyncio.timeout(2):
        async with hearing(replace(chosen, drain=0.1)) as running:
            await running.intake.take([tap(1), tap(2)])
            await asyncio.sleep(0.02)
    assert (await store.inbox.counts()).undone == 2
    await asyncio.sleep(0.01)
    ours = {"lane", "poller", "heartbeat", "take"}
    assert not [one for one in asyncio.all_tasks() if one.get_name() in ours]


async def test_no_failure_on_the_way_tells_the_token(
    plan: Plan, sandbox: Sandbox, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    """Revoked, down, 500, nonsense: no log line, repr or traceback holds token, secret or body."""
    caplog.set_level(logging.DEBUG)

    async def quick(_: float) -> None:
        await asyncio.sleep(0.002)

    told: list[str] = []
    plan = replace(plan, sleep=quick, secret=None)
    async with hearing(plan) as running:
        await until(lambda: sandbox.intake.is_polling)
        for fail, mend in (
            (sandbox.faults.revoke_token, sandbox.faults.clear),
            (sandbox.go_down, sandbox.come_up),
        ):
            fail()
            await asyncio.sleep(0.03)
            mend()
        await phone.send("a patient called Canary")
        await until(lambda: bool(plan.handle.keys))  # type: ignore[attr-defined]
        told += [repr(running), repr(plan), str(plan), repr(plan.line)]
    sandbox.faults.revoke_token()
    async with WireRequest() as request:
        for address in (f"{sandbox.base_url}{TOKEN}", f"http://127.0.0.1:1/bot{TOKEN}"):
            with pytest.raises(CannotStart) as caught:
                async with hearing(replace(plan, line=Line(request, address))):
                    raise AssertionError("it started")
            told += traceback.format_exception(caught.value)
            error: BaseException | None = caught.value
            while error is not None:
                told += [repr(error), str(error)]
                error = error.__context__
    told += [repr(replace(plan, secret=SECRET, listen=("h", 1))), caplog.text]
    everything = "".join(told)
    assert "polling fails" in everything
    assert TOKEN.partition(":")[2] not in everything
    assert SECRET not in everything
    assert "Canary" not in everything

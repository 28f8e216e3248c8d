"""The loop that fetches, commits, and only then moves the offset."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox import Fault, FaultKind, Phone, Sandbox
from bot.telegram import poller as poller_module
from bot.telegram.heard import MARK, Heard, OnGap
from bot.telegram.intake import Intake
from bot.telegram.line import CannotStart, Line, probe, take_over
from bot.telegram.meters import Meters
from bot.telegram.poller import LONGEST_OBEYED, MOST, REFUSED_TOKEN, REPEAT_PAUSE, Poller
from bot.telegram.request import WireRequest
from storage.errors import StorageUnavailable
from storage.inbox import Inbox
from storage.opening import Store
from tests.bot.telegram.intake.parts import (
    AT,
    TOKEN,
    FlakyInbox,
    HandClock,
    Recorder,
    no_gap,
    no_jitter,
    settled,
    tap,
    until,
)


@dataclass
class Naps:
    """Notes each pause and makes it short; a full nap is a turn of the loop."""

    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0.005)


@dataclass
class Bench:
    """A poller with everything around it."""

    store: Store
    line: Line
    recorder: Recorder
    clock: HandClock
    meters: Meters
    naps: Naps = field(default_factory=Naps)

    @asynccontextmanager
    async def polling(self, on_gap: OnGap = no_gap) -> AsyncIterator[Poller]:
        intake = Intake(self.store, self.recorder, self.clock, self.meters)
        heard = Heard(self.store.inbox, self.clock, on_gap)
        await heard.recall()
        poller = Poller(self.line, intake, heard, self.clock, no_jitter, self.meters, self.naps)
        task = asyncio.create_task(poller.run())
        try:
            yield poller
        finally:
            task.cancel()
            await asyncio.wait([task])
            await intake.drain(1)

    def troubles(self, trouble: str) -> float:
        return self.meters.value("screening_poll_troubles_total", trouble=trouble)


@pytest.fixture
def bench(store: Store, line: Line, recorder: Recorder, clock: HandClock, meters: Meters) -> Bench:
    """A poller's surroundings, on each store."""
    return Bench(store, line, recorder, clock, meters)


async def test_taps_and_texts_arrive_and_are_confirmed_after_the_commit(
    bench: Bench, sandbox: Sandbox, phone: Phone
) -> None:
    """What was fetched is on disk before the next poll forgets it at the server."""
    async with bench.polling():
        await until(lambda: sandbox.intake.is_polling)
        await phone.tap_data(1, "x")
        await phone.send("45")
        await until(lambda: len(bench.recorder.keys) == 2)
        await until(lambda: not sandbox.queue.waiting())
    polls = sandbox.journal.of("getUpdates")
    assert polls[0].texts["timeout"] == "0"
    assert polls[-1].texts["timeout"] == "50"
    assert polls[-1].texts["allowed_updates"] == '["message", "callback_query", "my_chat_member"]'


async def test_nothing_is_confirmed_while_the_inbox_fails(
    bench: Bench, sandbox: Sandbox, phone: Phone
) -> None:
    """The offset stays until the commit; then every update is there, once."""
    inbox = FlakyInbox(bench.store)
    bench.store = replace(bench.store, inbox=cast("Inbox", inbox))
    inbox.broken = True
    await phone.tap_data(1, "x")
    with pytest.raises(StorageUnavailable):
        await Heard(bench.store.inbox, bench.clock, no_gap).recall()
    inbox.broken = False
    async with bench.polling():
        inbox.broken = True
        await phone.tap_data(1, "y")
        await until(lambda: bench.troubles("store") > 2)
        assert len(sandbox.queue.waiting()) >= 1
        inbox.broken = False
        await until(lambda: len(bench.recorder.keys) == 2)
        await until(lambda: not sandbox.queue.waiting())


async def test_a_tap_twice_and_ids_that_start_lower_are_taken_once_each(
    bench: Bench, sandbox: Sandbox, phone: Phone
) -> None:
    """The offset follows the last batch, so that lower ids after a quiet week are heard."""
    async with bench.polling():
        first = await phone.tap_data(1, "x")
        await until(lambda: len(bench.recorder.keys) == 1)
        await until(lambda: not sandbox.queue.waiting())  # ids restart in an empty queue only
        sandbox.queue.restart_ids(500)
        await phone.tap_data(1, "y")
        sandbox.redeliver(first)
        await until(lambda: len(bench.recorder.keys) == 2)
        await until(lambda: not sandbox.queue.waiting())
    assert len(set(bench.recorder.keys)) == 2


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (Fault(FaultKind.SERVER_ERROR, times=3, method="getUpdates", code=502), "status 502"),
        (Fault(FaultKind.DROP_AFTER, times=3, method="getUpdates"), "network"),
        (Fault(FaultKind.DROP_BEFORE, times=3, method="getUpdates"), "network"),
        (Fault(FaultKind.FLOOD, times=3, method="getUpdates", retry_after=1), "told to wait"),
    ],
)
async def test_every_trouble_passes_and_no_tap_is_lost(
    bench: Bench, sandbox: Sandbox, phone: Phone, fault: Fault, trouble: str
) -> None:
    """5xx, broken connections and 429 are counted and tried again."""
    sandbox.faults.arm(replace(fault))
    await phone.tap_data(1, "x")
    async with bench.polling() as poller:
        await until(lambda: bool(bench.recorder.keys))
        await until(lambda: not poller.trouble)
    assert bench.troubles(trouble) == 3
    assert max(bench.naps.taken) <= 5


async def test_another_poller_is_a_trouble_that_passes(
    bench: Bench, sandbox: Sandbox, line: Line
) -> None:
    """409 ends neither the loop nor the process."""
    async with bench.polling() as poller:
        await until(lambda: sandbox.intake.is_polling)
        await line.call("getUpdates", {"timeout": "1"}, wait=5)
        await until(lambda: bench.troubles("another poller or a webhook") == 1)
        await until(lambda: not poller.trouble)


async def test_a_revoked_token_is_told_once_a_minute(
    bench: Bench, sandbox: Sandbox, phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    """401 while running: one line a minute without the token, trying on, and it recovers."""
    async with bench.polling() as poller:
        await until(lambda: sandbox.intake.is_polling)
        sandbox.faults.revoke_token()
        await until(lambda: bench.troubles(REFUSED_TOKEN) > 5)
        assert poller.trouble == REFUSED_TOKEN
        assert caplog.text.count("token refused") == 1
        bench.clock.advance(61)
        count = bench.troubles(REFUSED_TOKEN)
        await until(lambda: bench.troubles(REFUSED_TOKEN) > count + 2)
        assert caplog.text.count("token refused") == 2
        sandbox.faults.clear()
        await phone.tap_data(1, "x")
        await until(lambda: bool(bench.recorder.keys))
        await until(lambda: not poller.trouble)
    assert max(bench.naps.taken) <= 5
    assert TOKEN not in caplog.text


@asynccontextmanager
async def a_line(answer: Callable[[], web.Response]) -> AsyncIterator[Line]:
    """A line to a server that answers whatever it is told."""

    async def handler(_: web.Request) -> web.Response:
        return answer()

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(application) as server, WireRequest() as request:
        yield Line(request, str(server.make_url(f"/bot{TOKEN}")))


@pytest.mark.parametrize(
    "body", ["<html>", "[]", '{"ok":true}', '{"ok":true,"result":7}', '{"ok":true,"result":[7]}']
)
async def test_an_answer_that_cannot_be_read_is_tried_again(bench: Bench, body: str) -> None:
    """Nonsense from the server neither ends the loop nor makes it spin."""
    answers = [body] * 3

    def answer() -> web.Response:
        good = {"ok": True, "result": [tap(1)]}
        return web.Response(text=answers.pop()) if answers else web.json_response(good)

    async with a_line(answer) as line:
        bench.line = line
        async with bench.polling():
            await until(lambda: bool(bench.recorder.keys))
    assert bench.troubles("unreadable answer") == 3
    assert bench.naps.taken[:3] == [0.1, 0.2, 0.4]


async def test_the_offset_is_one_past_the_last_of_a_batch(
    bench: Bench, sandbox: Sandbox, phone: Phone
) -> None:
    """Three updates in one batch are confirmed by one number."""
    taps = [await phone.tap_data(1, data) for data in "xyz"]
    last = sandbox.queue.waiting()[-1].id
    async with bench.polling():
        await until(lambda: len(bench.recorder.keys) == len(taps))
        await until(lambda: not sandbox.queue.waiting())
        await phone.tap_data(1, "more")  # a poll is written down when it ends
        await until(lambda: len(bench.recorder.keys) == len(taps) + 1)
    assert sandbox.journal.of("getUpdates")[1].texts["offset"] == str(last + 1)


async def test_a_server_that_repeats_itself_does_not_make_the_loop_spin(bench: Bench) -> None:
    """A batch without anything new is followed by a pause."""
    answers = 0

    def answer() -> web.Response:
        nonlocal answers
        answers += 1
        return web.json_response({"ok": True, "result": [tap(1)]})

    async with a_line(answer) as line:
        bench.line = line
        async with bench.polling():
            await until(lambda: answers > 5)
    assert len(bench.naps.taken) >= answers - 2
    assert set(bench.naps.taken) == {REPEAT_PAUSE}


@dataclass
class Showing:
    """Handles nothing before it is told to; the polls that a server was asked meanwhile."""

    size: int
    polls: int = 0
    shown: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self) -> web.Response:
        self.polls += 1
        batch = [tap(number, 1000 + number) for number in range(1, self.size + 1)]
        return web.json_response({"ok": True, "result": batch if self.polls == 1 else []})

    async def wait(self) -> None:
        await self.shown.wait()


async def test_the_next_poll_waits_until_what_the_last_one_brought_is_shown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile nothing is asked; then at once."""
    monkeypatch.setattr(poller_module, "GATHER", 60)
    showing = Showing(3)
    bench.recorder.pause = showing.wait
    async with a_line(showing.answer) as line:
        bench.line = line
        async with bench.polling():
            await until(lambda: showing.polls == 1)
            await asyncio.sleep(0.1)
            assert showing.polls == 1
            showing.shown.set()
            await until(lambda: showing.polls > 1)
    assert len(bench.recorder.keys) == 3


@pytest.mark.parametrize(("size", "gather"), [(3, 0.01), (MOST, 60)])
async def test_the_next_poll_does_not_wait_for_long_nor_where_there_is_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, size: int, gather: float
) -> None:
    """After so long, or after a full batch, it goes although nobody was shown anything."""
    monkeypatch.setattr(poller_module, "GATHER", gather)
    showing = Showing(size)
    bench.recorder.pause = showing.wait
    async with a_line(showing.answer) as line:
        bench.line = line
        async with bench.polling():
            await until(lambda: showing.polls > 1)
            assert bench.recorder.keys == []
            showing.shown.set()
            await until(lambda: len(bench.recorder.keys) == size)


async def test_pauses_grow_to_five_seconds_and_obey_the_server(bench: Bench) -> None:
    """Without jitter: half of 0.2, 0.4 … 5 s; `retry_after` is kept, up to a minute."""
    waits = [30, 3600]

    def answer() -> web.Response:
        if len(bench.naps.taken) < 7:
            return web.Response(status=500)
        wait = {"retry_after": waits.pop(0)} if waits else {}
        return web.json_response({"ok": False, "parameters": wait}, status=429)

    async with a_line(answer) as line:
        bench.line = line
        async with bench.polling():
            await until(lambda: len(bench.naps.taken) > 9)
    assert bench.naps.taken[:7] == [0.1, 0.2, 0.4, 0.8, 1.6, 2.5, 2.5]
    assert bench.naps.taken[7:9] == [30, LONGEST_OBEYED]


@dataclass
class Gaps:
    """Notes each gap and how many updates had been handled when it was told."""

    recorder: Recorder
    failures: int = 0
    told: list[tuple[datetime, datetime, int]] = field(default_factory=list)

    async def __call__(self, since: datetime, until: datetime) -> None:
        if self.failures:
            self.failures -= 1
            raise StorageUnavailable("busy")
        self.told.append((since, until, len(self.recorder.keys)))


async def test_a_silence_is_told_before_what_comes_after_it(
    bench: Bench, sandbox: Sandbox, phone: Phone
) -> None:
    """A gap of over 120 s is told once, with its ends, even when the first telling fails."""
    gaps = Gaps(bench.recorder)
    start = bench.clock.now()
    async with bench.polling(gaps):
        await until(lambda: sandbox.intake.is_polling)
        sandbox.go_down()
        await until(lambda: bench.troubles("network") > 1)
        bench.clock.advance(121)
        gaps.failures = 2
        await phone.tap_data(1, "x")
        sandbox.come_up()
        await until(lambda: bool(bench.recorder.keys))
    assert gaps.told == [(start, bench.clock.now(), 0)]


async def test_a_short_silence_is_no_gap(bench: Bench, sandbox: Sandbox, phone: Phone) -> None:
    """Up to 120 s Telegram has kept every tap: nobody is asked again."""
    async with bench.polling(no_gap) as poller:
        await until(lambda: sandbox.intake.is_polling)
        sandbox.go_down()
        await until(lambda: bench.troubles("network") > 1)
        bench.clock.advance(120)
        sandbox.come_up()
        await phone.tap_data(1, "x")
        # The tap may be dealt with before the poller, which waited for the disk, goes on.
        await until(lambda: bool(bench.recorder.keys) and not poller.trouble)
    assert bench.troubles("fault") == 0


async def test_the_time_between_two_runs_is_a_gap(
    bench: Bench, sandbox: Sandbox, phone: Phone
) -> None:
    """The mark of the run before tells since when nobody listened; a first run has no gap."""
    gaps = Gaps(bench.recorder)
    start = bench.clock.now()
    async with bench.polling(gaps):
        await until(lambda: sandbox.intake.is_polling)
    assert gaps.told == []
    bench.clock.advance(3600)
    await phone.tap_data(1, "x")
    async with bench.polling(gaps):
        await until(lambda: bool(bench.recorder.keys))
    assert gaps.told == [(start, bench.clock.now(), 0)]


async def test_a_fault_in_telling_a_gap_does_not_keep_the_bot_deaf(
    bench: Bench, sandbox: Sandbox, phone: Phone
) -> None:
    """Any other error of the callback is told, and hearing goes on."""

    async def broken(_: datetime, __: datetime) -> None:
        raise KeyError("patient's name")

    await bench.store.inbox.put_mark(MARK, AT)
    bench.clock.advance(600)
    await phone.tap_data(1, "x")
    async with bench.polling(broken):
        await until(lambda: bool(bench.recorder.keys))


async def test_the_time_of_hearing_is_written_at_most_every_ten_seconds(
    store: Store, clock: HandClock
) -> None:
    """The mark follows in steps of ten seconds, and at the end exactly."""
    heard = Heard(store.inbox, clock, no_gap)
    marks: list[str | None] = []
    for _ in range(5):
        await heard.hear()
        marks.append(await store.inbox.mark(MARK))
        clock.advance(4)
    assert len(set(marks)) == 2
    assert heard.last is not None
    await heard.write()
    assert await store.inbox.mark(MARK) == heard.last.isoformat(timespec="milliseconds")


async def test_a_clock_that_is_set_back_is_no_gap(store: Store, clock: HandClock) -> None:
    """A negative silence is none, and the mark goes back with the clock."""
    heard = Heard(store.inbox, clock, no_gap)
    await heard.hear()
    clock.advance(-3600)
    await heard.hear()
    assert await store.inbox.mark(MARK) == clock.now().isoformat(timespec="milliseconds")


async def test_the_probe_knows_the_bot_and_clears_a_webhook(sandbox: Sandbox, line: Line) -> None:
    """The answer to getMe names the bot; one deleteWebhook makes polling possible."""
    naps = Naps()
    assert await probe(line, naps) == "sandbox_screening_bot"
    await line.call("setWebhook", {"url": "https://example.org/hook"})
    await take_over(line, naps)
    assert sandbox.delivery.url == ""
    assert len(sandbox.journal.of("deleteWebhook")) == 1
    assert naps.taken == []


async def test_a_start_that_cannot_be_is_one_line(
    sandbox: Sandbox, line: Line, request_: WireRequest
) -> None:
    """Revoked, unreachable, failing, or not Telegram at all: one reason each, no token."""
    naps = Naps()
    reasons = []
    sandbox.faults.revoke_token()
    for setting in ("revoked", "failing", "unreachable", "foreign"):
        if setting == "failing":
            sandbox.faults.clear()
            sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, times=None, method="getMe"))
        if setting == "unreachable":
            line = Line(request_, f"http://127.0.0.1:1/bot{TOKEN}")
        if setting == "foreign":
            async with a_line(lambda: web.json_response({"result": []})) as foreign:
                with pytest.raises(CannotStart) as caught:
                    await probe(foreign, naps)
        else:
            with pytest.raises(CannotStart) as caught:
                await probe(line, naps)
        reasons.append(str(caught.value))
    assert reasons == ["token_refused", "bad_answer: getMe, 500", "unreachable", "not_telegram"]
    assert all("\n" not in reason and TOKEN not in reason for reason in reasons)


async def test_a_probe_survives_one_lost_packet(sandbox: Sandbox, line: Line) -> None:
    """A second try is made before the start is given up."""
    sandbox.faults.arm(Fault(FaultKind.DROP_AFTER, times=2, method="getMe"))
    assert await probe(line, Naps()) == "sandbox_screening_bot"


async def test_settled_updates_are_not_handled_again_after_a_restart(
    bench: Bench, sandbox: Sandbox, phone: Phone
) -> None:
    """A new run starts without an offset, gets the last batch again, and does nothing twice."""
    async with bench.polling():
        await phone.tap_data(1, "x")
        await until(lambda: bool(bench.recorder.keys))
        waiting = list(sandbox.queue.waiting())
    for update in waiting:
        sandbox.queue.push(update.kind, update.body, update.queue)
    async with bench.polling():
        await until(lambda: not sandbox.queue.waiting())
    assert (await settled(bench.store)).done == 1

"""Answers to taps in the webhook's replies: which reply takes them, and when none does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from typing import cast

import aiohttp
import pytest

from bot.telegram import endpoint as endpoint_module
from bot.telegram.endpoint import LIMITS, SECRET_HEADER, WEBHOOK, Endpoint
from bot.telegram.health import Ear, Health
from bot.telegram.intake import Intake
from bot.telegram.lanes import Pace
from bot.telegram.meters import Meters
from bot.telegram.rides import Rides, tap_in
from bot.telegram.server import Server
from storage.inbox import Inbox, Update
from storage.opening import Store
from tests.bot.telegram.intake.parts import (
    SECRET,
    FlakyInbox,
    HandClock,
    message,
    raw,
    settled,
    tap,
    until,
)

Said = tuple[int, dict[str, str] | None]
"""The status of a reply, and the call in it."""


@dataclass
class Answerer:
    """A handler that answers each tap when told, and knows whether a reply took the answer."""

    rides: Rides
    store: Store
    go: asyncio.Event
    kept: list[int]
    took: list[bool]

    async def __call__(self, update: Update) -> None:
        await self.go.wait()
        counts = await self.store.inbox.counts()
        self.kept.append(counts.undone + counts.done)
        self.took.append(self.rides.answer(tap_in(update.raw), "Saved"))


@dataclass
class Door:
    """An endpoint, and what stands behind it."""

    url: str
    session: aiohttp.ClientSession
    inbox: FlakyInbox
    handler: Answerer
    rides: Rides

    async def post(self, update: object) -> Said:
        headers = {SECRET_HEADER: SECRET}
        async with self.session.post(self.url, data=raw(update), headers=headers) as answer:
            body = await answer.read()
            assert not body or answer.content_type == "application/json"
            return answer.status, json.loads(body) if body else None

    def posting(self, update: object) -> asyncio.Task[Said]:
        return asyncio.create_task(self.post(update))


@pytest.fixture
async def door(
    store: Store, clock: HandClock, meters: Meters, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Door]:
    """An endpoint whose replies wait long enough for a test to tell that they do."""
    monkeypatch.setattr(endpoint_module, "LONGEST", 30.0)
    inbox, rides = FlakyInbox(store), Rides()
    handler = Answerer(rides, store, asyncio.Event(), [], [])
    handler.go.set()
    flaky = replace(store, inbox=cast("Inbox", inbox))
    intake = Intake(flaky, handler, clock, meters, Pace(first_pause=0.01))
    ear = Ear(lambda: None, lambda: "", silence_is_deafness=False)
    health = Health(store.inbox, clock, ear, meters, "1")
    server = Server(Endpoint(intake, health, meters, SECRET, rides), LIMITS, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{await server.start()}{WEBHOOK}"
    async with aiohttp.ClientSession() as session:
        yield Door(url, session, inbox, handler, rides)
    await server.stop()
    handler.go.set()
    await intake.drain(1)


async def at_once(said: Awaitable[Said]) -> Said:
    """What is said without waiting for an answer."""
    return await asyncio.wait_for(said, 10)


def answer_to(identity: str) -> dict[str, str]:
    """The call that answers a tap."""
    return {"method": "answerCallbackQuery", "callback_query_id": identity, "text": "Saved"}


async def test_the_answer_goes_with_the_reply(door: Door) -> None:
    """One for each of several people at once, and only after the update was kept."""
    said = await asyncio.gather(*(door.post(tap(number, person=number)) for number in range(1, 6)))
    assert said == [(200, answer_to(f"q{number}")) for number in range(1, 6)]
    assert door.handler.took == [True] * 5
    assert all(kept >= 1 for kept in door.handler.kept)


async def test_what_is_no_tap_does_not_wait(door: Door) -> None:
    """A message gets its 200 as soon as it is kept, nonsense as well."""
    door.handler.go.clear()
    assert await at_once(door.post(message(1))) == (200, None)
    assert await at_once(door.post({"update_id": "x"})) == (200, None)


async def test_a_late_answer_is_called(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reply goes without it when its time is over, and then takes it no more."""
    monkeypatch.setattr(endpoint_module, "LONGEST", 0.2)
    door.handler.go.clear()
    start = asyncio.get_running_loop().time()
    assert await door.post(tap(1)) == (200, None)
    assert asyncio.get_running_loop().time() - start >= 0.19
    door.handler.go.set()
    await until(lambda: door.handler.took == [False])


async def test_a_repeat_does_not_wait(door: Door, store: Store) -> None:
    """Nobody handles it again; the one that came first still gets the answer, by reply or call."""
    await door.post(tap(1))
    await settled(store)
    assert await at_once(door.post(tap(2, identity="q1"))) == (200, None)
    door.handler.go.clear()
    first = door.posting(tap(3))
    await until(lambda: door.inbox.accepted[-1] == 1 and len(door.inbox.accepted) == 3)
    assert await at_once(door.post(tap(3))) == (200, None)
    door.handler.go.set()
    await until(lambda: door.handler.took[1:] == [False])  # the repeat took its place
    first.cancel()


async def test_what_is_not_kept_takes_no_answer(door: Door) -> None:
    """503 at once; the answer to what comes again goes with the reply to that."""
    door.inbox.broken = True
    assert await at_once(door.post(tap(1))) == (503, None)
    assert not door.rides.answer("q1", "Saved")
    door.inbox.broken = False
    assert await door.post(tap(1)) == (200, answer_to("q1"))


async def test_to_who_left_the_answer_is_called(door: Door) -> None:
    """A reply that nobody reads any more takes no answer, and does not hold the next one up."""
    door.handler.go.clear()
    gone = door.posting(tap(1))
    await until(lambda: door.inbox.accepted == [1])
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await asyncio.sleep(0.1)
    door.handler.go.set()
    await until(lambda: door.handler.took == [False])
    assert await door.post(tap(2)) == (200, answer_to("q2"))


@pytest.mark.parametrize(
    ("update", "identity"),
    [
        (raw(tap(1)), "q1"),
        (raw(message(1)), ""),
        (b"", ""),
        (b'{"callback_query":{"id":5}}', ""),
        (b'{"callback_query":{"id":"\xff"}}', ""),
        (b'{"callback_query":null}', ""),
        (b"[" * 100_000, ""),
    ],
)
def test_only_a_tap_has_an_answer(update: bytes, identity: str) -> None:
    """Whatever else comes has none, and nothing in it can make that fail."""
    assert tap_in(update) == identity


async def test_an_answer_without_words_has_no_text() -> None:
    """Telegram then only takes the waiting sign from the button."""
    rides, reply = Rides(), asyncio.get_running_loop().create_future()
    rides.wait("q1", reply)
    assert rides.answer("q1", "")
    assert json.loads(reply.result().body) == {
        "method": "answerCallbackQuery",
        "callback_query_id": "q1",
    }
    assert not rides.answer("q1", "again")


async def test_who_leaves_does_not_take_the_place_of_another() -> None:
    """When a tap came twice, the end of the first wait is none of the second's business."""
    loop = asyncio.get_running_loop()
    rides, first, second = Rides(), loop.create_future(), loop.create_future()
    rides.wait("q1", first)
    rides.wait("q1", second)
    rides.leave("q1", first)
    assert rides.answer("q1", "Saved")
    assert (first.done(), second.done()) == (False, True)

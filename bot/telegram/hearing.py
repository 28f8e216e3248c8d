"""Hearing as one thing: everything that must be up before the first update, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from bot.clock import Clock
from bot.telegram.endpoint import LIMITS, Endpoint
from bot.telegram.health import Ear, Health
from bot.telegram.heard import EVERY, Heard, OnGap
from bot.telegram.intake import Handle, Intake, OnUnsaved
from bot.telegram.lanes import Pace
from bot.telegram.line import CannotStart, Line, Obstacle, Sleep, probe, take_over
from bot.telegram.meters import Meters
from bot.telegram.one_poller import OnePoller
from bot.telegram.poller import REFUSED_TOKEN, Jitter, Poller
from bot.telegram.rides import Rides
from bot.telegram.server import Server
from storage.errors import StorageError
from storage.opening import Store

_LOG = logging.getLogger(__name__)
DRAIN: Final = 3.0
"""Seconds that lanes get to finish: with the server's one, well under the five of a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What hearing needs. With a `secret` it is by webhook, without one by polling.

    `listen` is host and port for `/healthz`, `/metrics` and the webhook, None for no server
    (polling only). `handle` may be called before `hearing` has begun to listen: what an earlier
    run left is handled first. `drain` is the seconds that people's updates get at the end.
    """

    line: Line
    store: Store
    handle: Handle
    on_gap: OnGap
    clock: Clock
    jitter: Jitter
    version: str
    listen: tuple[str, int] | None = None
    secret: str | None = field(default=None, repr=False)
    rides: Rides | None = None
    on_unsaved: OnUnsaved | None = None
    meters: Meters = field(default_factory=Meters)
    pace: Pace = field(default_factory=Pace)
    sleep: Sleep = asyncio.sleep
    drain: float = DRAIN


@dataclass(frozen=True, slots=True)
class Hearing:
    """A bot that hears: its user name, the port it listens on (0 for none), and its parts."""

    username: str
    port: int
    intake: Intake
    health: Health


@asynccontextmanager
async def hearing(plan: Plan) -> AsyncIterator[Hearing]:
    """Probe, take up what was left, tell a gap, then listen; at the end stop within 5 s.

    The probe comes before anything is handled: with a refused token, an answer that was recorded
    could not be shown.

    Raises:
        CannotStart: the API refuses us or cannot be reached, or the port is taken.
        StorageError: the inbox cannot be read.

    """
    if plan.secret is not None and plan.listen is None:
        raise CannotStart(Obstacle.NO_PORT)
    await plan.line.open()
    username = await probe(plan.line, plan.sleep)
    intake = Intake(plan.store, plan.handle, plan.clock, plan.meters, plan.pace, plan.on_unsaved)
    heard = Heard(plan.store.inbox, plan.clock, plan.on_gap, plan.store.replicas)
    await heard.recall()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(_finish, intake, heard, plan.drain)
        waiting = await intake.resume()
        await _background(stack, intake.watch(), "watch")
        _LOG.info("hearing as %s, %d updates taken up again", username, waiting)
        ear = await _ear(plan, intake, heard, stack)
        health = Health(plan.store.inbox, plan.clock, ear, plan.meters, plan.version)
        endpoint = Endpoint(intake, health, plan.meters, plan.secret, plan.rides)
        port = await _listen(endpoint, plan.listen, stack)
        yield Hearing(username, port, intake, health)


async def _ear(plan: Plan, intake: Intake, heard: Heard, stack: contextlib.AsyncExitStack) -> Ear:
    if plan.secret is not None:
        await heard.hear()
        await _background(stack, _beat(heard, plan.sleep), "heartbeat")
        return Ear(lambda: intake.last_taken, lambda: "", silence_is_deafness=False)
    poller = Poller(plan.line, intake, heard, plan.clock, plan.jitter, plan.meters, plan.sleep)

    async def begin() -> None:
        await heard.recall()  # until now another process may have heard
        await take_over(plan.line, plan.sleep)

    one = OnePoller(plan.store.replicas, begin, poller.run, plan.sleep)
    await one.first()
    await _background(stack, one.run(), "one-poller")
    return Ear(
        lambda: heard.last,
        lambda: poller.trouble if poller.trouble == REFUSED_TOKEN else "",
        silence_is_deafness=True,
        stands_by=lambda: one.stands_by,
    )


async def _listen(
    endpoint: Endpoint, listen: tuple[str, int] | None, stack: contextlib.AsyncExitStack
) -> int:
    if listen is None:
        return 0
    server = Server(endpoint, LIMITS, *listen)
    stack.push_async_callback(server.stop)
    try:
        return await server.start()
    except OSError as error:
        about = f"{listen[0]}:{listen[1]}, {error.strerror}"
        raise CannotStart(Obstacle.PORT_TAKEN, about) from None


async def _background(
    stack: contextlib.AsyncExitStack, work: Coroutine[object, object, None], name: str
) -> None:
    task = asyncio.create_task(work, name=name)

    async def end() -> None:
        task.cancel()
        await asyncio.wait([task])

    stack.push_async_callback(end)


async def _beat(heard: Heard, sleep: Sleep) -> None:
    """While we listen for the webhook: a suspended or dead process beats no more."""
    while True:
        await sleep(EVERY.total_seconds())
        try:
            await heard.hear()
        except StorageError as error:
            _LOG.error("the gap could not be told yet: %s", type(error).__name__)


async def _finish(intake: Intake, heard: Heard, within: float) -> None:
    left = await intake.drain(within)
    await heard.write()
    if left:
        _LOG.warning("%d updates are left for the next start", left)

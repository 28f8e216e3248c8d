"""The bot as a running whole: its parts tied together, from the first probe to a clean stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr
from telegram import Bot

from bot.clock import Clock, Numbers, RandomNumbers
from bot.compose import House
from bot.copies import CopyingLedger
from bot.courier import Courier, Road, roads
from bot.desk import Desk
from bot.escalation import Escalation
from bot.mail import server_of
from bot.notice_trail import NoticeTrail
from bot.office import Office
from bot.pacing import Budget
from bot.register import Register
from bot.settings import Settings
from bot.shelf import Shelf
from bot.telegram.delivery import Delivery
from bot.telegram.front import Front
from bot.telegram.hearing import Hearing, Plan, hearing
from bot.telegram.line import CannotStart, Line, Obstacle
from bot.telegram.mailing import Copies
from bot.telegram.meters import Meters
from bot.telegram.paced import PacedRequest
from bot.telegram.parts import parts_of
from bot.telegram.rides import Rides
from bot.telegram.screenings import Screenings
from bot.telegram.together import Neighbours, budget_of
from bot.timekeeper import Timekeeper
from bot.upkeep import charged, upkeep
from storage.errors import StorageError

if TYPE_CHECKING:
    from bot.post import Post

log = logging.getLogger(__name__)

KEPT: Final = timedelta(days=7)
"""How long an update that was dealt with is remembered, so that a repeat of it is known."""


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that runs."""

    hearing: Hearing
    office: Office
    register: Register
    courier: Courier


class QuietBot(Bot):
    """PTB's bot, which would otherwise show its token wherever it is printed."""

    def __repr__(self) -> str:
        return "QuietBot()"


@asynccontextmanager
async def running(
    house: House, settings: Settings, numbers: Numbers | None = None
) -> AsyncIterator[Running]:
    """Run the bot until the block ends.

    Raises:
        CannotStart: the token is refused, the API or the port cannot be used.
        StorageError: the database cannot be used.

    """
    token = settings.telegram_bot_token
    if token is None:
        raise CannotStart(Obstacle.NO_TOKEN)
    async with contextlib.AsyncExitStack() as stack:
        budget = await stack.enter_async_context(budget_of(house.store, settings))
        within = _within(house, settings, token, numbers or RandomNumbers(), budget)
        yield await stack.enter_async_context(within)


@asynccontextmanager
async def _within(
    house: House, settings: Settings, token: SecretStr, numbers: Numbers, budget: Budget
) -> AsyncIterator[Running]:
    """Run the bot within a send budget."""
    meters = Meters()
    request = PacedRequest(budget, observe=meters.called)
    api = settings.telegram_api_base_url.rstrip("/")
    bot = QuietBot(
        token.get_secret_value(),
        base_url=f"{api}/bot",
        request=request,
        get_updates_request=request,  # it never polls, and would build a client of httpx for it
    )
    register = Register(house.store.ledger)
    post = _post(settings, house.clock)
    register.mailing = post is not None
    house = _copying(house, register)
    office = Office(house.store.ledger, register, house.clock, numbers, house.shelf.trials)

    def owes() -> None:
        courier.wake()  # made below, out of what the desk is a part of

    desk = Desk(house.store.ledger, house.shelf, house.clock, numbers, register, owes)
    parts = parts_of(house, settings, bot, register, office, desk, numbers)
    # Where others may handle what we are told, a reply would wait for an answer of theirs.
    rides = Rides() if house.store.replicas.alone else None
    front = Front(parts, house.clock, settings.language, rides)
    delivery = Delivery(
        parts.screenings,
        desk,
        register,
        parts.painter,
        budget,
        house.clock,
        settings.language,
        parts.choice,
    )
    copies = Copies(delivery, register, post)
    timekeeper, courier = _courier(house, register, desk, delivery, copies, parts.screenings)
    plan = _plan(
        house,
        settings,
        Line(request, f"{api}/bot{token.get_secret_value()}"),
        front,
        numbers,
        meters,
        rides,
    )
    await timekeeper.begin()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(request.shutdown)
        stack.push_async_callback(front.stop)
        if parts.pins is not None:
            stack.callback(parts.pins.close)
        heard = await stack.enter_async_context(hearing(plan))
        await front.start(heard.username)
        neighbours = Neighbours(house.store, courier, front.silence, parts.screenings.tongues)
        stack.push_async_callback(neighbours.close)
        is_charged = charged(house.store.replicas)
        _make_ready(house.shelf)  # a poll is under way, and nobody was answered yet
        chores = [
            parts.erasing.retire(settings.retention_days, is_charged),
            _forget(house, is_charged),
            *upkeep(house, settings, register, courier.wake),
        ]
        for work in (courier.run(), neighbours.draw_at_start(), *chores):
            stack.push_async_callback(_end, asyncio.create_task(work))
        yield Running(heard, office, register, courier)


def _plan(
    house: House,
    settings: Settings,
    line: Line,
    front: Front,
    numbers: Numbers,
    meters: Meters,
    rides: Rides | None,
) -> Plan:
    """What hearing needs, out of the house and the settings."""
    secret = settings.webhook_secret
    return Plan(
        line=line,
        store=house.store,
        handle=front.handle,
        on_gap=front.silence.ended,
        on_unsaved=front.unsaved.tell,
        clock=house.clock,
        jitter=numbers.fraction,
        version=version("trial-screening-bot"),
        listen=settings.address,
        secret=secret.get_secret_value() if secret else None,
        rides=rides,
        meters=meters,
    )


def _courier(
    house: House,
    register: Register,
    desk: Desk,
    delivery: Delivery,
    copies: Copies,
    screenings: Screenings,
) -> tuple[Timekeeper, Courier]:
    """Whoever takes timers, and whoever takes everything that is owed."""
    ledger, clock = house.store.ledger, house.clock
    trail = NoticeTrail(ledger)
    escalation = Escalation(ledger, register, trail, clock)
    timekeeper = Timekeeper(ledger, desk, register, clock, escalation, screenings.changed)
    people = Road(delivery.deliver, delivery.ready, escalation.unreachable)
    road_of = roads(people, Road(timekeeper.deliver), Road(copies.deliver))
    return timekeeper, Courier(house.store.outbox, trail, road_of, clock)


def _post(settings: Settings, clock: Clock) -> Post | None:
    """Whoever sends letters; None where there are no copies by e-mail."""
    server = server_of(settings)
    if server is None:
        return None
    from bot.post import Post  # noqa: PLC0415  a megabyte that few sites need

    return Post(server, clock)


def _copying(house: House, register: Register) -> House:
    """The house, in which a notice is owed together with its copy by e-mail."""
    ledger = CopyingLedger(house.store.ledger, register.wants_email)
    return replace(house, store=replace(house.store, ledger=ledger))


async def _forget(house: House, is_charged: Callable[[], Awaitable[bool]]) -> None:
    """Once an hour: forget updates that were dealt with, and dead letters, after a week.

    Telegram itself keeps an update for 24 hours at most, so a week knows every repeat.
    """
    while True:
        before = house.clock.now() - KEPT
        try:
            if await is_charged():
                await house.store.inbox.prune(before.isoformat(timespec="milliseconds"))
        except StorageError as error:
            log.error("old updates could not be forgotten: %s", error)
        await asyncio.sleep(3600)


def _make_ready(shelf: Shelf) -> None:
    """Read the protocols; what a start has made is not looked through for garbage any more."""
    shelf.read()
    gc.collect()
    gc.freeze()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

"""The bot as a running whole: its parts tied together, from the first probe to a clean stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Final

from telegram import Bot

from bot.cases import Cases
from bot.clock import Numbers, RandomNumbers
from bot.compose import House
from bot.courier import Courier, Road
from bot.desk import Desk
from bot.erasing import Erasing
from bot.gate import Gate
from bot.notice_trail import NoticeTrail
from bot.office import Office
from bot.pins import PinKeeper
from bot.register import Register
from bot.settings import Settings
from bot.telegram.board import Board
from bot.telegram.delivery import Delivery
from bot.telegram.erasing import ErasedCards, ErasingTalk, retiring
from bot.telegram.following import Following
from bot.telegram.front import Front, Parts
from bot.telegram.hearing import Hearing, Plan, hearing
from bot.telegram.keypad import Keypads
from bot.telegram.line import CannotStart, Line, Obstacle
from bot.telegram.menu import Menu
from bot.telegram.meters import Meters
from bot.telegram.painter import Painter
from bot.telegram.people import PeopleTalk
from bot.telegram.request import AiohttpRequest
from bot.telegram.screenings import Screenings
from bot.telegram.signing import SignTalk
from bot.telegram.talk import Talk
from storage.errors import StorageError

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
    numbers = numbers or RandomNumbers()
    meters = Meters()
    request = AiohttpRequest(observe=meters.called)
    token = settings.telegram_bot_token
    if token is None:
        raise CannotStart(Obstacle.NO_TOKEN)
    api = settings.telegram_api_base_url.rstrip("/")
    bot = QuietBot(token.get_secret_value(), base_url=f"{api}/bot", request=request)
    register = Register(house.store.ledger)
    office = Office(house.store.ledger, register, house.clock, numbers)

    def owes() -> None:
        courier.wake()  # made below, out of what the desk is a part of

    desk = Desk(house.store.ledger, house.shelf, house.clock, numbers, register, owes)
    erasing = Erasing(desk, register, house.store.ledger, house.store.keys, house.clock)
    parts, erased = _parts(house, settings, bot, register, office, desk, numbers, erasing)
    front = Front(parts, house.clock, settings.language)
    delivery = Delivery(
        parts.screenings, desk, register, parts.painter, house.clock, settings.language
    )
    trail = NoticeTrail(house.store.ledger)
    people = Road(delivery.deliver)
    courier = Courier(house.store.outbox, trail, lambda _: people, house.clock)
    secret = settings.webhook_secret
    plan = Plan(
        line=Line(request, f"{api}/bot{token.get_secret_value()}"),
        store=house.store,
        handle=front.handle,
        on_gap=front.deaf,
        on_unsaved=front.unsaved.tell,
        clock=house.clock,
        jitter=numbers.fraction,
        version=version("trial-screening-bot"),
        listen=settings.address,
        secret=secret.get_secret_value() if secret else None,
        meters=meters,
    )
    await register.catch_up()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(request.shutdown)
        stack.push_async_callback(front.stop)
        if parts.pins is not None:
            stack.callback(parts.pins.close)
        heard = await stack.enter_async_context(hearing(plan))
        await front.start(heard.username)
        over = retiring(erasing, erased, settings.retention_days)
        for work in (courier.run(), front.draw_again(), _forget(house), over):
            stack.push_async_callback(_end, asyncio.create_task(work))
        yield Running(heard, office, register, courier)


async def _forget(house: House) -> None:
    """Once an hour: forget updates that were dealt with, and dead letters, after a week.

    Telegram itself keeps an update for 24 hours at most, so a week knows every repeat.
    """
    while True:
        before = house.clock.now() - KEPT
        try:
            await house.store.inbox.prune(before.isoformat(timespec="milliseconds"))
        except StorageError as error:
            log.error("old updates could not be forgotten: %s", error)
        await asyncio.sleep(3600)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _parts(  # noqa: PLR0913  the rooms, tied together in one place
    house: House,
    settings: Settings,
    bot: Bot,
    register: Register,
    office: Office,
    desk: Desk,
    numbers: Numbers,
    erasing: Erasing,
) -> tuple[Parts, ErasedCards]:
    cards = house.store.cards
    painter, menu = Painter(bot, cards), Menu(bot)
    gate = Gate(house.store.ledger, register, house.clock)
    pepper = settings.signing_pepper
    pins = (
        PinKeeper(house.store.pins, pepper.get_secret_value().encode(), house.clock)
        if pepper
        else None
    )
    signing = SignTalk(desk, register, gate, painter, pins, Keypads(numbers.new_secret))
    board = Board(register, painter, cards, signs=signing.offered)
    screenings = Screenings(desk, register, gate, board, signing)
    talk = Talk(screenings, register, house.shelf, painter, settings.trial)
    people = PeopleTalk(office, register, talk, painter, menu, signing)
    cases = Cases(house.store.ledger, register, house.clock)
    following = Following(desk, register, gate, cases)
    erased = ErasedCards(register, board, painter, cards, settings.language)
    parts = Parts(
        bot,
        register,
        office,
        screenings,
        talk,
        people,
        painter,
        menu,
        signing,
        following,
        pins,
        ErasingTalk(erasing, register, gate, talk, erased),
    )
    return parts, erased

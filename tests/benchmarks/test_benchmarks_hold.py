"""The benchmark's own parts: quick, and run with every other test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import MultipartWriter, web

from tests.benchmarks.speed.field import AIOGRAM, HOOKED, ONE_AT_A_TIME, THIS, field
from tests.benchmarks.speed.hook import PATH, SECRET, Hook
from tests.benchmarks.speed.measure import Figures
from tests.benchmarks.speed.targets import RATE, Target, against, at_least
from tests.benchmarks.speed.ways import DECIDE, POINT, PRESS, READ, TYPE, Asked, Way

ANSWER = {"method": "answerCallbackQuery", "callback_query_id": "7"}


class Bot:
    """A webhook that keeps what it was told and replies what it is given."""

    def __init__(self, make: Callable[[], web.Response] = web.Response) -> None:
        self.heard: list[dict[str, Any]] = []
        self.called: list[tuple[str, dict[str, Any]]] = []
        self.troubles: list[str] = []
        self.said = asyncio.Event()
        self.make = make

    async def take(self, request: web.Request) -> web.Response:
        """Keep an update and reply."""
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
        self.heard.append(await request.json())
        self.said.set()
        return self.make()

    def call(self, method: str, fields: dict[str, Any]) -> None:
        """What rode in a reply."""
        self.called.append((method, fields))
        self.said.set()

    def trouble(self, words: str) -> None:
        """What went wrong."""
        self.troubles.append(words)
        self.said.set()

    async def until(self, count: int, of: list[Any]) -> None:
        """Wait until a list is so long."""
        async with asyncio.timeout(5):
            while len(of) < count:
                self.said.clear()
                await self.said.wait()


@asynccontextmanager
async def hooked(bot: Bot, trip: float = 0) -> AsyncIterator[Hook]:
    """A hook before a server of aiohttp."""
    application = web.Application()
    application.router.add_post(PATH, bot.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook = Hook(runner.addresses[0][1], bot.call, bot.trouble, trip)
    try:
        yield hook
    finally:
        hook.close()
        await runner.cleanup()


def as_form() -> web.Response:
    """A method call as aiogram writes one."""
    form = MultipartWriter("form-data")
    for name, value in ANSWER.items():
        form.append(value).set_content_disposition("form-data", name=name)
    return web.Response(body=form)


@pytest.mark.parametrize("make", [lambda: web.json_response(ANSWER), as_form])
async def test_a_call_in_a_reply_takes_effect(make: Callable[[], web.Response]) -> None:
    """As JSON or as a form, a method in a webhook's reply is called with its fields."""
    bot = Bot(make)
    async with hooked(bot) as hook:
        hook.post(1, {"update_id": 1})
        await bot.until(1, bot.called)
    assert bot.called == [("answerCallbackQuery", {"callback_query_id": "7"})]
    assert bot.troubles == []


async def test_a_persons_next_update_waits_for_the_reply() -> None:
    """One person's second update is sent after the reply to the first, another's meanwhile."""
    sent: asyncio.Queue[tuple[int, asyncio.StreamWriter]] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            for body in data.split(b"\r\n\r\n")[1:]:
                number = int(body.split(b":")[1].split(b"}")[0])
                sent.put_nowait((number, writer))
        writer.close()
        await writer.wait_closed()
        closed.put_nowait(writer)

    bot = Bot()
    closed: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, asyncio.timeout(10):
        hook = Hook(server.sockets[0].getsockname()[1], bot.call, bot.trouble, 0)
        hook.post(1, {"update_id": 1})
        number, line = await sent.get()
        hook.post(1, {"update_id": 2})
        hook.post(2, {"update_id": 3})
        assert (number, (await sent.get())[0]) == (1, 3)
        line.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        assert (await sent.get())[0] == 2
        hook.close()
        await closed.get()
        await closed.get()


async def test_an_update_takes_the_trip() -> None:
    """With a trip an update does not arrive before it."""
    bot, loop = Bot(), asyncio.get_running_loop()
    async with hooked(bot, trip=0.05) as hook:
        begun = loop.time()
        hook.post(1, {"update_id": 1})
        await bot.until(1, bot.heard)
        assert loop.time() - begun >= 0.05


async def test_a_refusal_is_told() -> None:
    """Whatever is not 200 ends the round with its reason."""
    bot = Bot(lambda: web.Response(status=503))
    async with hooked(bot) as hook:
        hook.post(1, {"update_id": 1})
        await bot.until(1, bot.troubles)
    assert "503" in bot.troubles[0]


def figures(rate: float) -> Figures:
    """Only the rate matters."""
    return Figures(rate, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0)


def test_like_is_held_against_like() -> None:
    """This bot's polling by the peer's polling, its webhook by the peer's webhook."""
    race = {
        THIS: figures(1000),
        HOOKED[THIS]: figures(900),
        AIOGRAM: figures(500),
        HOOKED[AIOGRAM]: figures(300),
    }
    assert against(race, AIOGRAM, RATE) == (2.0, 3.0)
    row = Target("taps/s", *at_least(2.5), against(race, AIOGRAM, RATE)).row()
    assert row == "| taps/s | ≥ 2.5 × | 2.00 | 3.00 | by webhook only |"
    del race[HOOKED[AIOGRAM]]
    row = Target("taps/s", *at_least(2.5), against(race, AIOGRAM, RATE)).row()
    assert row == "| taps/s | ≥ 2.5 × | 2.00 |  | not reached |"


def test_everybody_has_a_name_of_their_own() -> None:
    """Nobody is measured under another's name, and all that are named are there."""
    names = [one.name for one in field()]
    assert len(set(names)) == len(names)
    assert {*HOOKED, *HOOKED.values(), *ONE_AT_A_TIME} <= set(names)


def test_the_model_of_a_person() -> None:
    """One question with two taps and ten characters, by hand."""
    way = Way("w", "en", [Asked(shown=100, taps=2, typed=10)], 0, 1, 20.0)
    tap = POINT + PRESS
    assert way.taps == 4
    assert way.known == pytest.approx(2 * DECIDE + 4 * tap)
    assert way.read == pytest.approx(way.known + 100 * READ)
    assert way.typed == pytest.approx(2 * DECIDE + 2 * tap + 11 * TYPE)

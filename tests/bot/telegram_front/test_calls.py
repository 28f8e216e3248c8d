"""The calls of a tap end as PTB's own would: the same errors of the same answers."""

from __future__ import annotations

import asyncio
import json

import pytest
from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from bot.telegram.calls import Calls
from bot.telegram.request import Data, WireRequest
from bot.telegram.rides import Rides
from tests.bot.telegram_front.clinic import CANARY

# PTB warns of a change to come whenever it is told to wait.
pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")


class Answered(WireRequest):
    """A way out on which every call gets the same answer."""

    __slots__ = ("answer", "asked")

    def __init__(self, status: int, payload: bytes) -> None:
        super().__init__()
        self.answer = (status, payload)
        self.asked: list[tuple[str, Data]] = []

    async def _send(self, url: str, method: str, data: Data, limits: object) -> tuple[int, bytes]:
        self.asked.append((url, data))
        return self.answer


async def test_an_answer_goes_with_a_reply_that_waits_for_it() -> None:
    """Once, and for the tap that it answers; any other is called."""
    rides, reply = Rides(), asyncio.get_running_loop().create_future()
    rides.wait("q1", reply)
    request = Answered(200, b'{"ok":true,"result":true}')
    calls = Calls(Bot(CANARY, base_url="http://a/bot", request=request), rides)
    await calls.answer("q1", "hello")
    assert request.asked == []
    assert b'"callback_query_id":"q1"' in reply.result().body
    await calls.answer("q1", "hello")
    await calls.answer("q2", "hello")
    assert len(request.asked) == 2


ANSWERS = [
    (status, json.dumps({"ok": False, "error_code": status, **body}).encode())
    for status in (400, 401, 403, 404, 409, 429, 500, 502)
    for body in ({}, {"description": "why"}, {"parameters": {"retry_after": 7}})
]


@pytest.mark.parametrize(("status", "payload"), ANSWERS)
async def test_the_same_error_as_ptb(status: int, payload: bytes) -> None:
    """Its class, its words where Telegram gave any, and the seconds to wait."""
    request = Answered(status, payload)
    bot = Bot(CANARY, base_url="http://a/bot", request=request)
    with pytest.raises(TelegramError) as own:
        await Calls(bot).answer("q1", "hello")
    with pytest.raises(TelegramError) as ptb:
        await bot.answer_callback_query("q1", "hello")
    assert type(own.value) is type(ptb.value)
    if b"description" in payload:
        assert own.value.message == ptb.value.message
    if isinstance(own.value, RetryAfter) and isinstance(ptb.value, RetryAfter):
        assert own.value.retry_after == ptb.value.retry_after
    assert CANARY not in str(own.value)


@pytest.mark.parametrize("payload", [b"", b"null", b"<html>", b'{"ok":true}', b"\xff"])
async def test_an_answer_that_is_none_is_an_error(payload: bytes) -> None:
    """A gateway's page with status 200 is not taken for a success."""
    bot = Bot(CANARY, base_url="http://a/bot", request=Answered(200, payload))
    with pytest.raises(TelegramError):
        await Calls(bot).edit(1, 2, "text", "HTML", None)
    with pytest.raises(TelegramError):
        await Calls(bot).send(1, "text", None)


async def test_a_message_without_an_id_was_not_sent() -> None:
    """Only its id says where the card stands."""
    bot = Bot(CANARY, base_url="http://a/bot", request=Answered(200, b'{"ok":true,"result":true}'))
    with pytest.raises(TelegramError):
        await Calls(bot).send(1, "text", None)

"""From the first caller to the last."""

from __future__ import annotations

import asyncio

import pytest

from bot.telegram.site import Reply
from tests.bot.telegram.site.parts import CUT, Echo, Listening, post


async def test_a_stop_answers_what_is_in_hand(site: Echo, listening: Listening) -> None:
    """Who is silent is let go at once, who waits gets an answer; then nobody is listened to."""
    site.holds = True
    silent, waits = await listening.call(), await listening.call()
    await waits.say(post(b"1"))
    await site.has(1)
    stopping = asyncio.create_task(listening.server.stop())
    assert await silent.rest() == b""
    assert not stopping.done()
    site.held[0].set_result(Reply(200, b"one"))
    answer = await waits.rest()
    assert answer.endswith(b"Connection: close\r\n\r\none")
    await stopping
    await listening.server.stop()
    with pytest.raises(ConnectionRefusedError):
        await listening.call()
    for line in (silent, waits):
        line.writer.close()


async def test_a_stop_does_not_wait_for_ever(site: Echo, listening: Listening) -> None:
    """After its second whoever is left is cut off."""
    site.holds = True
    line = await listening.call()
    await line.say(post(b"1"))
    await site.has(1)
    async with asyncio.timeout(1):
        await listening.server.stop(within=0.05)
    assert await line.last_words() in (b"", CUT)
    line.writer.close()

"""One connection, spoken to byte by byte: what is refused, and in which order answers come."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.telegram.caller import LARGEST_HEAD
from bot.telegram.site import Reply
from tests.bot.telegram.site.parts import CUT, LIMITS, Echo, Line, Listening, post


async def test_what_is_asked_ahead_is_answered_in_order(site: Echo, line: Line) -> None:
    """One request is in hand at a time; the next is begun when it was answered."""
    site.holds = True
    await line.say(post(b"1") + post(b"2") + post(b"3"))
    for number in (1, 2, 3):
        await site.has(number)
        await asyncio.sleep(0.01)
        assert [body for _, body in site.asked] == [b"1", b"2", b"3"][:number]
        site.held[-1].set_result(Reply(200, b"%d" % number))
    assert [await line.answer() for _ in range(3)] == [(200, b"1"), (200, b"2"), (200, b"3")]


async def test_no_split_of_the_bytes_makes_a_difference(site: Echo, listening: Listening) -> None:
    """Heads, bodies and chunks cut anywhere, byte by byte and at random, are read the same."""
    chunked = (
        b"POST /?a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=1\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    )
    stream = post(b"first") + chunked + b"\r\n" + post(b"", "Connection: close")
    draw = random.Random(7)
    for size in (1, 2, 3, *(draw.randrange(4, 200) for _ in range(10))):
        line = await listening.call()
        for at in range(0, len(stream), size):
            await line.say(stream[at : at + size])
            await asyncio.sleep(0)
        answers = [await line.answer() for _ in range(3)]
        assert answers == [(200, b"first"), (200, b"abc"), (200, b"")]
        assert await line.rest() == b""
        line.writer.close()
    assert site.asked[1][0].path == b"/"


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        post(b"x", "Connection: upgrade", "Upgrade: h2c"),
        b"CONNECT x:1 HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nA : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_refused(site: Echo, line: Line, nonsense: bytes) -> None:
    """400, closed, and nobody is asked: two lengths may be smuggling; an upgrade has no body."""
    await line.say(nonsense)
    answer = await line.rest()
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Connection: close" in answer
    assert site.asked == []


async def test_a_refusal_waits_for_its_turn(site: Echo, line: Line) -> None:
    """What was asked before it is answered first; what comes after it is not read."""
    site.holds = True
    await line.say(post(b"1") + post(b"2", path="/no") + post(b"3"))
    await site.has(1)
    site.held[0].set_result(Reply(200, b"one"))
    answers = await line.rest()
    assert answers.count(b"HTTP/1.1") == 2
    assert answers.startswith(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 403")
    assert [body for _, body in site.asked] == [b"1"]


async def test_a_head_that_does_not_end_is_refused(site: Echo, line: Line) -> None:
    """431 at the latest when it is one read larger than a head may be."""
    await line.say(b"GET / HTTP/1.1\r\n")
    many = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1000) for number in range(400))
    await line.say(*(many[at : at + 4000] for at in range(0, len(many), 4000)))
    assert len(many) > LARGEST_HEAD + 256 * 1024
    assert (await line.last_words()).startswith((b"HTTP/1.1 431", CUT))
    assert site.asked == []


async def test_a_frame_may_not_be_far_larger_than_its_body(site: Echo, line: Line) -> None:
    """413 for a few bytes in endless chunk extensions, or with endless trailers behind them."""
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    await line.say(head, b"1;" + b"x" * 400_000)
    assert (await line.last_words()).startswith((b"HTTP/1.1 413", CUT))
    assert site.asked == []


async def test_trailers_do_not_become_headers(site: Echo, line: Line) -> None:
    """What comes after the body cannot say who sent it."""
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"
    await line.say(head, b"1\r\na\r\n0\r\nX-A: 2\r\nX-B: 3\r\n\r\n")
    assert await line.answer() == (200, b"a")
    assert dict(site.asked[0][0].headers) == {b"transfer-encoding": b"chunked", b"x-a": b"1"}


async def test_of_a_repeated_header_the_first_counts(site: Echo, line: Line) -> None:
    """Neither the last nor both, as for whoever stands before us."""
    await line.say(post(b"", "X-A: 1", "x-a: 2"))
    assert await line.answer() == (200, b"")
    assert site.asked[0][0].headers[b"x-a"] == b"1"


async def test_who_is_silent_is_hung_up_on(listening: Listening) -> None:
    """Before a first request, in the middle of a head, and after an answer; without a word."""
    for begins in (b"", b"POST / HTTP/1.1\r\nHo", post(b"x")):
        line = await listening.call()
        await line.say(begins)
        if b"x" in begins:
            assert await line.answer() == (200, b"x")
        assert await line.last_words() in (b"", CUT)
        line.writer.close()


async def test_a_head_in_drops_is_no_sign_of_life(line: Line) -> None:
    """A byte now and then does not hold a connection for longer than silence would."""
    begun = asyncio.get_running_loop().time()
    await line.say(b"GET /")
    drops = asyncio.create_task(line.last_words())
    while not drops.done():
        try:
            await line.say(b"x")
        except ConnectionError:
            break
        await asyncio.sleep(0.05)
    assert await drops in (b"", CUT)
    assert asyncio.get_running_loop().time() - begun < 2 * LIMITS.longest_silence + 0.5


async def test_a_body_in_drops_is_given_up(site: Echo, line: Line) -> None:
    """It must be whole in time, however regularly it drops in."""
    await line.say(b"POST / HTTP/1.1\r\nContent-Length: 900\r\n\r\n")
    told = asyncio.create_task(line.last_words())
    while not told.done():
        try:
            await line.say(b"x")
        except ConnectionError:
            break
        await asyncio.sleep(0.02)
    assert (await told).startswith((b"HTTP/1.1 408", CUT))
    assert site.asked == []


async def test_while_one_is_answered_nobody_loses_patience(site: Echo, line: Line) -> None:
    """However long it takes, and whatever was asked ahead."""
    site.holds = True
    await line.say(post(b"1"))
    await site.has(1)
    await asyncio.sleep(LIMITS.longest_silence + 0.2)
    site.held[0].set_result(Reply(200, b"late"))
    assert await line.answer() == (200, b"late")


@pytest.mark.parametrize(
    "request_", [post(b"x", "Connection: close"), post(b"x").replace(b"HTTP/1.1", b"HTTP/1.0")]
)
async def test_a_connection_that_is_not_kept(line: Line, request_: bytes) -> None:
    """It is closed after the answer, which says so; what follows is not read."""
    await line.say(request_ + post(b"y"))
    answer = await line.rest()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nConnection: close\r\n" in answer
    assert b"y" not in answer.partition(b"\r\n\r\n")[2]


async def test_who_leaves_is_missed_by_nobody(site: Echo, listening: Listening) -> None:
    """The answer to somebody who has gone is called off, and half a request is dropped."""
    site.holds = True
    line = await listening.call()
    await line.say(post(b"1"), post(b"2")[:-1])
    await site.has(1)
    line.writer.transport.abort()
    await asyncio.wait([site.held[0]], timeout=3)
    assert site.held[0].cancelled()
    assert len(site.asked) == 1
    other = await listening.call()
    await other.say(post(b"3"))
    await site.has(2)
    site.held[1].set_result(Reply(200))
    assert (await other.answer())[0] == 200
    other.writer.close()


async def test_a_site_that_fails_is_500(
    site: Echo, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the failure and not what was said; the connection stays."""
    site.holds = True
    await line.say(post(b"1"))
    await site.has(1)
    site.held[0].set_exception(RuntimeError("a patient called Canary"))
    assert await line.answer() == (500, b"")
    assert "RuntimeError" in caplog.text
    assert "Canary" not in caplog.text
    await line.say(post(b"2"))
    await site.has(2)
    site.held[1].cancel()
    assert await line.answer() == (503, b"")


async def test_who_does_not_listen_is_not_worked_for(site: Echo, line: Line) -> None:
    """Answers that are not fetched stop further ones; fetched, they all come."""
    site.padding = b"x" * 100_000
    line.writer.transport.pause_reading()  # type: ignore[attr-defined]
    count = 300
    sending = asyncio.create_task(line.say(*[post(b"%03d" % number) for number in range(count)]))
    await asyncio.sleep(0.2)
    assert 1 <= len(site.asked) < count / 2
    line.writer.transport.resume_reading()  # type: ignore[attr-defined]
    for number in range(count):
        assert (await line.answer())[1].startswith(b"%03d" % number)
    await sending


async def test_who_never_listens_is_hung_up_on(site: Echo, line: Line) -> None:
    """Patience with that, too, has an end."""
    site.padding = b"x" * 1_000_000
    line.writer.transport.pause_reading()  # type: ignore[attr-defined]
    sending = asyncio.create_task(line.say(*[post(b"")] * 100))
    await asyncio.sleep(LIMITS.longest_silence + 0.3)
    line.writer.transport.resume_reading()  # type: ignore[attr-defined]
    await line.last_words()
    await asyncio.gather(sending, return_exceptions=True)
    assert len(site.asked) < 100


async def test_a_head_alone_is_answered_with_one(site: Echo, line: Line) -> None:
    """HEAD gets the status and no body, so that the next answer is where it is looked for."""
    site.padding = b"pad"
    await line.say(b"HEAD / HTTP/1.1\r\n\r\n" + post(b"x"))
    assert await line.answer() == (200, b"")
    assert await line.answer() == (200, b"xpad")


async def test_an_invitation_does_not_interrupt_an_answer(site: Echo, line: Line) -> None:
    """`100 Continue` is said when nothing else is to be answered first."""
    site.holds = True
    asks = b"POST / HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\n"
    await line.say(asks)
    assert await line.reader.readexactly(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    await line.say(b"1", asks)
    await site.has(1)
    site.held[0].set_result(Reply(200, b"one"))
    assert await line.answer() == (200, b"one")

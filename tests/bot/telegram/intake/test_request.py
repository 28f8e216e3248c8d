"""PTB over our own connection to the network."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.sandbox import Fault, FaultKind, Phone, Sandbox
from bot.telegram.limits import Limits
from bot.telegram.meters import Meters
from bot.telegram.request import WireRequest, method_of
from tests.bot.telegram.intake.parts import TOKEN

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def a_server(handler: Handler) -> TestServer:
    """A server with one handler for everything."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    return TestServer(application)


@pytest.fixture
def bot(sandbox: Sandbox, request_: WireRequest) -> Bot:
    """PTB's Bot on our request object."""
    return Bot(TOKEN, base_url=sandbox.base_url, request=request_, get_updates_request=request_)


async def test_plain_calls_nested_objects_and_files_arrive(bot: Bot, phone: Phone) -> None:
    """Fields go urlencoded, nested objects as JSON, files as multipart."""
    sent = await bot.send_message(1001, "é & <b>ü</b>?", parse_mode="HTML", protect_content=True)
    assert sent.text == "é & ü?"
    document = await bot.send_document(1001, b"abc", filename="log é.csv", caption="c & d")
    assert document.document is not None
    assert document.document.file_name == "log é.csv"
    assert phone.last_message.attachment is not None
    assert phone.last_message.attachment.content == b"abc"


async def test_refusals_are_ptbs_own_errors(
    bot: Bot, sandbox: Sandbox, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status and body reach PTB, which raises what its users expect."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(1001, "<b>", parse_mode="HTML")
    sandbox.faults.arm(Fault(FaultKind.FORBIDDEN))
    with pytest.raises(Forbidden):
        await bot.send_message(1001, "x")
    sandbox.faults.arm(Fault(FaultKind.FLOOD))
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "x")


async def test_only_files_go_by_aiohttp(bot: Bot, phone: Phone, request_: WireRequest) -> None:
    """A menu, a message with buttons and a poll do without; a file opens its session."""
    await bot.set_my_commands([("help", "what can be done")])
    button = InlineKeyboardButton("Yes", callback_data="y")
    await bot.send_message(1001, "x", reply_markup=InlineKeyboardMarkup([[button]]))
    await bot.get_updates(timeout=0)
    assert phone.labels == ("Yes",)
    assert request_._files is None
    await bot.send_document(1001, b"abc", filename="log.csv")
    assert request_._files is not None


def test_a_call_is_known_by_its_method_alone() -> None:
    """The address holds the token; what is counted is the last word of it, if it is one."""
    assert method_of(f"http://a/bot{TOKEN}/sendMessage") == "sendMessage"
    assert method_of(f"http://a/file/bot{TOKEN}/photos/file_1.jpg") == "file"
    assert method_of("") == "file"


async def test_one_connection_serves_calls_in_a_row(request_: WireRequest) -> None:
    """Idle connections are kept and used again."""
    ports: list[object] = []

    async def handler(request: web.Request) -> web.Response:
        ports.append(request.transport and request.transport.get_extra_info("peername"))
        return web.json_response({"ok": True, "result": True})

    async with a_server(handler) as server:
        for _ in range(5):
            await request_.post(str(server.make_url(f"/bot{TOKEN}/getMe")))
    assert len(set(ports)) == 1


async def test_the_pool_bounds_the_connections() -> None:
    """No more calls are under way at once than the pool has places."""
    now, most = 0, 0

    async def handler(_: web.Request) -> web.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return web.json_response({"ok": True, "result": True})

    async with a_server(handler) as server, WireRequest(pool=3) as request:
        url = str(server.make_url(f"/bot{TOKEN}/getMe"))
        await asyncio.gather(*(request.post(url) for _ in range(12)))
    assert most == 3


async def test_each_calls_own_time_limit_counts(request_: WireRequest) -> None:
    """A read limit given with the call ends it; the default does not hinder a longer one."""

    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(0.2)
        return web.json_response({"ok": True, "result": True})

    async with a_server(handler) as server, WireRequest(limits=Limits(read=0.05)) as short:
        url = str(server.make_url(f"/bot{TOKEN}/getMe"))
        with pytest.raises(TimedOut):
            await request_.post(url, read_timeout=0.05)
        with pytest.raises(TimedOut):
            await short.post(url)
        assert await short.post(url, read_timeout=2) is True
        assert await short.post(url, read_timeout=None) is True


async def test_a_full_pool_is_a_time_out() -> None:
    """Waiting for a free connection is bounded, too."""
    release = asyncio.Event()

    async def handler(_: web.Request) -> web.Response:
        await release.wait()
        return web.json_response({"ok": True, "result": True})

    async with a_server(handler) as server, WireRequest(pool=1) as request:
        url = str(server.make_url(f"/bot{TOKEN}/getMe"))
        first = asyncio.create_task(request.post(url))
        await asyncio.sleep(0.02)
        with pytest.raises(TimedOut):
            await request.post(url, pool_timeout=0.02, connect_timeout=0.02)
        release.set()
        assert await first is True


async def test_calls_are_counted_by_method_and_outcome(sandbox: Sandbox, phone: Phone) -> None:
    """The observer hears the method's name and the status, or that the network failed."""
    meters = Meters()
    async with WireRequest(observe=meters.called) as request:
        bot = Bot(TOKEN, base_url=sandbox.base_url, request=request)
        await bot.get_me()
        sandbox.go_down()
        with pytest.raises(NetworkError):
            await bot.get_me()
    assert meters.value("screening_api_calls_total", method="getMe", outcome="200") == 1
    assert meters.value("screening_api_calls_total", method="getMe", outcome="network") == 1


async def _page(_: web.Request) -> web.Response:
    return web.Response(status=502, text=f"<html>upstream of /bot{TOKEN}/getMe failed</html>")


async def _words(_: web.Request) -> web.Response:
    body = {"ok": False, "description": f"no route to /bot{TOKEN}/getMe"}
    return web.json_response(body, status=404)


async def _nonsense(_: web.Request) -> web.Response:
    return web.Response(text=f"{{broken {TOKEN}")


async def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _away(_: web.Request) -> web.Response:
    raise web.HTTPFound(f"http://127.0.0.1:1/bot{TOKEN}/getMe")


@pytest.mark.parametrize("handler", [_page, _words, _nonsense, _cut, _away])
async def test_no_failure_tells_the_token(
    handler: Handler, request_: WireRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither words, repr, traceback nor log of any failed call holds the token."""
    caplog.set_level(0)
    caplog.set_level(logging.CRITICAL, logger="aiohttp.access")  # the server's, not ours
    async with a_server(handler) as server:
        with pytest.raises(TelegramError) as caught:
            await request_.post(str(server.make_url(f"/bot{TOKEN}/getMe")))
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    assert TOKEN.partition(":")[2] not in told
    context: BaseException | None = caught.value
    while context is not None:
        assert TOKEN not in f"{context!r} {context}"
        context = context.__context__


@pytest.mark.parametrize("handler", [_page, _words, _nonsense, _cut, _away])
async def test_no_failure_of_a_file_tells_the_token(
    handler: Handler, request_: WireRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """Files go by another road, and are as silent; a redirection is not followed there either."""
    caplog.set_level(0)
    caplog.set_level(logging.CRITICAL, logger="aiohttp.access")  # the server's, not ours
    async with a_server(handler) as server:
        bot = Bot(TOKEN, base_url=str(server.make_url("/bot")), request=request_)
        with pytest.raises(TelegramError) as caught:
            await bot.send_document(1001, b"abc", filename="log.csv")
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    assert TOKEN.partition(":")[2] not in told
    assert caught.value.__context__ is None or TOKEN not in repr(caught.value.__context__)


async def test_a_file_comes_as_it_is(request_: WireRequest) -> None:
    """What is fetched is no JSON, and is not asked for as such."""

    async def handler(request: web.Request) -> web.Response:
        assert request.method == "GET"
        return web.Response(body=b"\x00\xff")

    async with a_server(handler) as server:
        assert await request_.retrieve(str(server.make_url("/file/a.bin"))) == b"\x00\xff"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/bot", "http://no host/bot", "x://y/bot"])
async def test_an_unreachable_or_impossible_address_tells_no_token(
    address: str, request_: WireRequest
) -> None:
    """The errors of the network library hold addresses; ours do not."""
    with pytest.raises(NetworkError) as caught:
        await request_.post(f"{address}{TOKEN}/getMe")
    told = "".join(traceback.format_exception(caught.value)) + repr(request_)
    assert TOKEN not in told
    assert caught.value.__context__ is None


async def test_a_closed_request_says_so_and_opens_again(sandbox: Sandbox) -> None:
    """After shutdown a call fails; initialize opens it again."""
    request = WireRequest()
    url = f"{sandbox.base_url}{TOKEN}/getMe"
    with pytest.raises(NetworkError, match="not open"):
        await request.post(url)
    for _ in range(2):
        async with request:
            await request.post(url)
    await request.shutdown()


async def test_a_revoked_token_is_invalid_without_being_told(bot: Bot, sandbox: Sandbox) -> None:
    """PTB raises InvalidToken in the server's words."""
    sandbox.faults.revoke_token()
    with pytest.raises(InvalidToken) as caught:
        await bot.get_me()
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


async def test_a_redirection_is_not_followed(request_: WireRequest) -> None:
    """Whoever redirects us must not get the token sent to an address of their choice."""
    visits: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        visits.append(request.path)
        return web.json_response({"ok": True, "result": True})

    async with a_server(elsewhere) as other:

        async def away(_: web.Request) -> web.Response:
            raise web.HTTPTemporaryRedirect(str(other.make_url(f"/bot{TOKEN}/getMe")))

        async with a_server(away) as server:
            with pytest.raises(NetworkError):
                await request_.post(str(server.make_url(f"/bot{TOKEN}/getMe")))
    assert visits == []

"""The HTTP side: the webhook, `/healthz` and `/metrics`."""

from __future__ import annotations

import asyncio
import hmac
import logging
from typing import Final

from aiohttp import web

from bot.telegram.health import Health, as_json
from bot.telegram.intake import Intake
from bot.telegram.meters import Meters
from storage.errors import StorageError

_LOG = logging.getLogger(__name__)
WEBHOOK: Final = "/telegram/webhook"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BODY: Final = 1024 * 1024
"""Bytes; a real update has a few thousand."""

SLOWEST_BODY: Final = 10.0
"""Seconds in which a body must have come."""


class Endpoint:
    """Answers; `secret` None means that this process polls and has no webhook.

    200 is said only once the update is on disk, since Telegram forgets it then.
    """

    def __init__(
        self,
        intake: Intake,
        health: Health,
        meters: Meters,
        secret: str | None,
        slowest_body: float = SLOWEST_BODY,
    ) -> None:
        if secret == "":
            raise ValueError("an empty secret would let everybody in")
        self._intake, self._health, self._meters = intake, health, meters
        self._secret = None if secret is None else secret.encode()
        self._slowest_body = slowest_body

    def __repr__(self) -> str:
        return "Endpoint()"

    def application(self) -> web.Application:
        """The routes."""
        application = web.Application(client_max_size=LARGEST_BODY)
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/metrics", self._metrics)
        if self._secret is not None:
            # Without a handler of our own aiohttp would invite the body before the secret is read.
            application.router.add_post(WEBHOOK, self._webhook, expect_handler=self._expect)
        return application

    async def _webhook(self, request: web.Request) -> web.StreamResponse:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        try:
            async with asyncio.timeout(self._slowest_body):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _closing(413)
        except TimeoutError:
            return _closing(408)
        try:
            await self._intake.take([body])
        except StorageError as error:
            _LOG.error("an update could not be kept: %s", type(error).__name__)
            # No Retry-After: Telegram's own steps (0, 0, 2, 6 s …) are shorter than any we name.
            return web.Response(status=503)
        if self._intake.last_taken is not None:
            self._meters.last_heard.set(self._intake.last_taken.timestamp())
        return web.Response()

    async def _expect(self, request: web.Request) -> web.StreamResponse | None:
        refusal = self._refusal(request)
        if refusal is None and request.transport is not None:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return refusal

    def _refusal(self, request: web.Request) -> web.Response | None:
        """Why this request is refused, from its headers alone."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if self._secret is None or not hmac.compare_digest(given, self._secret):
            return _closing(403)
        if request.content_length is not None and request.content_length > LARGEST_BODY:
            return _closing(413)
        return None

    async def _healthz(self, _: web.Request) -> web.Response:
        report = await self._health.report()
        return web.json_response(as_json(report), status=503 if report.trouble else 200)

    async def _metrics(self, _: web.Request) -> web.Response:
        await self._health.report()
        self._meters.lanes.set(self._intake.active)
        return web.Response(body=self._meters.text(), headers={"Content-Type": _PROMETHEUS})


_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


def _closing(status: int) -> web.Response:
    response = web.Response(status=status)
    response.force_close()
    return response


class Server:
    """An application on a host and port; port 0 takes a free one."""

    def __init__(self, application: web.Application, host: str, port: int) -> None:
        self._host, self._port = host, port
        # Lingering would read on, for ten seconds, what was refused; a body that comes compressed
        # is kept as it came, so that a small one cannot swell.
        self._runner = web.AppRunner(
            application,
            access_log=None,
            keepalive_timeout=75,
            shutdown_timeout=1.0,
            lingering_time=0,
            auto_decompress=False,
        )

    async def start(self) -> int:
        """Listen; the port. Raises OSError."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        port: int = self._runner.addresses[0][1]
        return port

    async def stop(self) -> None:
        """Take no more, give what is under way a second, close; a second call does nothing."""
        await self._runner.cleanup()

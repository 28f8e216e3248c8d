"""The HTTP side: the webhook, `/healthz` and `/metrics`."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from dataclasses import dataclass
from typing import Final

from bot.telegram.health import Health, as_json
from bot.telegram.intake import Intake
from bot.telegram.meters import Meters
from bot.telegram.rides import LONGEST, Rides, tap_in
from bot.telegram.site import Limits, Reply, Request

_LOG = logging.getLogger(__name__)
WEBHOOK: Final = "/telegram/webhook"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LARGEST_BODY: Final = 1024 * 1024
"""Bytes; a real update has a few thousand."""

LIMITS: Final = Limits(LARGEST_BODY, slowest_body=10.0)

_HOOK, _SECRET = WEBHOOK.encode(), SECRET_HEADER.lower().encode()
_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"
_JSON: Final = "application/json; charset=utf-8"
_KEPT, _NOT_KEPT = Reply(200), Reply(503)
"""No Retry-After: Telegram's own steps (0, 0, 2, 6 s …) are shorter than any we name."""


@dataclass(frozen=True, slots=True)
class _Posted:
    """An update, the reply to it, and the tap whose answer may go with that."""

    body: bytes
    reply: asyncio.Future[Reply]
    tap: str


class Endpoint:
    """Answers; `secret` None means that this process polls and has no webhook.

    200 is said only once the update is on disk, since Telegram forgets it then. With `rides` the
    reply to a tap waits a moment for the answer to it.
    """

    def __init__(
        self,
        intake: Intake,
        health: Health,
        meters: Meters,
        secret: str | None,
        rides: Rides | None = None,
    ) -> None:
        if secret == "":
            raise ValueError("an empty secret would let everybody in")
        self._intake, self._health, self._meters = intake, health, meters
        self._secret = None if secret is None else secret.encode()
        self._rides = rides
        self._posted: list[_Posted] = []
        self._keeping: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return "Endpoint()"

    def refusal(self, request: Request) -> int | None:
        """See `Site`: an address that we do not have, or a secret that is not ours."""
        if request.path == _HOOK and request.method == b"POST" and self._secret is not None:
            given = request.headers.get(_SECRET, b"")
            return None if hmac.compare_digest(given, self._secret) else 403
        looks = request.path in (b"/healthz", b"/metrics") and request.method in (b"GET", b"HEAD")
        return None if looks else 404

    def respond(self, request: Request, body: bytes) -> asyncio.Future[Reply]:
        """See `Site`."""
        if request.path == _HOOK:
            return self._post(body)
        says = self._healthz if request.path == b"/healthz" else self._metrics
        return asyncio.ensure_future(says())

    def _post(self, body: bytes) -> asyncio.Future[Reply]:
        """Keep an update, together with whatever else comes in this turn of the loop."""
        loop = asyncio.get_running_loop()
        if not self._posted:
            loop.call_soon(self._keep_all)
        reply: asyncio.Future[Reply] = loop.create_future()
        self._posted.append(_Posted(body, reply, tap_in(body) if self._rides else ""))
        return reply

    def _keep_all(self) -> None:
        posted, self._posted = self._posted, []
        task = asyncio.create_task(self._keep(posted), name="keep")
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _keep(self, posted: list[_Posted]) -> None:
        for one in posted:
            # Before it is kept, as its answer may be there as soon as we know that it is.
            if self._rides is not None and one.tap:
                self._rides.wait(one.tap, one.reply)
        said, new = _NOT_KEPT, 0
        try:
            new = await self._intake.take([one.body for one in posted])
            said = _KEPT
        except Exception as error:
            _LOG.error("an update could not be kept: %s", type(error).__name__)
        finally:
            self._reply(posted, said, all_new=new == len(posted))
        if self._intake.last_taken is not None:
            self._meters.last_heard.set(self._intake.last_taken.timestamp())

    def _reply(self, posted: list[_Posted], said: Reply, *, all_new: bool) -> None:
        """Reply now, but to taps later; where one is a repeat, which nobody answers, now to all."""
        later = [one for one in posted if one.tap and all_new]
        if later:
            asyncio.get_running_loop().call_later(LONGEST, self._say, later, said)
        self._say([one for one in posted if not one.tap or not all_new], said)

    def _say(self, posted: list[_Posted], said: Reply) -> None:
        """Reply to those who have none yet."""
        for one in posted:
            if self._rides is not None:
                self._rides.leave(one.tap, one.reply)
            if not one.reply.done():
                one.reply.set_result(said)

    async def _healthz(self) -> Reply:
        report = await self._health.report()
        body = json.dumps(as_json(report)).encode()
        return Reply(503 if report.trouble else 200, body, _JSON)

    async def _metrics(self) -> Reply:
        await self._health.report()
        self._meters.lanes.set(self._intake.active)
        return Reply(200, self._meters.text(), _PROMETHEUS)

"""A plain HTTP caller of the Bot API, and a webhook endpoint that answers as it is told."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import cast

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox import Sandbox

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and body of one answer, with short ways to what tests look at."""

    status: int
    body: Json

    @property
    def words(self) -> str:
        return str(self.body.get("description", ""))

    @property
    def message(self) -> Json:
        return cast("Json", self.body["result"])

    @property
    def message_id(self) -> int:
        return int(str(self.message["message_id"]))

    @property
    def updates(self) -> list[Json]:
        return cast("list[Json]", self.body["result"])

    @property
    def ids(self) -> list[int]:
        return [int(str(update["update_id"])) for update in self.updates]


class Caller:
    """Calls methods with a JSON body, as the bot would over the network."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    async def __call__(self, method: str, **parameters: object) -> Reply:
        address = f"{self.sandbox.base_url}{self.sandbox.token}/{method}"
        async with self.session.post(address, json=parameters) as answer:
            return Reply(answer.status, await answer.json())

    def later(self, method: str, **parameters: object) -> asyncio.Task[Reply]:
        """Start a call and let it reach the server."""
        return asyncio.ensure_future(self(method, **parameters))

    async def poll_starts(self) -> None:
        """Wait until a long poll waits in the server."""
        async with asyncio.timeout(3):
            while not self.sandbox.intake.is_polling:  # noqa: ASYNC110 - seen from outside
                await asyncio.sleep(0.002)


def keyboard(*rows: list[Json]) -> Json:
    """Return an inline keyboard of these rows."""
    return {"inline_keyboard": list(rows)}


def key(label: str, data: str = "data", **more: object) -> Json:
    """Return one callback button."""
    return {"text": label, "callback_data": data, **more}


@dataclass
class Endpoint:
    """A webhook endpoint: answers the scripted statuses first, then 200 with ``reply``."""

    clock: object
    statuses: deque[int] = field(default_factory=deque)
    headers: dict[str, str] = field(default_factory=dict)
    reply: Json | None = None
    seen: list[Json] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.seen.append(await request.json())
        self.at.append(self.clock() if callable(self.clock) else 0.0)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        status = self.statuses.popleft() if self.statuses else 200
        if status != 200 or self.reply is None:
            return web.Response(status=status, headers=self.headers if status != 200 else {})
        return web.json_response(self.reply)

    def server(self) -> TestServer:
        application = web.Application()
        application.router.add_post("/hook", self.handle)
        return TestServer(application)

    async def gets(self, count: int) -> None:
        """Wait until ``count`` deliveries were tried."""
        async with asyncio.timeout(3):
            while len(self.seen) < count:  # noqa: ASYNC110 - seen from outside
                await asyncio.sleep(0.002)

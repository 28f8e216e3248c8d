"""Several real bots on one database, behind a small balancer that retries as Telegram does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
from aiohttp import web

from bot.sandbox import Sandbox
from bot.sandbox.delivery import SECRET_HEADER
from tests.acceptance.bot_process import (
    CANARY,
    SECRET,
    Bot,
    free_port,
    launch,
    settings,
)
from tests.acceptance.process import run

STARTS_WITHIN = 60.0
"""Seconds; several that start at once on a machine that does other things as well."""

ANSWERS_WITHIN = 10.0
"""Seconds that the balancer gives a replica; Telegram itself gives 60."""


@dataclass
class Balancer:
    """Passes each update to the replicas in turn until one says that it is kept.

    With `eager` it says so itself, before any replica has: the weak variant.
    """

    ports: Sequence[int]
    eager: bool = False
    _turns: Any = field(default_factory=count)
    _behind: set[asyncio.Task[bool]] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[None]:
        """Listen until the block ends."""
        timeout = aiohttp.ClientTimeout(total=ANSWERS_WITHIN)
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._take)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        async with aiohttp.ClientSession(timeout=timeout) as self._session:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            try:
                yield
            finally:
                await runner.cleanup()
                await asyncio.gather(*self._behind)

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if self.eager:
            task = asyncio.create_task(self._try_one(request.path, body, next(self._turns)))
            self._behind.add(task)
            task.add_done_callback(self._behind.discard)
            return web.Response()
        first = next(self._turns)
        for turn in range(first, first + len(self.ports)):
            if await self._try_one(request.path, body, turn):
                return web.Response()
        return web.Response(status=502)

    async def _try_one(self, path: str, body: bytes, turn: int) -> bool:
        assert self._session is not None
        address = f"http://127.0.0.1:{self.ports[turn % len(self.ports)]}{path}"
        headers = {SECRET_HEADER: SECRET, "Content-Type": "application/json"}
        try:
            async with self._session.post(address, data=body, headers=headers) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


@dataclass
class Replicas:
    """So many bots, each with a port and a folder of its own, on one database."""

    sandbox: Sandbox
    folder: Path
    url: str
    balancer: Balancer
    public: int
    _bots: dict[int, Bot] = field(default_factory=dict)

    @classmethod
    def made(
        cls, sandbox: Sandbox, folder: Path, url: str, replicas: int, *, eager: bool = False
    ) -> Replicas:
        """Replicas that do not run yet, and their balancer."""
        ports: list[int] = []
        while len(ports) < replicas + 1:
            port = free_port()
            if port not in ports:
                ports.append(port)
        return cls(sandbox, folder, url, Balancer(ports[1:], eager=eager), ports[0])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """All of them, and the webhook set to the balancer; killed at the end if they still run."""
        env = self._settings(0)
        ran = await asyncio.to_thread(run, self.folder, "webhook", "set", settings=env)
        assert ran.code == 0, ran.err
        try:
            async with self.balancer.listening(self.public):
                await asyncio.gather(*map(self.start, range(len(self.balancer.ports))))
                yield
        finally:
            for bot in self._bots.values():
                await bot.kill()
                assert CANARY.partition(":")[2] not in bot.log
                assert SECRET not in bot.log
                assert "Traceback" not in bot.log

    def bots(self) -> list[Bot]:
        """Those that were started last, one for each number."""
        return list(self._bots.values())

    async def start(self, number: int) -> float:
        """Start one and wait until it takes updates; the seconds it took."""
        folder, began = self.folder / f"replica-{number}", monotonic()
        folder.mkdir(exist_ok=True)
        bot = self._bots[number] = await launch(folder, self._settings(number))
        async with asyncio.timeout(STARTS_WITHIN):
            while not await self._listens(number):
                assert bot.process.returncode is None, bot.log
                await asyncio.sleep(0.02)
        return monotonic() - began

    async def stop(self, number: int) -> float:
        """SIGTERM; the seconds it took to end."""
        took = await self._bots[number].stop()
        assert self._bots[number].process.returncode == 0, self._bots[number].log
        return took

    async def kill(self, number: int) -> None:
        """SIGKILL."""
        await self._bots[number].kill()

    def _settings(self, number: int) -> dict[str, str]:
        port = self.balancer.ports[number]
        env = settings(self.sandbox, port, "WARNING", self.url)
        return env | {"PUBLIC_URL": f"http://127.0.0.1:{self.public}"}

    async def _listens(self, number: int) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.balancer.ports[number])
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

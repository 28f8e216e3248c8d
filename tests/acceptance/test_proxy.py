"""The proxy of compose.yaml, run for real where nginx is installed: what goes on, and to whom."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import ssl
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.acceptance.bot_process import free_port
from tests.promises.report import ROOT

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(60)]

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
WEBHOOK = "/telegram/webhook"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")


@dataclass
class Replica:
    """Takes updates on a port, and counts them."""

    port: int = field(default_factory=free_port)
    heard: Counter[str] = field(default_factory=Counter)
    says: int = 200
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen."""
        application = web.Application(client_max_size=2**21)
        application.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        """Refuse connections from now on."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.heard[(await request.read()).decode()] += 1
        return web.Response(status=self.says)


@dataclass
class Proxy:
    """The proxy, and the two replicas behind it."""

    port: int
    plain: int
    session: aiohttp.ClientSession
    replicas: tuple[Replica, Replica]

    async def post(self, body: str, path: str = WEBHOOK, method: str = "POST") -> int:
        """Send a body through TLS; the status of the answer."""
        address = f"https://localhost:{self.port}{path}"
        async with self.session.request(method, address, data=io.BytesIO(body.encode())) as answer:
            return answer.status

    def heard(self) -> Counter[str]:
        """What the replicas have heard between them."""
        return self.replicas[0].heard + self.replicas[1].heard


def adapted(folder: Path, instead: dict[str, str]) -> Path:
    """The configuration with folders and ports of the test's own: nothing else of it is changed."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for words, others in {"/tmp/": f"{folder}/", "/tls/": f"{folder}/", **instead}.items():
        assert words in text, words
        text = text.replace(words, others)
    file = folder / "nginx.conf"
    file.write_text(text, encoding="utf-8")
    return file


def certify(folder: Path) -> None:
    """A certificate of the test's own."""
    words = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost")
    where = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "fullchain.pem"))
    names = ("-addext", "subjectAltName=DNS:localhost")
    subprocess.run(["openssl", *words, *where, *names], check=True, capture_output=True)


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    """A running proxy before two running replicas."""
    replicas = (Replica(), Replica())
    for replica in replicas:
        await replica.start()
    await asyncio.to_thread(certify, tmp_path)
    port, plain = free_port(), free_port()
    instead = {"listen 8443": f"listen {port}", "listen 8080": f"listen {plain}"}
    for number, replica in enumerate(replicas, 1):
        instead[f"172.31.250.1{number}:8090"] = f"127.0.0.1:{replica.port}"
    file = adapted(tmp_path, instead)
    async with serving(file, port), connecting(tmp_path) as session:
        yield Proxy(port, plain, session, replicas)
    for replica in replicas:
        await replica.stop()


@asynccontextmanager
async def serving(file: Path, port: int) -> AsyncIterator[None]:
    """Run nginx until the block ends."""
    command = (NGINX or "", "-c", str(file), "-g", "daemon off;")
    process = await asyncio.create_subprocess_exec(*command, env={"PATH": os.defpath})
    try:
        async with asyncio.timeout(10):
            while not await listens(port):
                assert process.returncode is None
                await asyncio.sleep(0.02)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        assert await process.wait() == 0


async def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@asynccontextmanager
async def connecting(folder: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that trusts the certificate and nothing else."""
    trusted = ssl.create_default_context(cafile=folder / "fullchain.pem")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as session:
        yield session


@needs_nginx
async def test_updates_go_to_the_replicas_in_turn_and_nothing_else_does(proxy: Proxy) -> None:
    """Health and metrics stay inside; plain HTTP is sent to TLS; a body of 2 MB goes nowhere."""
    assert {await proxy.post(f"u{number}") for number in range(20)} == {200}
    assert [sum(one.heard.values()) for one in proxy.replicas] == [10, 10]
    assert [await proxy.post("", path, "GET") for path in ("/healthz", "/metrics", "/")] == [
        404
    ] * 3
    assert await proxy.post("", method="GET") == 403
    assert await proxy.post("x" * 2_000_000) == 413
    plain = f"http://127.0.0.1:{proxy.plain}{WEBHOOK}"
    async with proxy.session.get(plain, allow_redirects=False) as answer:
        assert answer.status == 301
    assert sum(proxy.heard().values()) == 20


@needs_nginx
async def test_a_replica_that_is_gone_costs_no_update(proxy: Proxy) -> None:
    """Whatever it would have got goes to the other one, whole; it is used again when it is back."""
    first, second = proxy.replicas
    await first.stop()
    assert {await proxy.post(f"u{number}") for number in range(20)} == {200}
    assert second.heard == Counter({f"u{number}": 1 for number in range(20)})
    await first.start()
    assert {await proxy.post(f"v{number}") for number in range(20)} == {200}
    assert sum(first.heard.values()) == 10


@needs_nginx
async def test_what_no_replica_has_kept_is_not_confirmed(proxy: Proxy) -> None:
    """A replica that could not keep it says 503: then the other one is asked; if none can, 503."""
    first, second = proxy.replicas
    first.says = 503
    assert {await proxy.post(f"u{number}") for number in range(10)} == {200}
    assert sum(second.heard.values()) == 10
    second.says = 503
    assert await proxy.post("late") == 503
    for replica in proxy.replicas:
        await replica.stop()
    assert await proxy.post("later") == 502

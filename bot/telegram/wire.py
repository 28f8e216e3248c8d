"""The short way to the Bot API: one JSON call and its answer, over connections that are kept.

A general HTTP client costs more of the processor than everything else that a tap needs. All but
files therefore goes this way, which knows one method, one kind of body and no redirections;
`httptools` (the parser of Node) reads the answers.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes; a hundred updates, each as large as a message can be, are a tenth of it."""

Answer = tuple[int, bytes]
"""HTTP status and body."""


class Broken(ConnectionError):
    """The connection ended, or said what is no HTTP, before the answer was whole."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: the host's part of the address, and the head of the request."""

    host: str
    port: int
    tls: bool
    head: bytes


@lru_cache(maxsize=64)
def target(url: str, agent: str) -> Target:
    """Where an address leads; raises ValueError for one without a host."""
    parts = urlsplit(url)
    tls, host = parts.scheme == "https", parts.hostname
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("no host in the address")
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {parts.netloc.rpartition('@')[2]}",
        f"User-Agent: {agent}",
        "Content-Type: application/json",
        "Content-Length: ",
    )
    head = "\r\n".join(lines)
    if not head.isascii() or "\r" in path or "\n" in path:
        raise ValueError("an address is written in ASCII")
    return Target(host, parts.port or (443 if tls else 80), tls, head.encode())


class Wire(asyncio.Protocol):
    """One connection, and at most one call on it. httptools calls the methods with `on_`."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._parser = HttpResponseParser(self)
        self._body, self._size = [b""], 0
        self.open = True

    def ask(self, request: bytes, within: float | None) -> asyncio.Future[Answer]:
        """Send a request; its whole answer `within` seconds, or TimeoutError, or Broken.

        Whoever stops waiting closes the wire.
        """
        loop = asyncio.get_running_loop()
        self._waiting = waiting = loop.create_future()
        if self._transport is None or not self.open:
            self._fail(Broken("closed"))
            return waiting
        self._transport.write(request)
        if within is not None:
            self._alarm = loop.call_later(within, self._too_late)
        return waiting

    def close(self) -> None:
        """Let go of the connection at once."""
        self.open = False
        self._calm()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._fail(Broken("no HTTP"))

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._fail(Broken("closed"))

    def on_message_begin(self) -> None:
        """An answer begins."""
        self._body, self._size = [], 0
        if self._waiting is None or self._waiting.done():
            self._fail(Broken("an answer that nobody asked for"))

    def on_body(self, body: bytes) -> None:
        """A piece of it."""
        self._size += len(body)
        if self._size > LARGEST_ANSWER:
            self._fail(Broken("too large"))
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """It is whole. A status under 200 only says that the answer is still to come."""
        status = self._parser.get_status_code()
        if status < 200 or not self.open:
            return
        if not self._parser.should_keep_alive():
            self.close()
        self._calm()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result((status, b"".join(self._body)))

    def _calm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _too_late(self) -> None:
        self._fail(TimeoutError())

    def _fail(self, error: OSError) -> None:
        self.close()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)


class Wires:
    """Connections to hosts: at most `most` at once, idle ones kept for `keep` seconds."""

    def __init__(self, most: int, keep: float, agent: str) -> None:
        self._keep, self._agent = keep, agent
        self._places = asyncio.Semaphore(most)
        self._idle: dict[tuple[str, int], list[tuple[float, Wire]]] = {}
        self._tls: ssl.SSLContext | None = None
        self._closed = False

    async def ask(
        self, url: str, body: bytes, within: float | None, connect: float | None
    ) -> Answer:
        """POST a JSON body; `connect` seconds to have a connection, `within` for the answer.

        Raises:
            TimeoutError: it took longer.
            OSError: there was no whole answer.

        """
        goal = target(url, self._agent)
        wire = await self._taken(goal, connect)
        try:
            answer = await wire.ask(b"%b%d\r\n\r\n%b" % (goal.head, len(body), body), within)
        except BaseException:
            wire.close()
            raise
        finally:
            self._places.release()
        if self._closed:
            wire.close()
        elif wire.open:
            until = asyncio.get_running_loop().time() + self._keep
            self._idle.setdefault((goal.host, goal.port), []).append((until, wire))
        return answer

    def close(self) -> None:
        """Let go of every connection, of one in use after its answer."""
        self._closed = True
        for kept in self._idle.values():
            for _, wire in kept:
                wire.close()
        self._idle.clear()

    def _kept(self, goal: Target) -> Wire | None:
        """The connection that was used last, since it is the likeliest still to be there."""
        kept = self._idle.get((goal.host, goal.port), [])
        now = asyncio.get_running_loop().time()
        while kept:
            until, wire = kept.pop()
            if wire.open and now < until:
                return wire
            wire.close()
        return None

    async def _taken(self, goal: Target, within: float | None) -> Wire:
        """A connection, and a place for it, which whoever asked gives back."""
        if not self._places.locked() and (wire := self._kept(goal)) is not None:
            await self._places.acquire()  # at once, since there is one
            return wire
        async with asyncio.timeout(within):
            await self._places.acquire()
            try:
                return self._kept(goal) or await self._connected(goal)
            except BaseException:
                self._places.release()
                raise

    async def _connected(self, goal: Target) -> Wire:
        if goal.tls and self._tls is None:
            self._tls = ssl.create_default_context()
        tls = self._tls if goal.tls else None
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(Wire, goal.host, goal.port, ssl=tls)
        return wire

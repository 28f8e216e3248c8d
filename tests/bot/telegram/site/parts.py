"""Both ends of a connection, for the tests of a site."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.telegram.server import Server
from bot.telegram.site import Limits, Reply, Request

LIMITS = Limits(largest_body=1000, slowest_body=0.2, longest_silence=0.4)
CUT = b"cut off"


def post(body: bytes, *lines: str, path: str = "/") -> bytes:
    """A whole request."""
    head = (f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *lines, "", "")
    return "\r\n".join(head).encode() + body


@dataclass
class Echo:
    """Answers with what it was sent, at once or when told; refuses `/no`."""

    held: list[asyncio.Future[Reply]] = field(default_factory=list)
    asked: list[tuple[Request, bytes]] = field(default_factory=list)
    holds: bool = False
    padding: bytes = b""

    def refusal(self, request: Request) -> int | None:
        return 403 if request.path == b"/no" else None

    def respond(self, request: Request, body: bytes) -> asyncio.Future[Reply]:
        self.asked.append((request, body))
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        if self.holds:
            self.held.append(answer)
        else:
            answer.set_result(Reply(200, body + self.padding, "text/plain"))
        return answer

    async def has(self, count: int) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(3):
            while len(self.asked) < count:  # noqa: ASYNC110 - seen from outside
                await asyncio.sleep(0.002)


@dataclass
class Line:
    """The other end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def rest(self) -> bytes:
        """Everything until the other side closes."""
        async with asyncio.timeout(3):
            return await self.reader.read()

    async def last_words(self) -> bytes:
        """The same; or that they were cut off: closed with bytes unread, a connection is reset."""
        try:
            return await self.rest()
        except ConnectionResetError:
            return CUT

    async def answer(self) -> tuple[int, bytes]:
        """One answer: status and body."""
        async with asyncio.timeout(3):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return int(head[9:12]), await self.reader.readexactly(length)


@dataclass
class Listening:
    """A server, and the way to it."""

    server: Server
    port: int

    async def call(self) -> Line:
        """Another connection."""
        return Line(*await asyncio.open_connection("127.0.0.1", self.port))

"""Delivery by webhook, as Telegram does it: in order for each person, people at once."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any, Final, cast

SECRET: Final = "a-webhook-secret-of-the-benchmark"
_HEAD: Final = (
    "POST /telegram/webhook HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n"
    "X-Telegram-Bot-Api-Secret-Token: " + SECRET + "\r\nContent-Length: %d\r\n\r\n"
)

_LENGTH: Final = re.compile(rb"Content-Length: (\d+)")

Ride = Callable[[str, dict[str, Any]], None]
"""Takes a method and its fields."""


class Hook:
    """Posts updates to a port; each person's next one leaves when the one before was taken.

    `ride` takes the calls that come in the replies.
    """

    def __init__(self, port: int, ride: Ride) -> None:
        self._port, self._ride = port, ride
        self._lines: dict[int, _Line] = {}

    def post(self, person: int, update: dict[str, Any]) -> None:
        """Hand an update to the bot, after those of the same person."""
        line = self._lines.get(person)
        if line is None:
            line = self._lines[person] = _Line(self._ride)
            loop = asyncio.get_running_loop()
            line.opening = loop.create_task(self._open(line))
        line.put(json.dumps(update, separators=(",", ":")).encode())

    async def _open(self, line: _Line) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: line, "127.0.0.1", self._port)

    def close(self) -> None:
        """Let go of every connection."""
        for line in self._lines.values():
            line.close()


class _Line(asyncio.Protocol):
    """The connection on which one person's updates leave."""

    def __init__(self, ride: Ride) -> None:
        self._ride = ride
        self.opening: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[bytes] = deque()
        self._busy, self._buffer = False, b""

    def put(self, body: bytes) -> None:
        self._waiting.append(body)
        self._next()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, whole, body = self._buffer.partition(b"\r\n\r\n")
        if not whole or len(body) < int(_LENGTH.findall(head)[0]):
            return
        assert head.startswith(b"HTTP/1.1 200"), head[:100]
        self._busy, self._buffer = False, b""
        if body:
            call = json.loads(body)
            self._ride(call.pop("method"), call)
        self._next()

    def _next(self) -> None:
        if self._waiting and not self._busy and self._transport is not None:
            body = self._waiting.popleft()
            self._busy = True
            self._transport.write((_HEAD % len(body)).encode() + body)

"""Delivery by webhook, as Telegram does it: in order for each person, people at once.

An update leaves `trip` seconds after it happened, as an answer of the Bot API does; what the bot
says to it, a method call in the reply's body included, takes effect when it arrives.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from email.parser import BytesParser
from typing import Any, Final, cast

from httptools import HttpParserError, HttpResponseParser

PATH: Final = "/telegram/webhook"
SECRET: Final = "a-webhook-secret-of-the-benchmark"
_HEAD: Final = (
    f"POST {PATH} HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n"
    "X-Telegram-Bot-Api-Secret-Token: " + SECRET + "\r\nContent-Length: %d\r\n\r\n"
)

Call = Callable[[str, dict[str, Any]], object]
"""Takes the method that a reply calls, and its fields."""


class Hook:
    """Posts updates to a port; each person's next one leaves when the one before was taken.

    `trouble` is told, in a word, of an update that was not.
    """

    def __init__(self, port: int, call: Call, trouble: Callable[[str], None], trip: float) -> None:
        self.port, self.call, self.trouble, self.trip = port, call, trouble, trip
        self._lines: dict[int, _Line] = {}

    def post(self, person: int, update: dict[str, Any]) -> None:
        """Hand an update to the bot, after those of the same person."""
        line = self._lines.get(person)
        if line is None:
            line = self._lines[person] = _Line(self)
        line.put(json.dumps(update, separators=(",", ":")).encode())

    def close(self) -> None:
        """Let go of every connection."""
        for line in self._lines.values():
            line.close()


class _Line(asyncio.Protocol):
    """The connection on which one person's updates leave; a new one where it was closed."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None
        self._waiting: deque[bytes] = deque()
        self._busy = False

    def put(self, body: bytes) -> None:
        self._waiting.append(body)
        self._next()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's by inheritance.
        self._transport = cast(asyncio.Transport, transport)
        self._parser, self._body, self._kind = HttpResponseParser(self), b"", b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._busy:
            self._hook.trouble("the webhook hung up before it answered")

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._hook.trouble(f"the webhook does not speak HTTP: {error}")

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"content-type":
            self._kind = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        body, kind, self._body, self._kind = self._body, self._kind, b"", b""
        if status != 200:
            self._hook.trouble(f"the webhook answered {status}: {body[:100]!r}")
            return
        self._busy = False
        fields = _fields(body, kind)
        if method := fields.pop("method", ""):
            self._hook.call(method, fields)
        self._next()

    def _next(self) -> None:
        if not self._waiting or self._busy:
            return
        loop = asyncio.get_running_loop()
        if self._transport is not None:
            self._busy = True
            if self._hook.trip:
                loop.call_later(self._hook.trip, self._write, self._waiting.popleft())
            else:
                self._write(self._waiting.popleft())
        elif self._opening is None or self._opening.done():
            self._opening = loop.create_task(self._open())

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self, "127.0.0.1", self._hook.port)
        except OSError as error:
            self._hook.trouble(f"the webhook cannot be reached: {error}")

    def _write(self, body: bytes) -> None:
        if self._transport is not None:
            self._transport.write((_HEAD % len(body)).encode() + body)


def _fields(body: bytes, kind: bytes) -> dict[str, Any]:
    """The method that a reply calls with its fields, as JSON or as a form; nothing in most."""
    if kind.startswith(b"multipart/form-data"):
        form = BytesParser().parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
        return {
            str(part.get_param("name", header="content-disposition")): part.get_payload()
            for part in cast(list[Any], form.get_payload())
        }
    if body and kind.startswith(b"application/json"):
        read = json.loads(body)
        return read if isinstance(read, dict) else {}
    return {}

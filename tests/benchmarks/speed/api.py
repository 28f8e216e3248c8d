"""A Bot API that does no more than it must, so that what is measured is the bot.

It speaks HTTP/1.1 with keep-alive over a loopback socket. A call takes effect when it arrives; its
answer leaves `trip` seconds later, which is where the whole round trip is put.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any, Final, cast
from urllib.parse import parse_qsl

Call = Callable[[str, dict[str, Any]], object]
"""What a method called with these fields answers; given to the API by whoever drives it."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PATH: Final = re.compile(rb"^[A-Z]+ (?:https?://[^/ ]+)?/bot[^/ ]+/([A-Za-z]+)")
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Api:
    """The server side: what waits for the next poll, and the calls by method."""

    def __init__(self, call: Call, trip: float = 0.0) -> None:
        self._call, self.trip = call, trip
        self.calls: dict[str, int] = {}
        self.polls = 0
        self.polled = asyncio.Event()
        self._waiting: list[dict[str, Any]] = []
        self._kept: list[dict[str, Any]] = []
        self._poll: Callable[[bytes], None] | None = None
        self._number = 0
        self._server: asyncio.Server | None = None
        self.opened: set[asyncio.Transport] = set()

    async def start(self, but: int = 0) -> str:
        """Listen on a free port, but on this one, which a bot is about to take; the address."""
        loop, port = asyncio.get_running_loop(), but
        while port == but:
            if self._server is not None:
                self._server.close()
            self._server = await loop.create_server(lambda: _Wire(self), "127.0.0.1", 0)
            port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        """Close every connection."""
        for transport in list(self.opened):
            transport.close()
        if self._server is not None:
            self._server.close()

    def put(self, update: dict[str, Any]) -> None:
        """Something happened: it goes to the poll that waits, or to the next one."""
        self._number += 1
        self._waiting.append({"update_id": self._number, **update})
        if self._poll is not None:
            # Whatever else happens in this turn of the loop goes with it.
            asyncio.get_running_loop().call_soon(self._flush)

    def poll_from(self, send: Callable[[bytes], None], fields: dict[str, Any]) -> None:
        """Answer a poll, now or when there is something."""
        offset = int(fields.get("offset") or 0)
        self._kept = [one for one in self._kept if one["update_id"] >= offset]
        self.polls += 1
        self.polled.set()
        if self._kept:
            self._waiting, self._kept = self._kept + self._waiting, []
        if self._waiting or int(fields.get("timeout") or 0) == 0:
            self._poll = send
            self._flush()
        else:
            self._poll = send

    def forget(self, send: Callable[[bytes], None]) -> None:
        """Whoever polled has gone."""
        if self._poll == send:
            self._poll = None

    def answer(self, method: str, fields: dict[str, Any]) -> bytes:
        """The body of the answer to a call."""
        self.calls[method] = self.calls.get(method, 0) + 1
        return _good(self._call(method, fields))

    def _flush(self) -> None:
        send, self._poll = self._poll, None
        if send is None:
            return
        batch, self._waiting = self._waiting[:100], self._waiting[100:]
        self._kept += batch
        send(_good(batch))


class _Wire(asyncio.Protocol):
    """One connection."""

    def __init__(self, api: Api) -> None:
        self._api, self._buffer = api, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's by inheritance.
        self._transport = cast(asyncio.Transport, transport)
        self._api.opened.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._api.opened.discard(self._transport)
        self._api.forget(self._send)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            found = _LENGTH.search(head)
            size = int(found[1]) if found else 0
            if len(self._buffer) < end + 4 + size:
                return
            body = self._buffer[end + 4 : end + 4 + size]
            self._buffer = self._buffer[end + 4 + size :]
            self._take(head, body)

    def _take(self, head: bytes, body: bytes) -> None:
        path = _PATH.match(head)
        method = path[1].decode() if path else ""
        fields = _fields(body)
        if method == "getUpdates":
            self._api.poll_from(self._send, fields)
        else:
            self._send(self._api.answer(method, fields))

    def _send(self, body: bytes) -> None:
        if self._api.trip:
            asyncio.get_running_loop().call_later(self._api.trip, self._write, body)
        else:
            self._write(body)

    def _write(self, body: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_HEAD % len(body) + body)


def _good(result: object) -> bytes:
    return json.dumps({"ok": True, "result": result}, separators=(",", ":")).encode()


def _fields(body: bytes) -> dict[str, Any]:
    if body[:1] == b"{":
        found: dict[str, Any] = json.loads(body)
        return found
    return dict(parse_qsl(body.decode(), keep_blank_values=True))

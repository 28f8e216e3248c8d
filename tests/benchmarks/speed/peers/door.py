"""The webhook of the bot without framework: the secret, the length, the body, the reply."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from tests.benchmarks.speed.peers.questions import SECRET

Reply = Callable[[dict[str, Any]], None]
"""Says 200, with a method call in the body or with nothing."""

Take = Callable[[dict[str, Any], Reply], None]
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
GIVEN = re.compile(rb"\r\nx-telegram-bot-api-secret-token: *([^\r]*)", re.IGNORECASE)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"


class Door(asyncio.Protocol):
    """One connection of Telegram's; hands each update to `take`."""

    def __init__(self, take: Take) -> None:
        self.take, self.buffer = take, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            given, size = GIVEN.search(head), LENGTH.search(head)
            if given is None or not hmac.compare_digest(given[1], SECRET.encode()):
                self.transport.write(REFUSED)
                self.transport.close()
                return
            after = end + 4 + (int(size[1]) if size else 0)
            if len(self.buffer) < after:
                return
            body, self.buffer = self.buffer[end + 4 : after], self.buffer[after:]
            self.take(json.loads(body), self.reply)

    def reply(self, method: dict[str, Any]) -> None:
        body = json.dumps(method).encode() if method else b""
        self.transport.write(OK % len(body) + body)

"""What is asked over HTTP, and what is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request: header names in small letters; of a repeated one the first counts."""

    method: bytes
    path: bytes
    headers: Mapping[bytes, bytes]

    @property
    def announced(self) -> int:
        """The bytes of the body, 0 where they are not told; the parser has checked the number."""
        return int(self.headers.get(b"content-length", 0))


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; `kind` is the body's content type."""

    status: int
    body: bytes = b""
    kind: str = ""

    def written(self, last: bool) -> bytes:
        """As it goes over the network; `last` says that the connection is closed after it."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        if self.kind:
            lines.append(f"Content-Type: {self.kind}")
        lines.append(f"Content-Length: {len(self.body)}")
        if last:
            lines.append("Connection: close")
        return "\r\n".join((*lines, "", "")).encode() + self.body


class Site(Protocol):
    """Who answers."""

    def refusal(self, request: Request) -> int | None:
        """The status with which it is refused, from its head alone; None when its body may come."""
        ...

    def respond(self, request: Request, body: bytes) -> asyncio.Future[Reply]:
        """The answer to a whole request; a failure is answered with 500.

        It is cancelled when the caller goes away.
        """
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest body in bytes, and the seconds: for a body to come, and for the next request."""

    largest_body: int
    slowest_body: float
    longest_silence: float = 75.0

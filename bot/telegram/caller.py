"""The short way in: one caller's HTTP/1.1 requests, each judged by its head before its body comes.

A web framework costs more of the processor for each update than keeping the update does. Here
`httptools` (the parser of Node) reads the requests; ours is the order of things on one connection.
Whoever is refused is told so once, and hung up on. TLS and the `Date` header are the proxy's.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from bot.telegram.site import Limits, Reply, Request, Site

_LOG = logging.getLogger(__name__)

LARGEST_HEAD: Final = 64 * 1024
"""Bytes of a request's head, beyond the piece in which it began."""


class Caller(asyncio.Protocol):
    """One connection; `callers` holds those that are open. httptools calls the methods `on_…`."""

    def __init__(self, site: Site, limits: Limits, callers: set[Caller]) -> None:
        self._site, self._limits, self._callers = site, limits, callers
        self._parser = HttpRequestParser(self)
        self._url, self._headers = b"", dict[bytes, bytes]()
        self._request: Request | None = None
        """The one whose body is awaited."""
        self._body, self._size, self._received = list[bytes](), 0, 0
        self._turns: deque[tuple[Request, bytes] | Reply] = deque()
        self._in_hand: Request | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._last = False
        """Nothing more is read."""
        self._stuffed = False
        """What we said is not fetched."""
        self._clock: asyncio.TimerHandle | None = None
        self.gone = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)
        self._callers.add(self)
        self._set_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`, which closes on whoever says no more: no answer is heard then."""
        self._last = True
        if self._answer is not None:
            self._answer.cancel()
        self._turns.clear()
        self._stop_clock()
        self._callers.discard(self)
        self.gone.set_result(None)

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._stuffed = True

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._stuffed = False
        self._go_on()

    def finish(self) -> None:
        """Answer what was asked, then close."""
        self._last = True
        if self._in_hand is None and not self._turns:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    # --- reading ------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._last:
            return
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._refuse(400)
        self._weigh()
        self._go_on()

    def _weigh(self) -> None:
        """Refuse a head that does not end, and a body in a frame larger than itself."""
        if self._request is None:
            if self._received > LARGEST_HEAD:
                self._refuse(431)
        elif self._received > 2 * self._limits.largest_body:
            self._refuse(413)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._url, self._headers, self._received = b"", {}, 0

    def on_url(self, url: bytes) -> None:
        """A piece of its address."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or what follows a body as one."""
        if self._request is None:
            self._headers.setdefault(name.lower(), value)

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        if self._last:
            return
        path = self._url.partition(b"?")[0]
        request = Request(self._parser.get_method(), path, self._headers)
        if self._parser.should_upgrade():
            self._refuse(400)  # what follows would not be read as a body
        elif (refusal := self._site.refusal(request)) is not None:
            self._refuse(refusal)
        elif request.announced > self._limits.largest_body:
            self._refuse(413)
        else:
            self._request, self._body, self._size = request, [], 0
            self._set_clock()
            self._invite(request)

    def _invite(self, request: Request) -> None:
        """Tell who asks before sending a body that it may come; not between other answers."""
        asks = request.headers.get(b"expect", b"").lower() == b"100-continue"
        if asks and self._in_hand is None and not self._turns:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A piece of its body."""
        self._size += len(body)
        if self._size > self._limits.largest_body:
            self._refuse(413)
        elif not self._last:
            self._body.append(body)

    def on_message_complete(self) -> None:
        """It is whole."""
        if self._request is None:
            return
        self._turns.append((self._request, b"".join(self._body)))
        self._request, self._body, self._received = None, [], 0
        self._last = not self._parser.should_keep_alive()

    # --- answering ----------------------------------------------------------------------------

    def _refuse(self, status: int) -> None:
        """Answer that, after what was asked before it, and read no more."""
        if not self._last:
            self._last, self._request = True, None
            self._turns.append(Reply(status))

    def _go_on(self) -> None:
        """Take the next turn, unless another is in hand or the caller does not listen."""
        while self._turns and self._in_hand is None and not self._stuffed:
            turn = self._turns.popleft()
            if isinstance(turn, Reply):
                self._say(turn)
            else:
                self._in_hand = turn[0]
                self._stop_clock()
                self._answer = self._site.respond(*turn)
                self._answer.add_done_callback(self._answered)
        # What else was asked ahead waits in the network and not in our memory.
        if self._turns:
            self._transport.pause_reading()
        elif not self._last:
            self._transport.resume_reading()

    def _answered(self, answer: asyncio.Future[Reply]) -> None:
        reply = _result(answer)
        if self._in_hand is not None and self._in_hand.method == b"HEAD":
            reply = Reply(reply.status)
        self._in_hand = self._answer = None
        self._say(reply)
        self._go_on()

    def _say(self, reply: Reply) -> None:
        if self._transport.is_closing():
            return
        last = self._last and not self._turns
        self._transport.write(reply.written(last))
        self._set_clock()
        if last:
            self._transport.close()

    # --- patience -----------------------------------------------------------------------------

    def _set_clock(self) -> None:
        self._stop_clock()
        limits = self._limits
        seconds = limits.longest_silence if self._request is None else limits.slowest_body
        self._clock = asyncio.get_running_loop().call_later(seconds, self._too_slow)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()

    def _too_slow(self) -> None:
        """No next request, no whole body, or nobody who listens."""
        if self._request is None or self._stuffed:
            self._transport.abort()
        else:
            self._refuse(408)
            self._go_on()


def _result(answer: asyncio.Future[Reply]) -> Reply:
    if answer.cancelled():
        return Reply(503)
    if (error := answer.exception()) is not None:
        _LOG.error("a request could not be answered: %s", type(error).__name__)
        return Reply(500)
    return answer.result()

"""The way out: calls to the Bot API over one aiohttp session, instead of PTB's own httpx client.

No error of this module carries an address, since the address carries the token. The errors are
raised outside of the `except` block, so that nothing hangs on them as their context either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import aiohttp
import msgspec
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram.wire import Wires

KEEP_ALIVE: Final = 90.0
"""Seconds that an idle connection is kept: people think for longer than httpx's five."""

_TOKEN = re.compile(rb"\d+(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON: Final = {"Content-Type": "application/json"}
_METHOD = re.compile(r"/([A-Za-z]{1,40})$")

Observe = Callable[[str, str], None]
"""Told of each call: the method's name, and `timeout`, `network` or the HTTP status."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a call says, in plain values, which go out as one JSON object."""

    values: Mapping[str, object]


Data = RequestData | Fields | bytes | None
"""What a call brings along: PTB's own form, plain values, or an encoded form."""


class AiohttpRequest(BaseRequest):
    """PTB's port to the network. Timeouts are in seconds; None waits for ever.

    `pool` is the number of connections at once; `proxy` the address of an HTTP proxy, which may
    hold a password and is never shown.
    """

    __slots__ = (
        "_defaults",
        "_media_write",
        "_observe",
        "_pool",
        "_proxy",
        "_session",
        "_usual",
        "_wires",
    )

    def __init__(
        self,
        *,
        pool: int = 64,
        timeouts: tuple[float | None, float | None, float | None, float | None] = (5, 10, 10, 5),
        media_write_timeout: float | None = 20.0,
        proxy: str | None = None,
        observe: Observe | None = None,
    ) -> None:
        """`timeouts` are those for connect, read, write and for a free place in the pool."""
        self._pool, self._proxy, self._observe = pool, proxy, observe
        self._defaults = timeouts
        self._media_write = media_write_timeout
        self._usual = _timeout(*timeouts)
        self._session: aiohttp.ClientSession | None = None
        self._wires: Wires | None = None

    def __repr__(self) -> str:
        return f"AiohttpRequest(pool={self._pool})"

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer unless a call says otherwise."""
        return self._defaults[1]

    async def initialize(self) -> None:
        """Open the session; a second call does nothing."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._pool, keepalive_timeout=KEEP_ALIVE, ttl_dns_cache=60
            )
            self._session = aiohttp.ClientSession(
                connector=connector, proxy=self._proxy, headers={"User-Agent": self.USER_AGENT}
            )
            if self._proxy is None:
                self._wires = Wires(self._pool, KEEP_ALIVE, self.USER_AGENT)

    async def shutdown(self) -> None:
        """Close the session and its connections; a second call does nothing."""
        session, self._session = self._session, None
        if self._wires is not None:
            self._wires.close()
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | Fields | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call as PTB asks for it: status and body.

        Raises:
            TimedOut: nothing came within the times allowed.
            NetworkError: anything else between us and the server; the words name its class only.

        """
        if isinstance(request_data, Fields):
            return await self._send(url, method, request_data, self._usual)
        has_files = isinstance(request_data, RequestData) and request_data.contains_files
        write = self._media_write if has_files else self._defaults[2]
        timeout = _timeout(
            _chosen(connect_timeout, self._defaults[0]),
            _chosen(read_timeout, self._defaults[1]),
            _chosen(write_timeout, write),
            _chosen(pool_timeout, self._defaults[3]),
        )
        return await self._send(url, method, request_data, timeout)

    async def call(
        self, url: str, fields: Mapping[str, str], read_timeout: float | None
    ) -> tuple[int, bytes]:
        """One POST of plain fields, for the intake's own calls; raises like `do_request`."""
        connect, _, write, pool = self._defaults
        timeout = _timeout(connect, read_timeout, write, pool)
        return await self._send(url, "POST", urlencode(fields).encode(), timeout)

    async def _send(
        self,
        url: str,
        method: str,
        data: Data,
        limits: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        failure: NetworkError
        if self._session is None:
            raise NetworkError("the connection to the Bot API is not open")
        try:
            if isinstance(data, Fields) and self._wires is not None:
                body = msgspec.json.encode(data.values)
                status, payload = await self._wires.ask(url, body, limits.total, limits.connect)
            else:
                status, payload = await self._by_aiohttp(self._session, url, method, data, limits)
        except TimeoutError:
            outcome, failure = "timeout", TimedOut()
        except Exception as error:
            # Whatever it is, its words or its context may hold the address.
            outcome, failure = "network", NetworkError(f"no answer: {type(error).__name__}")
        else:
            self._note(url, str(status))
            return status, payload if status < 300 else _refusal(payload)
        self._note(url, outcome)
        raise failure

    async def _by_aiohttp(
        self,
        session: aiohttp.ClientSession,
        url: str,
        method: str,
        data: Data,
        limits: aiohttp.ClientTimeout,
    ) -> tuple[int, bytes]:
        body, headers = _body(data)
        async with session.request(
            method, url, data=body, headers=headers, timeout=limits, allow_redirects=False
        ) as answer:
            return answer.status, await answer.read()

    def _note(self, url: str, outcome: str) -> None:
        if self._observe is not None:
            found = _METHOD.search(url)
            self._observe(found[1] if found else "file", outcome)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """The answer's object. PTB's own would log the body, which holds what people wrote.

        Raises:
            TelegramError: it is no JSON object.

        """
        answer = _object(payload)
        if answer is None:
            raise TelegramError("Invalid server response")
        return answer


def _object(payload: bytes) -> dict[str, object] | None:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _refusal(payload: bytes) -> bytes:
    """A refusal's body without a token: a gateway's error page likes to repeat the address."""
    return b"{}" if _object(payload) is None else _TOKEN.sub(b"[redacted]", payload)


def _body(data: Data) -> tuple[aiohttp.FormData | bytes | None, dict[str, str] | None]:
    if isinstance(data, Fields):
        return msgspec.json.encode(data.values), _JSON
    if isinstance(data, RequestData):
        if data.contains_files:
            return _multipart(data), None
        data = data.url_encoded_parameters().encode()
    return data, _FORM if data is not None else None


def _multipart(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _chosen(given: object, default: float | None) -> float | None:
    """PTB marks "not given" with a value of its own, since None means: wait for ever."""
    return float(given) if isinstance(given, (int, float)) else None if given is None else default


def _timeout(
    connect: float | None, read: float | None, write: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    """For writing there is no limit of its own: that for the whole call stands in for it."""
    waiting = connect + pool if connect is not None and pool is not None else None
    total = None
    if waiting is not None and read is not None and write is not None:
        total = waiting + read + write
    return aiohttp.ClientTimeout(total=total, connect=waiting, sock_connect=connect, sock_read=read)

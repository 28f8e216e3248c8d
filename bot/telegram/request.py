"""The way out: calls to the Bot API by the short way, instead of PTB's own httpx client.

No error of this module carries an address, since the address carries the token. The errors are
raised outside of the `except` block, so that nothing hangs on them as their context either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.telegram.limits import USUAL, Limits
from bot.telegram.wire import Answer, Wires

if TYPE_CHECKING:
    from bot.telegram.files import Files

KEEP_ALIVE: Final = 90.0
"""Seconds that an idle connection is kept: people think for longer than httpx's five."""

_TOKEN = re.compile(rb"\d+(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_METHOD = re.compile(r"/([A-Za-z]{1,40})$")

Observe = Callable[[str, str], None]
"""Told of each call: the method's name, and `timeout`, `network` or the HTTP status."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a call says, in plain values, which go out as one JSON object."""

    values: Mapping[str, object]


Data = RequestData | Fields | None
"""What a call brings along: PTB's own form, or plain values."""


@lru_cache(maxsize=64)
def method_of(url: str) -> str:
    """The Bot API's method that an address ends in; `file` for one that ends otherwise."""
    found = _METHOD.search(url)
    return found[1] if found else "file"


class WireRequest(BaseRequest):
    """PTB's port to the network; `pool` is the number of connections at once.

    The usual pool has two for each of the 64 people who are handled at once: an answer and a card.
    """

    __slots__ = ("_files", "_limits", "_media_write", "_observe", "_pool", "_wires")

    def __init__(
        self,
        *,
        pool: int = 128,
        limits: Limits = USUAL,
        media_write_timeout: float | None = 20.0,
        observe: Observe | None = None,
    ) -> None:
        self._pool, self._observe = pool, observe
        self._limits = limits
        self._media_write = media_write_timeout
        self._wires: Wires | None = None
        self._files: Files | None = None

    def __repr__(self) -> str:
        return f"WireRequest(pool={self._pool})"

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer unless a call says otherwise."""
        return self._limits.read

    async def initialize(self) -> None:
        """Make ready; a second call does nothing."""
        if self._wires is None:
            self._wires = Wires(self._pool, KEEP_ALIVE, self.USER_AGENT)

    async def shutdown(self) -> None:
        """Close all connections; a second call does nothing."""
        wires, self._wires = self._wires, None
        files, self._files = self._files, None
        if wires is not None:
            wires.close()
        if files is not None:
            await files.close()

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
            return await self._send(url, method, request_data, self._limits)
        write = self._media_write if _has_files(request_data) else self._limits.write
        limits = Limits(
            _chosen(connect_timeout, self._limits.connect),
            _chosen(read_timeout, self._limits.read),
            _chosen(write_timeout, write),
            _chosen(pool_timeout, self._limits.pool),
        )
        return await self._send(url, method, request_data, limits)

    async def call(
        self, url: str, fields: Mapping[str, str], read_timeout: float | None
    ) -> tuple[int, bytes]:
        """One POST of plain fields, for the intake's own calls; raises like `do_request`."""
        limits = replace(self._limits, read=read_timeout)
        return await self._send(url, "POST", Fields(fields), limits)

    async def _send(self, url: str, method: str, data: Data, limits: Limits) -> tuple[int, bytes]:
        failure: NetworkError
        if self._wires is None:
            raise NetworkError("the connection to the Bot API is not open")
        try:
            if method == "POST" and not _has_files(data):
                status, payload = await self._wires.ask(
                    url, _json(data), limits.read, limits.connection
                )
            else:
                status, payload = await self._by_aiohttp(url, method, data, limits)
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

    async def _by_aiohttp(self, url: str, method: str, data: Data, limits: Limits) -> Answer:
        if self._files is None:
            from bot.telegram.files import Files  # noqa: PLC0415 - a picture waits, not a start

            self._files = Files(self._pool, KEEP_ALIVE, self.USER_AGENT)
        form = data if isinstance(data, RequestData) else None
        return await self._files.ask(url, method, form, limits)

    def _note(self, url: str, outcome: str) -> None:
        if self._observe is not None:
            self._observe(method_of(url), outcome)

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


def _has_files(data: Data) -> bool:
    return isinstance(data, RequestData) and data.contains_files


def _json(data: Data) -> bytes:
    """What a call brings along, as one JSON object."""
    if isinstance(data, Fields):
        return msgspec.json.encode(data.values)
    return b"{}" if data is None else data.json_payload


def _chosen(given: object, default: float | None) -> float | None:
    """PTB marks "not given" with a value of its own, since None means: wait for ever."""
    return float(given) if isinstance(given, (int, float)) else None if given is None else default

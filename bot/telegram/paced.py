"""The way out at a pace: every call that Telegram counts passes the send budget first.

Cards, notices and what is said to a command share it, so that a pause that one of them is told
to make is kept by all. Polls and answers to taps are not counted, and are never held up.
"""

from __future__ import annotations

import json
import math
import re
from typing import Final

from telegram.request import BaseRequest, RequestData

from bot.pacing import Budget, Chat
from bot.telegram.request import Fields, Observe, WireRequest, method_of
from bot.telegram.unshown import shows

_COUNTED: Final = re.compile(r"send(?!ChatAction)|edit|copy|forward|deleteMessage")
_FLOOD: Final = 429
LEAST_PAUSE: Final = 1.0
"""Seconds of a pause whose length was not told."""


class PacedRequest(WireRequest):
    """Makes a counted call when the budget has room for it.

    A call whose turn is not near is answered here as Telegram would: 429, with the seconds to
    wait. Nothing was sent then, and whoever wanted to send decides whether it is still wanted.
    """

    __slots__ = ("_budget",)

    def __init__(self, budget: Budget, *, observe: Observe | None = None) -> None:
        super().__init__(observe=observe)
        self._budget = budget

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
        """See `WireRequest.do_request`."""
        counted = _COUNTED.match(method_of(url)) is not None
        if counted and (wait := await self._budget.claim(_chat(request_data))) > 0:
            return _FLOOD, _refusal(math.ceil(wait))
        if counted:
            shows()
        status, payload = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if counted and status == _FLOOD:
            self._budget.pause(_pause(payload))
        return status, payload


def _chat(data: RequestData | Fields | None) -> Chat:
    if data is None:
        return None
    fields = data.values if isinstance(data, Fields) else data.parameters
    chat = fields.get("chat_id")
    return chat if isinstance(chat, int | str) else None


def _refusal(seconds: int) -> bytes:
    answer = {
        "ok": False,
        "error_code": _FLOOD,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    return json.dumps(answer).encode()


def _pause(payload: bytes) -> float:
    try:
        return max(LEAST_PAUSE, float(json.loads(payload)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return LEAST_PAUSE

"""Answers to taps that go back in the webhook's own replies, which spares a call for each.

Bot API, "Making requests when getting updates": the reply to an update may hold one call, whose
result nobody learns. Of all our calls that suits the answer to a tap, of which a failure is only
logged.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from bot.telegram.site import Reply

LONGEST: Final = 1.0
"""Seconds for which a reply waits for an answer once the update is kept. Telegram waits for 60, and
holds back the person's next tap, which would have to wait for this one here as well."""


class Rides:
    """The replies that wait, by the id of the tap.

    Only what is kept is handled, so an answer never takes a reply whose update is not on disk.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Reply]] = {}

    def wait(self, tap: str, reply: asyncio.Future[Reply]) -> None:
        """Let the answer to a tap go with this reply; of two for one tap, with the later."""
        self._waiting[tap] = reply

    def leave(self, tap: str, reply: asyncio.Future[Reply]) -> None:
        """This reply waits no longer: an answer that comes now is called."""
        if self._waiting.get(tap) is reply:
            del self._waiting[tap]

    def answer(self, tap: str, words: str) -> bool:
        """Send the reply that waits for the answer to a tap, with it; False when none waits."""
        reply = self._waiting.pop(tap, None)
        if reply is None or reply.done():
            return False
        call = {"method": "answerCallbackQuery", "callback_query_id": tap}
        if words:
            call["text"] = words
        reply.set_result(Reply(200, msgspec.json.encode(call), "application/json"))
        return True


class _Query(msgspec.Struct):
    id: str


class _Update(msgspec.Struct):
    callback_query: _Query | None = None


_READER: Final = msgspec.json.Decoder(_Update)


def tap_in(update: bytes) -> str:
    """The id of the tap that an update is; empty for anything else."""
    try:
        query = _READER.decode(update).callback_query
    except (ValueError, RecursionError):
        return ""
    return query.id if query else ""

"""The calls of a tap: plain fields out, plain values back, and PTB's own errors.

PTB builds an object of everything that comes back, which for a card costs more than the card. What
is shown at every tap therefore goes past its methods; everything else goes by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.telegram.request import Fields, WireRequest
from bot.telegram.rides import Rides
from bot.telegram.rows import Keyboard

_BY_STATUS: Final[Mapping[int, type[TelegramError]]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
}
"""As PTB reads them; anything else is trouble of the network."""


class Calls:
    """Makes calls in the name of a bot. Each method raises TelegramError.

    With `rides` the answer to a tap goes with the webhook's reply, where one waits for it.
    """

    def __init__(self, bot: Bot, rides: Rides | None = None) -> None:
        request = bot.request
        if not isinstance(request, WireRequest):
            raise TypeError("the bot's way out must be a WireRequest")
        self._request, self._address, self._rides = request, bot.base_url, rides

    def __repr__(self) -> str:
        return "Calls()"

    async def send(
        self, chat: int, text: str, mode: str | None, keyboard: Keyboard | None = None
    ) -> int:
        """Write a message that cannot be passed on; its id."""
        fields = {"chat_id": chat, "text": text, "protect_content": True}
        sent = await self._call("sendMessage", _with(fields, mode, keyboard))
        return _read(sent, _Sent).message_id

    async def edit(
        self, chat: int, message: int, text: str, mode: str | None, keyboard: Keyboard | None
    ) -> None:
        """Put another text and other buttons in place of a message's."""
        fields = {"chat_id": chat, "message_id": message, "text": text}
        await self._call("editMessageText", _with(fields, mode, keyboard))

    async def buttons(self, chat: int, message: int, keyboard: Keyboard | None) -> None:
        """Put other buttons under a message; its words stay."""
        fields: dict[str, object] = {"chat_id": chat, "message_id": message}
        await self._call("editMessageReplyMarkup", _with(fields, None, keyboard))

    async def answer(self, tap: str, text: str) -> None:
        """Answer a tap, in words or without."""
        if self._rides is not None and self._rides.answer(tap, text):
            return
        fields = {"callback_query_id": tap, "text": text} if text else {"callback_query_id": tap}
        await self._call("answerCallbackQuery", fields)

    async def _call(self, method: str, fields: Mapping[str, object]) -> bytes:
        status, payload = await self._request.do_request(
            f"{self._address}/{method}", "POST", Fields(fields)
        )
        if not 200 <= status < 300:
            raise _refused(status, payload)
        return _read(payload, _Good).result


class _Good(msgspec.Struct):
    result: msgspec.Raw


class _Sent(msgspec.Struct):
    message_id: int


_Form = TypeVar("_Form")


def _read(payload: bytes, form: type[_Form]) -> _Form:
    try:
        return msgspec.json.decode(payload, type=form)
    except (msgspec.MsgspecError, RecursionError):
        raise TelegramError("Invalid server response") from None


class _Parameters(msgspec.Struct):
    retry_after: int | None = None


class _Bad(msgspec.Struct):
    description: str = ""
    parameters: _Parameters | None = None


def _with(
    fields: dict[str, object], mode: str | None, keyboard: Keyboard | None
) -> dict[str, object]:
    if mode is not None:
        fields["parse_mode"] = mode
    if keyboard is not None:
        fields["reply_markup"] = keyboard
    return fields


def _refused(status: int, payload: bytes) -> TelegramError:
    try:
        said = msgspec.json.decode(payload, type=_Bad)
    except msgspec.MsgspecError:
        said = _Bad()
    if said.parameters is not None and said.parameters.retry_after:
        return RetryAfter(said.parameters.retry_after)
    return _BY_STATUS.get(status, NetworkError)(said.description or f"status {status}")

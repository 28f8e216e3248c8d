"""A tap as the front reads it: who, in which chat, on which message, and what the button carries.

The update holds the whole card that was tapped, with every button. None of that is believed, since
the ledger knows better, so none of it is read: only these few fields are, and only in their form.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import msgspec
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.telegram.calls import Calls

log = logging.getLogger(__name__)

LONGEST_TOAST: Final = 200
"""Characters of an answer to a tap."""


class Account(msgspec.Struct, frozen=True):
    """Who tapped."""

    id: int
    language_code: str | None = None


class Room(msgspec.Struct, frozen=True):
    """The chat of the message."""

    id: int
    type: str


class Place(msgspec.Struct, frozen=True):
    """The message that was tapped; nothing but where it stands."""

    message_id: int
    chat: Room


class Tap(msgspec.Struct, frozen=True):
    """One tap. A message sent by way of another bot's menu has no place."""

    id: str
    user: Account = msgspec.field(name="from")
    message: Place | None = None
    data: str = ""

    @property
    def own(self) -> bool:
        """Whether it was in the person's own chat with the bot, which bears their number.

        Telegram words it so; a body that does not is forged, and nothing may be shown there.
        """
        room = self.message.chat if self.message else None
        return room is not None and room.type == ChatType.PRIVATE and room.id == self.user.id

    @property
    def group(self) -> int | None:
        """The group in which it was, if it was in one."""
        room = self.message.chat if self.message else None
        outside = room is not None and room.type not in (ChatType.PRIVATE, ChatType.SENDER)
        return room.id if room is not None and outside else None


class _Update(msgspec.Struct):
    callback_query: Tap | None = None


def read_tap(raw: bytes) -> Tap | None:
    """The tap that an update is; None when it is something else.

    Raises:
        msgspec.MsgspecError: it is no update, or not in the form that Telegram gives a tap.

    """
    return _READER.decode(raw).callback_query


_READER: Final = msgspec.json.Decoder(_Update)


class Answering:
    """Answers one tap once: as soon as the words are known, at the latest when all is done."""

    def __init__(self, calls: Calls, tap: str) -> None:
        self._calls, self._tap = calls, tap
        self._task: asyncio.Task[None] | None = None

    def say(self, words: str) -> None:
        """Begin to answer, unless it was begun."""
        if self._task is None:
            self._task = asyncio.create_task(answer(self._calls, self._tap, words))

    async def end(self, words: str) -> None:
        """Return when it is answered; with these words, if there were none before."""
        if self._task is None:
            await answer(self._calls, self._tap, words)
        else:
            await self._task


async def answer(calls: Calls, tap: str, words: str) -> None:
    """Answer a tap; one that cannot be answered any more goes to the log."""
    try:
        await calls.answer(tap, words[:LONGEST_TOAST])
    except TelegramError as error:
        log.info("a tap could not be answered: %s", type(error).__name__)

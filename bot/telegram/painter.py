"""Puts cards on screens and keeps them there: edits in place, tries again, never twice at once.

A card is drawn only after the commit, so a lost edit loses nothing: it is tried again until it
is shown or a newer card takes its place. An older card never covers a newer one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from telegram import Bot
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.telegram.calls import Calls
from bot.telegram.rows import Keyboard
from storage.cards import Cards

log = logging.getLogger(__name__)

DELAYS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
"""Seconds between the attempts to show a card; after the last one the next start shows it."""

LONGEST_WAIT = 30.0
"""Seconds for which whoever asked for a picture is left waiting when Telegram asks for a pause."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A message to be shown. `stream` names the screening whose card it is; "" for any other."""

    chat: int
    html: str
    plain: str
    keyboard: Keyboard | None = None
    stream: str = ""
    version: int = 0
    message: int | None = None


MOST_PLACES = 10_000
"""Cards whose newest version is remembered; of more, those not drawn for longest are forgotten."""


@dataclass(slots=True)
class _Place:
    """One card in one chat: the newest version that was drawn, and whose turn it is to draw."""

    version: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Painter:
    """Shows drawings in chats through one bot."""

    def __init__(self, bot: Bot, cards: Cards) -> None:
        self._bot, self._calls, self._cards = bot, Calls(bot), cards
        self._again: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._said = count()
        self._places: OrderedDict[tuple[int, str], _Place] = OrderedDict()

    async def show(self, drawing: Drawing) -> int | None:
        """Show it: in place of its message, or as a new one. The message's id, when it is known.

        What cannot be shown now is tried again in the background.
        """
        key = (drawing.chat, drawing.stream)
        if drawing.stream and drawing.version < self._place(drawing).version:
            return drawing.message
        if drawing.stream and (pending := self._again.pop(key, None)):
            pending.cancel()  # a newer card takes the place of the one still waiting
        try:
            return await self.once(drawing)
        except BadRequest as error:
            log.error("a card was refused: %s", error.message)
        except TelegramError as error:
            if drawing.stream:
                self._again[key] = asyncio.create_task(self._keep_trying(key, drawing, error))
            elif isinstance(error, RetryAfter) and drawing.message is None:
                # It was surely not sent, and what it answers is not asked again.
                key = (drawing.chat, f"said {next(self._said)}")
                self._again[key] = asyncio.create_task(self._keep_trying(key, drawing, error))
            else:
                log.warning("a message could not be shown: %s", type(error).__name__)
        return None

    async def close(self) -> None:
        """Stop trying; the next start shows what is missing."""
        tasks = list(self._again.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def buttons(self, chat: int, message: int, keyboard: Keyboard | None) -> None:
        """Put other buttons under a message; its words stay."""
        try:
            await self._calls.buttons(chat, message, keyboard)
        except TelegramError as error:
            log.info("the buttons of a message stay as they were: %s", type(error).__name__)

    async def remove(self, chat: int, message: int) -> None:
        """Delete a message, as far as Telegram lets us: it must be younger than 48 hours."""
        try:
            await self._bot.delete_message(chat, message)
        except TelegramError as error:
            log.info("a message could not be deleted: %s", type(error).__name__)

    async def busy(self, chat: int) -> None:
        """Show that a picture is on its way: drawing one takes longer than a tap."""
        try:
            await self._bot.send_chat_action(chat, ChatAction.UPLOAD_PHOTO)
        except TelegramError as error:
            log.info("no sign of work could be shown: %s", type(error).__name__)

    async def picture(self, chat: int, png: bytes, name: str, caption: str) -> bool:
        """Send a picture with a caption in HTML; whether it was taken, or its reader is gone.

        Nothing keeps it for later, so a pause that is asked for is waited out here, once.
        """
        for last in (False, True):
            try:
                await self._photo(chat, png, name, caption)
            except Forbidden:
                log.info("a picture cannot be shown: the bot was blocked")
            except RetryAfter as error:
                if last or pause_of(error) > LONGEST_WAIT:
                    return False
                await asyncio.sleep(pause_of(error))
                continue
            except TelegramError as error:
                log.warning("a picture could not be sent: %s", type(error).__name__)
                return False
            return True
        return False

    async def _photo(self, chat: int, png: bytes, name: str, caption: str) -> None:
        await self._bot.send_photo(
            chat,
            png,
            filename=name,
            caption=caption,
            parse_mode=ParseMode.HTML,
            protect_content=True,
        )

    async def _keep_trying(
        self, key: tuple[int, str], drawing: Drawing, error: TelegramError
    ) -> None:
        for delay in DELAYS:
            await asyncio.sleep(max(delay, pause_of(error)))
            try:
                await self.once(drawing)
            except BadRequest as refused:
                log.error("a card was refused: %s", refused.message)
            except TelegramError as again:
                error = again
                continue
            break
        self._again.pop(key, None)

    async def once(self, drawing: Drawing) -> int | None:
        """Show it now or raise a TelegramError; None when the person has blocked the bot."""
        if not drawing.stream:
            return await self._now(drawing)
        place = self._place(drawing)
        place.version = max(place.version, drawing.version)
        async with place.turn:
            if drawing.version < place.version:
                return drawing.message
            return await self._now(drawing)

    def _place(self, drawing: Drawing) -> _Place:
        key = (drawing.chat, drawing.stream)
        place = self._places.setdefault(key, _Place())
        self._places.move_to_end(key)
        if len(self._places) > MOST_PLACES:
            self._places.popitem(last=False)
        return place

    async def _now(self, drawing: Drawing) -> int | None:
        try:
            return await self._send(drawing, drawing.html, ParseMode.HTML)
        except BadRequest as error:
            if "parse entities" not in error.message.lower():
                raise
            log.error("HTML was refused; the card is shown as plain text")
            return await self._send(drawing, drawing.plain, None)
        except Forbidden:
            log.info("a card cannot be shown: the bot was blocked")
            return None

    async def _send(self, drawing: Drawing, text: str, mode: str | None) -> int | None:
        message = drawing.message
        if message is not None and await self._edit(drawing, message, text, mode):
            return message
        sent = await self._calls.send(drawing.chat, text, mode, drawing.keyboard)
        if drawing.stream:
            await self._cards.put_card(drawing.stream, drawing.chat, sent, drawing.version)
        return sent

    async def _edit(self, drawing: Drawing, message: int, text: str, mode: str | None) -> bool:
        """Edit the message in place; False when it is gone, so that a new one is needed."""
        try:
            await self._calls.edit(drawing.chat, message, text, mode, drawing.keyboard)
        except BadRequest as error:
            said = error.message.lower()
            if "not modified" in said:
                return True
            if "not found" in said or "can't be edited" in said:
                return False
            raise
        return True


def pause_of(error: TelegramError) -> float:
    """The seconds that Telegram asks to wait."""
    if not isinstance(error, RetryAfter):
        return 0.0
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)

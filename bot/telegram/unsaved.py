"""Tells people at once that what they tapped could not be kept: the tap comes again by itself.

Telegram delivers an update again until it is acknowledged, so nothing has to be remembered here
but who was told: once for each tap is enough.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.texts.shape import Texts

log = logging.getLogger(__name__)

REMEMBERED: Final = 1000
"""Taps whose people were told; an older one that comes again is told again."""


class Unsaved:
    """Answers taps while the store cannot be written."""

    def __init__(self, bot: Bot, texts_for: Callable[[int, str | None], Texts]) -> None:
        self._bot, self._texts_for = bot, texts_for
        self._told: deque[str] = deque(maxlen=REMEMBERED)
        self._telling: set[asyncio.Task[None]] = set()

    def tell(self, raw_updates: Iterable[object]) -> None:
        """Answer the taps among these updates; nothing in a body can make it fail."""
        for raw in raw_updates:
            found = _tap(raw)
            if found is not None and found[0] not in self._told:
                tap, user = found
                self._told.append(tap)
                # Beside the hearing, which must not wait for what is being said.
                task = asyncio.create_task(self._answer(tap, self._texts_for(*user)))
                self._telling.add(task)
                task.add_done_callback(self._telling.discard)

    async def close(self) -> None:
        """Stop telling."""
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    async def _answer(self, tap: str, texts: Texts) -> None:
        try:
            await self._bot.answer_callback_query(tap, texts.remarks.not_saved_yet)
        except TelegramError as error:
            log.info("a tap could not be answered: %s", type(error).__name__)


def _tap(raw: object) -> tuple[str, tuple[int, str | None]] | None:
    """The id of a tap, and the account and language of who tapped; None for anything else."""
    try:
        body = json.loads(raw) if isinstance(raw, bytes) else raw
        query = body["callback_query"]  # type: ignore[index]
        language = query["from"].get("language_code")
        return str(query["id"]), (int(query["from"]["id"]), language)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return None

"""How a notice becomes a message in Telegram: its words are made when it is sent."""

from __future__ import annotations

import json

from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.clock import Clock
from bot.courier import NotNow, Undeliverable
from bot.notices import HAND_OVER
from bot.register import Register
from bot.telegram.painter import pause_of
from bot.telegram.screenings import Screenings
from bot.telegram.speaker import Speaker
from storage.outbox import Notice


class Delivery:
    """Delivers notices to people in the directory."""

    def __init__(
        self, screenings: Screenings, register: Register, clock: Clock, language: str
    ) -> None:
        self._screenings, self._register = screenings, register
        self._clock, self._language = clock, language

    async def deliver(self, notice: Notice) -> int | None:
        """Send one notice; the id of its message.

        Raises:
            Undeliverable: the person is out, has blocked the bot, or may not see it.
            NotNow: Telegram did not take it; it is to be tried again.

        """
        await self._register.catch_up()
        person = self._register.directory.people.get(notice.recipient)
        if person is None or person.revoked or notice.kind != HAND_OVER:
            raise Undeliverable("nobody to tell")
        texts = self._screenings.tongues.of(person, self._language)
        speaker = Speaker(person, person.telegram_id, texts, self._clock.now())
        body = json.loads(notice.body)
        name = self._register.directory.name_of(body["by"])
        said = texts.chat.handed_over(name, body["number"])
        if notice.perhaps_sent:
            said = f"{texts.chat.repeat} {said}"
        try:
            message = await self._screenings.deliver(speaker, body["number"], said)
        except Forbidden:
            raise Undeliverable("blocked") from None
        except (RetryAfter, NetworkError) as error:
            raise _not_now(error) from None
        if message is None:
            raise Undeliverable("blocked, or not theirs to see")
        return message


def _not_now(error: TelegramError) -> NotNow:
    if isinstance(error, BadRequest):
        return NotNow(f"refused: {error.message}")
    return NotNow(type(error).__name__, pause_of(error), heard=isinstance(error, TimedOut))

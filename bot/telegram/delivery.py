"""How a notice becomes a message in Telegram: its words are made when it is sent."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.clock import Clock
from bot.courier import Delivered, NotNow, Undeliverable
from bot.desk import Desk
from bot.notices import DAILY
from bot.pages.telling import digest_lines, notice_lines, passed_over
from bot.register import Register
from bot.telegram.noticed import BRINGS_CARD, may_be_told, rows_of
from bot.telegram.painter import Drawing, Painter, pause_of
from bot.telegram.rows import as_keyboard
from bot.telegram.screenings import Screenings
from bot.telegram.speaker import Speaker
from flows.cases import Because
from flows.policy import Action
from storage.outbox import Notice


class Delivery:
    """Delivers notices to people in the directory."""

    def __init__(
        self,
        screenings: Screenings,
        desk: Desk,
        register: Register,
        painter: Painter,
        clock: Clock,
        language: str,
    ) -> None:
        self._screenings, self._desk, self._register = screenings, desk, register
        self._painter, self._clock, self._language = painter, clock, language

    async def deliver(self, notice: Notice) -> Delivered:
        """Send one notice.

        Raises:
            Undeliverable: the person is out, has blocked the bot, or may not see it.
            NotNow: Telegram did not take it; it is to be tried again.

        """
        await self._register.catch_up()
        person = self._register.directory.people.get(notice.recipient)
        if person is None or person.revoked:
            raise Undeliverable("nobody to tell")
        texts = self._screenings.tongues.of(person, self._language)
        speaker = Speaker(person, person.telegram_id, texts, self._clock.now())
        try:
            message = await self._send(speaker, notice, json.loads(notice.body))
        except Forbidden:
            raise Undeliverable("blocked") from None
        except TelegramError as error:
            raise _not_now(error) from None
        if message is None:
            raise Undeliverable("blocked, or not theirs to see")
        return Delivered(message)

    async def _send(self, speaker: Speaker, notice: Notice, body: dict[str, Any]) -> int | None:
        if notice.kind == DAILY:
            return await self._daily(speaker, notice, body)
        screening = await self._desk.look(body["number"])
        site, names = screening.opened.site, self._register.directory.name_of
        lines = notice_lines(notice.kind, body, speaker.texts, names, screening.book.protocol)
        label = f"{speaker.texts.chat.repeat} " if notice.perhaps_sent else ""
        if notice.kind in BRINGS_CARD:
            return await self._screenings.deliver(speaker, body["number"], label + "\n".join(lines))
        if not may_be_told(speaker, notice.kind, site):
            return None
        if because := self._passed_over(notice, body):
            lines.append(passed_over(because, speaker.texts))
        first, *others = (escape(line) for line in lines)
        html = "\n".join([f"{escape(label)}<b>{first}</b>", *others])
        rows = rows_of(speaker, notice.kind, body["number"], site)
        return await self._painter.once(Drawing(speaker.chat, html, html, as_keyboard(rows)))

    async def _daily(self, speaker: Speaker, notice: Notice, body: dict[str, Any]) -> int | None:
        if not speaker.sites_for(Action.FOLLOW):
            return None
        lines = digest_lines(body, speaker.texts, self._register.directory.name_of)
        label = f"{speaker.texts.chat.repeat} " if notice.perhaps_sent else ""
        first, *others = (escape(line) for line in lines)
        html = "\n".join([f"{escape(label)}<b>{first}</b>", *others])
        return await self._painter.once(Drawing(speaker.chat, html, html))

    def _passed_over(self, notice: Notice, body: dict[str, Any]) -> Because | None:
        """Why it comes to this person only now; None for those who were told first."""
        identity = notice.key.removesuffix(f"/{notice.recipient}")
        escalated = self._register.case(body["number"]).escalated(identity)
        return next((one.because for one in escalated if one.to == notice.recipient), None)


def _not_now(error: TelegramError) -> NotNow:
    if isinstance(error, BadRequest):
        return NotNow(f"refused: {error.message}", alone=True)
    return NotNow(type(error).__name__, pause_of(error), heard=_perhaps_heard(error))


def _perhaps_heard(error: TelegramError) -> bool:
    """Whether Telegram may have taken it all the same: no answer came, but it was reached."""
    if isinstance(error, TimedOut):
        return True
    reached = "Connector" not in error.message and "not open" not in error.message
    return isinstance(error, NetworkError) and reached

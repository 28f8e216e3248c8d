"""How a notice becomes a message in Telegram: its words are made when it is sent."""

from __future__ import annotations

import json
from datetime import date
from html import escape
from typing import Any

from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.clock import Clock
from bot.courier import Delivered, NotNow, Undeliverable
from bot.desk import Desk, ErasedScreening
from bot.notices import HAND_OVER, SIGNATURE, TAKEN, VERDICT
from bot.register import Register
from bot.telegram.painter import Drawing, Painter, pause_of
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.screenings import Screenings
from bot.telegram.speaker import Speaker
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
        except ErasedScreening:
            raise Undeliverable("erased") from None
        except TelegramError as error:
            raise _not_now(error) from None
        if message is None:
            raise Undeliverable("blocked, or not theirs to see")
        return Delivered(message)

    async def _send(self, speaker: Speaker, notice: Notice, body: dict[str, Any]) -> int | None:
        words = speaker.texts.chat
        label = f"{words.repeat} " if notice.perhaps_sent else ""
        if notice.kind == HAND_OVER:
            name = self._register.directory.name_of(body["by"])
            said = label + words.handed_over(name, body["number"])
            return await self._screenings.deliver(speaker, body["number"], said)
        screening = await self._desk.look(body["number"])
        if not speaker.may(Action.FOLLOW, screening.opened.site):
            return None
        html = escape(label) + self._words(speaker, notice.kind, body, screening.book.protocol)
        rows = [] if notice.kind == TAKEN else [[(words.take, f"{MARK}t:{body['number']}")]]
        return await self._painter.once(Drawing(speaker.chat, html, html, as_keyboard(rows)))

    def _words(self, speaker: Speaker, kind: str, body: dict[str, Any], protocol: Any) -> str:
        """Number, verdict and dates; never an answer, never a confidential criterion."""
        texts, number = speaker.texts, str(body["number"])
        words = texts.chat
        if kind == TAKEN:
            return escape(words.taken(self._register.directory.name_of(body["by"]), number))
        verdict = texts.records.verdicts[body["verdict"]]
        if kind == SIGNATURE:
            said = words.signature_voided(number)
            return escape(said if body["voided"] else words.verdict_signed(number, verdict))
        assert kind == VERDICT
        lines = [f"<b>{escape(words.verdict_reached(number, verdict))}</b>"]
        if body["first_failing"]:
            lines.append(escape(words.first_reason(body["first_failing"])))
        labels = {
            deadline.name: deadline.label.of(texts.language)
            for criterion in protocol.criteria
            for deadline in criterion.deadlines
        }
        for name, day in body["deadlines"].items():
            shown = texts.cards.day(date.fromisoformat(day))
            lines.append(escape(f"{labels[name]}{texts.colon}{shown}"))
        return "\n".join(lines)


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

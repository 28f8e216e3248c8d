"""How a notice becomes a message in Telegram: its words are made when it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.checkpoints import CHECKPOINT
from bot.clock import Clock
from bot.courier import Delivered, NotNow, Undeliverable
from bot.daily import may_read
from bot.desk import Desk, ErasedScreening
from bot.notice_trail import EMAIL, person_of
from bot.notices import DAILY
from bot.pacing import Budget
from bot.pages.telling import digest_lines, notice_lines, passed_over
from bot.register import Register
from bot.telegram.choice import Choice
from bot.telegram.monitoring import send_checkpoint
from bot.telegram.noticed import BRINGS_CARD, may_be_told, rows_of
from bot.telegram.painter import Drawing, Painter, pause_of
from bot.telegram.rows import as_keyboard
from bot.telegram.screenings import Screenings
from bot.telegram.speaker import Speaker
from bot.texts.shape import Texts
from flows.cases import Because
from flows.people import Person
from flows.policy import Action
from storage.outbox import Notice


@dataclass(frozen=True, slots=True)
class Told:
    """To whom something is said, in which language, and the words."""

    person: Person
    texts: Texts
    text: str


class Delivery:
    """Delivers notices to people in the directory."""

    def __init__(  # noqa: PLR0913 - what a notice is drawn from, each by name
        self,
        screenings: Screenings,
        desk: Desk,
        register: Register,
        painter: Painter,
        budget: Budget,
        clock: Clock,
        language: str,
        choice: Choice,
    ) -> None:
        self._choice = choice
        self._screenings, self._desk, self._register = screenings, desk, register
        self._painter, self._budget = painter, budget
        self._clock, self._language = clock, language

    async def ready(self, notice: Notice) -> None:
        """Wait until the send budget has room for a notice to this person."""
        person = self._register.directory.people.get(notice.recipient)
        if person is not None:
            await self._budget.ready(person.telegram_id)

    async def deliver(self, notice: Notice) -> Delivered:
        """Send one notice.

        Raises:
            Undeliverable: the person is out, has blocked the bot or never began, or may not see it.
            NotNow: Telegram did not take it; it is to be tried again.

        """
        speaker = await self._speaker(notice)
        if speaker is None:
            raise Undeliverable("nobody to tell")
        try:
            message = await self._send(speaker, notice, json.loads(notice.body))
        except Forbidden:
            raise Undeliverable("blocked") from None
        except ErasedScreening:
            raise Undeliverable("erased") from None
        except TelegramError as error:
            if isinstance(error, BadRequest) and "chat not found" in error.message.lower():
                raise Undeliverable("never pressed START") from None
            raise not_now(error) from None
        if message is None:
            raise Undeliverable("blocked, or not theirs to see")
        return Delivered(message)

    async def plain(self, notice: Notice) -> Told | None:
        """What the chat would say, in plain text; None when it is not theirs to read."""
        speaker = await self._speaker(notice)
        if speaker is None:
            return None
        lines = await self._lines(speaker, notice)
        if lines is None:
            return None
        label = f"{speaker.texts.chat.repeat} " if notice.perhaps_sent else ""
        return Told(speaker.person, speaker.texts, label + "\n".join(lines))

    async def _speaker(self, notice: Notice) -> Speaker | None:
        await self._register.catch_up()
        person = self._register.directory.people.get(person_of(notice))
        if person is None or person.revoked:
            return None
        texts = self._screenings.tongues.of(person, self._language)
        return Speaker(person, person.telegram_id, texts, self._clock.now())

    async def _send(self, speaker: Speaker, notice: Notice, body: dict[str, Any]) -> int | None:
        label = f"{speaker.texts.chat.repeat} " if notice.perhaps_sent else ""
        if notice.kind == CHECKPOINT:
            return await send_checkpoint(self._painter, speaker, body["text"], label)
        lines = await self._lines(speaker, notice)
        if lines is None:
            return None
        if notice.kind in BRINGS_CARD:
            said = label + "\n".join(lines)
            return await self._screenings.deliver(speaker, body["number"], said)
        first, *others = (escape(line) for line in lines)
        html = "\n".join([f"{escape(label)}<b>{first}</b>", *others])
        rows = []
        if notice.kind != DAILY:
            opened = (await self._desk.look(body["number"])).opened
            rows = rows_of(speaker, notice.kind, body["number"], opened)
        return await self._painter.once(Drawing(speaker.chat, html, html, as_keyboard(rows)))

    async def _lines(self, speaker: Speaker, notice: Notice) -> list[str] | None:
        """What it says, without a label; None when it is not theirs to read."""
        kind, body = notice.kind.removeprefix(EMAIL), json.loads(notice.body)
        names = self._register.directory.name_of
        if kind == CHECKPOINT:
            return str(body["text"]).splitlines() if speaker.sites_for(Action.PROTOCOL) else None
        if kind == DAILY:
            if not may_read(speaker.person, body, speaker.now):
                return None
            return self._of_trial(speaker, body, digest_lines(body, speaker.texts, names))
        screening = await self._desk.look(body["number"])
        lines = notice_lines(kind, body, speaker.texts, names, screening.book.protocol)
        if kind in BRINGS_CARD:  # the card itself says of which trial it is
            theirs = speaker.may(Action.CARRY_ON, screening.opened, screening.mode)
            return lines if theirs else None
        if not may_be_told(speaker, kind, screening.opened):
            return None
        lines = self._of_trial(speaker, {"trial": screening.opened.trial}, lines)
        if because := self._passed_over(notice, body):
            lines.append(passed_over(because, speaker.texts))
        return lines

    def _of_trial(self, speaker: Speaker, body: dict[str, Any], lines: list[str]) -> list[str]:
        """The same, with the name of the trial for whoever works in several."""
        if "trial" not in body:
            return lines
        return [self._choice.of(speaker, body["trial"], lines[0]), *lines[1:]]

    def _passed_over(self, notice: Notice, body: dict[str, Any]) -> Because | None:
        """Why it comes to this person only now; None for those who were told first."""
        person = person_of(notice)
        identity = notice.key.removeprefix(EMAIL).removesuffix(f"/{person}")
        escalated = self._register.case(body["number"]).escalated(identity)
        return next((one.because for one in escalated if one.to == person), None)


def not_now(error: TelegramError) -> NotNow:
    """What a courier makes of an error of Telegram's, but for Forbidden."""
    if isinstance(error, BadRequest):
        return NotNow(f"refused: {error.message}", alone=True)
    return NotNow(type(error).__name__, pause_of(error), heard=_perhaps_heard(error))


def _perhaps_heard(error: TelegramError) -> bool:
    """Whether Telegram may have taken it all the same: no answer came, but it was reached."""
    if isinstance(error, TimedOut):
        return True
    reached = "Connector" not in error.message and "not open" not in error.message
    return isinstance(error, NetworkError) and reached

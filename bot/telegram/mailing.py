"""E-mail copies in the conversation: the command that chooses an address, and the copies' road."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from bot.courier import Delivered, Undeliverable
from bot.desk import Along, ErasedScreening
from bot.gate import Gate
from bot.mail import Letter
from bot.preferences import Preferences
from bot.register import Register
from bot.telegram.delivery import Delivery
from bot.telegram.menu import MAILED
from bot.telegram.speaker import Speaker
from bot.telegram.talk import Talk
from flows.events import Actor
from flows.names import clean_address
from storage.outbox import Notice

if TYPE_CHECKING:
    from bot.post import Post

OFF = "off"


class Mailing:
    """Lets people choose an address; only where the site has set up SMTP."""

    def __init__(
        self, preferences: Preferences, register: Register, gate: Gate, talk: Talk
    ) -> None:
        self._preferences, self._register, self._gate, self._talk = (
            preferences,
            register,
            gate,
            talk,
        )

    async def choose(self, speaker: Speaker, said: str) -> None:
        """`/email`, `/email off` or `/email name@hospital.org`."""
        words = speaker.texts
        roles = sorted(speaker.person.roles(speaker.now) & MAILED)
        if not self._register.mailing:
            await self._talk.say(speaker, words.chat.unknown_command)
        elif not roles:
            await self._talk.say(speaker, words.chat.not_your_role)
        else:
            by = Actor(speaker.person.person, roles[0])
            await self._talk.say(speaker, escape(await self._chosen(speaker, by, said.strip())))

    async def _chosen(self, speaker: Speaker, by: Actor, said: str) -> str:
        words = speaker.texts.mail
        if not said:
            now = self._register.duties.of(by.person).email
            return words.is_on(now) if now else words.is_off
        off = said.casefold() == OFF
        address = None if off else clean_address(said)
        if address is None and not off:
            return words.bad_address
        along = Along(speaker.update, (self._gate.guard(by.person),))
        speaker.turn.done = await self._preferences.choose_email(address, by, along)
        return words.is_off if address is None else words.is_on(address)


class Copies:
    """The road of e-mail copies: the words of the chat, in a letter."""

    def __init__(self, delivery: Delivery, register: Register, post: Post | None) -> None:
        self._delivery, self._register, self._post = delivery, register, post

    async def deliver(self, notice: Notice) -> Delivered:
        """Send one copy.

        Raises:
            Undeliverable: it is refused, no longer wanted, or no longer theirs to read.
            NotNow: the server did not take it; it is to be tried again.

        """
        try:
            told = await self._delivery.plain(notice)
        except ErasedScreening:
            raise Undeliverable("erased") from None
        address = self._register.duties.of(told.person.person).email if told else None
        if told is None or address is None or self._post is None:
            raise Undeliverable("no longer wanted, or not theirs to read")
        first, _, _ = told.text.partition("\n")
        body = f"{told.text}\n\n{told.texts.mail.footer}\n"
        await self._post.send(Letter(address, first, body, f"notice-{notice.id}"))
        return Delivered()

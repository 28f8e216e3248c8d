"""Erasing as tapped in the chat, and what stands in the place of the cards afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from html import escape
from typing import Final

from bot.clock import read_number
from bot.desk import Along, stream_of
from bot.erasing import AlreadyErased, Erased, Erasing, NotSealed, NotThere
from bot.gate import Gate
from bot.register import Register
from bot.telegram.board import Board
from bot.telegram.painter import Drawing, Painter
from bot.telegram.refusing import refuse
from bot.telegram.rows import MARK
from bot.telegram.speaker import Speaker
from bot.telegram.talk import Talk
from bot.texts import texts_in
from flows.erasure import PEOPLES_REASONS, ErasureReason
from flows.events import Actor, Role
from flows.policy import Action
from storage.cards import Cards
from storage.errors import StorageError

log = logging.getLogger(__name__)

GONE: Final = 2**31 - 1
"""The version that the card of an erased screening was drawn from: later than any other."""


class ErasedCards:
    """Puts "erased" in the place of every card of an erased screening, in every chat."""

    def __init__(
        self, register: Register, board: Board, painter: Painter, cards: Cards, language: str
    ) -> None:
        self._register, self._board = register, board
        self._painter, self._cards, self._language = painter, cards, language

    async def replace(self, number: str) -> None:
        """Replace the cards of one; those replaced before stay."""
        self._board.let_go(number)
        for place in await self._cards.drawn(stream_of(number)):
            if place.drawn_version == GONE:
                continue
            person = self._register.directory.by_telegram(place.chat)
            texts = (
                self._board.tongues.of(person, self._language)
                if person
                else texts_in(self._language)
            )
            said, stream = texts.erasure.erased(number), stream_of(number)
            drawing = Drawing(place.chat, escape(said), said, None, stream, GONE, place.message_id)
            message = await self._painter.show(drawing)
            if message is not None:
                await self._cards.put_card(stream, place.chat, message, GONE)

    async def replace_all(self) -> None:
        """Replace what an erasure at the command line, or one that was cut short, has left."""
        await self._register.catch_up()
        gone = self._register.screenings.walk(lambda label: label.erased)
        for number in [number for number, _ in gone]:
            await self.replace(number)


class ErasingTalk:
    """The administrator's `/erase NUMBER`: why, are you sure, and then it is done."""

    def __init__(
        self, erasing: Erasing, register: Register, gate: Gate, talk: Talk, cards: ErasedCards
    ) -> None:
        self._erasing, self._register, self._gate = erasing, register, gate
        self._talk, self._cards = talk, cards

    async def ask(self, speaker: Speaker, typed: str) -> None:
        """Which one, and why?"""
        words = speaker.texts.erasure
        if not speaker.sites_for(Action.ERASE):
            await self._talk.say(speaker, speaker.texts.chat.not_your_role)
            return
        number = read_number(typed)
        if number is None:
            await self._talk.say(speaker, escape(words.usage))
            return
        no = await self._refused(speaker, number)
        if no is not None:
            await self._talk.say(speaker, escape(no))
            return
        rows = [
            [(words.reasons[reason], f"{MARK}ea:{number}:{reason.value}")]
            for reason in PEOPLES_REASONS
        ]
        await self._talk.say(speaker, escape(words.why(number)), rows)

    async def sure(self, speaker: Speaker, number: str, code: str) -> str:
        """Are you sure?"""
        words, reason = speaker.texts.erasure, _reason(code)
        if reason is None:
            return speaker.texts.chat.not_a_button
        no = await self._refused(speaker, number)
        if no is not None:
            return no
        rows = [[(words.yes, f"{MARK}ey:{number}:{code}")], [(words.no, f"{MARK}en:{number}")]]
        said = words.sure(number, words.reasons[reason])
        await self._talk.say(speaker, escape(said), rows)
        return ""

    async def keep(self, speaker: Speaker, number: str) -> str:
        """They are not."""
        if read_number(number) is None:
            return speaker.texts.chat.not_a_button
        return speaker.texts.erasure.kept(number)

    async def erase(self, speaker: Speaker, number: str, code: str) -> str:
        """They are: it is done, in the transaction in which this update is."""
        words, reason = speaker.texts.erasure, _reason(code)
        if reason is None:
            return speaker.texts.chat.not_a_button
        no = await self._refused(speaker, number)
        if no is not None:
            return no
        by = Actor(speaker.person.person, Role.ADMINISTRATOR)
        along = Along(speaker.update, (self._gate.guard(speaker.person.person),))
        outcome = await self._erasing.erase(number, reason, by, along)
        match outcome:
            case Erased(kin=kin):
                speaker.turn.done = True
                await self._cards.replace(number)
                lines = [words.done(number)]
                lines += [words.kin(number, ", ".join(kin))] if kin else []
                await self._talk.say(speaker, escape("\n".join(lines)))
                return ""
            case NotSealed(plain=plain):
                return words.not_sealed(number, plain)
            case AlreadyErased():
                return words.erased(number)
            case NotThere():
                return speaker.texts.chat.not_yours
            case _:
                return words.moving(number)

    async def retire(self, days: int, is_charged: Callable[[], Awaitable[bool]]) -> None:
        """Once an hour: erase what the site keeps no longer, replace cards that are still shown.

        Of several processes the one that `is_charged` does it.
        """
        while True:
            try:
                if not await is_charged():
                    await asyncio.sleep(60)
                    continue
                for number in await self._erasing.retire(days):
                    log.info("screening %s was erased: it was kept for %d days", number, days)
                await self._cards.replace_all()
            except StorageError as error:
                log.error("what is over could not be erased: %s", error)
            await asyncio.sleep(3600)

    async def _refused(self, speaker: Speaker, number: str) -> str | None:
        """Why this may not be erased by this speaker; None when it may."""
        line = self._register.lines.get(number)
        if line is None:
            return speaker.texts.chat.not_yours
        if not speaker.may(Action.ERASE, line):
            await refuse(self._gate, speaker, Action.ERASE, number)
            return speaker.texts.chat.not_yours
        if line.erased_at is not None:
            return speaker.texts.erasure.erased(number)
        return None


def _reason(code: str) -> ErasureReason | None:
    return next((reason for reason in PEOPLES_REASONS if reason.value == code), None)

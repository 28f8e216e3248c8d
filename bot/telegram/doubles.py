"""Before a screening is opened: may it be of a patient who is being screened already?

A question and never a block. Nothing is recorded before it is answered.
"""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape

from bot.gate import Gate
from bot.lists import just_opened
from bot.register import Register
from bot.telegram.choice import Choice, Offer
from bot.telegram.painter import Drawing, Painter
from bot.telegram.refusing import refuse
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.screenings import Screenings
from bot.telegram.speaker import Speaker
from flows.events import Mode
from flows.log import Line
from flows.policy import Action

_NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


class Doubles:
    """Opens screenings, after a question where another one was opened just before."""

    def __init__(
        self,
        screenings: Screenings,
        register: Register,
        gate: Gate,
        painter: Painter,
        choice: Choice,
    ) -> None:
        self._screenings, self._register = screenings, register
        self._gate, self._painter, self._choice = gate, painter, choice

    async def begin(self, speaker: Speaker, where: Offer, mode: Mode, told: str = "") -> str | None:
        """Open it, or ask first; what to say when neither can be.

        `told` is the screening that was asked about already.
        """
        if mode is Mode.SCREENING:
            if where.trial in self._register.closed:
                return speaker.texts.remarks.trial_closed
            other = self._other(speaker, where)
            if other is not None and other.number != told:
                await self._ask(speaker, where.site, other)
                return None
        return await self._screenings.open(speaker, where, mode)

    def _other(self, speaker: Speaker, where: Offer) -> Line | None:
        """Only of the same trial: the same patient may well be screened for another one."""
        return just_opened(self._register.screenings, where.trial, where.site, speaker.now)

    async def _ask(self, speaker: Speaker, site: str, other: Line) -> None:
        words = speaker.texts.again
        ago = max(speaker.now - other.opened_at, timedelta())
        name = self._register.directory.name_of(other.owner)
        about = f"{site}:{other.number}"
        rows = [
            [(words.another, f"{MARK}double:go:{about}")],
            [(words.open_that, f"{MARK}double:same:{about}")],
            [(words.cancel, f"{MARK}double:no:{about}")],
        ]
        said = words.same(int(ago / timedelta(minutes=1)), other.number, name)
        html = escape(said, quote=False)
        await self._painter.show(Drawing(speaker.chat, html, said, as_keyboard(rows)))

    async def chosen(
        self, message: int | None, speaker: Speaker, choice: str, site: str, number: str
    ) -> str:
        """Another patient, the same one, or neither; what is answered to the tap."""
        words, other = speaker.texts, self._register.lines.get(number)
        if choice not in ("go", "same", "no") or not _NUMBER.fullmatch(number):
            return words.chat.not_a_button
        if site not in speaker.sites_for(Action.SCREEN):
            return words.chat.not_your_role
        if other is None or not speaker.sees(other):
            await refuse(self._gate, speaker, Action.CARRY_ON, number)
            return words.chat.not_yours
        said, where = "", Offer(other.trial, site)
        if choice == "go":
            if not self._choice.open_to(speaker, Action.SCREEN, where):
                return words.chat.not_your_role
            said = await self.begin(speaker, where, Mode.SCREENING, told=number) or ""
        elif choice == "same":
            said = await self._take_up(speaker, number)
        else:
            said = words.again.cancelled
        if message is not None:
            await self._painter.remove(speaker.chat, message)
        return said

    async def _take_up(self, speaker: Speaker, number: str) -> str:
        """Show that one, if this person may carry on with it; otherwise say whose it is."""
        said = await self._screenings.take_up(speaker, number)
        line = self._register.lines.get(number)
        if said is None or line is None:
            return said or ""
        words, name = speaker.texts.again, self._register.directory.name_of(line.owner)
        await self._say(speaker, words.whose(number, name))
        return ""

    async def _say(self, speaker: Speaker, said: str) -> None:
        html = escape(said, quote=False)
        await self._painter.show(Drawing(speaker.chat, html, said))

"""Whoever is told about a case: seeing it, taking it, and taking it over knowingly."""

from __future__ import annotations

from html import escape

from bot.cases import Cases
from bot.desk import Along, Desk, UnknownScreening
from bot.gate import Gate
from bot.notices import CASE_KINDS, TAKEN, UNSEEN
from bot.register import Register
from bot.telegram.noticed import Row, may_be_told, rows_of, status_button
from bot.telegram.painter import Drawing, Painter
from bot.telegram.refusing import refuse
from bot.telegram.rows import MARK, as_keyboard
from bot.telegram.speaker import Speaker
from flows.events import Actor, Role
from flows.policy import Action
from flows.trials import Placed

DONE = f"{MARK}done"
"""On a button that only says what was done."""


class Following:
    """Coordinators follow cases; the others are told who does."""

    def __init__(
        self, desk: Desk, register: Register, gate: Gate, cases: Cases, painter: Painter
    ) -> None:
        self._desk, self._register, self._gate = desk, register, gate
        self._cases, self._painter = cases, painter

    async def seen(self, message: int | None, speaker: Speaker, about: str, number: str) -> str:
        """Say that it was seen, so that nobody else needs to be told."""
        words = speaker.texts
        where = await self._where(number)
        if about not in CASE_KINDS | {UNSEEN, TAKEN}:
            return words.chat.not_a_button
        if speaker.sees_erased(self._register.lines.get(number)):
            return words.erasure.erased(number)
        if where is None or not self._was_told(speaker, number, where):
            return words.chat.not_yours
        await self._cases.seen(number, about, speaker.actor(where), self._along(speaker))
        speaker.turn.done = True
        at = speaker.now.astimezone(self._register.zone(where.site))
        offered = rows_of(speaker, about, number, where) or [[]]
        row: Row = [(words.duty.seen_at(at), DONE), *offered[0][1:]]
        await self._buttons(speaker, message, [row, *offered[1:]])
        return words.duty.seen_at(at)

    async def take(self, speaker: Speaker, number: str) -> str:
        """Follow a case from now on; of one that somebody follows, ask first."""
        return await self._take(None, speaker, number, None)

    async def take_here(self, message: int | None, speaker: Speaker, number: str) -> str:
        """The same under a notice, whose buttons then say so."""
        return await self._take(message, speaker, number, None)

    async def take_over(
        self, message: int | None, speaker: Speaker, number: str, before: str
    ) -> str:
        """Follow a case in place of whoever does; they are told."""
        return await self._take(message, speaker, number, before)

    async def already(self, speaker: Speaker) -> str:
        """A button that only says what was done."""
        return speaker.texts.remarks.already_so

    async def _take(
        self, message: int | None, speaker: Speaker, number: str, before: str | None
    ) -> str:
        words = speaker.texts.chat
        where = await self._where(number)
        if speaker.sees_erased(self._register.lines.get(number)):
            return speaker.texts.erasure.erased(number)
        if where is None:
            return words.not_yours
        if not speaker.may(Action.FOLLOW, where):
            await refuse(self._gate, speaker, Action.FOLLOW, number)
            return words.not_yours
        by = Actor(speaker.person.person, Role.COORDINATOR)
        follower = await self._cases.take(number, where, by, self._along(speaker), before)
        if follower == speaker.person.person:
            done: list[Row] = [
                [(words.you_follow(number), DONE)],
                [status_button(speaker, number)],
            ]
            await self._buttons(speaker, message, done)
            return words.you_follow(number)
        return await self._ask_over(message, speaker, number, follower)

    async def _ask_over(
        self, message: int | None, speaker: Speaker, number: str, follower: str
    ) -> str:
        """Somebody follows it: taking it over is done knowingly."""
        name, duty = self._register.directory.name_of(follower), speaker.texts.duty
        said = speaker.texts.chat.taken(name, number)
        rows = [
            [(duty.take_over(name), f"{MARK}over:{number}:{follower}")],
            [(duty.leave_it(name), f"{MARK}seen:{TAKEN}:{number}")],
        ]
        if message is not None:
            await self._buttons(speaker, message, rows)
            return said
        text = escape(said)
        await self._painter.show(Drawing(speaker.chat, text, text, as_keyboard(rows)))
        return ""

    async def _where(self, number: str) -> Placed | None:
        """The trial and the site of a screening; None where there is no such screening."""
        try:
            return (await self._desk.look(number)).opened
        except UnknownScreening:
            return None

    def _was_told(self, speaker: Speaker, number: str, where: Placed) -> bool:
        """Coordinators and administrators, the principal investigator, and whoever came after."""
        person, roles = speaker.person.person, speaker.roles_at(where)
        if speaker.may(Action.FOLLOW, where) or Role.ADMINISTRATOR in roles:
            return True
        told = {one.to for one in self._register.case(number).escalations}
        told.add(self._register.duty(where).principal or "")
        return person in told and may_be_told(speaker, UNSEEN, where)

    async def _buttons(self, speaker: Speaker, message: int | None, rows: list[Row]) -> None:
        if message is not None:
            await self._painter.buttons(speaker.chat, message, as_keyboard(rows))

    def _along(self, speaker: Speaker) -> Along:
        return Along(speaker.update, (self._gate.guard(speaker.person.person),))

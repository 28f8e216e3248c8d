"""The coordinator's part of the conversation: taking a case."""

from __future__ import annotations

from bot.cases import Cases
from bot.desk import Along, Desk, UnknownScreening
from bot.gate import Gate
from bot.register import Register
from bot.telegram.refusing import refuse
from bot.telegram.speaker import Speaker
from flows.events import Actor, Role
from flows.policy import Action


class Following:
    """Coordinators follow cases; the others are told who does."""

    def __init__(self, desk: Desk, register: Register, gate: Gate, cases: Cases) -> None:
        self._desk, self._register, self._gate, self._cases = desk, register, gate, cases

    async def take(self, speaker: Speaker, number: str) -> str:
        """Follow a case from now on."""
        words = speaker.texts.chat
        try:
            screening = await self._desk.look(number)
        except UnknownScreening:
            return words.not_yours
        site = screening.opened.site
        if not speaker.may(Action.FOLLOW, site):
            await refuse(self._gate, speaker, Action.FOLLOW, number)
            return words.not_yours
        along = Along(speaker.update, (self._gate.guard(speaker.person.person),))
        by = Actor(speaker.person.person, Role.COORDINATOR)
        follower = await self._cases.take(number, site, by, along)
        if follower == speaker.person.person:
            return words.you_follow(number)
        return words.taken(self._register.directory.name_of(follower), number)

"""After a silence: every open question is asked again, and every open card drawn anew."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime
from functools import partial

from bot.clock import Clock
from bot.register import Register
from bot.telegram.screenings import Screenings
from bot.telegram.speaker import Speaker
from bot.texts.shape import Texts
from flows.log import Line


class Silence:
    """Goes to everybody who has a question open."""

    def __init__(
        self, register: Register, screenings: Screenings, clock: Clock, language: str
    ) -> None:
        self._register, self._screenings = register, screenings
        self._clock, self._language = clock, language
        self._reminders: set[asyncio.Task[None]] = set()

    async def ended(self, since: datetime, until: datetime) -> None:
        """Ask every open question again, and say for how long nothing could be heard."""
        await self._register.catch_up()
        for speaker, line in self._waiting():
            zone = self._register.zone(line.site)
            began, ended = since.astimezone(zone), until.astimezone(zone)
            # Beside the hearing, which must not wait for what is being said.
            task = asyncio.create_task(
                self._screenings.remind(
                    speaker, line.number, partial(_could_not_hear, began, ended)
                )
            )
            self._reminders.add(task)
            task.add_done_callback(self._reminders.discard)

    async def draw_again(
        self, but: Collection[str] = (), only: Collection[str] | None = None
    ) -> None:
        """Bring every card of an open question up to date, one by one: after a start, for example.

        `but` are the lanes of people whose cards are left alone; `only`, those that are drawn.
        """
        await self._register.catch_up()
        for speaker, line in self._waiting():
            lane = str(speaker.person.telegram_id)
            if lane not in but and (only is None or lane in only):
                await self._screenings.draw_again(speaker, line.number)

    async def draw_for_others(self) -> None:
        """This process was replaced: what it drew last may be older than what now stands."""
        lanes = self._screenings.let_go_of_all()
        await self.draw_again(only=lanes)

    async def close(self) -> None:
        """Ask no more; the next start draws every open card."""
        for reminder in self._reminders:
            reminder.cancel()
        await asyncio.gather(*self._reminders, return_exceptions=True)

    def _waiting(self) -> list[tuple[Speaker, Line]]:
        """Every screening with an open question, and the person who carries it."""
        found, now = [], self._clock.now()
        for line in [one for one in self._register.open.values() if one.waiting]:
            person = self._register.directory.people.get(line.owner)
            if person is not None and not person.revoked:
                texts = self._screenings.tongues.of(person, self._language)
                found.append((Speaker(person, person.telegram_id, texts, now), line))
        return found


def _could_not_hear(since: datetime, until: datetime, texts: Texts) -> str:
    return texts.chat.deaf(since, until)

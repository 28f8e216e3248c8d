"""Attempts: the same patient is screened again, once for each attempt and never by accident."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.cards.attempts import Attempts as Standing
from bot.desk import Along, Desk, ErasedScreening, Handled
from bot.register import Register
from flows.again import repeatable
from flows.events import Actor
from flows.screening import Screening
from storage.errors import NoticeClash


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was opened: there is a later attempt already."""

    number: str


@dataclass(frozen=True, slots=True)
class NotAgain:
    """Nothing was opened: this screening has not ended, or is no screening of a patient."""


class Attempts:
    """Begins new attempts, one at a time: two who ask at the same moment do not both get one.

    Here they wait for one another; between processes the ledger refuses the second.
    """

    def __init__(self, desk: Desk, register: Register) -> None:
        self._desk, self._register = desk, register
        self._one_at_a_time = asyncio.Lock()

    async def again(
        self, number: str, language: str, by: Actor, along: Along
    ) -> Handled | Later | NotAgain:
        """Begin the attempt after this one.

        Raises:
            UnknownScreening: no screening has this number.
            ErasedScreening: nobody can read any more what would come over from it.
            ClosedTrial: the trial takes no new screenings.
            PermissionChanged: a guard did not hold, or the screening moved on meanwhile.
            StorageError: nothing was recorded; the reason says why.

        """
        async with self._one_at_a_time:
            await self._register.catch_up()
            if later := self._register.later.get(number):
                return Later(later)
            screening = await self._desk.look(number)
            if not repeatable(screening):
                return NotAgain()
            try:
                handled = await self._desk.open_again(number, language, by, along)
            except NoticeClash:
                # Another process that shares the database was faster.
                await self._register.catch_up()
                if later := self._register.later.get(number):
                    return Later(later)
                raise
            await self._register.catch_up()  # so that both cards know of one another
            return handled


async def standing(desk: Desk, register: Register, screening: Screening) -> Standing:
    """Where a screening stands among the attempts over its patient, with the one before.

    Raises:
        StorageError: the earlier attempt cannot be read.

    """
    number, earlier = screening.number, screening.opened.earlier
    return Standing(
        place=register.attempt(number),
        later=register.later.get(number, ""),
        earlier=await before(desk, earlier),
    )


async def before(desk: Desk, earlier: str | None) -> Screening | None:
    """The attempt to compare with; None without one, and when its answers were erased."""
    if earlier is None:
        return None
    try:
        return await desk.look(earlier)
    except ErasedScreening:
        return None

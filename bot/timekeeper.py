"""The timekeeper: what happens because time has passed, and nobody did anything.

It takes due timers, looks at what holds now, and carries on in one transaction with the end of
the timer. A timer whose matter has moved on ends without effect, so a restart after days is safe.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from bot.clock import Clock
from bot.courier import Delivered, Undeliverable
from bot.daily import digests
from bot.desk import Along, Desk, ErasedScreening, UnknownScreening
from bot.escalation import Escalation
from bot.notice_trail import time_text
from bot.notices import ESCALATE, TIMEKEEPER, owed
from bot.register import Register
from bot.timers import DIGEST, EXPIRE, REMIND, VOID, follow_up, next_digest, next_reminder
from flows.commands import LookAgain
from flows.events import Actor, Mode, Role
from flows.people import Person
from flows.policy import Action, allowed
from flows.reminders import reminders
from flows.screening import Screening
from storage.ledger import Ledger
from storage.outbox import NewNotice, Notice, Settled

BY: Final = Actor(TIMEKEEPER, Role.SYSTEM)
"""Who acts when time alone brings something about."""

LATEST: Final = timedelta(hours=3)
"""A digest that is later than this is skipped: the day has begun without it."""

Changed = Callable[[str], Awaitable[None]]
"""Told the number of a screening that changed by itself, after the commit."""


class Timekeeper:
    """Takes due timers."""

    def __init__(
        self,
        ledger: Ledger,
        desk: Desk,
        register: Register,
        clock: Clock,
        escalation: Escalation,
        changed: Changed,
    ) -> None:
        self._ledger, self._desk, self._register = ledger, desk, register
        self._clock, self._escalation, self._changed = clock, escalation, changed

    async def deliver(self, timer: Notice) -> Delivered:
        """Do what is due.

        Raises:
            Undeliverable: no such timer is known; it is given up.
            NotNow: others were writing; it is to be tried again.
            StorageError: nothing was recorded, and the timer is still owed.

        """
        body = json.loads(timer.body)
        await self._register.catch_up()
        match timer.kind:
            case kind if kind == ESCALATE:
                await self._escalation.silent(timer)
            case kind if kind in (REMIND, EXPIRE):
                await self._look(timer, body)
            case kind if kind == DIGEST:
                await self._digest(timer, body)
            case kind if kind in VOID:
                await self._ledger.append(settled=Settled(timer.id, time_text(self._clock.now())))
            case _:
                raise Undeliverable("an unknown timer")
        return Delivered(settled=True)

    async def begin(self) -> None:
        """Owe what an earlier version, or another way of writing, has not owed.

        Everything here is keyed: what is owed already is passed over.
        """
        await self._register.catch_up()
        now, found = self._clock.now(), list[NewNotice]()
        for person in self._register.directory.people.values():
            found += self._next_digest(person, now)
        for line in list(self._register.open.values()):
            if line.mode is Mode.SCREENING and (line.complete or line.paused):
                screening = await self._desk.look(line.number)
                found += follow_up(screening, now, self._register, late=True)
        if found:
            await self._ledger.append(notices=found)

    # --- reminders and expiry -------------------------------------------------------------------

    async def _look(self, timer: Notice, body: dict[str, Any]) -> None:
        """A window may have closed; if none has, whoever carries it may want to be reminded."""
        settled = Settled(timer.id, time_text(self._clock.now()))
        try:
            screening = await self._desk.look(body["number"])
        except ErasedScreening:
            await self._ledger.append(settled=settled)
            return
        except UnknownScreening:
            raise Undeliverable("an unknown screening") from None
        along = Along(settled=settled)
        if screening.version == body["version"]:
            handled = await self._desk.handle(
                screening.number, LookAgain(), BY, screening.version, along
            )
            if handled.events:
                await self._changed(screening.number)
                return
            screening = handled.screening
        if screening.version == body["version"]:
            await self._remind(timer, screening, settled)
        else:  # it has moved on, and what is owed since then is owed by that
            await self._ledger.append(settled=settled)

    async def _remind(self, timer: Notice, screening: Screening, settled: Settled) -> None:
        if screening.number in self._register.later:  # the patient is followed in that attempt
            await self._ledger.append(settled=settled)
            return
        now = self._clock.now()
        today = screening.day(now)
        found: list[NewNotice] = []
        if timer.kind == REMIND:
            said = reminders(screening, today, owned=self._owned(screening, now))
            version = f"{screening.version}.{today}"
            found += owed(said, screening.opened, version, now, self._register)
        found += next_reminder(screening, today, self._register)
        await self._ledger.append(notices=found, settled=settled)

    def _owned(self, screening: Screening, now: datetime) -> bool:
        """Whether whoever carries it can still carry on."""
        person = self._register.directory.people.get(screening.owner)
        roles = person.roles_at(screening.opened, now) if person else frozenset()
        return allowed(Action.CARRY_ON, roles, screening.mode)

    # --- digests --------------------------------------------------------------------------------

    async def _digest(self, timer: Notice, body: dict[str, Any]) -> None:
        now, hour = self._clock.now(), body["hour"]
        settled = Settled(timer.id, time_text(now))
        person = self._register.directory.people.get(body["person"])
        found: list[NewNotice] = []
        if person is not None and self._register.duties.of(person.person).digest == hour:
            found += self._next_digest(person, now)
            if now - datetime.fromisoformat(timer.due_at) <= LATEST:
                found += digests(self._register, person, f"{body['day']}/{hour}", now)
        await self._ledger.append(notices=found, settled=settled)

    def _next_digest(self, person: Person, now: datetime) -> list[NewNotice]:
        """The next digest of somebody who coordinates, or will; none for those who want none."""
        hour = self._register.duties.of(person.person).digest
        lines = [] if person.revoked else person.delegations
        held = [
            one.site
            for one in lines
            if one.role is Role.COORDINATOR and (one.until is None or one.until > now)
        ]
        if hour is None or not held:
            return []
        return [next_digest(person.person, hour, self._register.zone(held[0]), now)]

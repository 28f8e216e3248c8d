"""A site with people at it, on a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.clock import RandomNumbers
from bot.office import Office
from bot.register import Register
from flows.administration import CONSOLE
from flows.events import Actor, Role
from flows.outcomes import Delegated, NewSite
from flows.people import Person
from storage.ledger import Append, Entry, Ledger
from storage.outbox import NewNotice, Settled
from tests.bot.cases import AT

BOSS = Actor(CONSOLE, Role.ADMINISTRATOR)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment that was set."""
        return self.at


class Rival:
    """A ledger in which somebody else is faster: `first` happens just before an append.

    With `together`, nobody's append begins before that of everybody.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.read, self.streams, self.walk = ledger.read, ledger.streams, ledger.walk
        self.since = ledger.since
        self.head, self.close = ledger.head, ledger.close
        self.first: list[Callable[[], Awaitable[object]]] = []
        self.together: asyncio.Barrier | None = None
        self.tries = 0

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """Let the rival go first."""
        self.tries += 1
        if self.together is not None:
            await self.together.wait()
        if self.first:
            await self.first.pop(0)()
        return await self._ledger.append(*batches, done=done, notices=notices, settled=settled)


class Staff:
    """An office over a ledger, with what is needed to look at what it did."""

    def __init__(self, ledger: Ledger, clock: HandClock | None = None) -> None:
        self.ledger, self.clock = ledger, clock or HandClock()
        self.register = Register(ledger)
        self.office = Office(ledger, self.register, self.clock, RandomNumbers())

    async def site(self, code: str = "HM") -> None:
        """A site takes part."""
        made = await self.office.add_site(code, "Henri Mondor", "Europe/Paris", by=BOSS)
        assert isinstance(made, NewSite), made

    async def add(self, telegram_id: int, role: Role, site: str = "HM") -> str:
        """Somebody with a role from now on; the id."""
        made = await self.office.add_person(telegram_id, f"N{telegram_id}", role, site, by=BOSS)
        assert isinstance(made, Delegated), made
        return made.person

    async def administrator(self, telegram_id: int = 1001, site: str = "HM") -> Actor:
        """Somebody who administers a site."""
        return Actor(await self.add(telegram_id, Role.ADMINISTRATOR, site), Role.ADMINISTRATOR)

    async def person(self, person: str) -> Person:
        """Somebody as the ledger knows them now."""
        await self.register.catch_up()
        return self.register.directory.people[person]

    async def count(self) -> int:
        """How many events there are."""
        return (await self.ledger.head()).position

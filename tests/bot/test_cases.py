"""Coordinators take cases: one follows, the others are told, and of two at once one learns who."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest

from bot.cases import Cases
from bot.desk import Along, PermissionChanged
from bot.gate import Gate
from bot.notices import TAKEN, TIMEKEEPER
from bot.register import Register
from flows.cases import CaseTaken
from flows.events import Actor, Role
from flows.trials import Where
from storage.ledger import Append, Entry, Ledger
from storage.mapper import to_event
from storage.outbox import NewNotice, Settled
from tests.bot.cases import NUMBER
from tests.bot.staff import BOSS, Rival, Staff


class Owing:
    """A ledger that notes what is owed and which updates are done."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.read, self.streams, self.walk = ledger.read, ledger.streams, ledger.walk
        self.since = ledger.since
        self.head, self.close = ledger.head, ledger.close
        self.owed: list[NewNotice] = []
        self.done: list[int | None] = []

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """Write it and note what came along; there is no inbox here to mark."""
        written = await self._ledger.append(*batches, notices=notices)
        self.owed += [one for one in notices if one.recipient != TIMEKEEPER]
        self.done.append(done)
        return written


class Desk:
    """A site with three coordinators who take cases over one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = Owing(ledger)
        self.staff = Staff(self.ledger)
        self.register = self.staff.register
        self.cases = Cases(self.ledger, self.register, self.staff.clock)
        self.people: list[Actor] = []

    async def begin(self) -> Desk:
        """Let the coordinators in."""
        await self.staff.site()
        for telegram_id in (1, 2, 3):
            person = await self.staff.add(telegram_id, Role.COORDINATOR)
            self.people.append(Actor(person, Role.COORDINATOR))
        await self.register.catch_up()
        return self

    async def take(self, by: Actor, along: Along | None = None, instead: str | None = None) -> str:
        """Take the case as the front does: after the register caught up."""
        await self.register.catch_up()
        return await self.cases.take(NUMBER, Where("HM", "lysyme"), by, along or Along(), instead)

    async def trail(self) -> list[tuple[str, str]]:
        """Who took it, in order."""
        entries = [to_event(entry) for entry in await self.ledger.read(f"case/{NUMBER}")]
        assert all(one.event == CaseTaken(NUMBER) for one in entries)
        return [(one.by.person, one.by.role.value) for one in entries]


@pytest.fixture
async def desk(ledger: Ledger) -> Desk:
    """Three coordinators, no case taken."""
    return await Desk(ledger).begin()


async def test_a_case_is_taken_and_the_others_are_told(desk: Desk) -> None:
    """One event in a stream of its own, and a notice to each other coordinator."""
    first, second, third = desk.people
    assert await desk.take(first, Along(done=7)) == first.person
    assert await desk.trail() == [(first.person, "coordinator")]
    assert [one.recipient for one in desk.ledger.owed] == [second.person, third.person]
    assert {one.kind for one in desk.ledger.owed} == {TAKEN}
    assert json.loads(desk.ledger.owed[0].body) == {
        "number": NUMBER,
        "by": first.person,
        "instead": None,
    }
    assert desk.ledger.done[-1] == 7
    await desk.register.catch_up()
    assert desk.register.case(NUMBER).follower == first.person
    assert await desk.ledger.read(f"screening/{NUMBER}") == ()


async def test_taking_it_again_changes_nothing(desk: Desk) -> None:
    """A second tap of the same person is no second event and no second notice."""
    first = desk.people[0]
    for _ in range(2):
        assert await desk.take(first) == first.person
    assert len(await desk.trail()) == 1
    assert len(desk.ledger.owed) == 2


async def test_somebody_else_may_take_it_over(desk: Desk) -> None:
    """Knowingly, by naming whoever follows it: one follower, and the one before is told."""
    first, second, third = desk.people
    await desk.take(first)
    assert await desk.take(second) == first.person
    assert await desk.take(second, instead=third.person) == first.person
    assert await desk.take(second, instead=first.person) == second.person
    assert [who for who, _ in await desk.trail()] == [first.person, second.person]
    assert [one.recipient for one in desk.ledger.owed[2:]] == [first.person, third.person]
    assert len({one.key for one in desk.ledger.owed}) == 4
    await desk.register.catch_up()
    assert desk.register.case(NUMBER).follower == second.person


async def test_of_two_at_once_the_second_learns_who(desk: Desk) -> None:
    """Both read that nobody follows it; one is recorded, and both are told the same name."""
    first, second, _ = desk.people
    rival = Rival(desk.ledger)
    rival.together = asyncio.Barrier(2)
    takers = []
    for by in (first, second):
        register = Register(rival)
        await register.catch_up()
        takers.append(
            Cases(rival, register, desk.staff.clock).take(
                NUMBER, Where("HM", "lysyme"), by, Along()
            )
        )
    told = await asyncio.gather(*takers)
    trail = await desk.trail()
    assert len(trail) == 1
    assert set(told) == {trail[0][0]}
    assert len(desk.ledger.owed) == 2
    assert trail[0][0] not in {one.recipient for one in desk.ledger.owed}


async def test_a_revoked_coordinator_takes_nothing(desk: Desk) -> None:
    """A delegation that ended between the reading and the recording: nothing is recorded."""
    first = desk.people[0]
    guard = Gate(desk.ledger, desk.register, desk.staff.clock).guard(first.person)
    await desk.staff.office.revoke_person(first.person, by=BOSS)
    with pytest.raises(PermissionChanged):
        await desk.cases.take(NUMBER, Where("HM", "lysyme"), first, Along(guards=(guard,)))
    assert await desk.trail() == []
    assert desk.ledger.owed == []


async def test_coordinators_of_another_site_are_not_told(desk: Desk) -> None:
    """Nor investigators, nor whoever is out."""
    await desk.staff.site("LY")
    await desk.staff.add(8, Role.COORDINATOR, "LY")
    await desk.staff.add(9, Role.INVESTIGATOR)
    await desk.staff.office.revoke_person(desk.people[2].person, by=BOSS)
    await desk.take(desk.people[0])
    assert [one.recipient for one in desk.ledger.owed] == [desk.people[1].person]

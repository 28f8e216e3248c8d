"""The gate: no action after a revocation commits, and refusals are kept."""

from __future__ import annotations

import pytest

from bot.clock import RandomNumbers
from bot.desk import Along, Desk, PermissionChanged
from bot.gate import Gate
from bot.office import Office
from bot.register import Register
from bot.shelf import Shelf
from flows.access import AccessRefused
from flows.commands import GiveAnswer
from flows.events import Actor, Mode, Role
from flows.outcomes import Delegated
from flows.policy import Action
from storage.ledger import Ledger
from storage.mapper import to_event
from tests.bot.staff import BOSS, HandClock
from tests.promises.report import Promise

SITE = ("HM", "Henri Mondor", "Europe/Paris")


async def _house(ledger: Ledger) -> tuple[Desk, Office, Register, Gate, str]:
    clock, register = HandClock(), Register(ledger)
    office = Office(ledger, register, clock, RandomNumbers())
    await office.add_site(*SITE, by=BOSS)
    added = await office.add_person(1001, "Inès", Role.INVESTIGATOR, "HM", by=BOSS)
    assert isinstance(added, Delegated)
    await register.catch_up()
    desk = Desk(ledger, Shelf(ledger), clock, RandomNumbers())
    return desk, office, register, Gate(ledger, register, clock), added.person


async def test_nothing_is_recorded_after_a_revocation_committed(
    ledger: Ledger, promise: Promise
) -> None:
    """A guard read before the revocation does not hold after it, for opening and for answering."""
    desk, office, _, gate, person = await _house(ledger)
    by = Actor(person, Role.INVESTIGATOR)
    opened = await desk.open("lysyme", "HM", Mode.SCREENING, "en", by)
    number, guard = opened.screening.number, gate.guard(person)
    await office.revoke_person(person, by=BOSS, force=True)
    along = Along(guards=(guard,))
    with pytest.raises(PermissionChanged):
        await desk.handle(number, GiveAnswer("age_years", 45), by, along=along)
    with pytest.raises(PermissionChanged):
        await desk.open("lysyme", "HM", Mode.SCREENING, "en", by, along=along)
    assert (await desk.look(number)).answers == {}
    assert len(await ledger.streams("screening/")) == 1
    promise(22, "0 actions after the revocation commits, for answers and for openings")


async def test_a_guard_that_holds_lets_the_answer_through(ledger: Ledger) -> None:
    """Without a change of delegations the answer is recorded."""
    desk, _, _, gate, person = await _house(ledger)
    by = Actor(person, Role.INVESTIGATOR)
    along = Along(guards=(gate.guard(person),))
    opened = await desk.open("lysyme", "HM", Mode.SCREENING, "en", by, along=along)
    await desk.handle(opened.screening.number, GiveAnswer("age_years", 45), by, along=along)
    assert (await desk.look(opened.screening.number)).answers == {"age_years": 45}


async def test_a_refusal_is_kept_with_who_and_what(ledger: Ledger) -> None:
    """Each refusal is an event of its own; a second at the same moment is not kept twice."""
    _, _, register, gate, person = await _house(ledger)
    by = Actor(person, Role.INVESTIGATOR)
    assert await gate.refused(by, Action.CARRY_ON, "7K3F-9QXV", None)
    assert not await gate.refused(by, Action.CARRY_ON, "7K3F-9QXV", None)
    await register.catch_up()
    assert await gate.refused(by, Action.JUDGE, "7K3F-9QXV", None)
    kept = [to_event(entry) for entry in await ledger.read(f"access/{person}")]
    assert [one.event for one in kept] == [
        AccessRefused("carry_on", "7K3F-9QXV"),
        AccessRefused("judge", "7K3F-9QXV"),
    ]
    assert {one.by for one in kept} == {by}

"""What time, attempts and queries make of a screening whose answers were erased."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from bot.attempts import Attempts, standing
from bot.clock import RandomNumbers
from bot.desk import Along, Desk, ErasedScreening, Handled, PermissionChanged
from bot.enrolment import Enrolment, NotOffered
from bot.erasing import Erased, Erasing
from bot.notices import CLOSED, DAILY, PENDING, REMINDER, TIMEKEEPER
from bot.queries import Queries
from bot.register import Register
from bot.shelf import Shelf
from bot.timers import REMIND, timer
from flows.cases import CriterionQueried, FollowUp, FollowUpRecorded, QueryReason
from flows.erasure import ErasureReason
from flows.events import Actor, Role
from flows.screening import Screening
from storage.opening import Store, sealed_store
from tests.bot.cases import DOCTOR
from tests.bot.staff import BOSS
from tests.bot.test_timekeeper import staffed, who
from tests.bot.ward import Ward

DAY = timedelta(days=1)
WISH = ErasureReason.WITHDRAWN_REQUEST


@pytest.fixture
async def ward(store: Store) -> Ward:
    """Two doctors, a coordinator and an administrator, over a store that seals."""
    return await staffed(Ward(await sealed_store(store, random.Random(7).randbytes)))


async def pending(ward: Ward) -> Screening:
    """Somebody whose result is awaited."""
    return (await ward.conclude(who(ward, "ines"), hiv_serology="pending")).screening


async def erase(ward: Ward, number: str) -> None:
    """An administrator does it."""
    erasing = Erasing(ward.desk, ward.register, ward.store.ledger, ward.store.keys, ward.clock)
    assert isinstance(await erasing.erase(number, WISH, BOSS), Erased)


def ines(ward: Ward) -> Actor:
    """Who carries it."""
    return Actor(who(ward, "ines"), Role.INVESTIGATOR)


# --- attempts ------------------------------------------------------------------------------------


async def test_nothing_comes_over_from_what_was_erased(ward: Ward) -> None:
    """Another attempt is refused, and no screening is opened."""
    number = (await pending(ward)).number
    await erase(ward, number)
    attempts = Attempts(ward.desk, ward.register)
    with pytest.raises(ErasedScreening):
        await attempts.again(number, "en", ines(ward), Along())
    assert await ward.store.ledger.streams("screening/") == (f"screening/{number}",)


async def test_an_attempt_is_not_opened_over_one_that_is_erased_meanwhile(ward: Ward) -> None:
    """Between reading the earlier attempt and recording the new one its key goes: nothing is."""
    number = (await pending(ward)).number

    class Slow(Desk):
        async def history(self, number: str):  # type: ignore[no-untyped-def]
            found = await super().history(number)
            await erase(ward, number)
            return found

    ledger = ward.store.ledger
    desk = Slow(ledger, Shelf(ledger), ward.clock, RandomNumbers())
    with pytest.raises(PermissionChanged):
        await desk.open_again(number, "en", ines(ward))
    assert await ledger.streams("screening/") == (f"screening/{number}",)


async def test_a_later_attempt_stands_without_the_one_before(ward: Ward) -> None:
    """It is still the second, has nothing to compare with, and goes on; so after a restart."""
    number = (await pending(ward)).number
    opened = await Attempts(ward.desk, ward.register).again(number, "en", ines(ward), Along())
    assert isinstance(opened, Handled)
    await erase(ward, number)
    for register in (ward.register, Register(ward.store.ledger)):
        await register.catch_up()
        found = await standing(ward.desk, register, opened.screening)
        assert (found.place, found.later, found.earlier) == (2, "", None)
        assert register.later[number] == opened.screening.number


async def test_an_erased_later_attempt_is_still_the_later_one(ward: Ward) -> None:
    """After a restart nobody is asked to carry on with the first instead."""
    number = (await pending(ward)).number
    opened = await Attempts(ward.desk, ward.register).again(number, "en", ines(ward), Along())
    assert isinstance(opened, Handled)
    await erase(ward, opened.screening.number)
    fresh = Register(ward.store.ledger)
    await fresh.catch_up()
    assert fresh.later == {number: opened.screening.number} == ward.register.later
    assert fresh.attempt(opened.screening.number) == 2


# --- time ----------------------------------------------------------------------------------------


async def test_time_does_nothing_about_it(ward: Ward) -> None:
    """Nobody is reminded, no window closes, nothing waits; a restart owes nothing anew."""
    number = (await pending(ward)).number
    await ward.settle()
    await erase(ward, number)
    ward.start()
    await ward.keeper.begin()
    told = len(ward.told)
    await ward.passes(20 * DAY)
    assert len(ward.told) == told, ward.told[told:]
    assert not [one for one in await ward.owed() if number in one.key or b"7" in one.body]


async def test_a_timer_that_is_due_all_the_same_ends_without_effect(ward: Ward) -> None:
    """As one that was owed by whoever was writing in the very moment of the erasure."""
    screening = await pending(ward)
    await erase(ward, screening.number)
    body = {"number": screening.number, "version": screening.version, "day": "2026-03-11"}
    late = timer(REMIND, f"{REMIND}/{screening.number}/late", body, ward.clock.now() + DAY)
    await ward.store.ledger.append(notices=[late])
    told = len(ward.told)
    await ward.passes(2 * DAY)
    assert len(ward.told) == told
    assert not [one for one in await ward.owed() if one.recipient == TIMEKEEPER]


async def test_silence_about_it_alarms_nobody(ward: Ward) -> None:
    """Nobody had seen its verdict: it is erased, and nobody else is told of that verdict."""
    number = (await pending(ward)).number
    await ward.settle()
    (silent,) = [one for one in await ward.owed() if one.kind == "escalate"]
    await erase(ward, number)
    again = timer("escalate", f"escalate/{number}/late", {}, ward.clock.now() + DAY)
    late = type(again)(again.key, again.recipient, again.kind, silent.body, again.due_at)
    await ward.store.ledger.append(notices=[late])
    await ward.passes(2 * DAY)
    assert await ward.escalated(number) == []
    assert not [one for one in await ward.owed() if one.recipient == TIMEKEEPER]
    assert not ward.heard(REMINDER, PENDING, CLOSED, DAILY)


# --- what is done beside it ----------------------------------------------------------------------


async def test_no_step_is_recorded_about_it(ward: Ward) -> None:
    """Neither the next one nor a correction."""
    number = (await pending(ward)).number
    await erase(ward, number)
    enrolment = Enrolment(ward.store.ledger, ward.register, ward.clock)
    step = FollowUpRecorded(number, FollowUp.ENROLLED_IN_ERROR)
    assert await enrolment.record(step, 0, 15, BOSS, Along()) == NotOffered()


async def test_what_was_asked_about_it_is_counted_and_not_named(ward: Ward) -> None:
    """Its trial and the reason stay; the criterion is no longer said."""
    screening = await pending(ward)
    queries = Queries(ward.store.ledger, ward.register, ward.desk, ward.clock)
    query = CriterionQueried(screening.number, "I1", QueryReason.UNCLEAR)
    await queries.ask(screening, query, DOCTOR, Along())
    await ward.register.catch_up()
    (before,) = await queries.of([screening.number])
    await erase(ward, screening.number)
    (after,) = await queries.of([screening.number])
    assert (before.criterion, after.criterion) == ("I1", None)
    assert (after.trial, after.asked) == (before.trial, before.asked)

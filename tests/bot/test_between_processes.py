"""What only one of two processes may do, when both decide on it at the same moment."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

import pytest

from bot.attempts import Attempts, Later
from bot.clock import RandomNumbers
from bot.desk import Along, Desk, Handled, UnknownScreening, stream_of
from bot.enrolment import Enrolment, Recorded
from bot.erasing import Erased, Erasing
from bot.notices import TARGET
from bot.register import Register
from bot.shelf import Shelf
from bot.signing_session import SigningSession
from flows.cases import FollowUpRecorded
from flows.commands import Stop
from flows.erasure import ErasureReason
from flows.events import Mode
from storage.opening import memory_store, sealed_store
from storage.wrapping import WrappedKeys
from tests.bot.cases import AT
from tests.bot.staff import Rival
from tests.bot.test_enrolment import E, Ward


@pytest.fixture
async def ward() -> Ward:
    """Nobody was screened yet."""
    return await Ward(memory_store().ledger).begin()


def elsewhere(ward: Ward) -> tuple[Rival, Enrolment, Attempts]:
    """Enrolment and attempts in another process, before whose append something may happen."""
    rival = Rival(ward.ledger)
    register = Register(rival)
    desk = Desk(rival, Shelf(rival), ward.clock, RandomNumbers())
    return rival, Enrolment(rival, register, ward.clock), Attempts(desk, register)


@pytest.mark.parametrize("before", [0, 1])
async def test_two_processes_that_enrol_at_once_reach_the_target_once(
    ward: Ward, before: int
) -> None:
    """With none enrolled before, both count one and the target of two would be told by neither;
    with one before, by both.
    """
    numbers = [await ward.screen() for _ in range(before + 2)]
    for number in numbers[:before]:
        await ward.enrolment.record(FollowUpRecorded(number, E), 0, 2, ward.cora, Along())
    one, other = numbers[before:]
    rival, enrolment, _ = elsewhere(ward)

    async def faster() -> None:
        await ward.enrolment.record(FollowUpRecorded(one, E), 0, 2, ward.clara, Along())

    rival.first.append(faster)
    made = await enrolment.record(FollowUpRecorded(other, E), 0, 2, ward.cora, Along())
    assert isinstance(made, Recorded)
    told = ward.owed(TARGET)
    assert len(told) == 3  # two coordinators and the administrator, once each
    assert {str(body["number"]) for _, body in told} == {other if before == 0 else one}


async def test_of_two_processes_one_begins_the_next_attempt(ward: Ward) -> None:
    """The second is told which one there is, and opens nothing."""
    number = (
        await ward.desk.open("lysyme", "HM", Mode.SCREENING, "en", ward.ines)
    ).screening.number
    rival, _, attempts = elsewhere(ward)
    assert (await ward.desk.handle(number, Stop(), ward.ines)).events
    here = Attempts(ward.desk, ward.register)
    opened: list[Handled] = []

    async def faster() -> None:
        made = await here.again(number, "en", ward.ines, Along())
        assert isinstance(made, Handled)
        opened.append(made)

    rival.first.append(faster)
    made = await attempts.again(number, "en", ward.ines, Along())
    assert made == Later(opened[0].screening.number)
    assert len(await ward.ledger.streams("screening/")) == 2


async def test_what_one_process_erases_the_others_forget(ward: Ward) -> None:
    """Its answers in memory go with the next look at the ledger, and so does its key."""
    store = await sealed_store(memory_store(), secrets.token_bytes)
    ward = await Ward(store.ledger).begin()
    number = await ward.screen()
    keys = WrappedKeys(store.keys, None)  # another process's, with the key at hand
    desk, register = ward.desk, Register(ward.ledger)
    assert (await desk.look(number)).version > 1
    register.on_erased.append(desk.forget)
    register.on_erased.append(lambda one: keys.let_go(stream_of(one)))
    here = Desk(ward.ledger, Shelf(ward.ledger), ward.clock, RandomNumbers())
    erasing = Erasing(here, ward.register, ward.ledger, store.keys, ward.clock)
    done = await erasing.erase(number, ErasureReason.RETENTION, ward.ada)
    assert isinstance(done, Erased)
    assert (await desk.look(number)).version > 1  # until it has looked
    await register.catch_up()
    with pytest.raises(UnknownScreening):
        await desk.look(number)
    found = await keys.get(stream_of(number))
    assert found is not None
    assert found.value is None


async def test_a_protocol_that_several_adopt_at_once_is_kept_once(ward: Ward) -> None:
    """Whoever is second finds it kept, and goes on."""
    rival = Rival(ward.ledger)
    here, there = Shelf(ward.ledger), Shelf(rival)
    book = here.current("lysyme")
    assert there.current("lysyme") == book
    rival.first.append(lambda: here.adopt(book, ward.clock.now(), ward.ines))
    await there.adopt(book, ward.clock.now(), ward.ines)
    assert rival.tries == 1
    assert len(await ward.ledger.read("protocol/lysyme")) == 1


async def test_a_protocol_that_many_begin_with_at_once_is_written_out_once(ward: Ward) -> None:
    """The others wait until it is kept: fifty copies of a whole file are never made."""
    slow = Rival(ward.ledger)
    slow.first += [lambda: asyncio.sleep(0)] * 50
    shelf = Shelf(slow)
    book, now = shelf.current("lysyme"), ward.clock.now()
    await asyncio.gather(*(shelf.adopt(book, now, ward.ines) for _ in range(50)))
    assert slow.tries == 1
    assert len(await ward.ledger.read("protocol/lysyme")) == 1


def test_a_reset_by_another_process_ends_the_session() -> None:
    """What is recorded about the PIN has moved on since the last signature."""
    session = SigningSession()
    session.signed("P-1", AT, pins=1)
    assert not session.needs_identity("P-1", AT + timedelta(minutes=1), pins=1)
    assert session.needs_identity("P-1", AT + timedelta(minutes=1), pins=2)

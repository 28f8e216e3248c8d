"""Erasing: the answers are gone, that there was a screening stays, and the tallies do not move."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk import Along, ErasedScreening, PermissionChanged
from bot.erasing import (
    TIMEKEEPER,
    AlreadyErased,
    Erased,
    Erasing,
    NotSealed,
    NotThere,
    StillMoving,
)
from bot.register import Register
from flows.cases import FollowUp
from flows.commands import GiveAnswer, Pause
from flows.erasure import ErasureReason, ScreeningErased
from flows.events import Happened, Mode
from storage.chain import verify
from storage.ledger import Append, Entry
from storage.mapper import to_entry, to_event
from storage.opening import memory_store, open_store
from storage.wrapping import WrappedKeys
from tests.bot.archive import BOSS, Archive
from tests.bot.cases import AT, DOCTOR
from tests.bot.registers import change_lines

WISH, ERROR = ErasureReason.WITHDRAWN_REQUEST, ErasureReason.ENTERED_IN_ERROR
DAY = timedelta(days=1)


@pytest.fixture(params=["memory", "sqlite"])
async def archive(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Archive]:
    """An empty archive over each kind of store in turn."""
    if request.param == "memory":
        yield await Archive.over(memory_store())
        return
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    yield await Archive.over(store, b"r" * 32)
    await store.close()


async def test_after_erasure_nobody_can_look_and_the_chain_holds(archive: Archive) -> None:
    """Neither this desk nor one after a restart shows it, and nothing in the chain is amiss."""
    number, other = await archive.excluded(), await archive.screened()
    assert await archive.erasing.erase(number, WISH, BOSS) == Erased(number)
    for desk in (archive.desk, Archive(archive.store).desk):
        for look in (desk.look(number), desk.history(number)):
            with pytest.raises(ErasedScreening):
                await look
        assert [one.number async for one in desk.all()] == [other]
    assert (await verify(archive.store.ledger.walk())).sound


async def test_the_event_says_who_when_and_why_and_nothing_of_the_patient(
    archive: Archive,
) -> None:
    """It is readable, carries the verdict, and neither its reasons nor its deadlines."""
    number = await archive.excluded()
    before = await archive.line(number)
    await archive.erasing.erase(number, ERROR, BOSS)
    (entry,) = await archive.store.ledger.read(f"erasure/{number}")
    happened = to_event(entry)
    assert (happened.by, happened.at) == (BOSS, archive.clock.at)
    event = happened.event
    assert isinstance(event, ScreeningErased)
    assert (event.reason, event.verdict, event.complete) == (ERROR, "ineligible", True)
    assert before.failing == ("I1",)
    assert b"I1" not in entry.payload


async def test_tallies_are_the_same_before_and_after_and_after_a_restart(
    archive: Archive,
) -> None:
    """Mode, trial, site, verdict and stop of every screening are counted as they were."""
    numbers = [
        await archive.excluded(),
        await archive.screened(),
        await archive.stopped(),
        await archive.excluded(Mode.QUICK_CHECK),
        await archive.screened(Mode.PRACTICE, {}),
        await archive.signed(),
    ]
    before = tally(await archive.replayed())
    for number in numbers:
        assert isinstance(await archive.erasing.erase(number, WISH, BOSS), Erased)
    await archive.register.catch_up()
    assert tally(archive.register) == before
    replayed = await archive.replayed()
    assert tally(replayed) == before
    assert replayed.lines == archive.register.lines
    assert not any(line.open or line.waiting for line in replayed.lines.values())


def tally(register: Register) -> Counter[tuple[object, ...]]:
    """What the participant flow counts."""
    return Counter(
        (
            line.mode,
            line.trial,
            line.site,
            line.verdict,
            line.complete,
            line.stopped,
            line.signed_at,
            line.determined_at,
        )
        for line in register.lines.values()
    )


async def test_what_cannot_be_erased_is_said(archive: Archive) -> None:
    """An unknown number, and one that was erased before; neither leaves an event."""
    assert await archive.erasing.erase("7K3F-9QXV", WISH, BOSS) == NotThere()
    number = await archive.excluded()
    await archive.erasing.erase(number, WISH, BOSS)
    before = await archive.store.ledger.head()
    assert await archive.erasing.erase(number, ERROR, BOSS) == AlreadyErased()
    assert await archive.store.ledger.head() == before


async def test_a_screening_from_before_there_were_keys_is_not_said_to_be_erased() -> None:
    """Its plain payloads would stay readable: nothing is done, and how many is said."""
    under = memory_store()
    number = await Archive(under).excluded()
    archive = await Archive.over(under)
    found = await archive.erasing.erase(number, WISH, BOSS)
    assert found == NotSealed(await archive.length(number))
    assert (await archive.desk.look(number)).number == number


async def test_nothing_follows_an_erasure(archive: Archive) -> None:
    """An answer that another desk still had in hand is refused, and not recorded."""
    number = await archive.screened(answers={"age_years": 43})
    late = Archive(archive.store).desk
    await late.look(number)
    length = await archive.length(number)
    await archive.erasing.erase(number, WISH, BOSS)
    with pytest.raises(PermissionChanged):
        await late.handle(number, GiveAnswer("index_date", "2026-03-06"), DOCTOR)
    assert await archive.length(number) == length


async def test_an_answer_just_before_is_erased_with_the_rest(archive: Archive) -> None:
    """Somebody is faster once: the erasure begins again, and takes that answer with it."""
    number = await archive.screened(answers={"age_years": 43})
    first: list[Callable[[], Awaitable[object]]] = [
        lambda: archive.desk.handle(number, Pause(), DOCTOR)
    ]
    erasing = racing(archive, first)
    assert await erasing.erase(number, WISH, BOSS) == Erased(number)
    assert not first
    assert (await archive.length(number)) == 3


async def test_whoever_never_stops_answering_is_left_alone(archive: Archive) -> None:
    """After a few tries nothing was done and nothing recorded; it can be tried again."""
    number = await archive.screened(answers={"age_years": 43})

    moves: list[Callable[[], Awaitable[object]]] = [
        lambda: archive.desk.handle(number, GiveAnswer("index_date", "2026-03-06"), DOCTOR),
        lambda: archive.desk.handle(number, GiveAnswer("admission_date", "2026-03-08"), DOCTOR),
        lambda: archive.desk.handle(number, GiveAnswer("diagnosis", "confirmed"), DOCTOR),
    ]
    assert await racing(archive, moves).erase(number, WISH, BOSS) == StillMoving()
    assert await archive.store.ledger.read(f"erasure/{number}") == ()
    assert (await archive.desk.look(number)).answers["diagnosis"] == "confirmed"


class Racing(WrappedKeys):
    """Keys before whose destruction somebody else does something."""

    def __init__(self, archive: Archive, first: list[Callable[[], Awaitable[object]]]) -> None:
        super().__init__(archive.store.keys)
        self.first, self.under = first, archive.store.keys

    async def destroy(
        self, stream: str, about: str, *batches: Append, done: int | None = None
    ) -> tuple[Entry, ...]:
        """Let the rival go first."""
        if self.first:
            await self.first.pop(0)()
        return await self.under.destroy(stream, about, *batches, done=done)


def racing(archive: Archive, first: list[Callable[[], Awaitable[object]]]) -> Erasing:
    """An erasing that meets a rival."""
    keys = Racing(archive, first)
    return Erasing(archive.desk, archive.register, archive.store.ledger, keys, archive.clock)


async def test_without_the_right_to_it_nothing_is_erased(archive: Archive) -> None:
    """A guard that no longer holds, as after a revocation, takes the whole back."""
    number = await archive.excluded()
    moved = Along(guards=(Append("person/p-4", 7, (), AT.isoformat()),))
    with pytest.raises(PermissionChanged):
        await archive.erasing.erase(number, WISH, BOSS, moved)
    assert (await archive.desk.look(number)).number == number
    assert await archive.store.ledger.read(f"erasure/{number}") == ()


async def test_of_two_at_once_one_erases(archive: Archive) -> None:
    """The other is told that it is erased already."""
    number = await archive.excluded()
    found = await asyncio.gather(*(archive.erasing.erase(number, WISH, BOSS) for _ in range(5)))
    assert sorted(type(one).__name__ for one in found) == ["AlreadyErased"] * 4 + ["Erased"]


# --- retention ------------------------------------------------------------------------------------


async def test_quick_checks_and_stopped_screenings_go_when_their_days_are_over(
    archive: Archive,
) -> None:
    """Exactly those, on the day and not before, by the timekeeper, for that reason, and once."""
    gone = [
        await archive.stopped(),
        await archive.excluded(Mode.QUICK_CHECK),
        await archive.stopped(Mode.QUICK_CHECK),
        await archive.screened(Mode.QUICK_CHECK, {"age_years": 43}),
    ]
    kept = [
        await archive.screened(answers={"age_years": 43}),
        await archive.screened(),
        await archive.excluded(),
        await archive.signed(),
        await archive.stopped(Mode.PRACTICE),
    ]
    enrolled = await archive.stopped()
    await archive.followed_up(enrolled, FollowUp.ENROLLED)
    signed = await archive.excluded(Mode.QUICK_CHECK)
    await archive.register.catch_up()
    change_lines(archive.register, signed, signatures=((AT, None),))
    archive.clock.at += 30 * DAY - timedelta(seconds=1)
    assert await archive.erasing.retire(30) == ()
    archive.clock.at += timedelta(seconds=1)
    assert sorted(await archive.erasing.retire(30)) == sorted(gone)
    assert await archive.erasing.retire(30) == ()
    for number in [*kept, enrolled, signed]:
        assert (await archive.desk.look(number)).number == number
    for number in gone:
        (entry,) = await archive.store.ledger.read(f"erasure/{number}")
        happened = to_event(entry)
        assert happened.by == TIMEKEEPER
        assert isinstance(happened.event, ScreeningErased)
        assert happened.event.reason is ErasureReason.RETENTION


async def test_the_days_count_from_the_last_event(archive: Archive) -> None:
    """A quick check that somebody still answers is not taken away."""
    number = await archive.screened(Mode.QUICK_CHECK, {"age_years": 43})
    archive.clock.at += 20 * DAY
    assert (await archive.desk.handle(number, Pause(), DOCTOR)).events
    archive.clock.at += 15 * DAY
    assert await archive.erasing.retire(30) == ()
    archive.clock.at += 15 * DAY
    assert await archive.erasing.retire(30) == (number,)


async def test_without_a_number_of_days_everything_is_kept(archive: Archive) -> None:
    """The default erases nothing, however long it lasts."""
    await archive.stopped()
    archive.clock.at += 3650 * DAY
    assert await archive.erasing.retire(0) == ()


async def test_one_that_cannot_be_erased_does_not_keep_the_others() -> None:
    """What was recorded before there were keys is passed over at each turn."""
    under = memory_store()
    await Archive(under).stopped()
    archive = await Archive.over(under)
    number = await archive.stopped()
    archive.clock.at += 31 * DAY
    assert await archive.erasing.retire(30) == (number,)
    assert await archive.erasing.retire(30) == ()


async def test_other_attempts_over_the_same_patient_are_named(archive: Archive) -> None:
    """They may hold the same answers: whoever erases one is told of those that stay."""
    first, second = await archive.excluded(), "9QXV-7K3F"
    opened = (await archive.desk.look(first)).opened
    again = Happened(replace(opened, number=second, earlier=first), archive.clock.at, DOCTOR)
    batch = Append(f"screening/{second}", 0, (to_entry(again),), AT.isoformat())
    await archive.store.ledger.append(batch)
    assert await archive.erasing.erase(first, WISH, BOSS) == Erased(first, (second,))
    assert await archive.erasing.erase(second, WISH, BOSS) == Erased(second)
    assert (await archive.line(second)).earlier == first

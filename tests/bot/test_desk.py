"""The desk: one command, one transaction; what was not stored never looks recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from bot.clock import RandomNumbers
from bot.desk import Desk, Handled, UnknownScreening
from bot.shelf import Shelf, UnknownProtocol, shipped_names
from flows.commands import Command, Finish, GiveAnswer, HandOver, Pause, RecordAllReasons
from flows.events import Actor, Mode, ProtocolAdopted, Reason, Role
from flows.protocol.load import fingerprint
from flows.replies import NeedsReason, NotAsked, NotNow, Overtaken
from storage.errors import LedgerBroken, StorageFull
from storage.ledger import Append, Entry, Ledger
from storage.mapper import to_event
from storage.memory import MemoryLedger
from storage.outbox import NewNotice, Settled
from tests.bot.cases import AT, DOCTOR, MAN, NUMBER

SHIPPED = (files("flows") / "protocols" / "lysyme.yaml").read_bytes()
LATER = SHIPPED.replace(b"version: registry-2026", b"version: registry-2027", 1)
OTHER = Actor("p-9", Role.INVESTIGATOR)


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment that was set."""
        return self.at


class Drawn(RandomNumbers):
    """Screening numbers in a given order; the last one again and again."""

    def __init__(self, *numbers: str) -> None:
        self.left = list(numbers)

    def new_number(self) -> str:
        """The next number."""
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


class FullLedger(MemoryLedger):
    """Has room until `full` is set."""

    full = False

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """Refuse everything once there is no room left."""
        if self.full:
            raise StorageFull("no room")
        return await super().append(*batches, done=done, notices=notices, settled=settled)


def desk_over(ledger: Ledger, *numbers: str, current: bytes = SHIPPED) -> Desk:
    """A desk with a clock that stands still."""
    shelf = Shelf(ledger, {"lysyme": current})
    return Desk(ledger, shelf, HandClock(), Drawn(*(numbers or (NUMBER,))))


async def opened(desk: Desk) -> Handled:
    """A new screening in LYSYME."""
    return await desk.open("lysyme", "site-1", Mode.SCREENING, "en", DOCTOR)


async def test_a_screening_is_opened_answered_and_read_back(ledger: Ledger) -> None:
    """What was handled is what the next look finds, event by event."""
    desk = desk_over(ledger)
    handled = await opened(desk)
    assert handled.screening.number == NUMBER
    assert handled.screening.opened.time_zone == "Europe/Paris"
    for name, value in MAN.items():
        handled = await desk.handle(NUMBER, GiveAnswer(name, value), DOCTOR)
        assert handled.events
    screening, history = await desk.history(NUMBER)
    assert screening == handled.screening
    assert screening.version == len(history) == len(MAN) + 2
    assert screening.determination is not None
    assert screening.determination.verdict == "eligible"
    assert {happened.by for happened in history} == {DOCTOR}
    assert [one.number async for one in desk.all()] == [NUMBER]


async def test_a_refused_command_stores_nothing(ledger: Ledger) -> None:
    """A remark says why, and the ledger ends where it ended."""
    desk = desk_over(ledger)
    await opened(desk)
    await desk.handle(NUMBER, GiveAnswer("age_years", 45), DOCTOR)
    head = await ledger.head()
    refused: list[Command] = [
        GiveAnswer("age_years", 46),
        GiveAnswer("consent", "refused"),
        Finish(),
    ]
    remarks = [(await desk.handle(NUMBER, command, DOCTOR)).remark for command in refused]
    assert [type(remark) for remark in remarks] == [NeedsReason, NotAsked, NotNow]
    assert await ledger.head() == head


async def test_a_stale_card_is_overtaken(ledger: Ledger) -> None:
    """Whoever saw an older version is told who was faster and when; nothing is recorded."""
    desk = desk_over(ledger)
    seen = (await opened(desk)).screening.version
    await desk.handle(NUMBER, GiveAnswer("age_years", 45), OTHER, seen)
    late = await desk.handle(NUMBER, GiveAnswer("age_years", 70), DOCTOR, seen)
    assert late.remark == Overtaken("p-9", AT)
    assert late.events == ()
    assert late.screening.answers == {"age_years": 45}
    assert late.screening.version == seen + 1


async def test_of_two_racers_one_wins_and_the_other_is_told(ledger: Ledger) -> None:
    """Both read before either writes: exactly one answer is stored."""
    desk = desk_over(ledger)
    await opened(desk)
    race = [
        desk.handle(NUMBER, GiveAnswer("age_years", 40 + place), Actor(f"p-{place}", Role.ON_CALL))
        for place in range(2)
    ]
    one, two = await asyncio.gather(*race)
    won, lost = (one, two) if one.events else (two, one)
    assert won.events
    assert not lost.events
    screening, history = await desk.history(NUMBER)
    assert len(history) == 2
    assert screening.answers == won.screening.answers == lost.screening.answers
    if isinstance(lost.remark, Overtaken):
        assert lost.remark == Overtaken(history[-1].by.person, AT)
    else:  # the loser read after the winner had written: a second answer needs a reason
        assert isinstance(lost.remark, NeedsReason)


class Meeting(MemoryLedger):
    """Lets readers go on only when two of them have read: the race that must be lost by one."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0
        self.both = asyncio.Event()

    async def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        """Read, then wait for the other."""
        found = await super().read(stream, after)
        if self.waiting:
            self.waiting -= 1
            if self.waiting:
                await self.both.wait()
            self.both.set()
        return found


async def test_what_was_just_opened_is_not_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk asks only for what came after; what it holds is what the ledger would give."""
    ledger = MemoryLedger()
    desk = desk_over(ledger)
    kept = (await opened(desk)).screening
    read, asked = ledger.read, []

    def watched(stream: str, after: int = 0) -> Coroutine[Any, Any, tuple[Entry, ...]]:
        asked.append((stream, after))
        return read(stream, after)

    monkeypatch.setattr(ledger, "read", watched)
    assert await desk.look(NUMBER) == kept
    assert asked == [(f"screening/{NUMBER}", kept.version)]
    assert await desk_over(ledger).look(NUMBER) == kept


async def test_the_loser_of_a_true_race_learns_who_was_faster() -> None:
    """Two that read the same version: one appends, the other gets the conflict as a remark."""
    ledger = Meeting()
    desk = desk_over(ledger)
    await opened(desk)
    ledger.waiting = 2
    race = [
        desk.handle(NUMBER, GiveAnswer("age_years", 41), DOCTOR),
        desk.handle(NUMBER, GiveAnswer("age_years", 42), OTHER),
    ]
    found = await asyncio.gather(*race)
    (lost,) = [handled for handled in found if not handled.events]
    (won,) = [handled for handled in found if handled.events]
    assert lost.remark == Overtaken(won.events[0].by.person, AT)
    assert lost.screening == won.screening


async def test_a_number_that_is_taken_is_drawn_again(ledger: Ledger) -> None:
    """Two screenings never share a number."""
    desk = desk_over(ledger, NUMBER, NUMBER, NUMBER, "0000-0000")
    assert (await opened(desk)).screening.number == NUMBER
    assert (await opened(desk)).screening.number == "0000-0000"
    assert [one.number async for one in desk.all()] == [NUMBER, "0000-0000"]


async def test_a_number_maker_that_repeats_itself_is_given_up() -> None:
    """The desk does not draw for ever."""
    desk = desk_over(MemoryLedger())
    await opened(desk)
    with pytest.raises(LedgerBroken, match="no free screening number"):
        await opened(desk)


async def test_the_protocol_file_is_kept_once_and_word_for_word(ledger: Ledger) -> None:
    """The ledger holds the file under which screenings were opened."""
    desk = desk_over(ledger, NUMBER, "0000-0000")
    await opened(desk)
    await opened(desk)
    (entry,) = await ledger.read("protocol/lysyme")
    event = to_event(entry).event
    assert isinstance(event, ProtocolAdopted)
    assert event.text.encode() == SHIPPED
    assert event.sha256 == fingerprint(SHIPPED)


async def test_a_screening_ends_under_the_version_it_began_with(ledger: Ledger) -> None:
    """A new file changes nothing for a screening that is open; new ones begin under it."""
    before = desk_over(ledger)
    await opened(before)
    await before.handle(NUMBER, GiveAnswer("age_years", 45), DOCTOR)
    after = desk_over(ledger, "0000-0000", current=LATER)
    handled = await after.handle(NUMBER, GiveAnswer("index_date", "2026-03-06"), DOCTOR)
    assert handled.screening.book.protocol.version == "registry-2026"
    assert handled.screening.book.sha256 == fingerprint(SHIPPED)
    assert (await opened(after)).screening.book.protocol.version == "registry-2027"
    assert len(await ledger.read("protocol/lysyme")) == 2


async def test_a_file_that_is_not_in_the_ledger_is_a_fault_of_the_ledger() -> None:
    """No screening goes on under a version that nobody kept."""
    shelf = Shelf(MemoryLedger())
    with pytest.raises(LedgerBroken, match="is not in the ledger"):
        await shelf.book("lysyme", "0" * 64)


async def test_an_unknown_trial_or_number_is_said_to_be_unknown(ledger: Ledger) -> None:
    """Neither makes anything."""
    desk = desk_over(ledger)
    with pytest.raises(UnknownProtocol) as caught:
        await desk.open("no-such", "site-1", Mode.SCREENING, "en", DOCTOR)
    assert caught.value.known == shipped_names() == ("lysyme",)
    with pytest.raises(UnknownScreening):
        await desk.handle("0000-0000", Pause(), DOCTOR)
    with pytest.raises(UnknownScreening):
        await desk.look("0000-0000")
    assert (await ledger.head()).position == 0


async def test_a_full_disk_leaves_no_half_state() -> None:
    """The command fails as a whole; with room again it works, and nothing is missing."""
    ledger = FullLedger()
    desk = desk_over(ledger)
    await opened(desk)
    await desk.handle(NUMBER, GiveAnswer("age_years", 17), DOCTOR)
    before, head = await desk.look(NUMBER), await ledger.head()
    ledger.full = True
    with pytest.raises(StorageFull):
        await desk.handle(NUMBER, RecordAllReasons(), DOCTOR)
    assert await desk.look(NUMBER) == before
    assert await ledger.head() == head
    ledger.full = False
    again = await desk.handle(NUMBER, RecordAllReasons(), DOCTOR, before.version)
    assert again.events


async def test_opening_on_a_full_disk_can_be_tried_again() -> None:
    """An adoption that failed is not remembered as done."""
    ledger = FullLedger()
    ledger.full = True
    desk = desk_over(ledger)
    with pytest.raises(StorageFull):
        await opened(desk)
    ledger.full = False
    await opened(desk)
    assert len(await ledger.read("protocol/lysyme")) == 1


async def test_the_time_is_the_desks_and_the_day_the_sites(ledger: Ledger) -> None:
    """Each command reads the clock once; a later one is later in the record."""
    clock = HandClock()
    desk = Desk(ledger, Shelf(ledger), clock, Drawn(NUMBER))
    await desk.open("lysyme", "site-1", Mode.SCREENING, "fr", DOCTOR, "Pacific/Auckland")
    clock.at += timedelta(hours=2)
    handled = await desk.handle(NUMBER, GiveAnswer("age_years", 45), DOCTOR)
    assert handled.at == handled.events[0].at == AT + timedelta(hours=2)
    assert handled.screening.day(handled.at).isoformat() == "2026-03-11"
    assert desk.now() == clock.at


async def test_a_correction_and_a_hand_over_are_followed(ledger: Ledger) -> None:
    """With a reason the answer changes; the new owner is in the record."""
    desk = desk_over(ledger)
    await opened(desk)
    await desk.handle(NUMBER, GiveAnswer("age_years", 45), DOCTOR)
    await desk.handle(NUMBER, GiveAnswer("age_years", 46, Reason.TYPING_ERROR), DOCTOR)
    handled = await desk.handle(NUMBER, HandOver("p-9"), DOCTOR)
    assert (await desk.look(NUMBER)).owner == handled.screening.owner == "p-9"
    assert handled.screening.answers == {"age_years": 46}


async def test_whoever_carries_notices_is_woken_only_when_one_is_owed(ledger: Ledger) -> None:
    """An answer that owes nobody anything wakes nobody; a hand-over does, after its commit."""
    woken: list[int] = []
    desk = Desk(ledger, Shelf(ledger), HandClock(), RandomNumbers(), owes=lambda: woken.append(1))
    opened = await desk.open("lysyme", "HM", Mode.SCREENING, "en", DOCTOR)
    number = opened.screening.number
    await desk.handle(number, GiveAnswer("age_years", 45), DOCTOR)
    assert woken == []
    await desk.handle(number, HandOver(OTHER.person), DOCTOR)
    assert woken == [1]

"""Steps and the trial's end in the ledger: under versions, with guards, with whoever is told."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot.clock import RandomNumbers
from bot.desk import Along, ClosedTrial, Desk, PermissionChanged, trial_stream
from bot.enrolment import Enrolment, NotOffered, Recorded
from bot.gate import Gate
from bot.notices import ENROLMENT, TARGET
from bot.register import Register
from bot.shelf import Shelf
from flows.cases import CaseTaken, FollowUp, FollowUpRecorded
from flows.commands import GiveAnswer, Promote
from flows.events import Actor, Happened, Mode, Role
from flows.replies import ClosedToNew, Overtaken
from flows.tallies import recruited
from flows.trials import TrialClosed
from storage.ledger import Append, Ledger
from storage.mapper import to_entry, to_event
from tests.bot.cases import MAN
from tests.bot.staff import BOSS, Rival, Staff
from tests.bot.test_cases import Owing

A, C, E = FollowUp.APPROACHED, FollowUp.CONSENTED, FollowUp.ENROLLED
TARGET_15 = 15


class Ward:
    """A site with coordinators, an investigator and an administrator, over one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = Owing(ledger)
        self.staff = Staff(self.ledger)
        self.register, self.clock = self.staff.register, self.staff.clock
        self.desk = Desk(self.ledger, Shelf(self.ledger), self.clock, RandomNumbers())
        self.enrolment = Enrolment(self.ledger, self.register, self.clock)

    async def begin(self) -> Ward:
        """Let them in."""
        await self.staff.site()
        self.cora = Actor(await self.staff.add(1, Role.COORDINATOR), Role.COORDINATOR)
        self.clara = Actor(await self.staff.add(2, Role.COORDINATOR), Role.COORDINATOR)
        self.ines = Actor(await self.staff.add(3, Role.INVESTIGATOR), Role.INVESTIGATOR)
        self.ada = await self.staff.administrator(4)
        return self

    async def screen(self, mode: Mode = Mode.SCREENING) -> str:
        """A screening to its verdict, eligible; the number."""
        opened = await self.desk.open("lysyme", "HM", mode, "en", self.ines)
        number = opened.screening.number
        for name, value in MAN.items():
            await self.desk.handle(number, GiveAnswer(name, value), self.ines)
        return number

    async def steps(self, number: str) -> list[FollowUp]:
        """What was recorded."""
        events = [to_event(one).event for one in await self.ledger.read(f"case/{number}")]
        return [one.status for one in events if isinstance(one, FollowUpRecorded)]

    def owed(self, kind: str) -> list[tuple[str, dict[str, object]]]:
        """Who is told of what, so far."""
        notices = [one for one in self.ledger.owed if one.kind == kind]
        return [(one.recipient, json.loads(one.body)) for one in notices]


@pytest.fixture
async def ward(ledger: Ledger) -> Ward:
    """Nobody was screened yet."""
    return await Ward(ledger).begin()


async def test_a_step_is_one_event_and_the_others_are_told(ward: Ward) -> None:
    """Status and name, never why; of a step on the way, and of one's own, nobody is told."""
    number = await ward.screen()
    step = FollowUpRecorded(number, A)
    made = await ward.enrolment.record(step, 0, TARGET_15, ward.cora, Along())
    assert isinstance(made, Recorded)
    assert made.case.status is A
    assert ward.owed(ENROLMENT) == []
    enrolled = FollowUpRecorded(number, FollowUp.ENROLLED)
    await ward.enrolment.record(enrolled, 1, TARGET_15, ward.cora, Along(done=7))
    assert await ward.steps(number) == [A, FollowUp.ENROLLED]
    ((person, body),) = ward.owed(ENROLMENT)
    assert person == ward.clara.person
    assert body == {"number": number, "status": "enrolled", "by": ward.cora.person}
    assert ward.ledger.done[-1] == 7
    assert ward.owed(TARGET) == []


async def test_whoever_is_late_is_told_who_was_faster(ward: Ward) -> None:
    """Both saw no step; the second records nothing and learns the name and the moment."""
    number = await ward.screen()
    await ward.enrolment.record(FollowUpRecorded(number, A), 0, 15, ward.cora, Along())
    made = await ward.enrolment.record(FollowUpRecorded(number, C), 0, 15, ward.clara, Along())
    assert made == Overtaken(ward.cora.person, ward.clock.at)
    assert await ward.steps(number) == [A]


async def test_of_two_processes_one_records(ward: Ward) -> None:
    """Both read the same versions and write at the same moment: one event, one who learns who."""
    number = await ward.screen()
    rival = Rival(ward.ledger)
    rival.together = asyncio.Barrier(2)
    records = []
    for by in (ward.cora, ward.clara):
        apart = Enrolment(rival, Register(rival), ward.clock)
        step = FollowUpRecorded(number, A)
        records.append(apart.record(step, 0, TARGET_15, by, Along()))
    made = await asyncio.gather(*records)
    assert await ward.steps(number) == [A]
    assert sorted(type(one).__name__ for one in made) == ["Overtaken", "Recorded"]


async def test_a_case_that_is_taken_meanwhile_is_no_overtaking(ward: Ward) -> None:
    """Another event in the same stream: the step is decided anew, and recorded."""
    number = await ward.screen()
    rival = Rival(ward.ledger)
    register = Register(rival)
    enrolment = Enrolment(rival, register, ward.clock)

    async def taken() -> None:
        now = ward.clock.now()
        entry = to_entry(Happened(CaseTaken(number), now, ward.clara))
        await ward.ledger.append(Append(f"case/{number}", 0, (entry,), now.isoformat()))

    rival.first.append(taken)
    made = await enrolment.record(FollowUpRecorded(number, A), 0, 15, ward.cora, Along())
    assert isinstance(made, Recorded)
    assert made.case.follower == ward.clara.person


@pytest.mark.parametrize("mode", [Mode.QUICK_CHECK, Mode.PRACTICE])
async def test_only_screenings_have_steps(ward: Ward, mode: Mode) -> None:
    """And only those that there are."""
    for number in (await ward.screen(mode), "0000-0000"):
        step = FollowUpRecorded(number, A)
        made = await ward.enrolment.record(step, 0, TARGET_15, ward.cora, Along())
        assert made == NotOffered()
        assert await ward.steps(number) == []


async def test_nothing_is_recorded_after_a_revocation(ward: Ward) -> None:
    """A delegation that ended between the reading and the recording; the trial stays open too."""
    number = await ward.screen()
    await ward.register.catch_up()
    gate = Gate(ward.ledger, ward.register, ward.clock)
    guards = [gate.guard(one.person) for one in (ward.cora, ward.ada)]
    await ward.staff.administrator(5)
    for one in (ward.cora, ward.ada):
        await ward.staff.office.revoke_person(one.person, by=BOSS)
    step = FollowUpRecorded(number, A)
    with pytest.raises(PermissionChanged):
        await ward.enrolment.record(step, 0, 15, ward.cora, Along(guards=(guards[0],)))
    with pytest.raises(PermissionChanged):
        await ward.enrolment.close("lysyme", 0, ward.ada, Along(guards=(guards[1],)))
    assert await ward.steps(number) == []
    assert await ward.ledger.read("trial/lysyme") == ()


async def test_the_target_is_told_by_the_step_that_reaches_it(ward: Ward) -> None:
    """To coordinators and administrators, once; one more, or one taken back, tells nobody."""
    first, second, third = [await ward.screen() for _ in range(3)]
    for number in (first, second, third):
        await ward.enrolment.record(FollowUpRecorded(number, E), 0, 2, ward.cora, Along())
    told = ward.owed(TARGET)
    assert {who for who, _ in told} == {ward.cora.person, ward.clara.person, ward.ada.person}
    assert len(told) == 3
    assert told[0][1] == {"number": second, "enrolled": 2, "target": 2}


async def test_two_enrolments_at_once_reach_the_target_once(ward: Ward) -> None:
    """Neither counts without the other."""
    numbers = [await ward.screen() for _ in range(3)]
    await asyncio.gather(
        *(
            ward.enrolment.record(FollowUpRecorded(number, E), 0, 2, ward.cora, Along())
            for number in numbers
        )
    )
    assert len(ward.owed(TARGET)) == 3
    assert len({str(body["number"]) for _, body in ward.owed(TARGET)}) == 1


async def test_the_register_counts_as_the_log_does(ward: Ward) -> None:
    """With one enrolled in error, one who withdrew, and a case that was only taken up."""
    numbers = [await ward.screen() for _ in range(4)]
    for number in numbers[:3]:
        await ward.enrolment.record(FollowUpRecorded(number, E), 0, 9, ward.cora, Along())
    for number, status in zip(
        numbers, (FollowUp.ENROLLED_IN_ERROR, FollowUp.WITHDRAWN), strict=False
    ):
        await ward.enrolment.record(FollowUpRecorded(number, status), 1, 9, ward.cora, Along())
    register = ward.register
    await register.catch_up()
    counted = recruited(register.lines.values(), register.cases, "lysyme")
    assert register.recruited("lysyme") == counted == 2
    assert register.recruited("another") == 0


async def test_a_closed_trial_opens_nothing_but_practice(ward: Ward) -> None:
    """Whoever asks, from whichever front: the desk itself refuses."""
    number = await ward.screen(Mode.QUICK_CHECK)
    assert await ward.enrolment.close("lysyme", 0, ward.ada, Along())
    assert ward.register.closed == {"lysyme"}
    before = (await ward.ledger.head()).position
    for mode in (Mode.SCREENING, Mode.QUICK_CHECK):
        with pytest.raises(ClosedTrial):
            await ward.desk.open("lysyme", "HM", mode, "en", ward.ines)
    promoted = await ward.desk.handle(number, Promote(), ward.ines)
    assert promoted.remark == ClosedToNew()
    assert promoted.screening.mode is Mode.QUICK_CHECK
    assert (await ward.ledger.head()).position == before
    await ward.desk.open("lysyme", "HM", Mode.PRACTICE, "en", ward.ines)
    assert await ward.enrolment.reopen("lysyme", 1, ward.ada, Along())
    assert (await ward.desk.handle(number, Promote(), ward.ines)).events


async def test_a_trial_that_closes_at_the_same_moment_opens_nothing(ward: Ward) -> None:
    """Between the reading and the recording: the append itself fails, in both ways of beginning."""
    number = await ward.screen(Mode.QUICK_CHECK)
    rival = Rival(ward.ledger)
    desk = Desk(rival, Shelf(rival), ward.clock, RandomNumbers())

    async def closed() -> None:
        assert await ward.enrolment.close("lysyme", 0, ward.ada, Along())

    rival.first.append(closed)
    with pytest.raises(PermissionChanged):
        await desk.open("lysyme", "HM", Mode.SCREENING, "en", ward.ines)

    async def reopened_and_closed() -> None:
        assert await ward.enrolment.close("lysyme", 2, ward.ada, Along())

    assert await ward.enrolment.reopen("lysyme", 1, ward.ada, Along())
    rival.first.append(reopened_and_closed)
    with pytest.raises(PermissionChanged):
        await desk.handle(number, Promote(), ward.ines)
    assert len(await ward.ledger.streams("screening/")) == 1
    assert (await ward.desk.look(number)).mode is Mode.QUICK_CHECK


async def test_closing_is_under_the_version_that_was_seen(ward: Ward) -> None:
    """A stale tap closes nothing a second time."""
    assert await ward.enrolment.close("lysyme", 0, ward.ada, Along())
    assert not await ward.enrolment.close("lysyme", 0, ward.ada, Along())
    events = [to_event(one).event for one in await ward.ledger.read(trial_stream("lysyme"))]
    assert events == [TrialClosed("lysyme")]

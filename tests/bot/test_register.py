"""The register: folded from the ledger, caught up before each use, whoever wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import RandomNumbers, random_bytes
from bot.desk import Desk
from bot.register import Register
from bot.shelf import Shelf
from flows.answers import Value
from flows.commands import (
    Command,
    Finish,
    GiveAnswer,
    HandOver,
    Pause,
    Promote,
    RecordAllReasons,
    Resume,
    Stop,
)
from flows.events import Actor, Mode, Reason, Role
from flows.log import Line
from flows.outcomes import PersonOut
from flows.questions import AskInput
from flows.stages import Stage
from flows.trials import Where
from storage import sealed
from storage.ledger import Entry, Ledger
from storage.opening import memory_store, open_store, sealed_store
from storage.sealed import unseal
from tests.bot.cases import AT, DOCTOR, MAN, lysyme
from tests.bot.staff import BOSS, HOUR, HandClock, Staff

ON_CALL = Actor("P-CALL", Role.ON_CALL)


class Ward:
    """A desk that writes, and a register elsewhere that only reads the same ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.clock = HandClock()
        self.desk = Desk(ledger, Shelf(ledger), self.clock, RandomNumbers())
        self.register = Register(ledger)

    async def open(self, mode: Mode = Mode.SCREENING, by: Actor = DOCTOR) -> str:
        """A new run; the number."""
        return (await self.desk.open("lysyme", "HM", mode, "en", by)).screening.number

    async def tell(self, number: str, command: Command, by: Actor = DOCTOR) -> None:
        """A command that has to change something."""
        handled = await self.desk.handle(number, command, by)
        assert handled.events, handled.remark

    async def answer(self, number: str, **other: Value) -> None:
        """Everything that is asked of the man, but for the answers given here."""
        told = {**MAN, **other}
        while True:
            screening = await self.desk.look(number)
            step = screening.walk(screening.day(self.clock.now())).step
            if not isinstance(step, AskInput) or step.input not in told:
                return
            await self.tell(number, GiveAnswer(step.input, told[step.input]))

    async def line(self, number: str) -> Line:
        """The line as the reader sees it after catching up."""
        await self.register.catch_up()
        lines = self.register.lines
        assert self.register.open == {one: line for one, line in lines.items() if line.open}
        return lines[number]


@pytest.fixture
def ward(ledger: Ledger) -> Ward:
    """A desk and a register over one ledger of each kind."""
    return Ward(ledger)


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[tuple[Ledger, Ledger]]:
    """One SQLite file, opened by the process that writes and by one that reads."""
    url = f"sqlite:///{tmp_path}/record.db"
    writing = await open_store(url, AT.isoformat)
    reading = await open_store(url, AT.isoformat, writing=False)
    yield writing.ledger, reading.ledger
    await reading.close()
    await writing.close()


async def test_a_register_knows_nothing_before_it_reads(ledger: Ledger) -> None:
    """Deny by default: what was not read gives nobody anything."""
    staff = Staff(ledger)
    await staff.site()
    await staff.add(1001, Role.INVESTIGATOR)
    other = Register(ledger)
    assert other.directory.by_telegram(1001) is None
    await other.catch_up()
    assert other.directory.by_telegram(1001) is not None


async def test_two_writers_see_each_other(ledger: Ledger) -> None:
    """Each of two instances finds what the other wrote at its next catching up."""
    one, two = Staff(ledger), Staff(ledger)
    await one.site()
    ann = await two.add(1001, Role.INVESTIGATOR)
    assert (await one.person(ann)).roles_at(Where("HM", "lysyme"), AT) == {Role.INVESTIGATOR}
    assert await one.add(1001, Role.ON_CALL) == ann
    assert (await two.person(ann)).roles_at(Where("HM", "lysyme"), AT) == {
        Role.INVESTIGATOR,
        Role.ON_CALL,
    }
    await one.register.catch_up()
    assert one.register.directory == two.register.directory


async def test_a_revocation_holds_from_the_next_catching_up(ledger: Ledger) -> None:
    """The other instance gives no role to whoever was let out, and knows the account no more."""
    one, two = Staff(ledger), Staff(ledger)
    await one.site()
    ann = await one.add(1001, Role.INVESTIGATOR)
    assert (await two.person(ann)).roles(AT) == {Role.INVESTIGATOR}
    assert isinstance(await one.office.revoke_person(ann, by=BOSS), PersonOut)
    await two.register.catch_up()
    assert two.register.directory.by_telegram(1001) is None
    assert two.register.directory.holding(Role.INVESTIGATOR, Where("HM", "lysyme"), AT) == ()


async def test_another_process_sees_it_too(file: tuple[Ledger, Ledger]) -> None:
    """Through the file: added there, seen here; revoked there, gone here."""
    writer, reader = Staff(file[0]), Register(file[1])
    await writer.site()
    ann = await writer.add(1001, Role.INVESTIGATOR)
    await reader.catch_up()
    assert reader.directory.people[ann].roles(AT) == {Role.INVESTIGATOR}
    await writer.office.revoke_person(ann, by=BOSS)
    await reader.catch_up()
    assert reader.directory.people[ann].roles(AT) == frozenset()


async def test_many_who_catch_up_at_once_never_go_back(ledger: Ledger) -> None:
    """Over several pages of entries nobody ever sees an older directory than before.

    Somebody is let out at the end: whoever then catches up must not find the role again while
    another reader is still on an earlier page.
    """
    staff = Staff(ledger)
    await staff.site()
    ann = await staff.add(1001, Role.INVESTIGATOR)
    me = Actor(ann, Role.INVESTIGATOR)
    for number in range(300):  # more than one page
        await staff.office.choose_language(ann, ("fr", "en")[number % 2], by=me)
    await staff.office.revoke_person(ann, by=BOSS)
    late = Register(ledger)

    async def roles() -> frozenset[Role]:
        await late.catch_up()
        return late.directory.people[ann].roles(AT)

    assert set(await asyncio.gather(*(roles() for _ in range(50)))) == {frozenset()}


async def test_a_cancelled_reading_is_taken_up_again(file: tuple[Ledger, Ledger]) -> None:
    """Whoever goes away in the middle leaves a register that still catches up."""
    writer, reader = Staff(file[0]), Register(file[1])
    await writer.site()
    ann = await writer.add(1001, Role.INVESTIGATOR)
    for turns in range(8):
        task = asyncio.create_task(reader.catch_up())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await reader.catch_up()
    assert reader.directory.people[ann].roles(AT) == {Role.INVESTIGATOR}


async def test_the_zone_is_that_of_the_site(ledger: Ledger) -> None:
    """A site has its own time; UTC stands for one that is not known."""
    staff = Staff(ledger)
    await staff.site()
    await staff.register.catch_up()
    assert staff.register.zone("HM").key == "Europe/Paris"
    assert staff.register.zone("XX").key == "UTC"


@pytest.mark.parametrize("mode", list(Mode))
async def test_a_new_screening_is_open(ward: Ward, mode: Mode) -> None:
    """Its line says whose it is, where, since when, and waits for an answer."""
    number = await ward.open(mode)
    line = await ward.line(number)
    version = lysyme().protocol.version
    opened = Line(number, "lysyme", "HM", mode, DOCTOR.person, AT)
    assert line == replace(opened, protocol=version, time_zone="Europe/Paris")
    assert (line.open, line.waiting) == (True, True)


async def test_a_screening_put_aside_is_open_and_waits_for_nothing(ward: Ward) -> None:
    """Paused, then taken up again."""
    number = await ward.open()
    await ward.tell(number, Pause())
    line = await ward.line(number)
    assert (line.paused, line.open, line.waiting) == (True, True, False)
    await ward.tell(number, Resume())
    line = await ward.line(number)
    assert (line.paused, line.open, line.waiting) == (False, True, True)


async def test_a_screening_given_up_is_closed(ward: Ward) -> None:
    """Stopped is the end, also when it was put aside before."""
    number = await ward.open()
    await ward.tell(number, Stop())
    line = await ward.line(number)
    assert (line.stopped, line.open, line.waiting) == (True, False, False)


async def test_an_eligible_patient_closes_it(ward: Ward) -> None:
    """Concluded with a verdict: nothing is left to do."""
    number = await ward.open()
    await ward.answer(number)
    line = await ward.line(number)
    assert (line.verdict, line.complete) == ("eligible", True)
    assert (line.open, line.waiting) == (False, False)


async def test_a_pending_result_leaves_it_open(ward: Ward) -> None:
    """Everything was asked, something is still to come."""
    number = await ward.open()
    await ward.answer(number, sars_cov2_pcr="pending")
    line = await ward.line(number)
    assert (line.verdict, line.open, line.waiting) == ("pending", True, False)


async def test_the_first_exclusion_leaves_a_choice(ward: Ward) -> None:
    """Ineligible stays open until somebody says whether all reasons are to be recorded."""
    number = await ward.open()
    await ward.answer(number, age_years=17)
    line = await ward.line(number)
    assert (line.verdict, line.complete, line.open) == ("ineligible", False, True)
    await ward.tell(number, Finish())
    line = await ward.line(number)
    assert (line.verdict, line.open, line.waiting) == ("ineligible", False, False)


async def test_a_correction_that_asks_anew_opens_it_again(ward: Ward) -> None:
    """A verdict that no longer stands does not hide the question that now waits."""
    number = await ward.open()
    await ward.answer(number)
    assert not (await ward.line(number)).open
    changed = GiveAnswer("malignancy", "malignant", Reason.TYPING_ERROR)
    await ward.tell(number, changed)
    screening = await ward.desk.look(number)
    assert screening.stage is Stage.ASKING
    line = await ward.line(number)
    assert (line.open, line.waiting) == (True, True)


async def test_a_line_that_was_left_at_an_exclusion_is_opened_by_a_new_answer(ward: Ward) -> None:
    """Finished with a verdict; a corrected age takes it away, and the next question waits."""
    number = await ward.open()
    await ward.answer(number, age_years=17)
    await ward.tell(number, Finish())
    assert (await ward.line(number)).complete
    await ward.tell(number, GiveAnswer("age_years", 45, Reason.TYPING_ERROR))
    line = await ward.line(number)
    assert (line.complete, line.open, line.waiting) == (False, True, True)
    await ward.answer(number)
    line = await ward.line(number)
    assert (line.verdict, line.complete, line.open) == ("eligible", True, False)


async def test_a_correction_that_asks_nothing_leaves_it_closed(ward: Ward) -> None:
    """The verdict that follows at once closes the line that the correction had opened."""
    number = await ward.open()
    await ward.answer(number)
    await ward.tell(number, GiveAnswer("age_years", 46, Reason.TYPING_ERROR))
    line = await ward.line(number)
    assert (line.verdict, line.complete, line.open) == ("eligible", True, False)


async def test_a_result_that_arrives_closes_it(ward: Ward) -> None:
    """What was pending is answered without a reason, and the verdict is the last one made."""
    number = await ward.open()
    await ward.answer(number, sars_cov2_pcr="pending")
    await ward.tell(number, GiveAnswer("sars_cov2_pcr", "negative"))
    line = await ward.line(number)
    assert (line.verdict, line.complete, line.open) == ("eligible", True, False)


async def test_all_reasons_close_it_at_the_end(ward: Ward) -> None:
    """With all reasons asked for it is closed when the last one was."""
    number = await ward.open()
    await ward.answer(number, age_years=17)
    await ward.tell(number, RecordAllReasons())
    assert (await ward.line(number)).open
    await ward.answer(number)
    line = await ward.line(number)
    assert (line.verdict, line.complete, line.open) == ("ineligible", True, False)


async def test_a_promoted_check_is_a_screening_of_whoever_promoted_it(ward: Ward) -> None:
    """The mode and the owner change, the day of opening does not."""
    number = await ward.open(Mode.QUICK_CHECK, ON_CALL)
    ward.clock.at += HOUR
    await ward.tell(number, Promote(), DOCTOR)
    line = await ward.line(number)
    assert (line.mode, line.owner, line.opened_at) == (Mode.SCREENING, DOCTOR.person, AT)


async def test_a_screening_handed_over_belongs_to_the_other(ward: Ward) -> None:
    """The owner is who is to carry on, not who spoke last."""
    number = await ward.open()
    await ward.tell(number, HandOver("P-OTHER"))
    assert (await ward.line(number)).owner == "P-OTHER"


async def test_screenings_are_listed_apart(ward: Ward) -> None:
    """What happens to one leaves the other as it is; protocols are not listed."""
    first, second = await ward.open(), await ward.open()
    await ward.tell(first, Stop())
    assert ((await ward.line(first)).open, (await ward.line(second)).open) == (False, True)
    assert list(ward.register.lines) == [first, second]


async def test_answers_stay_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a screening the register opens how it began and how it ended, and no answer."""
    store = await sealed_store(memory_store(), random_bytes)
    ward = Ward(store.ledger)
    number = await ward.open()
    await ward.answer(number)
    opened: list[str] = []

    def watched(key: bytes, entry: Entry) -> bytes:
        opened.append(entry.kind)
        return unseal(key, entry)

    monkeypatch.setattr(sealed, "unseal", watched)
    await ward.register.catch_up()
    assert opened == ["screening-opened", "determination-made"]
    assert ward.register.lines[number].verdict == "eligible"

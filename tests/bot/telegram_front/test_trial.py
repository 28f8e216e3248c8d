"""Recruitment on the phone: the target, closing the trial, and what a closed one still allows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.desk import Along
from bot.enrolment import Enrolment, Recorded
from bot.sandbox import Message
from flows.cases import FollowUp, FollowUpRecorded
from flows.commands import GiveAnswer
from flows.events import Actor, Mode, Reason, Role
from flows.trials import TrialClosed, TrialReopened
from storage.mapper import to_event
from storage.opening import memory_store
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import conclude, coordinator, person_of, sign_first, signing


@pytest.fixture
async def clinic(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    """The bot at one site, with a pepper."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as `screening serve` sets it
    async with signing(memory_store()) as found:
        yield found


@pytest.fixture
async def ada(clinic: Clinic) -> Robot:
    """An administrator who reads English."""
    return await clinic.person(1004, "Ada", Role.ADMINISTRATOR)


def page(robot: Robot) -> Message | None:
    """The newest message about the trial; notices come in between."""
    words = robot.texts.log
    ours = {words.close, words.reopen, words.close_yes}
    return next((one for one in reversed(robot.phone.messages) if ours & set(one.labels)), None)


async def trial(robot: Robot) -> str:
    """/trial, and what it says."""
    before = page(robot)
    await robot.command("/trial")
    await robot.phone.wait_for(lambda _: page(robot) not in (None, before))
    found = page(robot)
    assert found is not None
    return found.text


async def close(robot: Robot) -> None:
    """Close the trial, and mean it."""
    await trial(robot)
    await robot.press(robot.texts.log.close, robot.texts.log.close_yes)


async def written(clinic: Clinic) -> list[object]:
    """What happened to the trial, in order."""
    return [to_event(entry).event for entry in await clinic.flaky.read("trial/lysyme")]


async def said(robot: Robot, command: str) -> bool:
    """Whether a command is answered with the one sentence about a closed trial."""
    await robot.command(command)
    return any(one.text == robot.texts.remarks.trial_closed for one in robot.phone.messages)


async def test_closing_asks_once_more_and_can_be_taken_back(clinic: Clinic, ada: Robot) -> None:
    """No, yes, reopened: one event for each decision, and the message says how it stands."""
    words = ada.texts.log
    assert words.recruitment(0, 15) in await trial(ada)
    await ada.press(words.close, words.no)
    assert await written(clinic) == []
    await ada.press(words.close, words.close_yes)
    assert ada.toast == words.closed
    shown = page(ada)
    assert shown is not None
    assert ada.texts.remarks.trial_closed in shown.text
    await ada.press(words.reopen)
    assert ada.toast == words.reopened
    assert await written(clinic) == [TrialClosed("lysyme"), TrialReopened("lysyme")]


async def test_a_closed_trial_takes_no_new_screenings(
    clinic: Clinic, ada: Robot, ines: Robot, olive: Robot
) -> None:
    """Neither a screening nor a quick check, each with one sentence; practice goes on."""
    await close(ada)
    before = await clinic.events()
    assert await said(ines, "/screen")
    assert await said(olive, "/check")
    assert await clinic.events() == before
    await ines.command("/practice")
    assert ines.asked() is not None
    await trial(ada)
    await ada.press(ada.texts.log.reopen)
    await ines.command("/screen")
    assert ines.asked() is not None


async def test_what_was_begun_can_be_finished(clinic: Clinic, ada: Robot, ines: Robot) -> None:
    """Answers, signature, correction and follow-up go on after it was closed."""
    cora = await coordinator(clinic, 1011, "Cora")
    await ines.command("/screen")
    await close(ada)
    await ines.play(MAN)
    await sign_first(ines)
    await ines.correct("age_years", 46, Reason.TYPING_ERROR)
    kinds = await clinic.kinds(ines.number)
    assert "screening-signed" in kinds
    assert "answer-corrected" in kinds
    await cora.forge(f"~step:{ines.number}:all.0:0:approached", 1)
    assert len(await clinic.flaky.read(f"case/{ines.number}")) == 1


async def test_no_quick_check_is_promoted_then(clinic: Clinic, ada: Robot, ines: Robot) -> None:
    """It stays a quick check, and the card says why."""
    await ines.command("/check")
    await ines.play(MAN)
    await close(ada)
    await ines.press(ines.texts.cards.promote)
    assert "quick-check-promoted" not in await clinic.kinds(ines.number)
    assert ines.toast == ines.texts.remarks.trial_closed
    await trial(ada)
    await ada.press(ada.texts.log.reopen)
    await ines.press(ines.texts.cards.promote)
    assert "quick-check-promoted" in await clinic.kinds(ines.number)


@pytest.mark.parametrize("role", [INVESTIGATOR, Role.COORDINATOR, Role.MONITOR])
async def test_only_administrators_close_it(clinic: Clinic, role: Role) -> None:
    """The command and every forged button are refused."""
    noa = await clinic.person(1020, "Noa", role)
    assert (await noa.command("/trial")).text == noa.texts.chat.not_your_role
    for data in ("~trial:lysyme", "~close:0:lysyme", "~closed:0:lysyme", "~reopen:0:lysyme"):
        assert await noa.forge(data, 1) == noa.texts.chat.not_your_role
    assert await written(clinic) == []


@pytest.mark.parametrize(
    "data",
    [
        "~closed:x:lysyme",
        "~closed:7:lysyme",
        "~closed:-1:lysyme",
        "~reopen:0:lysyme",
        "~reopen:²:lysyme",
    ],
)
async def test_a_stale_button_moves_nothing(clinic: Clinic, ada: Robot, data: str) -> None:
    """It is told that the trial stands otherwise, and is shown how."""
    assert await ada.forge(data, 1) == ada.texts.log.trial_moved
    assert await written(clinic) == []


async def test_of_two_administrators_one_closes_it(clinic: Clinic, ada: Robot) -> None:
    """Both tap at the same moment: one event."""
    adam = await clinic.person(1005, "Adam", Role.ADMINISTRATOR)
    told = await asyncio.gather(*(one.forge("~closed:0:lysyme", 1) for one in (ada, adam)))
    assert await written(clinic) == [TrialClosed("lysyme")]
    assert sorted(told) == sorted([ada.texts.log.closed, ada.texts.log.trial_moved])


async def test_the_target_is_told_once_and_stays_in_the_log(
    clinic: Clinic, ada: Robot, ines: Robot
) -> None:
    """The fifteenth enrolment warns; the fourteenth and the sixteenth do not."""
    cora = await coordinator(clinic, 1011, "Cora")
    numbers = [await _enrolled(clinic) for _ in range(14)]
    assert ada.texts.log.recruitment(14, 15) in await trial(ada)
    target = ada.texts.duty.target(15, 15)
    for _ in range(2):
        numbers.append(await conclude(ines))
        await cora.forge(f"~step:{numbers[-1]}:all.0:0:enrolled", 1)
    clinic.bot.courier.wake()
    for robot in (ada, cora):
        await robot.phone.wait_for(lambda phone: any(target in one.text for one in phone.messages))
    await ada.phone.settled(quiet=0.3)
    assert sum(target in one.text for one in ada.phone.messages) == 1
    assert ada.texts.duty.target(16, 15) in await trial(ada)


async def _enrolled(clinic: Clinic) -> str:
    """A screening to its verdict and its enrolment, without a phone."""
    person = Actor(await person_of(clinic, 1001), INVESTIGATOR)
    desk = clinic.house.desk
    opened = await desk.open("lysyme", "HM", Mode.SCREENING, "en", person, "Europe/Paris")
    number = opened.screening.number
    for name, value in MAN.items():
        await desk.handle(number, GiveAnswer(name, value), person)
    enrolment = Enrolment(clinic.flaky, clinic.bot.register, clinic.clock)
    step = FollowUpRecorded(number, FollowUp.ENROLLED)
    made = await enrolment.record(step, 0, 15, person, Along())
    assert isinstance(made, Recorded)
    return number

"""The log on a phone: lists, cases, the steps after a verdict, two people at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.sandbox import Message
from bot.texts.shape import Texts
from flows.cases import DeclineReason, FollowUp, FollowUpRecorded
from flows.events import Role
from flows.listing import Filter
from flows.steps import Contradiction
from storage.mapper import to_event
from storage.opening import memory_store
from tests.bot.cases import MAN
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import conclude, coordinator, person_of, sign_first, signing

STEP = timedelta(minutes=1)
A, C, D = FollowUp.APPROACHED, FollowUp.CONSENTED, FollowUp.DECLINED
E, W, X = FollowUp.ENROLLED, FollowUp.WITHDRAWN, FollowUp.ENROLLED_IN_ERROR


@pytest.fixture
async def clinic(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    """The bot at one site, with a pepper."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as `screening serve` sets it
    async with signing(memory_store()) as found:
        yield found


@pytest.fixture
async def cora(clinic: Clinic) -> Robot:
    """A coordinator who reads English."""
    return await coordinator(clinic, 1011, "Cora")


@pytest.fixture
async def chloe(clinic: Clinic) -> Robot:
    """A coordinator who reads French."""
    return await coordinator(clinic, 1012, "Chloé", "fr")


def status(robot: Robot, name: FollowUp) -> str:
    """The label of a step."""
    return robot.texts.duty.steps[name].capitalize()


def page(robot: Robot) -> Message | None:
    """The newest list or case; notices come in between."""
    words = robot.texts.log
    ours = {words.refresh, words.filters[Filter.WEEK], f"• {words.filters[Filter.WEEK]}"}
    return next((one for one in reversed(robot.phone.messages) if ours & set(one.labels)), None)


def read(robot: Robot) -> str:
    """What stands on it."""
    found = page(robot)
    assert found is not None
    return found.text


def shown_labels(robot: Robot) -> tuple[str, ...]:
    """The buttons under it."""
    found = page(robot)
    assert found is not None
    return found.labels


async def open_log(robot: Robot, name: Filter = Filter.ALL) -> None:
    """A list of the log, in a new message."""
    before = page(robot)
    await robot.command("/log")
    await robot.phone.wait_for(lambda _: page(robot) not in (None, before))
    found = page(robot)
    assert found is not None
    if f"• {robot.texts.log.filters[name]}" not in found.labels:
        await robot.press(robot.texts.log.filters[name])


async def open_case(robot: Robot, number: str) -> None:
    """From /log to the case."""
    await open_log(robot)
    await robot.press(number)


def shown(robot: Robot, words: str) -> str:
    """The newest message that holds these words."""
    return next(one.text for one in reversed(robot.phone.messages) if words in one.text)


async def steps(clinic: Clinic, number: str) -> list[FollowUp]:
    """What was recorded of a case, in order."""
    events = [to_event(entry).event for entry in await clinic.flaky.read(f"case/{number}")]
    return [event.status for event in events if isinstance(event, FollowUpRecorded)]


async def test_a_case_is_followed_to_enrolment_in_one_message(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Approached, consented, enrolled: three taps on one message, each shown with who and when."""
    number = await conclude(ines)
    await sign_first(ines)
    await open_case(cora, number)
    before = page(cora)
    for name in (A, C, E):
        await cora.press(status(cora, name))
        said = cora.texts.duty.steps[name]
        assert cora.toast == cora.texts.log.recorded(number, said)
        assert f"{cora.texts.log.status}: {said}" in read(cora)
    now = page(cora)
    assert before is not None
    assert now is not None
    assert now.id == before.id
    assert await steps(clinic, number) == [A, C, E]
    assert read(cora).count("Cora") >= 3
    assert "⚠" not in read(cora)
    assert await clinic.all_done()


async def test_who_declines_is_asked_why(clinic: Clinic, ines: Robot, chloe: Robot) -> None:
    """A category and never a sentence; the way back records nothing."""
    number = await conclude(ines)
    await open_case(chloe, number)
    words = chloe.texts.log
    await chloe.press(status(chloe, D))
    assert words.declined_why in shown(chloe, number)
    await chloe.press(words.no)
    assert await steps(clinic, number) == []
    await chloe.press(status(chloe, D), words.declines[DeclineReason.BURDEN].capitalize())
    assert words.declines[DeclineReason.BURDEN] in read(chloe)
    (event,) = [to_event(one).event for one in await clinic.flaky.read(f"case/{number}")]
    assert event == FollowUpRecorded(number, D, DeclineReason.BURDEN)


async def test_an_unsigned_enrolment_is_recorded_and_shown(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """The order is broken, and the record says so; nothing was blocked."""
    number = await conclude(ines)
    await open_case(cora, number)
    await cora.press(status(cora, E))
    words = cora.texts.log
    for one in (Contradiction.ENROLLED_BEFORE_SIGNED, Contradiction.ENROLLED_WITHOUT_CONSENT):
        assert words.contradictions[one] in read(cora)
    assert await steps(clinic, number) == [E]


async def test_a_mis_tap_is_corrected(clinic: Clinic, ines: Robot, cora: Robot) -> None:
    """Both stay in the trail; the last one counts."""
    number = await conclude(ines)
    await open_case(cora, number)
    await cora.press(status(cora, E), cora.texts.log.correct, status(cora, A))
    assert await steps(clinic, number) == [E, A]
    assert f"{cora.texts.log.status}: {cora.texts.duty.steps[A]}" in read(cora)


async def test_enrolled_in_error_asks_twice(clinic: Clinic, ines: Robot, cora: Robot) -> None:
    """The one step that is offered after another verdict, and not recorded by a slip."""
    number = await conclude(ines, {"consent": "refused"})
    await open_case(cora, number)
    labels = shown_labels(cora)
    assert status(cora, X) in labels
    assert status(cora, E) not in labels
    await cora.press(status(cora, X))
    assert await steps(clinic, number) == []
    await cora.press(cora.texts.log.sure_yes)
    assert await steps(clinic, number) == [X]


async def test_of_two_at_once_the_second_is_told_who(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """Both look at the case; one records a step, and the other reads whose it is."""
    number = await conclude(ines)
    for robot in (cora, chloe):
        await open_case(robot, number)
    await cora.press(status(cora, A))
    await chloe.press(status(chloe, C))
    assert await steps(clinic, number) == [A]
    local = clinic.clock.at.astimezone(clinic.bot.register.zone("HM"))
    assert chloe.toast == chloe.texts.remarks.overtaken("Cora", local)
    assert chloe.texts.duty.steps[A] in read(chloe)
    await chloe.press(status(chloe, C))
    assert await steps(clinic, number) == [A, C]


async def test_what_else_happens_to_a_case_is_no_overtaking(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """That somebody takes the case while another looks at it does not refuse the other's step."""
    number = await conclude(ines)
    await open_case(cora, number)
    await chloe.forge(f"~t:{number}", 1)
    await cora.press(status(cora, A))
    assert await steps(clinic, number) == [A]


async def test_the_status_under_a_notice_opens_the_case(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """A message of its own: the notice stays where it is."""
    number = await conclude(ines)
    await cora.forge(f"~s:{number}", 1)
    await cora.phone.wait_for(lambda _: page(cora) is not None)
    assert read(cora).startswith(number)
    assert cora.texts.log.back not in shown_labels(cora)
    await cora.press(status(cora, A))
    assert await steps(clinic, number) == [A]


@pytest.mark.parametrize("role", [INVESTIGATOR, Role.MONITOR, Role.ADMINISTRATOR])
async def test_others_read_the_log_and_record_nothing(
    clinic: Clinic, ines: Robot, role: Role
) -> None:
    """They see the case, without the steps; a forged step is refused and kept."""
    number = await conclude(ines)
    noa = await clinic.person(1020, "Noa", role)
    await open_case(noa, number)
    assert read(noa).startswith(number)
    assert set(shown_labels(noa)) == {noa.texts.log.back, noa.texts.log.refresh}
    for data in (
        f"~step:{number}:all.0:0:approached",
        f"~sure:{number}:all.0:0",
        f"~why:{number}:all.0:0:burden",
        f"~fix:{number}:all.0",
    ):
        assert await noa.forge(data, 1) == noa.texts.chat.not_yours
    assert await steps(clinic, number) == []


async def test_another_site_and_practice_are_not_shown(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Neither in a list nor by a forged number."""
    number = await conclude(ines)
    await clinic.site("LY")
    lea = await coordinator(clinic, 1013, "Léa", "fr", "LY")
    await open_log(lea)
    assert lea.texts.log.nothing in read(lea)
    assert await lea.forge(f"~s:{number}", 1) == lea.texts.chat.not_yours
    await ines.command("/practice")
    await ines.play(MAN)
    assert await cora.forge(f"~s:{ines.number}", 1) == cora.texts.chat.not_yours
    await open_log(cora)
    assert ines.number not in read(cora)
    assert number in read(cora)


@pytest.mark.parametrize(
    "data",
    [
        "~log:nowhere.0",
        "~log:open.-1",
        "~log:open.²",
        "~log:open.99999",
        "~case:%s:nowhere",
        "~step:%s:all.0:0:promoted",
        "~step:%s:all.0:x:approached",
        "~why:%s:all.0:0:because",
        "~sure:%s:all.0:-1",
        "~step:%s:all.0:0",
    ],
)
async def test_forged_buttons_change_nothing(
    clinic: Clinic, ines: Robot, cora: Robot, data: str
) -> None:
    """Each gets a friendly word, and nothing is recorded."""
    number = await conclude(ines)
    before = await clinic.events()
    assert await cora.forge(data.replace("%s", number), 1) == cora.texts.chat.not_a_button
    assert await clinic.events() == before


async def test_a_step_that_is_not_offered_is_not_recorded(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Enrolled after "ineligible" is not to be had by a forged button either."""
    number = await conclude(ines, {"consent": "refused"})
    said = await cora.forge(f"~step:{number}:all.0:0:enrolled", 1)
    assert said == cora.texts.log.not_offered
    assert await steps(clinic, number) == []


async def test_the_filters_hold_what_they_say(clinic: Clinic, ines: Robot, cora: Robot) -> None:
    """Open, pending, eligible and unsigned, this week, all; signed ones leave the third."""
    eligible = await conclude(ines)
    await ines.command("/screen")
    await ines.play({**MAN, "hiv_serology": "pending"})
    pending = ines.number
    excluded = await conclude(ines, {"consent": "refused"})
    expected = {
        Filter.OPEN: {pending, excluded},  # stop here, or record all reasons?
        Filter.PENDING: {pending},
        Filter.UNSIGNED: {eligible},
        Filter.WEEK: {eligible, pending, excluded},
        Filter.ALL: {eligible, pending, excluded},
    }
    for one in Filter:
        await open_log(cora, one)
        found = {number for number in (eligible, pending, excluded) if number in read(cora)}
        assert found == expected[one], one


async def test_a_long_list_has_pages(clinic: Clinic, ines: Robot, cora: Robot) -> None:
    """Nine screenings are two pages; the newest comes first."""
    for _ in range(9):
        await ines.command("/screen")
        clinic.clock.at += STEP
    await open_log(cora, Filter.OPEN)
    assert ines.number in read(cora)
    first = read(cora)
    await cora.press(cora.texts.log.following)
    assert "(2/2)" in read(cora)
    assert read(cora) != first
    await cora.press(cora.texts.log.previous)
    assert read(cora) == first


async def test_no_answer_and_no_confidential_reason(
    clinic: Clinic, ines: Robot, texts: Texts
) -> None:
    """HIV excludes: neither list nor case names it, in either language."""
    number = await conclude(ines, {"hiv_serology": "positive"})
    robot = await coordinator(clinic, 1014, "Colin", texts.language)
    await open_log(robot)
    listed = read(robot)
    await robot.press(number)
    for said in (listed, read(robot)):
        assert number in said
        words = set(re.findall(r"\w+", said))  # not letters of a number such as 7E3F-9QXV
        assert not words & {"E3", "E4", "E10", "E13", "HIV", "VIH"}
    other = await conclude(ines, {"consent": "refused"})
    await robot.press(robot.texts.log.back, other)
    assert " · I5" in read(robot)


async def test_a_revoked_coordinator_records_nothing(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """The page is still on the phone; its buttons do nothing."""
    number = await conclude(ines)
    await open_case(cora, number)
    await clinic.bot.office.revoke_person(await person_of(clinic, 1011), by=BOSS)
    await cora.press(status(cora, A))
    assert await steps(clinic, number) == []


async def test_two_taps_at_the_same_moment_record_one_step(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """Both in flight: one event, and each is answered."""
    number = await conclude(ines)
    for robot in (cora, chloe):
        await open_case(robot, number)
    data = f"~step:{number}:all.0:0:approached"
    told = await asyncio.gather(*(robot.forge(data, 1) for robot in (cora, chloe)))
    assert await steps(clinic, number) == [A]
    assert all(told)
    assert len(set(told)) == 2

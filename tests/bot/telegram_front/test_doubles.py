"""Another screening was opened just before: a question, and nothing recorded before its answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox import Message
from flows.events import Role
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, ON_CALL, Clinic
from tests.bot.telegram_front.robot import Robot

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["en", "fr"])
async def robot(request: pytest.FixtureRequest, clinic: Clinic) -> Robot:
    """An investigator, in each language in turn."""
    return await clinic.person(1001, "Ines", INVESTIGATOR, str(request.param))


async def ask(robot: Robot) -> Message:
    """Send /screen and leave what then stands there; the question, if there is one."""
    await robot.phone.send("/screen")
    await robot.phone.settled()
    asked = [one for one in robot.phone.messages if robot.texts.again.another in one.labels]
    return asked[-1] if asked else robot.phone.last_message


def asks(robot: Robot, message: Message, number: str, minutes: int, name: str) -> bool:
    """Whether the message is the question about this screening."""
    words = robot.texts.again
    choices = (words.another, words.open_that, words.cancel)
    return message.labels == choices and message.text == words.same(minutes, number, name)


async def test_another_one_just_before_is_asked_about(clinic: Clinic, robot: Robot) -> None:
    """When, which, by whom; nothing is recorded until it is answered."""
    await robot.command("/screen")
    number = robot.number
    clinic.clock.at += 40 * MINUTE
    before = await clinic.events()
    asked = await ask(robot)
    assert asks(robot, asked, number, 40, "Ines")
    assert await clinic.events() == before
    await robot.press(robot.texts.again.another)
    assert robot.number != number
    assert await clinic.kinds(robot.number) == ["screening-opened"]
    assert all(one.id != asked.id for one in robot.phone.messages)
    assert await clinic.all_done()


async def test_the_same_patient_leads_to_that_screening(clinic: Clinic, robot: Robot) -> None:
    """Its card comes to the end of the chat, as it stands; no second screening is opened."""
    await robot.command("/screen")
    await robot.play(MAN, until="diagnosis")
    number, before = robot.number, await clinic.events()
    await ask(robot)
    await robot.press(robot.texts.again.open_that)
    assert robot.number == number
    found = robot.asked()
    assert found is not None
    assert found.id == "diagnosis"
    assert await clinic.events() == before


async def test_cancelling_opens_nothing(clinic: Clinic, robot: Robot) -> None:
    """The question goes, a toast says that nothing was opened."""
    await robot.command("/screen")
    before = await clinic.events()
    asked = await ask(robot)
    await robot.press(robot.texts.again.cancel)
    assert robot.toast == robot.texts.again.cancelled
    assert all(one.id != asked.id for one in robot.phone.messages)
    assert await clinic.events() == before
    assert await clinic.all_done()


async def test_a_colleagues_screening_is_asked_about_and_can_be_opened(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """It says whose it is; an investigator of the site may carry on with it."""
    await ines.command("/screen")
    asked = await ask(marc)
    assert asks(marc, asked, ines.number, 0, "Ines")
    await marc.press(marc.texts.again.open_that)
    assert marc.number == ines.number


async def test_one_that_is_not_theirs_to_open_is_named_with_its_owner(
    clinic: Clinic, ines: Robot
) -> None:
    """Who reads the log of another site is told whose it is there; who does not, nothing."""
    await clinic.site("LY")
    lea = await clinic.person(1013, "Lea", INVESTIGATOR, "fr", "LY")
    await ines.command("/screen")
    for choice in ("same", "go"):
        said = await lea.forge(f"~double:{choice}:LY:{ines.number}", 1)
        assert said == lea.texts.chat.not_yours
    await clinic.person(1013, "Lea", Role.COORDINATOR, "fr", "HM")
    assert await lea.forge(f"~double:same:LY:{ines.number}", 1) == ""
    assert lea.said == lea.texts.again.whose(ines.number, "Ines")


async def test_an_hour_later_nothing_is_asked(clinic: Clinic, robot: Robot) -> None:
    """Sixty minutes are asked about, and sixty-one are not."""
    await robot.command("/screen")
    first = robot.number
    clinic.clock.at += 60 * MINUTE
    assert asks(robot, await ask(robot), first, 60, "Ines")
    await robot.press(robot.texts.again.cancel)
    clinic.clock.at += MINUTE
    await ask(robot)
    assert robot.number != first


async def test_practice_and_quick_checks_neither_ask_nor_are_asked_about(robot: Robot) -> None:
    """No screening is opened twice by them."""
    for command in ("/practice", "/check", "/practice", "/check", "/screen"):
        await robot.command(command)
    assert not [one for one in robot.phone.messages if robot.texts.again.another in one.labels]
    assert robot.taps == 0


async def test_what_was_given_up_is_not_asked_about(robot: Robot) -> None:
    """It was opened by mistake: the next one is no duplicate of it."""
    words = robot.texts.cards
    await robot.command("/screen")
    await robot.press(words.stop, words.stop_yes)
    assert robot.texts.again.another not in (await ask(robot)).labels


async def test_the_site_that_is_tapped_is_the_one_that_is_looked_at(
    clinic: Clinic, ines: Robot
) -> None:
    """Somebody at two sites: the other site's screening is no reason to ask."""
    await clinic.site("LY")
    await clinic.person(1001, "Ines", INVESTIGATOR, site="LY")
    for site, asked in (("HM", False), ("LY", False), ("HM", True)):
        await ines.phone.send("/screen")
        await ines.phone.settled()
        await ines.press(f"Site {site}")
        labels = ines.phone.last_message.labels
        assert (ines.texts.again.another in labels) is asked
    await ines.press(ines.texts.again.another)
    opened = (await clinic.trail(ines.number))[0].event
    assert getattr(opened, "site", "") == "HM"


async def test_pressed_twice_it_opens_one_and_asks_about_that_one(
    clinic: Clinic, robot: Robot
) -> None:
    """A trembling thumb does not make two screenings of one patient."""
    await robot.command("/screen")
    await ask(robot)
    message, data = robot.data(robot.texts.again.another)
    before = await clinic.events()
    taps = [await robot.phone.tap_data(message, data) for _ in range(2)]
    await asyncio.gather(*(robot.answered(tap) for tap in taps))
    assert await clinic.events() == before + 1
    assert asks(robot, robot.phone.last_message, robot.number, 0, "Ines")


@pytest.mark.parametrize(
    "data",
    ["~double:go:HM", "~double:go:HM:x", "~double:maybe:HM:7K3F-9QXV", "~double:go:HM:7K3F-9QXV:1"],
)
async def test_forged_choices_do_nothing(clinic: Clinic, ines: Robot, data: str) -> None:
    """Too few words, too many, or words that are none of ours."""
    await ines.command("/screen")
    before = await clinic.events()
    assert await ines.forge(data, 1) == ines.texts.chat.not_a_button
    assert await clinic.events() == before


async def test_only_investigators_of_the_site_choose(
    clinic: Clinic, ines: Robot, olive: Robot
) -> None:
    """On call nobody opens a screening, at no site at all; nor does an investigator elsewhere."""
    await ines.command("/screen")
    before = await clinic.events()
    for site in ("HM", "LY", "nowhere"):
        said = await olive.forge(f"~double:go:{site}:{ines.number}", 1)
        assert said == olive.texts.chat.not_your_role
    assert await ines.forge(f"~double:go:LY:{ines.number}", 1) == ines.texts.chat.not_your_role
    assert await clinic.events() == before
    assert olive.phone.last_message.labels == ()
    assert ON_CALL is not INVESTIGATOR

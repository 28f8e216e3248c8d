"""Erasing as an administrator taps it, and what everybody else then sees."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from flows.erasure import PEOPLES_REASONS, ErasureReason, ScreeningErased
from flows.events import Role
from storage.mapper import to_event
from storage.opening import memory_store, sealed_store
from tests.bot.archive import BOSS, Archive
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import Clinic, opened
from tests.bot.telegram_front.robot import Robot

WISH = ErasureReason.WITHDRAWN_REQUEST


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    """The bot over a store that seals what screenings say."""
    async with opened(await sealed_store(memory_store(), random.Random(5).randbytes)) as found:
        yield found


@pytest.fixture
async def ada(clinic: Clinic) -> Robot:
    """An administrator who reads English."""
    return await clinic.person(1004, "Ada", Role.ADMINISTRATOR)


async def excluded(robot: Robot) -> str:
    """A screening that ends at its first criterion; the number."""
    await robot.command("/screen")
    await robot.type("76")
    await robot.press(robot.texts.cards.finish)
    return robot.number


async def erase(ada: Robot, number: str) -> None:
    """The whole way: the command, the reason, and yes."""
    words = ada.texts.erasure
    await ada.command(f"/erase {number}")
    await ada.press(words.reasons[WISH])
    await ada.press(words.yes)
    await ada.phone.settled()


async def erasure(clinic: Clinic, number: str) -> list[ScreeningErased]:
    """What is recorded of it."""
    events = [to_event(one).event for one in await clinic.flaky.read(f"erasure/{number}")]
    return [event for event in events if isinstance(event, ScreeningErased)]


async def test_an_administrator_erases_in_one_command_and_two_taps(
    clinic: Clinic, ines: Robot, ada: Robot
) -> None:
    """A reason, a last question, and it is done, recorded with who and why; all updates are."""
    number = await excluded(ines)
    words = ada.texts.erasure
    await ada.command(f"/erase {number.lower().replace('-', '')}")
    assert words.why(number) == ada.said
    offered = [words.reasons[reason] for reason in PEOPLES_REASONS]
    assert list(ada.phone.last_message.labels) == offered
    await ada.press(words.reasons[WISH])
    assert ada.said == words.sure(number, words.reasons[WISH])
    assert await erasure(clinic, number) == []
    await ada.press(words.yes)
    await ada.phone.settled()
    assert ada.said == words.done(number)
    (event,) = await erasure(clinic, number)
    assert (event.reason, event.verdict, event.site) == (WISH, "ineligible", "HM")
    assert await clinic.all_done()


async def test_no_is_no(clinic: Clinic, ines: Robot, ada: Robot) -> None:
    """Whoever is not sure keeps it, and is told so."""
    number = await excluded(ines)
    await ada.command(f"/erase {number}")
    await ada.press(ada.texts.erasure.reasons[WISH])
    await ada.press(ada.texts.erasure.no)
    assert ada.toast == ada.texts.erasure.kept(number)
    assert await erasure(clinic, number) == []


async def test_every_card_says_erased_in_its_readers_language(
    clinic: Clinic, ines: Robot, marc: Robot, ada: Robot
) -> None:
    """In both chats the card is replaced in its place, without a button, and stays so."""
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    number = ines.number
    await marc.command("/open")
    await marc.press(f"{number} · Ines")
    old = {robot: robot.card.id for robot in (ines, marc)}
    await erase(ada, number)
    for robot in (ines, marc):
        (card,) = [one for one in robot.phone.messages if one.id == old[robot]]
        assert card.text == robot.texts.erasure.erased(number)
        assert not card.labels
    await clinic.restart()
    await asyncio.sleep(0.05)
    assert [one.text for one in ines.phone.messages if one.id == old[ines]] == [
        ines.texts.erasure.erased(number)
    ]


async def test_taps_on_what_is_erased_get_a_friendly_answer(
    clinic: Clinic, ines: Robot, ada: Robot
) -> None:
    """An old button, an old list and a typed value record nothing, and say what happened."""
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    number = ines.number
    await ines.command("/open")
    listed = ines.data(number)
    tapped = ines.data(ines.card.labels[0])
    await erase(ada, number)
    before = await clinic.events()
    for message, data in (tapped, listed):
        assert await ines.forge(data, message) == ines.texts.erasure.erased(number)
    await ines.type("43")
    assert ines.said == ines.texts.chat.nothing_open
    assert await clinic.events() == before
    assert await clinic.all_done()


async def test_what_is_erased_is_in_no_list_of_open_screenings(ines: Robot, ada: Robot) -> None:
    """/open no longer names it."""
    await ines.command("/screen")
    number = ines.number
    await erase(ada, number)
    await ines.command("/open")
    assert ines.said == ines.texts.chat.nothing_open


async def test_only_an_administrator_of_the_site_erases(
    clinic: Clinic, ines: Robot, ada: Robot
) -> None:
    """Another role, and an administrator elsewhere, change nothing; the refusals are kept."""
    number = await excluded(ines)
    await clinic.site("ZZ")
    zoe = await clinic.person(1009, "Zoe", Role.ADMINISTRATOR, site="ZZ")
    assert (await ines.command(f"/erase {number}")).text == ines.texts.chat.not_your_role
    assert (await zoe.command(f"/erase {number}")).text == zoe.texts.chat.not_yours
    await ada.command(f"/erase {number}")
    message, data = ada.data(ada.texts.erasure.reasons[WISH])
    sure = data.replace("~ea:", "~ey:")
    for robot in (ines, zoe):
        for forged in (data, sure):
            assert await robot.forge(forged, message) == robot.texts.chat.not_yours
    assert await erasure(clinic, number) == []
    kinds = [one.kind async for one in clinic.flaky.walk()]
    assert kinds.count("access-refused") == 5


async def test_strange_buttons_and_numbers_do_nothing(
    clinic: Clinic, ines: Robot, ada: Robot
) -> None:
    """Reasons that nobody is offered, and numbers that are none, are answered and not followed."""
    number = await excluded(ines)
    words = ada.texts.erasure
    for typed in ("/erase", "/erase nonsense", "/erase 7K3F-9QXX"):
        assert (await ada.command(typed)).text == words.usage
    unknown = "0000-0000"
    assert (await ada.command(f"/erase {unknown}")).text == ada.texts.chat.not_yours
    message = ada.phone.last_message.id
    nothing = ada.texts.chat.not_a_button
    for data in (f"~ey:{number}:retention", f"~ea:{number}:why", f"~ey:{number}", "~en:x"):
        assert await ada.forge(data, message) == nothing
    for data in (f"~ey:{unknown}:{WISH.value}", f"~ea:{unknown}:{WISH.value}"):
        assert await ada.forge(data, message) == ada.texts.chat.not_yours
    assert await erasure(clinic, number) == []


async def test_erasing_again_says_that_it_is_done(clinic: Clinic, ines: Robot, ada: Robot) -> None:
    """Neither the old button nor the command erases twice."""
    number = await excluded(ines)
    await ada.command(f"/erase {number}")
    await ada.press(ada.texts.erasure.reasons[WISH])
    message, data = ada.data(ada.texts.erasure.yes)
    await ada.press(ada.texts.erasure.yes)
    said = ada.texts.erasure.erased(number)
    assert await ada.forge(data, message) == said
    assert (await ada.command(f"/erase {number}")).text == said
    assert len(await erasure(clinic, number)) == 1


async def test_cards_of_what_was_erased_at_the_command_line_are_replaced_at_the_next_start(
    clinic: Clinic, ines: Robot
) -> None:
    """The bot was not running: it makes up for it, once."""
    number = await excluded(ines)
    card = ines.card.id
    await clinic.stop()
    archive = Archive(clinic.store, clinic.clock)
    await archive.erasing.erase(number, WISH, BOSS)
    await clinic.restart()
    await ines.phone.wait_for(
        lambda phone: any(
            one.id == card and one.text == ines.texts.erasure.erased(number)
            for one in phone.messages
        )
    )


async def test_a_quick_check_goes_when_its_days_are_over(clinic: Clinic, ines: Robot) -> None:
    """The setting is followed by the running bot: answers and card are gone, the count stays."""
    await ines.command("/check")
    number = ines.number
    clinic.clock.at += timedelta(days=31)
    clinic.settings = clinic.settings.model_copy(update={"retention_days": 30})
    await clinic.restart()
    await ines.phone.wait_for(
        lambda phone: any(one.text == ines.texts.erasure.erased(number) for one in phone.messages)
    )
    (event,) = await erasure(clinic, number)
    assert event.reason is ErasureReason.RETENTION


async def test_a_notice_about_what_is_erased_is_given_up(
    clinic: Clinic, ines: Robot, ada: Robot
) -> None:
    """It is neither sent nor tried for ever."""
    clara = await clinic.person(1006, "Clara", Role.COORDINATOR)
    clinic.sandbox.go_down()
    clinic.sandbox.come_up()
    number = await excluded(ines)
    await clara.phone.wait_for(lambda _: number in clara.said)
    await erase(ada, number)
    owed = await clinic.store.outbox.due("9", 100)
    assert [one.kind for one in owed] == ["digest"], "only what is about nobody is still owed"
    await clara.press(clara.texts.chat.take)
    assert clara.toast == clara.texts.erasure.erased(number)
    assert await clinic.all_done()

"""People whom nobody has let in, and groups: they learn nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.telegram.strangers import MOST, QUIET, Strangers
from bot.texts import ALL
from tests.bot.cases import AT
from tests.bot.telegram_front.clinic import Clinic
from tests.bot.telegram_front.robot import Robot
from tests.promises.report import Promise

TRIES = ["/start", "/screen", "/open", "/people", "/start Zm9yZ2VkLXNlY3JldA", "hello", "45"]


@pytest.mark.parametrize("language", ["en", "fr", "de", "fr-CA"])
async def test_one_neutral_sentence_in_the_strangers_language(
    clinic: Clinic, language: str
) -> None:
    """The same words whatever is tried; English for a language the bot does not speak."""
    phone = clinic.sandbox.phone(1999, "Sam", language)
    for text in TRIES:
        await phone.send(text)
        await phone.settled(quiet=0.02)
        clinic.clock.at += QUIET
    words = ALL["fr" if language.startswith("fr") else "en"].chat.stranger
    said = [one.text for one in phone.messages if one.sender.is_bot]
    assert said == [words] * len(TRIES)
    assert await clinic.all_done()


async def test_a_stranger_is_answered_once_in_ten_minutes(clinic: Clinic) -> None:
    """Fifty messages, one answer; after ten minutes one more; another stranger gets their own."""
    sam = clinic.sandbox.phone(1999, "Sam")
    for _ in range(50):
        await sam.send("/start")
    await sam.settled()
    assert len([one for one in sam.messages if one.sender.is_bot]) == 1
    clinic.clock.at += QUIET
    await sam.send("/start")
    await sam.settled()
    assert len([one for one in sam.messages if one.sender.is_bot]) == 2
    kim = clinic.sandbox.phone(1998, "Kim")
    await kim.send("hello")
    await kim.settled()
    assert len([one for one in kim.messages if one.sender.is_bot]) == 1


async def test_a_strangers_taps_are_answered_with_nothing(clinic: Clinic, ines: Robot) -> None:
    """A forged tap with the bytes of a real button: no word, no card, no event, no menu."""
    await ines.command("/screen")
    before, count = await clinic.events(), len(clinic.sandbox.journal.of("sendMessage"))
    sam = clinic.stranger(1999, "Sam")
    await sam.phone.start()
    await sam.phone.settled()
    for data in (ines.data("< 18")[1], f"~o:{ines.number}", "~n:screen:HM:lysyme", "~l:fr", "x"):
        assert await sam.forge(data, 1) == ""
    assert await clinic.events() == before
    assert len(clinic.sandbox.journal.of("sendMessage")) == count + 1
    assert sam.phone.menu == []


async def test_a_private_chat_that_is_not_the_speakers_own_is_told_nothing(
    clinic: Clinic, ines: Robot
) -> None:
    """A forged body that puts an investigator into a stranger's chat shows no card there."""
    await ines.command("/screen")
    before, calls = await clinic.events(), len(clinic.sandbox.journal.calls)
    sender = {"id": 1001, "is_bot": False, "first_name": "Ines"}
    place = {"message_id": 1, "date": 1, "chat": {"id": 1999, "type": "private"}}
    query = {"id": "forged", "from": sender, "message": place, "chat_instance": "1"}
    body = {**query, "data": ines.data("4")[1]}
    await clinic.bot.hearing.intake.take([{"update_id": 9, "callback_query": body}])
    assert await clinic.all_done()
    assert await clinic.events() == before
    later = clinic.sandbox.journal.calls[calls:]
    assert [call for call in later if call.texts.get("chat_id") == "1999"] == []


async def test_in_a_group_the_bot_says_nothing_and_leaves(
    clinic: Clinic, ines: Robot, promise: Promise
) -> None:
    """Added by anybody, it is gone before it has said a word; it stays silent when it cannot go."""
    before = len(clinic.sandbox.journal.of("sendMessage"))
    chat = clinic.sandbox.group(-500, "Ward", ines.phone)
    await ines.phone.wait_for(lambda _: chat.standing == "left")
    await ines.phone.settled()
    assert len(clinic.sandbox.journal.of("sendMessage")) == before
    assert ines.phone.messages_in(-500) == ()
    assert await clinic.all_done()
    promise(28, "added to a group: 0 messages, and it leaves")


async def test_a_command_in_a_group_opens_nothing(
    clinic: Clinic, ines: Robot, promise: Promise
) -> None:
    """Even an investigator's: patients are not talked about in groups."""
    chat = clinic.sandbox.world.add_group(-501, "Ward")
    before = await clinic.events()
    await ines.phone.send("/screen", chat_id=-501)
    await ines.phone.wait_for(lambda _: chat.standing == "left")
    await ines.phone.settled()
    assert await clinic.events() == before
    assert [one for one in ines.phone.messages_in(-501) if one.sender.is_bot] == []
    promise(28, "a command in a group: 0 messages, 0 events")


async def test_somebody_who_blocks_the_bot_and_comes_back_is_still_in(
    clinic: Clinic, ines: Robot
) -> None:
    """Blocking is no fault, and what is recorded is still there."""
    await ines.command("/screen")
    await ines.phone.block()
    await ines.phone.settled()
    await ines.phone.unblock()
    await ines.press("< 18")
    assert ines.texts.cards.finish in ines.card.labels
    assert await clinic.all_done()


def test_a_flood_of_strangers_forgets_the_oldest() -> None:
    """The memory of who was answered does not grow without end."""
    strangers = Strangers()
    for number in range(MOST + 1):
        assert strangers.may_be_answered(number, AT)
    assert not strangers.may_be_answered(MOST, AT)
    assert strangers.may_be_answered(0, AT)
    assert not strangers.may_be_answered(MOST, AT + QUIET - timedelta(seconds=1))

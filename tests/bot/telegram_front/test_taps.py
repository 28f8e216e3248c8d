"""Stale, doubled and forged taps: each is answered, none changes anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.events import Role
from tests.bot.cases import MAN
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, ON_CALL, Clinic
from tests.bot.telegram_front.robot import Robot

ODD = [
    "x",
    "7K3F9QXV.1.A0=0",
    "00000000.0.F",
    "é" * 32,
    "\u202e",
    "~",
    "~~",
    "~n:screen",
    "~n:screen:HM:HM",
    "~n:screen:XX:lysyme",
    "~n:screen:HM:second",
    "~n:screen:HM",
    "~n:nothing:HM:lysyme",
    "~protocol:second",
    "~funnel:second",
    "~it:second",
    "~o:",
    "~o:7K3F-9QXV",
    "~o:\x00\x01",
    "~o:é",
    "~o:../../etc",
    "~l:de",
    "~l:",
    "~p:P-000000",
    "~r:P-000000",
    "~i:investigator:HM:*",
    "~i:investigator:HM:lysyme",
    "~i:king:HM:*",
    "~c:0",
    "~w:0",
    "~z:1",
    "' OR 1=1 --",
    "{}",
    "a" * 64,
]


async def test_whatever_bytes_come_they_are_answered_and_nothing_changes(
    clinic: Clinic, ines: Robot
) -> None:
    """Odd buttons of every sort, and parts of real ones: an answer each, no event, no fault."""
    await ines.command("/screen")
    await ines.play(MAN, until="index_date")
    _, real = ines.data(ines.texts.cards.pause)
    head = real[: real.rindex(".") + 1]
    bodies = ["", "A", "A0", "A0=", "A0=z", "Qzz", "Q1:2026-13", "W1#abcdefghij", "w0~0", "G1~9"]
    bodies += ["J0", "J-1", "C99", "O", "OP-000000", "A5#1e-999999", "AA=0", "A1#9999-99-99", "M"]
    before = await clinic.events()
    for data in [*ODD, *(head + body for body in bodies)]:
        if data:
            await ines.forge(data)
    assert await clinic.events() == before
    assert await clinic.all_done()


async def test_no_forged_button_is_left_without_a_word(clinic: Clinic, ines: Robot) -> None:
    """Somebody who is in is told that the button does nothing, in a kind sentence."""
    await ines.command("/screen")
    words = ines.texts.chat
    assert await ines.forge("x") == words.not_a_button
    assert await ines.forge("7K3F9QXV.1.F") == words.not_yours
    assert await ines.forge("~z:1") == words.not_a_button
    assert await ines.forge("~n:screen:XX:lysyme") == words.not_your_role


async def test_a_stale_button_changes_nothing_and_shows_the_card(
    clinic: Clinic, ines: Robot
) -> None:
    """A press on a card from before: a friendly word, and the card as it stands."""
    await ines.command("/screen")
    message, data = ines.data("< 18")
    digit, turned = ines.data("4")
    await ines.play(MAN, until="admission_date")
    before = await clinic.events()
    said = await ines.forge(data, message)
    assert said == ines.texts.remarks.overtaken_self
    assert said in ines.card.text
    assert await ines.forge(turned, digit) == said
    asked = ines.asked()
    assert asked is not None
    assert asked.id == "admission_date"
    assert await clinic.events() == before


async def test_a_double_tap_is_one_answer(clinic: Clinic, ines: Robot) -> None:
    """Twice in a row on one button: both are answered, one event."""
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    before = await clinic.events()
    first, second = (
        await ines.phone.tap("Confirmed"),
        await ines.phone.tap("Confirmed"),
    )
    assert first is not None
    assert second is not None
    await ines.answered(first)
    assert await ines.answered(second) == ines.texts.remarks.overtaken_self
    assert await clinic.events() == before + 1
    assert await clinic.all_done()


async def test_a_tap_that_telegram_brings_twice_is_one_answer(clinic: Clinic, ines: Robot) -> None:
    """The same tap under two update ids (telegram-bot-api#699) is one tap."""
    await ines.command("/screen")
    clinic.sandbox.people.repeat_taps = 3
    await ines.play({"age_years": 45})
    await ines.phone.settled()
    assert await clinic.kinds(ines.number) == ["screening-opened", "answer-given"]
    assert await clinic.all_done()


async def test_a_command_that_telegram_brings_twice_is_one_screening(
    clinic: Clinic, ines: Robot
) -> None:
    """The same message again opens no second screening."""
    await ines.command("/screen")
    before = await clinic.events()
    again = next(one for one in ines.phone.messages if one.text == "/screen")
    body = clinic.sandbox.world.message_json(again)
    clinic.sandbox.queue.push("message", body, f"chat:{again.chat_id}")
    await ines.phone.settled()
    assert await clinic.events() == before


async def test_another_persons_card_is_closed_to_other_sites(clinic: Clinic, ines: Robot) -> None:
    """An investigator of another site learns nothing by pressing what was on a card of HM."""
    await clinic.site("LY")
    leo = await clinic.person(1009, "Leo", INVESTIGATOR, site="LY")
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    before = await clinic.events()
    for label in ("Confirmed", ines.texts.cards.review, ines.texts.cards.stop):
        _, data = ines.data(label)
        assert await leo.forge(data, leo.phone.last_message.id) == leo.texts.chat.not_yours
    assert await leo.forge(f"~o:{ines.number}", 1) == leo.texts.chat.not_yours
    assert ines.number not in " ".join(one.text for one in leo.phone.messages)
    assert await clinic.events() == before


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MONITOR, Role.ADMINISTRATOR, ON_CALL])
async def test_a_card_is_closed_to_roles_that_do_not_screen(
    clinic: Clinic, ines: Robot, role: Role
) -> None:
    """The answers on a card are for investigators of the site."""
    other = await clinic.person(1009, "Leo", role)
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    before = await clinic.events()
    for label in ("Confirmed", ines.texts.cards.review):
        _, data = ines.data(label)
        assert await other.forge(data, other.phone.last_message.id) == other.texts.chat.not_yours
    assert (await other.command("/screen")).text == other.texts.chat.not_your_role
    assert await clinic.events() == before


async def test_after_a_revocation_nothing_is_heard_any_more(clinic: Clinic, ines: Robot) -> None:
    """The next tap changes nothing and tells nothing; a message gets what a stranger gets."""
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    person = clinic.bot.register.directory.by_telegram(1001)
    assert person is not None
    await clinic.bot.office.add_person(1010, "Boss", Role.ADMINISTRATOR, "HM", by=BOSS)
    await clinic.bot.office.revoke_person(person.person, by=BOSS)
    before, card = await clinic.events(), ines.card
    assert await ines.forge(ines.data("Confirmed")[1]) == ""
    assert await ines.forge(ines.data(ines.texts.cards.review)[1]) == ""
    assert ines.card == card
    assert (await ines.command("/screen")).text == ines.texts.chat.stranger
    assert await clinic.events() == before


async def test_a_delegation_that_ran_out_is_no_delegation(clinic: Clinic) -> None:
    """From the moment that was set, without anybody doing anything."""
    until = clinic.clock.at + timedelta(hours=1)
    await clinic.bot.office.add_person(1009, "Leo", INVESTIGATOR, "HM", until=until, by=BOSS)
    leo = clinic.stranger(1009, "Leo")
    await leo.command("/screen")
    before = await clinic.events()
    clinic.clock.at = until - timedelta(seconds=1)
    clinic.clock.at = until
    assert await leo.forge(leo.data("< 18")[1]) == ""
    assert await clinic.events() == before


async def test_after_stop_no_button_does_anything(clinic: Clinic, ines: Robot) -> None:
    """An old answer button on a screening that was given up: told so, nothing recorded."""
    await ines.command("/screen")
    words = ines.texts.cards
    _, answer = ines.data("< 18")
    await ines.press(words.stop, words.stop_yes)
    before = await clinic.events()
    assert await ines.forge(answer) == ines.texts.remarks.overtaken_self
    newest = f"{answer.split('.')[0]}.2.A0~0"
    assert await ines.forge(newest) != ""
    assert await clinic.events() == before

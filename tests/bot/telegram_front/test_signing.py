"""Signing on the phone: who, the PIN, what stops it, and what a correction does to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.pages.record import frozen_page
from flows.access import PinChosen, PinLocked, PinReset
from flows.commands import GiveAnswer
from flows.events import Reason, Role, ScreeningSigned, SignatureVoided
from storage.frozen import fingerprint_of
from storage.opening import memory_store
from tests.bot.cases import AT
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import (
    OTHER,
    PIN,
    about_pin,
    ask,
    conclude,
    key,
    keypad,
    person_of,
    sign_first,
    signing,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    """The bot at one site, with a pepper."""
    async with signing(memory_store()) as found:
        yield found


async def signed(clinic: Clinic, number: str) -> list[ScreeningSigned]:
    """The signatures in a screening's trail."""
    events = [one.event for one in await clinic.trail(number)]
    return [one for one in events if isinstance(one, ScreeningSigned)]


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_verdict_is_signed_on_the_phone(clinic: Clinic, language: str) -> None:
    """Sign, it is me, the record, a PIN chosen twice: signed, and the card says by whom."""
    ines = await clinic.person(1001, "Inès <L>", INVESTIGATOR, language)
    number = await conclude(ines)
    words = ines.texts
    await ines.press(words.cards.sign)
    assert ines.said == words.chat.sign_as("Inès <L>")
    assert keypad(ines) is None
    await ines.press(words.chat.sign_it_is_me)
    pad = keypad(ines)
    assert pad is not None
    assert words.chat.sign_choose in pad.text
    screening = await clinic.house.desk.look(number)
    first, *_ = frozen_page(screening, words, "Inès <L>").split("\n")
    assert first.removeprefix("<b>").removesuffix("</b>") in pad.text
    assert "E13" in pad.text
    assert fingerprint_of(screening)[:16] in pad.text
    assert f"Inès <L>: {words.cards.meanings['eligible']}" in pad.text
    await key(ines)
    assert words.chat.sign_again in ines.said
    assert await key(ines) == words.chat.sign_done
    assert keypad(ines) is None
    assert await signed(clinic, number) == [
        ScreeningSigned("Inès <L>", "eligible", fingerprint_of(screening))
    ]
    said = words.cards.signed("Inès <L>", AT + timedelta(hours=1), words.cards.meanings["eligible"])
    assert said in ines.card.text
    assert words.cards.sign not in ines.card.labels
    assert await about_pin(clinic, 1001) == [PinChosen(await person_of(clinic, 1001))]
    assert await clinic.all_done()


async def test_a_series_is_one_session_until_fifteen_idle_minutes(
    clinic: Clinic, ines: Robot
) -> None:
    """Within 15 minutes the PIN alone; at the fifteenth the person is asked again."""
    await conclude(ines)
    await sign_first(ines)
    clinic.clock.at += timedelta(minutes=14, seconds=59)
    await conclude(ines)
    await ask(ines, who=False)
    assert ines.texts.chat.sign_pin in ines.said
    assert await key(ines) == ines.texts.chat.sign_done
    clinic.clock.at += timedelta(minutes=15)
    await conclude(ines)
    await ines.press(ines.texts.cards.sign)
    assert ines.said == ines.texts.chat.sign_as("Ines")
    await ines.press(ines.texts.chat.sign_it_is_me)
    assert await key(ines) == ines.texts.chat.sign_done


async def test_a_pin_is_chosen_with_care(clinic: Clinic, ines: Robot) -> None:
    """A trivial one is refused, two that differ are asked again; then it signs."""
    number, chat = await conclude(ines), ines.texts.chat
    await ask(ines)
    assert await key(ines, "123456") == chat.sign_trivial
    assert chat.sign_trivial in ines.said
    await key(ines, PIN)
    assert await key(ines, OTHER) == chat.sign_differs
    assert await about_pin(clinic, 1001) == []
    await key(ines, PIN)
    assert await signed(clinic, number) == []
    assert await key(ines, PIN) == chat.sign_done
    assert len(await signed(clinic, number)) == 1


async def test_a_wrong_key_is_taken_back_and_the_keypad_put_away(
    clinic: Clinic, ines: Robot
) -> None:
    """Back takes one digit, cancel ends it; what is shown is never a digit."""
    number = await conclude(ines)
    await ask(ines)
    await key(ines, PIN[:2] + "9")
    assert "●●●○○○" in ines.said
    await ines.press("⌫")
    assert "●●○○○○" in ines.said
    await ines.press(ines.texts.cards.cancel)
    assert ines.toast == ines.texts.chat.sign_cancelled
    assert keypad(ines) is None
    assert await signed(clinic, number) == []


async def test_five_wrong_pins_lock_signing_for_a_window(clinic: Clinic, ines: Robot) -> None:
    """Each says how many are left; the fifth locks, the right one too; afterwards it signs."""
    await conclude(ines)
    await sign_first(ines)
    number, chat = await conclude(ines), ines.texts.chat
    await ask(ines, who=False)
    for left in (4, 3, 2, 1):
        assert await key(ines, OTHER) == chat.sign_wrong(left)
        assert chat.sign_wrong(left) in ines.said
    await key(ines, OTHER)
    locks = [one for one in await about_pin(clinic, 1001) if isinstance(one, PinLocked)]
    assert len(locks) == 1
    until = locks[0].until
    assert until > clinic.clock.at
    said = chat.sign_locked(until + timedelta(hours=1))  # as the clock on the wall has it
    assert ines.toast == said
    assert keypad(ines) is None
    await ask(ines)  # the session is over: who is it?
    assert await key(ines, PIN) == said
    clinic.clock.at = until - MINUTE
    await ask(ines)
    assert await key(ines, PIN) == said
    assert await signed(clinic, number) == []
    clinic.clock.at = until + timedelta(seconds=1)
    await ask(ines)
    assert await key(ines, PIN) == chat.sign_done
    assert len([one for one in await about_pin(clinic, 1001) if isinstance(one, PinLocked)]) == 1


async def test_a_restart_forgets_the_keypad_and_the_session(clinic: Clinic, ines: Robot) -> None:
    """Its keys do nothing afterwards, it is taken away, and one says again who one is."""
    number = await conclude(ines)
    await ask(ines)
    await key(ines, PIN[:3])
    pad, (_, word) = keypad(ines), ines.data("0")
    assert pad is not None
    await clinic.restart()
    assert await ines.forge(word, pad.id) == ines.texts.chat.sign_expired
    assert keypad(ines) is None
    assert await sign_first(ines) == ines.texts.chat.sign_done
    assert len(await signed(clinic, number)) == 1


async def test_a_keypad_ends_after_five_minutes(clinic: Clinic, ines: Robot) -> None:
    """A phone that was left lying signs nothing."""
    await conclude(ines)
    await ask(ines)
    clinic.clock.at += timedelta(minutes=5, seconds=1)
    await key(ines, PIN[:1])
    assert ines.toast == ines.texts.chat.sign_expired
    assert keypad(ines) is None


async def test_a_record_that_moved_on_is_not_signed(clinic: Clinic, ines: Robot) -> None:
    """A correction between the showing and the PIN: nothing is signed, and it says so."""
    number = await conclude(ines)
    await ask(ines)
    await key(ines, PIN)
    await _correct_elsewhere(clinic, number)
    assert await key(ines, PIN) == ines.texts.chat.sign_moved
    assert await signed(clinic, number) == []
    assert "screening-signed" not in await clinic.kinds(number)


async def _correct_elsewhere(clinic: Clinic, number: str) -> None:
    """Another front of the same house corrects an answer."""
    by = (await clinic.trail(number))[0].by
    command = GiveAnswer("age_years", 46, Reason.TYPING_ERROR)
    assert (await clinic.house.desk.handle(number, command, by)).events


async def test_a_correction_voids_it_and_it_is_signed_again(clinic: Clinic, ines: Robot) -> None:
    """The card says no more that it is signed and offers Sign; the trail keeps both."""
    number = await conclude(ines)
    await sign_first(ines)
    await ines.correct("age_years", 46, Reason.TYPING_ERROR)
    events = [one.event for one in await clinic.trail(number)]
    assert SignatureVoided("age_years") in events
    assert "✍" not in ines.card.text
    await ask(ines, who=False)
    assert await key(ines) == ines.texts.chat.sign_done
    first, second = await signed(clinic, number)
    assert first.record_sha256 != second.record_sha256
    assert "✍" in ines.card.text


async def test_an_administrator_lets_another_choose_a_new_pin(clinic: Clinic, ines: Robot) -> None:
    """The old PIN signs no more; the administrator never sees one, and not their own is reset."""
    ada = await clinic.person(1004, "Ada", Role.ADMINISTRATOR)
    await conclude(ines)
    await ada.command("/people")
    await ada.press("Ines · investigator")
    assert ada.texts.chat.reset_pin not in ada.phone.last_message.labels  # there is none yet
    await sign_first(ines)
    await ada.command("/people")
    await ada.press("Ines · investigator", ada.texts.chat.reset_pin)
    assert ada.said == ada.texts.chat.pin_reset("Ines")
    person = await person_of(clinic, 1001)
    assert await about_pin(clinic, 1001) == [PinChosen(person), PinReset(person)]
    await conclude(ines)
    await ask(ines, who=True)  # a reset ends the session
    assert ines.texts.chat.sign_choose in ines.said
    await key(ines, OTHER)
    assert await key(ines, OTHER) == ines.texts.chat.sign_done
    own = await person_of(clinic, 1004)
    await clinic.bot.office.add_person(1004, "Ada", INVESTIGATOR, "HM", by=BOSS)
    await conclude(ada)
    await sign_first(ada)
    assert await ada.forge(f"~k:{own}", 1) == ada.texts.chat.not_your_role
    assert await ines.forge(f"~k:{own}", 1) == ines.texts.chat.not_your_role
    assert await about_pin(clinic, 1004) == [PinChosen(own)]

"""A clinic where verdicts are signed, and the thumb that signs them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from pydantic import SecretStr

from bot.sandbox import Message
from flows.access import AccessEvent
from flows.answers import Value
from flows.events import Role
from storage.mapper import to_event
from storage.opening import Store
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import Clinic, opened
from tests.bot.telegram_front.robot import Robot

PEPPER: Final = "a pepper for the tests, of more than 32 bytes"
PIN: Final = "835017"
OTHER: Final = "640283"
KEYPAD: Final = [*"1234567890", "⌫"]


@asynccontextmanager
async def signing(store: Store, files: Mapping[str, bytes] | None = None) -> AsyncIterator[Clinic]:
    """A clinic with a pepper."""
    async with opened(store, files=files) as clinic:
        update = {"signing_pepper": SecretStr(PEPPER)}
        clinic.settings = clinic.settings.model_copy(update=update)
        await clinic.restart()
        yield clinic


def keypad(robot: Robot) -> Message | None:
    """The keypad for a PIN, when one is open; a card's keypad has other keys."""
    for message in reversed(robot.phone.messages):
        if (
            message.sender.is_bot
            and set(KEYPAD) <= set(message.labels)
            and "●" in (message.text.replace("○", "●"))
        ):
            return message
    return None


async def conclude(robot: Robot, changes: Mapping[str, Value] | None = None) -> str:
    """Screen somebody to a verdict; the number."""
    await robot.command("/screen")
    await robot.play({**MAN, **(changes or {})})
    return robot.number


async def ask(robot: Robot, *, who: bool = True) -> None:
    """Tap Sign on the card, and say who one is where that is asked."""
    await robot.press(robot.texts.cards.sign)
    if who:
        await robot.press(robot.texts.chat.sign_it_is_me)
    assert keypad(robot) is not None, robot.phone.describe()


async def key(robot: Robot, pin: str = PIN) -> str:
    """Key a PIN on the open keypad; what the last key was answered with."""
    for digit in pin:
        pad = keypad(robot)
        assert pad is not None, robot.phone.describe()
        value = next(one.value for row in pad.keyboard for one in row if one.label == digit)
        await robot.answered(await robot.phone.tap_data(pad.id, value))
    return robot.toast


async def sign_first(robot: Robot, pin: str = PIN) -> str:
    """The first signature of all: who one is, and a PIN chosen twice."""
    await ask(robot)
    await key(robot, pin)
    return await key(robot, pin)


async def person_of(clinic: Clinic, telegram_id: int) -> str:
    """The pseudonymous id of somebody."""
    await clinic.bot.register.catch_up()
    person = clinic.bot.register.directory.by_telegram(telegram_id)
    assert person is not None
    return person.person


async def about_pin(clinic: Clinic, telegram_id: int) -> list[AccessEvent]:
    """What the ledger says of somebody's PIN."""
    stream = f"pin/{await person_of(clinic, telegram_id)}"
    return [to_event(entry).event for entry in await clinic.flaky.read(stream)]  # type: ignore[misc]


async def coordinator(
    clinic: Clinic, telegram_id: int, name: str, language: str = "en", site: str = "HM"
) -> Robot:
    """Somebody who is told about a site's screenings."""
    return await clinic.person(telegram_id, name, Role.COORDINATOR, language, site)


async def told(robot: Robot, text: str, times: int = 1) -> None:
    """Wait until a message that says this has come so often."""
    await robot.phone.wait_for(
        lambda phone: sum(text in one.text for one in phone.messages) >= times, 10
    )

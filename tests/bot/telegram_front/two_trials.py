"""A clinic that serves two trials, and the people who work in one of them or in both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final

from bot.desk import stream_of
from flows.answers import Value
from flows.events import Role, ScreeningOpened
from flows.rulebook import Rulebook
from storage.mapper import to_event
from storage.opening import memory_store
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import Clinic, opened
from tests.bot.telegram_front.robot import Robot
from tests.flows.trial_files import LYSYME, SECOND, rulebook

GOOD: Final[Mapping[str, Value]] = {
    "creatinine": Decimal("0.5"),
    "first_count": 50,
    "second_count": 70,
    "vaccinated": "no",
    "dose_on": "no_dose",
}
"""Somebody eligible for the second trial."""

ANSWERS: Final = {"lysyme": MAN, "second": GOOD}
ACRONYMS: Final = {"lysyme": "LYSYME", "second": "SECOND"}
BOOKS: Final[dict[str, Rulebook]] = {"lysyme": rulebook(LYSYME), "second": rulebook(SECOND)}


@asynccontextmanager
async def two_trials() -> AsyncIterator[Clinic]:
    """A clinic, open for both trials until the block ends."""
    files = {"lysyme": LYSYME.read_bytes(), "second": SECOND.read_bytes()}
    async with opened(memory_store(), files=files) as clinic:
        yield clinic


def reads(robot: Robot, trial: str) -> Robot:
    """The same phone, in the hand of somebody who knows this trial's protocol."""
    return Robot(robot.phone, robot.language, robot.today, BOOKS[trial])


async def screen(robot: Robot, trial: str, site: str | None = None, what: str = "/screen") -> Robot:
    """Send the command and tap the trial where it is asked for; the robot that reads its card."""
    reader = reads(robot, trial)
    await reader.command(what)
    label = " · ".join([ACRONYMS[trial], *([f"Site {site}"] if site else [])])
    if label in reader.phone.last_message.labels:
        await reader.press(label)
        await reader.another_patient()
    return reader


async def conclude(robot: Robot, trial: str, site: str | None = None) -> str:
    """Screen somebody for a trial to a verdict; the number."""
    reader = await screen(robot, trial, site)
    await reader.play(ANSWERS[trial])
    return reader.number


async def opening(clinic: Clinic, number: str) -> ScreeningOpened:
    """Under which trial and where a screening was opened."""
    event = to_event((await clinic.flaky.read(stream_of(number)))[0]).event
    assert isinstance(event, ScreeningOpened)
    return event


async def somebody(
    clinic: Clinic, telegram_id: int, name: str, role: Role, *trials: str, language: str = "en"
) -> Robot:
    """Somebody with one role in each of these trials."""
    for trial in trials:
        robot = await clinic.person(telegram_id, name, role, language, trial=trial)
    return robot

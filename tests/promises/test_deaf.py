"""Row 10: after an hour of silence nothing looks recorded that is not, and everybody is asked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest

from storage.opening import open_store
from tests.bot.cases import AT, MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic, opened
from tests.bot.telegram_front.robot import Robot
from tests.promises.report import Promise, times

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
PEOPLE, HOUR, WITHIN = 40, timedelta(hours=1), 60.0
STOPS = ("index_date", "admission_date", "diagnosis", "unit")


async def at_work(clinic: Clinic, people: int) -> list[Robot]:
    """People with a screening each, at different questions."""
    found = []
    for place in range(people):
        language = "fr" if place % 2 else "en"
        robot = await clinic.person(1000 + place, f"N{place}", INVESTIGATOR, language)
        await robot.command("/screen")
        await robot.play(MAN, until=STOPS[place % len(STOPS)])
        found.append(robot)
    return found


async def lost_in_the_silence(clinic: Clinic, people: list[Robot]) -> None:
    """Everybody taps during the outage, and Telegram forgets it all before the bot is back."""
    while not clinic.sandbox.intake.is_polling:  # noqa: ASYNC110 - seen from outside
        await asyncio.sleep(0.005)
    clinic.sandbox.go_down()
    for robot in people:
        await robot.phone.tap(robot.card.labels[0])
    clinic.sandbox.queue.clear()
    clinic.clock.at += HOUR
    clinic.sandbox.come_up()


async def test_after_an_hour_everybody_is_asked_again(fast: Path, promise: Promise) -> None:
    """Each open card comes anew with the interval; it asks what the record has no answer to."""
    store = await open_store(f"sqlite:///{fast}/kept/screening.db", AT.isoformat)
    async with opened(store) as clinic:
        people = await at_work(clinic, times(PEOPLE))
        since, before = clinic.clock.at, await clinic.events()
        old = {robot: robot.card.id for robot in people}
        asked = {robot: robot.asked() for robot in people}
        await lost_in_the_silence(clinic, people)
        began = perf_counter()
        await asyncio.gather(*(_moved(robot, old[robot]) for robot in people))
        took = perf_counter() - began
        zone = timedelta(hours=1)
        for robot in people:
            assert robot.texts.chat.deaf(since + zone, clinic.clock.at + zone) in robot.card.text
            assert robot.asked() == asked[robot]
        assert await clinic.events() == before
    await store.close()
    assert took < WITHIN
    promise(
        10,
        f"down 1 h, {len(people)} open screenings, a tap lost on each: all asked again within "
        f"{took:.1f} s with the interval, 0 false confirmations",
    )


async def _moved(robot: Robot, card: int) -> None:
    await robot.phone.wait_for(lambda _: robot.card.id > card, WITHIN)

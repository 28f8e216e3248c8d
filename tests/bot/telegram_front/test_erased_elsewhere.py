"""What stands in the log, the cases, the queries and under the notices of an erased screening."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from bot.sandbox import Message
from flows.cases import FollowUp, QueryReason
from flows.events import Role
from flows.listing import Filter
from storage.opening import memory_store, sealed_store
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import Clinic, opened
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import coordinator, told
from tests.bot.telegram_front.test_erasing_talk import erase
from tests.bot.telegram_front.test_log import open_log, read


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    """The bot over a store that seals what screenings say."""
    async with opened(await sealed_store(memory_store(), random.Random(5).randbytes)) as found:
        yield found


@pytest.fixture
async def ada(clinic: Clinic) -> Robot:
    """An administrator who reads English."""
    return await clinic.person(1004, "Ada", Role.ADMINISTRATOR)


@pytest.fixture(params=["en", "fr"])
async def cora(request: pytest.FixtureRequest, clinic: Clinic) -> Robot:
    """A coordinator, in each language in turn."""
    return await coordinator(clinic, 1011, "Cora", str(request.param))


async def asked_and_concluded(ines: Robot) -> str:
    """A screening with an open query, to its verdict; the number."""
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    reason = ines.texts.duty.queries[QueryReason.UNCLEAR].removesuffix(".")
    await ines.press(ines.texts.queries.ask, reason)
    await ines.play(MAN)
    return ines.number


async def shown(robot: Robot, command: str) -> Message:
    """What comes of a command."""
    sent = await robot.phone.send(command)
    await robot.phone.wait_for(
        lambda phone: phone.messages[-1].id > sent.id and phone.messages[-1].sender.is_bot, 10
    )
    return robot.phone.last_message


async def test_the_log_says_that_it_was_erased_and_opens_no_case(
    clinic: Clinic, ines: Robot, ada: Robot, cora: Robot
) -> None:
    """In the list of all it stands as erased; a case that was open shows nothing new of it."""
    number = await asked_and_concluded(ines)
    await told(cora, number, 2)
    await open_log(cora)
    await cora.press(number)
    status = cora.texts.duty.steps[FollowUp.APPROACHED].capitalize()
    step, data = cora.data(status)
    await erase(ada, number)
    said = cora.texts.erasure.erased(number)
    await cora.press(cora.texts.log.refresh)
    assert cora.toast == said
    assert await cora.forge(data, step) == said
    await open_log(cora, Filter.OPEN)
    assert number not in read(cora)
    await open_log(cora)
    (line,) = [one for one in read(cora).splitlines() if number in one]
    assert f"({cora.texts.erasure.stage})" in line
    await cora.press(number)
    assert cora.toast == said
    kinds = [entry.kind for entry in await clinic.flaky.read(f"case/{number}")]
    assert kinds == ["criterion-queried"]
    assert await clinic.all_done()


async def test_its_queries_are_counted_and_need_no_answer(
    clinic: Clinic, ines: Robot, ada: Robot, cora: Robot
) -> None:
    """Nothing is open any more; the count stays, without the criterion's name."""
    number = await asked_and_concluded(ines)
    await told(cora, number, 2)
    before = await shown(cora, "/queries")
    assert number in str(before.labels)
    question, data = cora.data(before.labels[0])
    await erase(ada, number)
    assert await cora.forge(data, question) == cora.texts.erasure.erased(number)
    after = await shown(cora, "/queries")
    assert after.text.startswith(cora.texts.queries.none_open)
    assert cora.texts.duty.some_criterion in after.text
    assert not after.labels
    assert await clinic.all_done()


async def test_the_buttons_under_its_notices_say_so(
    clinic: Clinic, ines: Robot, ada: Robot, cora: Robot
) -> None:
    """Seen, taken, the answer to its query: each is answered with one sentence."""
    number = await asked_and_concluded(ines)
    await told(cora, number, 2)
    labels = (cora.texts.duty.seen, cora.texts.chat.take, cora.texts.queries.answer)
    buttons = [cora.data(label) for label in labels]
    await erase(ada, number)
    for message, data in buttons:
        assert await cora.forge(data, message) == cora.texts.erasure.erased(number)
    assert await clinic.all_done()

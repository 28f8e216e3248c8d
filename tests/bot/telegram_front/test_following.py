"""What coordinators are told, in whose language, and what happens when they cannot be told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.courier import AGAIN
from bot.notices import TIMEKEEPER
from bot.sandbox import Fault, FaultKind
from flows.events import Reason
from storage.opening import memory_store
from tests.bot.cases import MAN
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import (
    conclude,
    coordinator,
    person_of,
    sign_first,
    signing,
    told,
)


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


def reached(robot: Robot, number: str, verdict: str) -> str:
    """The sentence that says a verdict, in the reader's language."""
    return robot.texts.chat.verdict_reached(number, robot.texts.records.verdicts[verdict])


async def untold(clinic: Clinic) -> int:
    """How many notices to people wait or are on their way; timers wait as well."""
    owed = await clinic.store.outbox.due("9999", 1000)
    return len([one for one in owed if one.recipient != TIMEKEEPER])


async def test_each_coordinator_is_told_in_their_own_language(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """Number, verdict and dates; no answer, no name, and a way to take it."""
    number = await conclude(ines)
    clinic.bot.courier.wake()
    for robot in (cora, chloe):
        await told(robot, reached(robot, number, "eligible"))
        labels = [
            one.label.of(robot.language)
            for criterion in robot.book.protocol.criteria
            for one in criterion.deadlines
        ]
        dates = robot.said.split("\n")[1:]
        assert all(line.startswith(tuple(labels)) for line in dates)
        assert robot.phone.last_message.labels == (
            robot.texts.duty.seen,
            robot.texts.chat.take,
            robot.texts.log.status,
        )
        assert "Ines" not in robot.said
    await _until_settled(clinic)


@pytest.mark.parametrize(
    ("name", "code", "criterion"),
    [("consent", "refused", "I5"), ("hiv_serology", "positive", None)],
)
async def test_a_confidential_reason_is_not_told(
    clinic: Clinic, ines: Robot, cora: Robot, name: str, code: str, criterion: str | None
) -> None:
    """An ordinary criterion is named; one that would reveal something is not."""
    number = await conclude(ines, {name: code})
    clinic.bot.courier.wake()
    await told(cora, reached(cora, number, "ineligible"))
    asked = cora.book.readers[name].entry
    labels = [option.label.en for option in asked.choices if len(option.label.en) > 3]
    assert not [one for one in (name, asked.question.en, *labels) if one in cora.said]
    lines = cora.said.split("\n")
    assert lines[1:] == ([cora.texts.chat.first_reason(criterion)] if criterion else [])


async def test_a_signature_and_what_voids_it_are_told(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """Signed, then voided by a correction: both, to both, each in their language."""
    number = await conclude(ines)
    await sign_first(ines)
    clinic.bot.courier.wake()
    for robot in (cora, chloe):
        verdict = robot.texts.records.verdicts["eligible"]
        await told(robot, robot.texts.chat.verdict_signed(number, verdict))
    await ines.correct("age_years", 46, Reason.TYPING_ERROR)
    clinic.bot.courier.wake()
    for robot in (cora, chloe):
        await told(robot, robot.texts.chat.signature_voided(number))


async def test_one_takes_it_and_the_others_are_told(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """One event, however often it is pressed; the other reads who it is."""
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(cora, reached(cora, number, "eligible"))
    await cora.press(cora.texts.chat.take)
    assert cora.toast == cora.texts.chat.you_follow(number)
    assert cora.phone.last_message.labels == (
        cora.texts.chat.you_follow(number),
        cora.texts.log.status,
    )
    await cora.press(cora.texts.chat.you_follow(number))
    assert cora.toast == cora.texts.remarks.already_so
    clinic.bot.courier.wake()
    await told(chloe, chloe.texts.chat.taken("Cora", number))
    assert chloe.phone.last_message.labels == ()
    said = cora.texts.chat.taken("Cora", number)
    assert not [one for one in cora.phone.messages if said in one.text]
    taken = await clinic.flaky.read(f"case/{number}")
    assert [entry.kind for entry in taken] == ["case-taken"]
    assert await clinic.all_done()


async def test_only_the_sites_coordinators_take_a_case(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Investigators, other sites' coordinators and whoever was let out do not."""
    number = await conclude(ines)
    await clinic.site("LY")
    lea = await coordinator(clinic, 1013, "Léa", "fr", "LY")
    for robot in (ines, lea):
        assert await robot.forge(f"~t:{number}", 1) == robot.texts.chat.not_yours
    assert await cora.forge("~t:0000-0000", 1) == cora.texts.chat.not_yours
    clinic.bot.courier.wake()
    await told(cora, reached(cora, number, "eligible"))
    await clinic.bot.office.revoke_person(await person_of(clinic, 1011), by=BOSS)
    await cora.press(cora.texts.chat.take)
    assert cora.toast == ""
    assert await clinic.flaky.read(f"case/{number}") == ()
    assert not [one for one in lea.phone.messages if number in one.text]


async def test_practice_is_nobodys_business(clinic: Clinic, ines: Robot, cora: Robot) -> None:
    """No notice is owed for it."""
    before = len(cora.phone.messages)
    await ines.command("/practice")
    await ines.play(MAN)
    counts = await clinic.store.outbox.counts()
    assert (await untold(clinic), counts.sending, counts.sent, counts.failed) == (0, 0, 0, 0)
    assert len(cora.phone.messages) == before


async def test_who_has_blocked_the_bot_is_passed_over(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """The notice is given up, and the others are told all the same."""
    await cora.phone.block()
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(chloe, reached(chloe, number, "eligible"))
    await _until_settled(clinic)
    counts = await clinic.store.outbox.counts()
    assert (counts.sent, counts.failed, await untold(clinic)) == (2, 1, 0)
    assert chloe.said == chloe.texts.duty.unreachable("Cora", number)


async def test_who_is_let_out_before_it_is_sent_is_not_told(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """Owed at the time, but not theirs to see any more."""
    clinic.sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, method="sendMessage", chat_id=1011))
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(chloe, reached(chloe, number, "eligible"))
    await _until_waiting(clinic)
    await clinic.bot.office.revoke_person(await person_of(clinic, 1011), by=BOSS)
    clinic.clock.at += timedelta(seconds=AGAIN[0])
    clinic.bot.courier.wake()
    await _until_settled(clinic)
    assert not [one for one in cora.phone.messages if number in one.text]
    assert (await clinic.store.outbox.counts()).failed == 1


async def test_a_repeat_is_labelled(clinic: Clinic, ines: Robot, cora: Robot) -> None:
    """The connection broke after the message arrived: it comes again, and says that it may."""
    drop = Fault(FaultKind.DROP_AFTER, method="sendMessage", chat_id=1011)
    clinic.sandbox.faults.arm(drop)
    number = await conclude(ines)
    clinic.bot.courier.wake()
    said = reached(cora, number, "eligible")
    await told(cora, said)
    assert cora.texts.chat.repeat not in cora.said
    await _until_waiting(clinic)
    clinic.clock.at += timedelta(seconds=AGAIN[0])
    clinic.bot.courier.wake()
    await told(cora, said, 2)
    assert cora.said.startswith(f"{cora.texts.chat.repeat} {said}")
    await _until_settled(clinic)
    assert (await clinic.store.outbox.counts()).sent == 1


async def test_a_pause_that_telegram_asks_for_is_kept(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """429: nobody is told, or shown a card, a moment earlier than asked; nothing is labelled."""
    flood = Fault(FaultKind.FLOOD, method="sendMessage", chat_id=1011, whole_bot=True)
    clinic.sandbox.faults.arm(flood)
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await _until_paused(clinic)
    await ines.press(ines.texts.cards.review)
    clinic.clock.at += timedelta(seconds=1)
    clinic.bot.courier.wake()
    for robot in (cora, chloe):
        await told(robot, reached(robot, number, "eligible"))
        assert robot.texts.chat.repeat not in robot.said
    assert not clinic.sandbox.journal.violations


async def test_two_roles_are_told_once(clinic: Clinic, cora: Robot) -> None:
    """An investigator who also coordinates is told about their own screening, like the others."""
    await clinic.bot.office.add_person(1011, "Cora", INVESTIGATOR, "HM", by=BOSS)
    number = await conclude(cora)
    clinic.bot.courier.wake()
    await told(cora, reached(cora, number, "eligible"))
    assert (await clinic.store.outbox.counts()).sent + await untold(clinic) == 1


async def _until_paused(clinic: Clinic) -> None:
    """Wait until a call has been answered with 429."""
    for _ in range(200):
        if any(one.code == 429 for one in clinic.sandbox.journal.calls):
            return
        await asyncio.sleep(0.005)
    raise AssertionError("no 429")


async def _until_settled(clinic: Clinic) -> None:
    """Wait until nothing is owed any more."""
    await _until(clinic, 0)


async def _until_waiting(clinic: Clinic) -> None:
    """Wait until one notice waits to be tried again."""
    await _until(clinic, 1)


async def _until(clinic: Clinic, waiting: int) -> None:
    for _ in range(200):
        counts = await clinic.store.outbox.counts()
        if (await untold(clinic), counts.sending) == (waiting, 0):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await clinic.store.outbox.counts())

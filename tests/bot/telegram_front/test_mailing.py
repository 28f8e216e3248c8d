"""Copies by e-mail, as people choose and get them, through a real SMTP server."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.copies import copy_of
from bot.notice_trail import EMAIL
from bot.notices import HAND_OVER, TIMEKEEPER
from bot.telegram.menu import commands_for
from flows.cases import NoticeSent
from flows.duty import EmailChosen
from flows.events import Role
from storage.mapper import to_event
from storage.opening import memory_store
from storage.outbox import NewNotice
from tests.bot.courier.mailbox import Mailbox, mailbox
from tests.bot.telegram_front.clinic import ON_CALL, Clinic, opened
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import conclude, coordinator, person_of, told

ADDRESS = "cora@hospital.org"


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """The hospital's mail server."""
    async with mailbox() as found:
        yield found


@pytest.fixture
async def clinic(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    """The bot at one site that has set up SMTP."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(opened(memory_store()))
        found.settings = found.settings.model_copy(
            update={
                "smtp_host": "127.0.0.1",
                "smtp_port": box.port,
                "smtp_security": "none",
                "smtp_sender": "bot@hospital.org",
            }
        )
        await found.restart()
        yield found


@pytest.fixture
async def cora(clinic: Clinic) -> Robot:
    """A coordinator who reads English."""
    return await coordinator(clinic, 1011, "Cora")


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_copy_says_what_the_chat_says_and_no_more(
    clinic: Clinic, ines: Robot, box: Mailbox, language: str
) -> None:
    """Number, verdict and dates in the reader's language; no answer, no confidential criterion."""
    reader = await coordinator(clinic, 1012, "Chloé", language)
    await reader.command(f"/email {ADDRESS}")
    assert ADDRESS in reader.said
    number = await conclude(ines, {"hiv_serology": "positive"})
    clinic.bot.courier.wake()
    verdict = reader.texts.records.verdicts["ineligible"]
    said = reader.texts.chat.verdict_reached(number, verdict)
    await told(reader, said)
    await _come(box, 1)
    (letter,) = box.letters
    assert (letter["To"], letter["Subject"]) == (ADDRESS, said)
    assert box.texts() == [f"{said}\n{said}\n\n{reader.texts.mail.footer}\n"]
    assert not {"E3", "HIV", "VIH", "Ines"} & set(re.findall(r"\w+", box.texts()[0]))
    # What has come is marked so only after it.
    while (await clinic.house.store.outbox.counts()).sending:  # noqa: ASYNC110 - seen from outside
        await asyncio.sleep(0.005)
    trail = [to_event(entry) for entry in await clinic.flaky.read(f"notices/{number}")]
    kinds = {one.event.about for one in trail if isinstance(one.event, NoticeSent)}
    assert kinds == {"verdict", "email/verdict"}


async def test_off_counts_at_once(clinic: Clinic, ines: Robot, cora: Robot, box: Mailbox) -> None:
    """Chosen, seen, ended: three events or none, and no letter after the last."""
    await cora.command("/email")
    assert cora.said == cora.texts.mail.is_off
    await cora.command(f"/email {ADDRESS}")
    await cora.command(f"/email {ADDRESS}")
    await cora.command("/email")
    assert cora.said == cora.texts.mail.is_on(ADDRESS)
    await cora.command("/email OFF")
    assert cora.said == cora.texts.mail.is_off
    person = await person_of(clinic, 1011)
    kept = [to_event(entry) for entry in await clinic.flaky.read(f"preference/{person}")]
    assert [one.event for one in kept] == [EmailChosen(person, ADDRESS), EmailChosen(person, None)]
    assert {(one.by.person, one.by.role) for one in kept} == {(person, Role.COORDINATOR)}
    assert await clinic.all_done()
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(cora, number)
    assert box.letters == []


async def test_a_card_that_is_not_theirs_to_see_comes_by_no_letter(
    clinic: Clinic, ines: Robot, cora: Robot, box: Mailbox
) -> None:
    """A hand-over that was owed to somebody who cannot carry on, or not any more."""
    await cora.command(f"/email {ADDRESS}")
    await ines.command("/screen")
    person, by = await person_of(clinic, 1011), await person_of(clinic, 1001)
    body = json.dumps({"number": ines.number, "by": by}).encode()
    now = clinic.clock.now().isoformat(timespec="milliseconds")
    key = f"{HAND_OVER}/{ines.number}/9/{person}"
    copy = copy_of(NewNotice(key, person, HAND_OVER, body, now))
    await clinic.flaky.append(notices=[copy])
    clinic.bot.courier.wake()
    outbox = clinic.house.store.outbox
    async with asyncio.timeout(10):
        while any(  # noqa: ASYNC110 - seen from outside
            one.kind == copy.kind for one in await outbox.due("9999", 100)
        ):
            await asyncio.sleep(0.01)
    assert box.letters == []


async def test_what_is_no_address_is_said_in_one_sentence(clinic: Clinic, cora: Robot) -> None:
    """Nothing is kept of it."""
    await cora.command("/email cora at hospital")
    assert cora.said == cora.texts.mail.bad_address
    assert await clinic.flaky.read(f"preference/{await person_of(clinic, 1011)}") == ()


async def test_only_those_who_are_told_of_cases_have_the_command(clinic: Clinic) -> None:
    """Coordinators and investigators see it in the menu; an on-call doctor may not."""
    olive = await clinic.person(1003, "Olive", ON_CALL)
    await olive.command(f"/email {ADDRESS}")
    assert olive.said == olive.texts.chat.not_your_role
    for role in (Role.COORDINATOR, Role.INVESTIGATOR):
        assert "email" in commands_for(frozenset({role}), mailing=True)
    assert "email" not in commands_for(frozenset({ON_CALL}), mailing=True)
    assert "email" not in [name for name, _ in olive.phone.menu]


async def test_a_mail_server_that_is_down_keeps_no_chat_waiting(
    clinic: Clinic, ines: Robot, cora: Robot, box: Mailbox
) -> None:
    """The chat is told at once, and the copy waits for its next attempt."""
    await cora.command(f"/email {ADDRESS}")
    box.refused["RCPT"] = "451 Try later"
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(cora, number)
    for _ in range(200):
        counts = await clinic.store.outbox.counts()
        owed = await clinic.store.outbox.due("9999", 100)
        waiting = [one.recipient for one in owed if one.recipient != TIMEKEEPER]
        if (counts.sent, len(waiting), counts.sending) == (1, 1, 0):
            assert waiting[0].startswith(EMAIL)
            return
        await asyncio.sleep(0.01)
    raise AssertionError(counts)


async def _come(box: Mailbox, letters: int) -> None:
    for _ in range(500):
        if len(box.letters) >= letters:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(box.texts())

"""After silence, while the store fails, and what is never said."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from bot.sandbox import Fault, FaultKind
from flows.events import Role
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import CANARY, INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.promises.report import Promise


async def test_after_a_gap_every_open_question_is_asked_again(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """With the interval in which the bot was deaf, in each one's language and the site's time."""
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    await marc.command("/screen")
    old = {robot: robot.card.id for robot in (ines, marc)}
    since = clinic.clock.at
    await clinic.silence(timedelta(minutes=7))
    hour = timedelta(hours=1)
    for robot in (ines, marc):
        said = robot.texts.chat.deaf(since + hour, clinic.clock.at + hour)
        await robot.moved(old[robot])
        assert said in robot.card.text
        assert "10:00" in said
        assert "10:07" in said
    asked = ines.asked()
    assert asked is not None
    assert asked.id == "diagnosis"
    await ines.play(MAN)
    assert ines.texts.cards.eligible in ines.card.text


async def test_a_short_silence_is_no_gap(clinic: Clinic, ines: Robot) -> None:
    """Less than what Telegram keeps: nothing was lost, so nobody is bothered."""
    await ines.command("/screen")
    card = ines.card
    await clinic.silence(timedelta(seconds=100))
    await ines.press("4")
    assert ines.card.id == card.id


async def test_nobody_who_was_let_out_is_asked_again(clinic: Clinic, ines: Robot) -> None:
    """Neither after a gap nor after a restart."""
    await ines.command("/screen")
    card = ines.card
    person = clinic.bot.register.directory.by_telegram(1001)
    assert person is not None
    ada = await clinic.person(1004, "Ada", Role.ADMINISTRATOR)
    await ada.command("/people")
    await ada.press("Ines · investigator", ada.texts.chat.revoke)
    await clinic.restart()
    await clinic.silence(timedelta(minutes=7))
    await ada.command("/help")
    assert ines.card == card


async def test_after_a_restart_a_card_that_was_lost_comes_up_to_date(
    clinic: Clinic, marc: Robot
) -> None:
    """Recorded, but never shown: the next start shows it, in the language of the screening."""
    await marc.command("/screen")
    clinic.sandbox.faults.arm(
        Fault(FaultKind.SERVER_ERROR, times=None, method="editMessageText", chat_id=1002)
    )
    await marc.press("4")
    tap = await marc.phone.tap_data(marc.card.id, marc.data("< 18")[1])
    await marc.answered(tap)
    assert marc.texts.cards.finish not in marc.card.labels
    await clinic.stop()
    clinic.sandbox.faults.clear()
    await clinic.restart()
    await marc.phone.wait_for(lambda _: marc.texts.cards.finish in marc.card.labels)


async def test_every_open_card_of_one_person_comes_up_to_date(clinic: Clinic, ines: Robot) -> None:
    """Not only the first: a chat may hold the cards of several screenings."""
    await ines.command("/screen")
    await ines.command("/screen")
    before = len(clinic.sandbox.journal.of("editMessageText"))
    await clinic.restart()
    await ines.phone.settled()
    assert len(clinic.sandbox.journal.of("editMessageText")) == before + 2


async def test_while_the_store_fails_the_tap_says_so_and_is_kept(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Told at once, in the language of the reader, that it is not saved; saved when it can be."""
    for robot in (ines, marc):
        await robot.command("/screen")
    clinic.flaky.failing = True
    for robot in (ines, marc):
        card = robot.card
        await robot.press("< 18")
        assert robot.toast == robot.texts.remarks.not_saved_yet
        assert robot.card == card
    clinic.flaky.failing = False
    for robot in (ines, marc):
        await robot.turned(0)
        assert robot.texts.cards.finish in robot.card.labels
    assert await clinic.kinds(ines.number) == [
        "screening-opened",
        "answer-given",
        "determination-made",
    ]
    assert await clinic.all_done()


async def test_every_message_is_protected_from_being_passed_on(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Cards, lists, greetings, notices: none can be forwarded or saved."""
    await clinic.person(1004, "Ada", Role.ADMINISTRATOR)
    await ines.command("/screen")
    await ines.play(MAN)
    await ines.press(ines.texts.cards.hand_over, "Marc")
    for text in ("/open", "/help", "/protocol", "/language", "/dance", "45"):
        await ines.phone.send(text)
    await ines.phone.settled()
    await marc.phone.settled()
    sent = [
        message
        for phone in clinic.sandbox.phones.values()
        for message in phone.messages
        if message.sender.is_bot
    ]
    assert len(sent) > 8
    assert [message.text for message in sent if not message.protected] == []


async def test_no_card_shows_an_answer_unless_it_is_asked_for(clinic: Clinic, ines: Robot) -> None:
    """From the first question to the verdict no text holds what was said; the review does."""
    answers = {**MAN, "age_years": 63, "index_date": "2026-03-03", "admission_date": "2026-03-04"}
    await ines.command("/screen")
    await ines.play(answers)
    texts = [
        call.texts.get("text", "")
        for call in clinic.sandbox.journal.calls
        if call.method in ("sendmessage", "editmessagetext")
    ]
    assert len(texts) > len(answers)
    said = "\n".join(texts).replace(ines.number, "")  # which may hold any digits
    for answer in ("63", "3 March 2026", "4 March 2026", "2026-03-03", "2026-03-04"):
        assert answer not in said, answer
    await ines.press(ines.texts.cards.review)
    assert "63" in ines.card.text
    assert "3 March 2026" in ines.card.text


async def test_the_token_and_the_answers_are_in_no_log(
    clinic: Clinic,
    ines: Robot,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    promise: Promise,
) -> None:
    """Through a whole screening, refusals, an outage and a crash of a handler, at DEBUG."""
    caplog.set_level(logging.DEBUG)
    # As `set_up_logging` sets it: at DEBUG, PTB writes whole messages.
    monkeypatch.setattr(logging.getLogger("telegram"), "level", logging.WARNING)
    await ines.command("/screen")
    clinic.sandbox.faults.arm(Fault(FaultKind.DROP_AFTER, method="editMessageText"))
    clinic.sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, method="answerCallbackQuery"))
    await ines.phone.tap("4")
    await ines.phone.wait_for(lambda _: ines.card.edits > 0)
    await clinic.silence(timedelta())
    await ines.type("63")
    await ines.type("the patient is called Smith")
    await ines.forge("x")
    assert caplog.text
    assert CANARY not in caplog.text
    assert CANARY.partition(":")[2] not in caplog.text
    assert "Smith" not in caplog.text
    promise(
        29, "a screening, an outage, refusals at DEBUG: 0 hits of the token or of what was typed"
    )


async def test_a_screening_goes_on_through_a_bad_network(clinic: Clinic) -> None:
    """Every fifth edit fails in one way or another: the record is whole, the card ends right."""
    robot = await clinic.person(1001, "Ines", INVESTIGATOR)
    await robot.command("/screen")
    await robot.play(MAN, until="index_date")
    clinic.sandbox.faults.arm(
        Fault(FaultKind.DROP_AFTER, times=3, every=5, method="editMessageText")
    )
    for _ in range(30):
        if (asked := robot.asked()) is None or asked.id not in MAN:
            break
        edits = robot.card.edits
        await robot.answer(asked, MAN[asked.id])
        await robot.turned(edits)
    assert robot.texts.cards.eligible in robot.card.text
    assert (await clinic.kinds(robot.number)).count("answer-given") == len(MAN)

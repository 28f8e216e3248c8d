"""Whole screenings played on a phone, in both languages."""

from __future__ import annotations

import pytest

from bot.texts.shape import Texts
from flows.answers import Value
from flows.events import Mode, Reason
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot

WOMAN: dict[str, Value] = {
    **MAN,
    "repro_status": "female_childbearing_potential",
    "pregnancy": "test_negative",
    "breastfeeding": "no",
}


@pytest.fixture
async def robot(clinic: Clinic, texts: Texts) -> Robot:
    """An investigator who reads each language in turn."""
    return await clinic.person(1001, "Ines", INVESTIGATOR, texts.language)


async def test_an_eligible_man_needs_no_more_than_24_taps(clinic: Clinic, robot: Robot) -> None:
    """From /screen to the verdict, by labels alone; every answer is one event."""
    await robot.command("/screen")
    await robot.play(MAN)
    assert robot.texts.cards.eligible in robot.card.text
    assert robot.taps <= 24
    kinds = await clinic.kinds(robot.number)
    assert kinds == ["screening-opened", *["answer-given"] * len(MAN), "determination-made"]
    assert await clinic.all_done()


async def test_an_exclusion_at_the_first_criterion_needs_one_tap(robot: Robot) -> None:
    """One tap from /screen to the verdict, and one more to leave it at that."""
    await robot.command("/screen")
    await robot.play({"age_years": 17})
    words = robot.texts.cards
    assert words.ineligible(words.failing["inclusion"]("I1")) in robot.card.text
    assert robot.taps == 1
    await robot.press(words.finish)
    assert words.hand_over not in robot.card.labels
    assert words.unassessed(18) in robot.card.text


async def test_a_woman_is_asked_more_and_a_past_cancer_by_its_year(robot: Robot) -> None:
    """The questions that matter to her, and a month when the year leaves it open."""
    cancer = {**WOMAN, "malignancy": "malignant", "metastasis": "none"}
    await robot.command("/screen")
    await robot.play({**cancer, "malignancy_last_active": "2016-02"})
    assert robot.texts.cards.eligible in robot.card.text


async def test_older_days_are_found_in_the_calendar(robot: Robot) -> None:
    """A day in another month and another year: the calendar turns back, and the rule holds."""
    answers = {**MAN, "index_date": "2025-12-30", "admission_date": "2026-02-07"}
    await robot.command("/screen")
    await robot.play({**answers, "earlier_admission_date": "not_applicable"})
    words = robot.texts.cards
    assert words.ineligible(words.failing["inclusion"]("I2")) in robot.card.text


async def test_a_correction_asks_why_and_keeps_the_old_answer(clinic: Clinic, robot: Robot) -> None:
    """Old and new side by side, a reason, and the verdict anew."""
    await robot.command("/screen")
    await robot.play(MAN)
    await robot.correct("cardiac_failure", "yes", Reason.TYPING_ERROR)
    words = robot.texts.cards
    assert words.ineligible(words.failing["exclusion"]("E6")) in robot.card.text
    kinds = await clinic.kinds(robot.number)
    assert kinds[-2:] == ["answer-corrected", "determination-made"]


async def test_back_looks_at_the_last_answer_and_erases_nothing(
    clinic: Clinic, robot: Robot
) -> None:
    """The same answer again changes nothing; the way out leads to the open question."""
    await robot.command("/screen")
    await robot.play(MAN, until="unit")
    words = robot.texts.cards
    await robot.press(words.back)
    assert _id(robot) == "diagnosis"
    before = await clinic.events()
    await robot.answer("diagnosis", "confirmed")
    assert robot.toast == robot.texts.remarks.already_so
    assert await clinic.events() == before
    await robot.press(words.cancel)
    assert _id(robot) == "unit"


async def test_pause_resume_and_stop(clinic: Clinic, robot: Robot) -> None:
    """Paused asks nothing; resumed asks where it was; stopped is over, and asks twice first."""
    words = robot.texts.cards
    await robot.command("/screen")
    await robot.play(MAN, until="diagnosis")
    await robot.press(words.pause)
    assert robot.asked() is None
    await robot.press(words.resume)
    assert _id(robot) == "diagnosis"
    await robot.press(words.stop, words.stop_no)
    assert _id(robot) == "diagnosis"
    await robot.press(words.stop, words.stop_yes)
    assert words.stopped in robot.card.text
    assert robot.card.labels == (robot.texts.again.again,)
    assert (await clinic.kinds(robot.number))[-1] == "screening-stopped"


async def test_all_reasons_are_recorded_when_asked_for(robot: Robot) -> None:
    """After the first exclusion the questions go on, and the verdict names every reason."""
    words = robot.texts.cards
    await robot.command("/screen")
    await robot.play({"age_years": 17})
    await robot.press(words.record_all)
    await robot.play({**MAN, "cardiac_failure": "yes"})
    both = f"{words.failing['inclusion']('I1')}, {words.failing['exclusion']('E6')}"
    assert words.ineligible(both) in robot.card.text


async def test_practice_is_marked_on_every_card(clinic: Clinic, robot: Robot) -> None:
    """Nobody takes an invented patient for a real one, and nobody is told of one."""
    await robot.command("/practice")
    mark = robot.texts.cards.watermark[Mode.PRACTICE]
    assert mark in robot.card.text
    await robot.play(MAN)
    assert mark in robot.card.text
    assert robot.texts.cards.hand_over not in robot.card.labels


async def test_the_protocol_and_the_help_can_be_read(robot: Robot) -> None:
    """Version, every criterion and the sources; then every command that this person has."""
    await robot.command("/protocol")
    await robot.phone.settled()
    said = "\n".join(message.text for message in robot.phone.messages)
    assert robot.book.protocol.version in said
    for criterion in robot.book.protocol.criteria:
        assert criterion.text.of(robot.language) in said
    shown = await robot.command("/help")
    assert all(f"/{name}" in shown.text for name, _ in robot.phone.menu)


def _id(robot: Robot) -> str | None:
    asked = robot.asked()
    return asked.id if asked else None

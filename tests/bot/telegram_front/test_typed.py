"""Typed answers: taken where a question is open, explained when wrong, deleted always."""

from __future__ import annotations

import pytest

from flows.answers import Expected
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("age_years", "45", 45),
        ("age_years", "45 years", 45),
        ("age_years", "17", "< 18"),
        ("index_date", "2026-03-04", "2026-03-04"),
        ("index_date", "4/3", "2026-03-04"),
        ("index_date", "18/11", "2025-11-18"),
        ("index_date", "04.03.2026", "2026-03-04"),
        ("index_date", "D-3", "2026-03-07"),
        ("bsa_max_d0_d10_pct", "12.5", ">= 10"),
        ("bsa_max_d0_d10_pct", "9,9", "< 10"),
        ("diagnosis", "Confirmed", "confirmed"),
        ("diagnosis", "confirmé", "confirmed"),
    ],
)
async def test_a_typed_value_is_an_answer(
    clinic: Clinic, ines: Robot, name: str, typed: str, kept: object
) -> None:
    """Numbers, days in several hands, labels; what was typed is gone and the card stays one."""
    await ines.command("/screen")
    await ines.play(MAN, until=name)
    card = ines.card.id
    await ines.type(typed)
    given = [one.event for one in await clinic.trail(ines.number)]
    values = [getattr(one, "value", None) for one in given if getattr(one, "input", "") == name]
    assert values == [kept]
    assert ines.card.id == card
    assert [one for one in ines.phone.messages if one.text == typed] == []


WRONG = [
    ("age_years", "abc", Expected.WHOLE_NUMBER),
    ("age_years", "45.5", Expected.WHOLE_NUMBER),
    ("age_years", "121", Expected.WHOLE_NUMBER),
    ("age_years", "-1", Expected.WHOLE_NUMBER),
    ("age_years", "<b>&", Expected.WHOLE_NUMBER),
    ("age_years", "9" * 4000, Expected.WHOLE_NUMBER),
    ("index_date", "31/02", Expected.DATE),
    ("index_date", "2026-02-30", Expected.DATE),
    ("index_date", "soon", Expected.DATE),
    ("index_date", "45", Expected.DATE),
    ("diagnosis", "perhaps", Expected.CHOICE),
    ("diagnosis", "\u202e\u0660", Expected.CHOICE),
    ("bsa_max_d0_d10_pct", "101", Expected.NUMBER),
    ("bsa_max_d0_d10_pct", "12.5.1", Expected.NUMBER),
]


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_wrong_value_gets_a_sentence_and_the_card_stays(
    clinic: Clinic, language: str
) -> None:
    """What is expected is said in the reader's language; nothing is recorded; it is deleted."""
    robot = await clinic.person(1001, "Ines", INVESTIGATOR, language)
    await robot.command("/screen")
    for name, typed, expected in WRONG:
        await robot.play(MAN, until=name)
        card, before = robot.card, await clinic.events()
        await robot.type(typed)
        asked = robot.asked()
        assert asked is not None, (typed, robot.card.text)
        assert asked.id == name, typed
        low, high = getattr(asked, "minimum", None), getattr(asked, "maximum", None)
        assert robot.texts.remarks.expected[expected](low, high) in robot.card.text
        assert robot.card.id == card.id
        assert robot.card.labels == card.labels
        assert await clinic.events() == before
    assert await clinic.all_done()


async def test_a_day_after_today_is_refused_in_the_protocols_words(
    clinic: Clinic, marc: Robot
) -> None:
    """The rule's own sentence, in French, and the question stays."""
    await marc.command("/screen")
    await marc.play(MAN, until="index_date")
    await marc.type("11/03/2026")
    assert "La date index ne peut pas être postérieure au jour de la sélection." in marc.card.text
    assert (await clinic.kinds(marc.number))[-1] == "answer-given"


async def test_a_doubtful_day_is_taken_with_a_warning(clinic: Clinic, ines: Robot) -> None:
    """More than thirty days back: recorded, and the card says that it is worth a second look."""
    await ines.command("/screen")
    await ines.play(MAN, until="index_date")
    await ines.type("2026-01-05")
    assert "more than 30 days before" in ines.card.text


async def test_where_nothing_is_asked_typing_is_explained(clinic: Clinic, ines: Robot) -> None:
    """At the verdict there is nothing to type."""
    await ines.command("/screen")
    await ines.play(MAN)
    await ines.type("45")
    assert ines.texts.chat.no_typing in ines.card.text
    assert ines.texts.cards.eligible in ines.card.text


async def test_without_a_screening_typing_says_what_to_do(clinic: Clinic, ines: Robot) -> None:
    """Somebody who has nothing open is told how to begin."""
    await ines.type("45")
    assert ines.said == ines.texts.chat.nothing_open


async def test_a_number_typed_after_a_restart_is_not_taken(clinic: Clinic, ines: Robot) -> None:
    """Nobody knows which question it was for: the question is asked again, then it is taken."""
    await ines.command("/screen")
    await ines.play(MAN, until="bsa_max_d0_d10_pct")
    before = await clinic.events()
    await clinic.restart()
    await ines.phone.settled()
    await ines.type("45")
    assert ines.texts.chat.type_again in ines.card.text
    assert await clinic.events() == before
    await ines.type("45")
    assert await clinic.events() == before + 1
    assert await clinic.all_done()


async def test_a_number_typed_while_the_bot_was_down_is_not_taken(
    clinic: Clinic, ines: Robot
) -> None:
    """It waited at Telegram; which card it was typed under, nobody can tell."""
    await ines.command("/screen")
    before = await clinic.events()
    await clinic.stop()
    sent = await ines.phone.send("45")
    await clinic.restart()
    await ines.phone.wait_for(lambda phone: sent not in phone.messages)
    assert ines.texts.chat.type_again in ines.card.text
    assert await clinic.events() == before


async def test_typing_on_the_reasons_of_a_correction_records_nothing(
    clinic: Clinic, ines: Robot
) -> None:
    """A reason is chosen, not typed."""
    await ines.command("/screen")
    await ines.play(MAN)
    await ines.correct("age_years", 46, None)
    before = await clinic.events()
    await ines.type("because")
    assert ines.texts.remarks.expected[Expected.WHOLE_NUMBER](0, 120) in ines.card.text
    assert await clinic.events() == before

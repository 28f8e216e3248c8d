"""The same patient is screened again: from which cards, what comes over, and never twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.cards.wording import date_text
from flows.answers import Value
from flows.events import AnswerCarried, Happened, Reason, ScreeningOpened
from flows.trials import TrialClosed
from storage.ledger import Append
from storage.mapper import to_entry
from storage.opening import memory_store
from tests.bot.cases import AT, MAN
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import sign_first, signing

SMALL: dict[str, Value] = {**MAN, "bsa_max_d0_d10_pct": 4}
"""A man whose detached area is still below the limit: "not yet"."""

FIXED = ("index_date", "admission_date", "bone_marrow_transplant")
LATER = timedelta(days=2)


@pytest.fixture(params=["en", "fr"])
async def robot(request: pytest.FixtureRequest, clinic: Clinic) -> Robot:
    """An investigator, in each language in turn."""
    return await clinic.person(1001, "Ines", INVESTIGATOR, str(request.param))


async def not_yet(robot: Robot) -> str:
    """A first attempt that may still qualify; its number."""
    await robot.command("/screen")
    await robot.play(SMALL)
    assert robot.texts.again.again in robot.card.labels
    return robot.number


async def screen_again(robot: Robot) -> str:
    """Press it; the number of the new attempt."""
    earlier = robot.number
    await robot.press(robot.texts.again.again)
    assert robot.number != earlier
    return robot.number


async def test_what_cannot_have_changed_comes_over_and_the_rest_is_asked(
    clinic: Clinic, robot: Robot
) -> None:
    """Two days later: three answers are carried, with who gave them; nineteen are asked again."""
    first = await not_yet(robot)
    clinic.clock.at += LATER
    robot.today += LATER
    number = await screen_again(robot)
    opening, *carried = await clinic.trail(number)
    assert isinstance(opening.event, ScreeningOpened)
    assert opening.event.earlier == first
    begun = clinic.clock.at - LATER
    assert [one.event for one in carried] == [
        AnswerCarried(name, str(SMALL[name]), opening.by.person, begun) for name in FIXED
    ]
    assert robot.texts.again.begun(first, 3) in robot.card.text
    await robot.play({**MAN, "age_years": 46})
    assert robot.texts.cards.eligible in robot.card.text
    assert robot.texts.again.attempt(2, first) in robot.card.text
    asked = [one for one in await clinic.kinds(number) if one == "answer-given"]
    assert len(asked) == len(MAN) - len(FIXED)
    assert await clinic.all_done()


async def test_the_review_tells_what_changed(clinic: Clinic, robot: Robot) -> None:
    """Old and new side by side, what came over, and nothing beside what is the same."""
    await not_yet(robot)
    await screen_again(robot)
    await robot.play({**MAN, "age_years": 46})
    await robot.press(robot.texts.cards.review)
    lines = {line.partition(" ")[0]: line for line in robot.card.text.split("\n")}
    words = robot.texts.again
    assert "45" in lines["I1"]
    assert "→ 46" in lines["I1"]
    dated = [line for line in robot.card.text.split("\n") if line.startswith("I2")]
    assert len(dated) == 2
    assert all(words.carried in line for line in dated)
    assert words.carried in lines["E8"]
    assert "→" in lines["I4"]
    assert "→" not in lines["E6"]
    assert words.carried not in lines["E6"]
    await robot.type("46")  # nothing can be typed here, and the marks stay
    assert "→ 46" in robot.card.text


async def test_a_carried_answer_is_corrected_like_any_other(clinic: Clinic, robot: Robot) -> None:
    """By way of the list, with a reason; then the review says what it was."""
    await not_yet(robot)
    number = await screen_again(robot)
    await robot.correct("index_date", "2026-03-05", Reason.TYPING_ERROR)
    assert (await clinic.kinds(number))[-1] == "answer-corrected"
    await robot.press(robot.texts.cards.review)
    old, new = (date_text(day, robot.texts) for day in ("2026-03-06", "2026-03-05"))
    assert f"{old} → {new}" in robot.card.text


async def test_the_earlier_card_leads_to_the_later_attempt(clinic: Clinic, robot: Robot) -> None:
    """It folds and names the later one; unfolded, it offers that one and no third."""
    first = await not_yet(robot)
    old = robot.card.id
    number = await screen_again(robot)
    folded = next(one for one in robot.phone.messages if one.id == old)
    assert robot.texts.again.has_later(number) in folded.text
    assert folded.labels == (robot.texts.cards.unfold,)
    await robot.press(robot.texts.cards.unfold)
    unfolded = next(one for one in robot.phone.messages if one.id == old)
    assert robot.texts.again.again not in unfolded.labels
    assert robot.texts.again.open_later(number) in unfolded.labels
    before = await clinic.events()
    await robot.press(robot.texts.again.open_later(number))
    assert robot.number == number
    assert await clinic.events() == before
    listed = await robot.command("/open")
    assert [label for label in listed.labels if number in label]
    assert not [label for label in listed.labels if first in label]


async def test_a_stale_button_opens_no_third_attempt(clinic: Clinic, robot: Robot) -> None:
    """Pressed again from a card drawn before, it says that there is one, and offers it."""
    await not_yet(robot)
    message, data = robot.data(robot.texts.again.again)
    number = await screen_again(robot)
    before = await clinic.events()
    said = await robot.forge(data, message)
    assert said == robot.texts.again.there_is(number)
    shown = next(one for one in robot.phone.messages if one.id == message)
    assert robot.texts.again.open_later(number) in shown.labels
    assert await clinic.events() == before


async def test_two_who_press_at_once_get_one_attempt(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Whoever is second is told of the first one's."""
    number = await not_yet(ines)
    await marc.command("/start")
    _, data = ines.data(ines.texts.again.again)
    await asyncio.gather(ines.forge(data), marc.phone.tap_data(marc.phone.last_message.id, data))
    for robot in (ines, marc):
        await robot.phone.settled()
    await clinic.bot.register.catch_up()
    attempts = [one for one in clinic.bot.register.lines.values() if one.earlier == number]
    assert len(attempts) == 1
    assert await clinic.all_done()


@pytest.mark.parametrize(
    ("answers", "then"),
    [
        ({**MAN, "consent": "refused"}, "finish"),
        ({**MAN, "hiv_serology": "pending"}, None),
        (SMALL, None),
    ],
)
async def test_every_end_but_an_eligible_one_offers_it(
    clinic: Clinic, robot: Robot, answers: dict[str, Value], then: str | None
) -> None:
    """Ineligible, pending, not yet."""
    await robot.command("/screen")
    await robot.play(answers)
    if then:
        assert robot.texts.again.again not in robot.card.labels
        await robot.press(getattr(robot.texts.cards, then))
    await screen_again(robot)
    assert (await clinic.kinds(robot.number))[0] == "screening-opened"


async def test_an_eligible_card_does_not_offer_it(robot: Robot) -> None:
    """Such a patient is signed for, or an answer is corrected."""
    await robot.command("/screen")
    await robot.play(MAN)
    assert robot.texts.again.again not in robot.card.labels


async def test_what_was_given_up_is_screened_again(clinic: Clinic, robot: Robot) -> None:
    """From its card, and from the folded one."""
    words = robot.texts.cards
    await robot.command("/screen")
    await robot.play(MAN, until="diagnosis")
    await robot.press(words.stop, words.stop_yes)
    old = robot.number
    await robot.command("/practice")
    await robot.press(words.unfold)
    message, data = robot.data(robot.texts.again.again)
    await robot.forge(data, message)
    assert robot.texts.again.begun(old, 2) in robot.card.text


async def test_practice_and_quick_checks_do_not_offer_it(robot: Robot) -> None:
    """There is no patient to be screened again."""
    for command in ("/practice", "/check"):
        await robot.command(command)
        await robot.play(SMALL)
        assert robot.texts.again.again not in robot.card.labels


async def test_whoever_is_on_call_cannot_screen_again(
    clinic: Clinic, ines: Robot, olive: Robot
) -> None:
    """Neither is it offered nor is a forged press followed, and the refusal is kept."""
    await not_yet(ines)
    _, data = ines.data(ines.texts.again.again)
    before = await clinic.events()
    assert await olive.forge(data, 1) == olive.texts.chat.not_yours
    assert await clinic.events() == before


async def test_a_closed_trial_takes_no_new_attempt(clinic: Clinic, robot: Robot) -> None:
    """Corrections go on; a new attempt is refused in one sentence, and so is a new screening."""
    await not_yet(robot)
    await close_trial(clinic)
    before = await clinic.events()
    await robot.press(robot.texts.again.again)
    assert robot.toast == robot.texts.remarks.trial_closed
    assert (await robot.command("/screen")).text == robot.texts.remarks.trial_closed
    assert await clinic.events() == before


async def close_trial(clinic: Clinic) -> None:
    """An administrator has closed it."""
    new = to_entry(Happened(TrialClosed("lysyme"), AT, BOSS))
    await clinic.flaky.append(Append("trial/lysyme", 0, (new,), AT.isoformat()))


async def test_a_signed_screening_is_screened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature stands where it was; the new attempt has none."""
    async with signing(memory_store()) as clinic:
        robot = await clinic.person(1001, "Ines", INVESTIGATOR)
        await robot.command("/screen")
        await robot.play(MAN)
        await sign_first(robot)
        first = robot.number
        await screen_again(robot)
        await robot.play(MAN)
        assert robot.texts.cards.sign in robot.card.labels
        assert (await clinic.kinds(first))[-1] == "screening-signed"


async def test_what_was_corrected_before_it_is_what_comes_over(
    clinic: Clinic, robot: Robot
) -> None:
    """As it stands when the new attempt begins, under the name of whoever corrected it."""
    await not_yet(robot)
    await robot.correct("bone_marrow_transplant", "autologous_only", Reason.SOURCE_CORRECTED)
    number = await screen_again(robot)
    assert carried_values(await clinic.trail(number))["bone_marrow_transplant"] == "autologous_only"


def carried_values(trail: list[Happened]) -> dict[str, int | str]:
    """What came over, by input."""
    events = (one.event for one in trail)
    return {one.input: one.value for one in events if isinstance(one, AnswerCarried)}


async def test_the_taps_of_a_second_attempt(clinic: Clinic, robot: Robot) -> None:
    """Of the typical patient who was not yet one: /open, the number, *Screen again*, 20 answers."""
    first = await not_yet(robot)
    taps = robot.taps
    clinic.clock.at += LATER
    robot.today += LATER
    await robot.command("/open")
    await robot.press(next(one for one in robot.phone.last_message.labels if first in one))
    await screen_again(robot)
    await robot.play(MAN)
    assert robot.texts.cards.eligible in robot.card.text
    assert (taps, robot.taps) == (24, 23)

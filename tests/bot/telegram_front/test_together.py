"""Two people on one screening, quick checks handed over, and what is open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.events import JudgementVerdict, Mode, Role
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, ON_CALL, Clinic
from tests.bot.telegram_front.robot import Robot

AT = "10:00"
"""The clinic's clock stands at 9:00 UTC, which is 10:00 at the site."""


async def both_open(ines: Robot, marc: Robot) -> None:
    """Two people look at the card of one screening, at the same question."""
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    await marc.command("/open")
    await marc.press(f"{ines.number} · Ines")
    assert marc.number == ines.number


async def test_the_first_tap_wins_and_the_other_sees_who_and_when(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Both press on the same version: one is recorded; the other is told, in French."""
    await both_open(ines, marc)
    slow = marc.data("Suspecté (biopsie ou avis en attente)")
    before = await clinic.events()
    await ines.press("Confirmed")
    await marc.phone.wait_for(lambda _: "Ines" in marc.card.text)
    told = marc.texts.remarks.overtaken("Ines", clinic.clock.at + timedelta(hours=1))
    assert AT in told
    assert told in marc.card.text
    assert await marc.forge(slow[1], slow[0]) == told
    assert told in marc.card.text
    assert await clinic.events() == before + 1
    asked = marc.asked()
    assert asked is not None
    assert asked.id == "unit"


async def test_both_at_the_same_moment_are_one_answer(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Whoever comes first, one answer is kept, and both cards show the next question."""
    await both_open(ines, marc)
    before = await clinic.events()
    taps = [await ines.phone.tap("Confirmed"), await marc.phone.tap("Confirmé")]
    for robot, tap in zip((ines, marc), taps, strict=True):
        assert tap is not None
        await robot.answered(tap)
    await ines.phone.settled()
    await marc.phone.settled()
    assert await clinic.events() == before + 1
    for robot in (ines, marc):
        asked = robot.asked()
        assert asked is not None
        assert asked.id == "unit"


async def test_each_reads_the_shared_card_in_their_own_language(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Whatever the other one presses, my card stays in my language."""
    await both_open(ines, marc)
    await ines.press("Confirmed")
    await marc.phone.wait_for(lambda _: "Ines" in marc.card.text)
    assert marc.texts.cards.pause in marc.card.labels
    await marc.press("Dermatologie")
    await ines.phone.wait_for(lambda _: "Marc" in ines.card.text)
    assert ines.texts.cards.pause in ines.card.labels


async def test_a_quick_check_is_handed_over_and_made_a_screening(
    clinic: Clinic, olive: Robot, marc: Robot
) -> None:
    """On call asks, hands over; the investigator gets the card, in French, and promotes it."""
    await olive.command("/check")
    assert olive.texts.cards.watermark[Mode.QUICK_CHECK] in olive.card.text
    await olive.play(MAN)
    words = olive.texts.cards
    assert words.promote not in olive.card.labels
    await olive.press(words.hand_over, "Marc")
    told = marc.texts.chat.handed_over("Olive", olive.number)
    await marc.phone.wait_for(lambda phone: told in phone.last_message.text, 5)
    await marc.press(marc.texts.cards.promote)
    assert marc.texts.cards.watermark[Mode.QUICK_CHECK] not in marc.card.text
    kinds = await clinic.kinds(olive.number)
    assert kinds[-2:] == ["screening-handed-over", "quick-check-promoted"]
    answers = [
        one for one in await clinic.trail(olive.number) if "Given" in type(one.event).__name__
    ]
    assert {one.by.role for one in answers} == {Role.ON_CALL}


async def test_after_a_promotion_the_card_is_closed_to_whoever_is_on_call(
    clinic: Clinic, olive: Robot, marc: Robot
) -> None:
    """A screening is for investigators: old buttons and /open show it no more."""
    await olive.command("/check")
    await olive.play(MAN)
    stale = olive.data(olive.texts.cards.review)
    await olive.press(olive.texts.cards.hand_over, "Marc")
    await marc.phone.wait_for(lambda phone: olive.number in phone.last_message.text, 5)
    await marc.press(marc.texts.cards.promote)
    before = await clinic.events()
    assert await olive.forge(stale[1], stale[0]) == olive.texts.chat.not_yours
    assert (await olive.command("/open")).text == olive.texts.chat.nothing_open
    assert await clinic.events() == before


async def test_after_a_hand_over_old_buttons_are_stale(
    clinic: Clinic, olive: Robot, marc: Robot
) -> None:
    """What was on the card before it was handed over records nothing."""
    await olive.command("/check")
    await olive.play(MAN, until="diagnosis")
    olive_words = olive.texts
    await olive.play(MAN)
    promoted = olive.data(olive_words.cards.hand_over)
    head = promoted[1].rsplit(".", 1)[0]
    person = clinic.bot.register.directory.by_telegram(1002)
    assert person is not None
    await olive.press(olive_words.cards.hand_over, "Marc")
    before = await clinic.events()
    said = await olive.forge(f"{head}.O{person.person}")
    assert said == olive_words.remarks.overtaken_self
    assert await clinic.events() == before


async def test_nobody_hands_over_to_somebody_who_may_not_take_it(
    clinic: Clinic, ines: Robot, olive: Robot
) -> None:
    """A forged hand-over to on-call staff, a stranger or oneself is refused."""
    await ines.command("/screen")
    await ines.play(MAN)
    head = ines.data(ines.texts.cards.review)[1].rsplit(".", 1)[0]
    before = await clinic.events()
    for telegram_id in (1003, 1001):
        person = clinic.bot.register.directory.by_telegram(telegram_id)
        assert person is not None
        said = await ines.forge(f"{head}.O{person.person}")
        assert said == ines.texts.chat.not_your_role
    assert await ines.forge(f"{head}.OP-000000") == ines.texts.chat.not_your_role
    assert await clinic.events() == before


async def test_on_call_staff_do_not_judge(clinic: Clinic, olive: Robot) -> None:
    """They may leave it open; the judgement itself is the investigator's, forged or not."""
    before_symptoms = {**MAN, "admission_date": "2026-03-05"}
    await olive.command("/check")
    await olive.play(before_symptoms, until="I2")
    asked = olive.asked()
    assert asked is not None
    assert asked.id == "I2"
    deferred = olive.texts.cards.judgement["inclusion", JudgementVerdict.DEFERRED]
    met = olive.texts.cards.judgement["inclusion", JudgementVerdict.PASS]
    assert met not in olive.card.labels
    _, data = olive.data(deferred)
    before = await clinic.events()
    assert await olive.forge(data[:-1] + "0") == olive.texts.chat.not_your_role
    assert await clinic.events() == before
    await olive.press(deferred)
    assert await clinic.events() == before + 1


async def test_open_takes_a_paused_screening_up_and_moves_the_card(
    clinic: Clinic, ines: Robot
) -> None:
    """On any device: the card stands at the end of the chat, and the old one is gone."""
    await ines.command("/screen")
    await ines.play(MAN, until="diagnosis")
    await ines.press(ines.texts.cards.pause)
    number, old = ines.number, ines.card.id
    await ines.command("/help")
    await ines.command("/open")
    await ines.press(number)
    assert ines.card.id > old
    assert all(one.id != old for one in ines.phone.messages)
    asked = ines.asked()
    assert asked is not None
    assert asked.id == "diagnosis"
    await ines.play(MAN)
    assert ines.texts.cards.eligible in ines.card.text
    assert (await ines.command("/open")).text == ines.texts.chat.nothing_open


async def test_open_lists_my_own_first_and_names_the_others(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Numbers and names of colleagues, never an answer."""
    await marc.command("/screen")
    clinic.clock.at += timedelta(minutes=1)
    await ines.command("/screen")
    shown = await ines.command("/open")
    assert shown.labels == (ines.number, f"{marc.number} · Marc")


async def test_practice_of_others_is_nobodys_business(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """Neither listed nor to be opened by its number, and whoever tries is kept in the record."""
    await marc.command("/practice")
    assert (await ines.command("/open")).text == ines.texts.chat.nothing_open
    assert await ines.forge(f"~o:{marc.number}", 1) == ines.texts.chat.not_yours
    assert len(await clinic.flaky.streams("access/")) == 1


async def test_a_closed_card_folds_when_the_chat_turns_to_another(
    clinic: Clinic, ines: Robot
) -> None:
    """Number, verdict and time stay; the old card has one button, which opens it again."""
    await ines.command("/screen")
    await ines.play(MAN)
    first, number = ines.card.id, ines.number
    await ines.command("/screen")
    folded = next(one for one in ines.phone.messages if one.id == first)
    assert number in folded.text
    assert ines.texts.cards.eligible in folded.text
    assert folded.labels == (ines.texts.cards.unfold,)
    await ines.press(ines.texts.cards.unfold)
    unfolded = next(one for one in ines.phone.messages if one.id == first)
    assert ines.texts.cards.review in unfolded.labels


async def test_a_card_can_be_closed_by_hand(clinic: Clinic, ines: Robot) -> None:
    """One tap folds it, one opens it, and the number can be copied."""
    await ines.command("/screen")
    await ines.play(MAN)
    await ines.press(ines.texts.cards.share)
    assert ines.phone.clipboard == ines.number
    await ines.press(ines.texts.cards.fold)
    assert ines.card.labels == (ines.texts.cards.unfold,)


@pytest.mark.parametrize("role", [INVESTIGATOR, ON_CALL])
async def test_somebody_at_two_sites_is_asked_at_which(clinic: Clinic, role: Role) -> None:
    """The site is tapped, and the screening belongs to it."""
    await clinic.site("LY")
    leo = await clinic.person(1009, "Leo", role)
    await clinic.person(1009, "Leo", role, site="LY")
    shown = await leo.command("/check")
    assert shown.text == leo.texts.chat.which_site
    await leo.press("Site LY")
    opened = (await clinic.trail(leo.number))[0].event
    assert getattr(opened, "site", "") == "LY"

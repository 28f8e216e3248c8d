"""On the phones: seen, taken, taken over, escalated, reminded, expired; the rota and the digest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.sandbox import Phone
from flows.cases import Because
from flows.duty import Shift, SiteDuty
from flows.events import Role
from flows.outcomes import Delegated
from flows.trials import Where
from storage.mapper import to_event
from storage.opening import memory_store
from tests.bot.cases import AT
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import Clinic, opened
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import conclude, coordinator, person_of, told

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def clinic(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    """The bot at one site."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as `screening serve` sets it
    async with opened(memory_store()) as found:
        yield found


@pytest.fixture
async def cora(clinic: Clinic) -> Robot:
    """A coordinator who reads English."""
    return await coordinator(clinic, 1011, "Cora")


@pytest.fixture
async def chloe(clinic: Clinic) -> Robot:
    """A coordinator who reads French."""
    return await coordinator(clinic, 1012, "Chloé", "fr")


@pytest.fixture
async def ada(clinic: Clinic) -> Robot:
    """An administrator."""
    return await clinic.person(1004, "Ada", Role.ADMINISTRATOR)


async def passes(clinic: Clinic, length: timedelta) -> None:
    """Let time pass, and have what is then due looked at now."""
    clinic.clock.at += length
    clinic.bot.courier.wake()


async def until(robot: Robot, holds: Callable[[Phone], bool]) -> None:
    """Wait until something can be seen on a phone."""
    await robot.phone.wait_for(holds, 10)


def verdict(robot: Robot, number: str, code: str = "eligible") -> str:
    """The sentence that says a verdict, in the reader's language."""
    return robot.texts.chat.verdict_reached(number, robot.texts.records.verdicts[code])


async def about(clinic: Clinic, number: str) -> list[str]:
    """The kinds of a case's events."""
    return [entry.kind for entry in await clinic.flaky.read(f"case/{number}")]


async def rota(clinic: Clinic, ada: Robot, *robots: int) -> None:
    """Put people on the rota, all day, by tapping."""
    await ada.command("/duty")
    for telegram_id in robots:
        person = await person_of(clinic, telegram_id)
        name = clinic.bot.register.directory.name_of(person)
        words = ada.texts.duty
        await ada.press(words.add_shift, name, words.all_day)


# --- seen, taken --------------------------------------------------------------------------------


async def test_seen_is_recorded_and_stands_on_the_button(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """The time stands where *Seen* stood; the case can still be taken, and nobody else is told."""
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(cora, verdict(cora, number))
    await cora.press(cora.texts.duty.seen)
    at = cora.texts.duty.seen_at(AT.astimezone(clinic.bot.register.zone("HM")))
    await until(
        cora,
        lambda phone: (
            phone.last_message.labels == (at, cora.texts.chat.take, cora.texts.log.status)
        ),
    )
    assert cora.toast == at
    await cora.press(at)
    assert cora.toast == cora.texts.remarks.already_so
    seen = [to_event(entry) for entry in await clinic.flaky.read(f"case/{number}")]
    assert [(one.event.kind, one.by.person) for one in seen] == [
        ("notice-seen", await person_of(clinic, 1011))
    ]
    await passes(clinic, 60 * MINUTE)
    await asyncio.sleep(0.1)
    assert await about(clinic, number) == ["notice-seen"]
    assert await clinic.all_done()


async def test_a_case_is_taken_over_knowingly(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """The second reads whose it is and may leave it; when they take it over, the first is told."""
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(cora, verdict(cora, number))
    await told(chloe, verdict(chloe, number))
    await cora.press(cora.texts.chat.take)
    clinic.bot.courier.wake()
    await told(chloe, chloe.texts.chat.taken("Cora", number))
    words = chloe.texts.duty
    await chloe.press(chloe.texts.chat.take)
    assert chloe.toast == chloe.texts.chat.taken("Cora", number)
    await until(
        chloe, lambda phone: any(words.take_over("Cora") in one.labels for one in phone.messages)
    )
    assert await about(clinic, number) == ["case-taken"]
    await chloe.press(words.take_over("Cora"))
    assert chloe.toast == chloe.texts.chat.you_follow(number)
    clinic.bot.courier.wake()
    await told(cora, cora.texts.duty.taken_over("Chloé", number, "Cora"))
    assert await about(clinic, number) == ["case-taken", "case-taken"]
    assert clinic.bot.register.case(number).follower == await person_of(clinic, 1012)


async def test_a_case_may_be_left_with_whoever_follows_it(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot
) -> None:
    """Leaving it counts as seen."""
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(chloe, verdict(chloe, number))
    await told(cora, verdict(cora, number))
    await cora.press(cora.texts.chat.take)
    await chloe.press(chloe.texts.chat.take)
    leave = chloe.texts.duty.leave_it("Cora")
    await until(chloe, lambda phone: any(leave in one.labels for one in phone.messages))
    await chloe.press(leave)
    assert await about(clinic, number) == ["case-taken", "notice-seen"]
    assert clinic.bot.register.case(number).follower == await person_of(clinic, 1011)


async def test_only_whoever_was_told_can_say_that_it_was_seen(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Neither the investigator nor another site's coordinator; and no kind that is none."""
    number = await conclude(ines)
    await clinic.site("LY")
    lea = await coordinator(clinic, 1013, "Léa", "fr", "LY")
    for robot in (ines, lea):
        assert await robot.forge(f"~seen:verdict:{number}", 1) == robot.texts.chat.not_yours
    said = await cora.forge(f"~seen:nonsense:{number}", 1)
    assert said == cora.texts.chat.not_a_button
    assert await cora.forge("~seen:verdict:0000-0000", 1) == cora.texts.chat.not_yours
    assert await about(clinic, number) == []


# --- escalation ---------------------------------------------------------------------------------


async def test_after_fifteen_minutes_the_next_is_told_and_why(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot, ada: Robot
) -> None:
    """First one, then the other, in her language, with the reason that it comes to her."""
    await rota(clinic, ada, 1011, 1012)
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(cora, verdict(cora, number))
    await passes(clinic, 14 * MINUTE)
    await asyncio.sleep(0.1)
    assert not [one for one in chloe.phone.messages if number in one.text]
    await passes(clinic, MINUTE)
    await told(chloe, verdict(chloe, number))
    assert chloe.texts.duty.passed_over[Because.SILENT] in chloe.said
    await passes(clinic, 30 * MINUTE)
    await told(ines, ines.texts.duty.passed_over[Because.SILENT])
    await passes(clinic, 15 * MINUTE)
    for robot in (ines, ada):
        await told(robot, robot.texts.duty.unseen[Because.SILENT](number))
    await ada.press(ada.texts.duty.seen)
    assert (await about(clinic, number))[-1] == "notice-seen"


async def test_blocked_one_after_the_other_up_to_the_administrator(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot, ada: Robot
) -> None:
    """Nobody waits for the minutes: the next is told at once, and at last everybody above."""
    await rota(clinic, ada, 1011, 1012)
    await cora.phone.block()
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(chloe, verdict(chloe, number))
    assert chloe.texts.duty.passed_over[Because.UNREACHABLE] in chloe.said
    await chloe.phone.block()
    number = await conclude(ines, {"age_years": 46})
    clinic.bot.courier.wake()
    for robot in (ines, ada):
        await told(robot, robot.texts.duty.unseen[Because.UNREACHABLE](number))
    trail = [entry.kind for entry in await clinic.flaky.read(f"notices/{number}")]
    assert trail.count("notice-failed") == 2


async def test_who_never_pressed_start_is_passed_over_like_who_is_blocked(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Added on the machine, and not in any chat yet: the others hear at once."""
    made = await clinic.bot.office.add_person(1099, "Nell", Role.COORDINATOR, "HM", by=BOSS)
    assert isinstance(made, Delegated)
    number = await conclude(ines)
    clinic.bot.courier.wake()
    await told(cora, cora.texts.duty.unreachable("Nell", number))
    trail = [entry.kind for entry in await clinic.flaky.read(f"notices/{number}")]
    assert "notice-failed" in trail


# --- reminders and windows ----------------------------------------------------------------------


async def test_the_owner_chooses_a_day_and_the_card_comes_back_on_it(
    clinic: Clinic, ines: Robot
) -> None:
    """The card says when; on that morning it comes anew, and the old one is gone."""
    number = await conclude(ines, {"hiv_serology": "pending"})
    words, today = ines.texts.duty, AT.date()
    assert words.next_reminder(today + DAY) in ines.card.text
    await ines.press(words.remind_me, words.in_days(3, today + 3 * DAY))
    assert words.next_reminder(today + 3 * DAY) in ines.card.text
    before = ines.card.id
    await passes(clinic, 2 * DAY)
    await asyncio.sleep(0.1)
    assert ines.card.id == before
    await passes(clinic, DAY)
    await told(ines, words.reminder(number))
    assert ines.card.id != before
    await until(ines, lambda phone: before not in [one.id for one in phone.messages])
    assert words.next_reminder(today + 4 * DAY) in ines.card.text


async def test_an_open_verdict_can_be_given_up(clinic: Clinic, ines: Robot) -> None:
    """Asked once more, then it is over, and nobody is reminded."""
    number = await conclude(ines, {"hiv_serology": "pending"})
    await ines.press(ines.texts.duty.give_up)
    assert ines.texts.cards.stop_sure in ines.card.text
    await ines.press(ines.texts.cards.stop_yes)
    assert ines.texts.cards.stopped in ines.card.text
    await passes(clinic, 3 * DAY)
    await asyncio.sleep(0.1)
    assert not [one for one in ines.phone.messages if ines.texts.duty.reminder(number) in one.text]


async def test_somebody_else_cannot_set_the_owners_reminder(
    clinic: Clinic, ines: Robot, marc: Robot
) -> None:
    """A colleague who takes a look finds no such button; a settled verdict has none either."""
    number = await conclude(ines, {"hiv_serology": "pending"})
    await marc.command("/open")
    label = next(one for one in marc.phone.last_message.labels if number in one)
    await marc.press(label)
    assert marc.texts.duty.remind_me not in marc.card.labels
    assert marc.texts.duty.give_up in marc.card.labels
    await conclude(ines)
    assert ines.texts.duty.give_up not in ines.card.labels


@pytest.mark.parametrize("restart", [False, True])
async def test_when_the_window_closes_the_card_says_so(
    clinic: Clinic, ines: Robot, cora: Robot, restart: bool
) -> None:
    """Also when the bot was down when it closed: the card, the coordinator, then the owner."""
    number = await conclude(ines, {"bsa_max_d0_d10_pct": 4})
    await told(cora, verdict(cora, number, "not_yet"))
    if restart:
        await clinic.stop()
        clinic.clock.at += 8 * DAY
        await clinic.restart()
    else:
        await passes(clinic, 8 * DAY)
    await told(cora, verdict(cora, number, "ineligible"))
    await told(ines, ines.texts.duty.window_closed(number))
    words = ines.texts.cards
    assert words.ineligible(words.failing["inclusion"]("I4")) in ines.card.text
    assert (await clinic.kinds(number)).count("window-closed") == 1


async def test_day_nine_of_ten(clinic: Clinic, ines: Robot, cora: Robot) -> None:
    """On the day before the last, both read which day it is and when the window closes."""
    number = await conclude(ines, {"bsa_max_d0_d10_pct": 4})
    await passes(clinic, 5 * DAY)
    for robot in (ines, cora):
        await until(robot, lambda phone: "9 of 10" in phone.last_message.text)
        assert number in robot.said
        assert robot.texts.duty.closes_tomorrow in robot.said


async def test_a_hand_over_is_told_to_coordinators_as_well(
    clinic: Clinic, ines: Robot, marc: Robot, cora: Robot
) -> None:
    """Who hands over what to whom."""
    number = await conclude(ines, {"hiv_serology": "pending"})
    await ines.press(ines.texts.cards.hand_over, "Marc")
    clinic.bot.courier.wake()
    await told(marc, marc.texts.chat.handed_over("Ines", number))
    await told(cora, cora.texts.duty.passed_on(number, "Ines", "Marc"))


# --- the rota and the digest --------------------------------------------------------------------


async def test_an_administrator_sets_the_duty_by_tapping(
    clinic: Clinic, ines: Robot, cora: Robot, chloe: Robot, ada: Robot
) -> None:
    """Two people with hours, the order, the principal investigator, the minutes and the hour."""
    words, site = ada.texts.duty, clinic.bot.register
    await ada.command("/duty")
    assert words.no_rota in ada.said
    await ada.press(words.add_shift, "Cora", "8–20", words.add_shift, "Chloé", "20–8")
    first, second = [await person_of(clinic, one) for one in (1011, 1012)]
    assert site.duty(Where("HM", "lysyme")).shifts == (Shift(first, 8, 20), Shift(second, 20, 8))
    await ada.press("↑ Chloé · 20–8", words.name_principal, "Ines")
    await ada.press(words.choose_minutes, words.minutes(5), words.choose_morning, words.o_clock(6))
    await site.catch_up()
    principal = await person_of(clinic, 1001)
    rota_ = (Shift(second, 20, 8), Shift(first, 8, 20))
    assert site.duty(Where("HM", "lysyme")) == SiteDuty(rota_, principal, 5, 6)
    assert words.times(5, 6) in ada.said
    stale = [one.value for row in ada.phone.last_message.keyboard for one in row][1]
    await ada.press(words.take_out)
    assert site.duty(Where("HM", "lysyme")).shifts == (Shift(first, 8, 20),)
    assert await ada.forge(stale, ada.phone.last_message.id) == words.moved_on
    assert site.duty(Where("HM", "lysyme")).shifts == (Shift(first, 8, 20),)
    kinds = [entry.kind for entry in await clinic.flaky.read("duty/HM")]
    assert set(kinds) == {"rota-set", "principal-investigator-named", "site-times-set"}
    assert await clinic.all_done()


async def test_nobody_else_sees_or_sets_it(clinic: Clinic, cora: Robot, ada: Robot) -> None:
    """No command, and no button of anybody else's making."""
    await cora.command("/duty")
    assert cora.said == cora.texts.chat.not_your_role
    person = await person_of(clinic, 1011)
    for data in ("~duty:HM", "~dset:HM:5", f"~dadd:HM:{person}:0:24", "~dwho:HM", "~dpi:HM"):
        assert await cora.forge(data, 1) == cora.texts.chat.not_your_role
    for data in ("~duty:XX", "~dset:XX:5"):
        assert await ada.forge(data, 1) in (
            ada.texts.chat.not_your_role,
            ada.texts.people.unknown_site("XX"),
        )
    bad = {
        "~dset:HM:0": ada.texts.duty.bad_minutes(0),
        "~dset:HM:x": ada.texts.chat.not_a_button,
        "~dmorn:HM:24": ada.texts.duty.bad_hour(24),
        f"~dadd:HM:{person}:8:8": ada.texts.duty.bad_hours("8-8"),
        "~dadd:HM:P-NOBODY:8:9": ada.texts.people.unknown_person("P-NOBODY"),
        f"~dname:HM:{person}": ada.texts.duty.not_at(
            "Cora", ada.texts.records.roles[Role.INVESTIGATOR], "HM"
        ),
    }
    for data, said in bad.items():
        assert await ada.forge(data, 1) == said, data
    assert await clinic.flaky.read("duty/HM") == ()


async def test_a_coordinator_chooses_the_hour_of_the_digest(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Noon: then it comes, with numbers and no answer; off, and it comes no more."""
    words = cora.texts.duty
    await cora.command("/digest")
    assert cora.said == words.digest_now(8)
    await cora.press(words.o_clock(12))
    assert cora.said == words.digest_now(12)
    number = await conclude(ines, {"hiv_serology": "pending"})
    await told(cora, verdict(cora, number, "pending"))
    await passes(clinic, timedelta(hours=3))
    await told(cora, words.digest_heading)
    assert words.digest_counts(0, 1, 0) in cora.said
    assert f"{words.digest_waiting}: {number}" in cora.said
    assert "HIV" not in cora.said
    await cora.command("/digest")
    await cora.press(words.digest_off)
    assert cora.said == words.digest_off_now
    await passes(clinic, DAY)
    await asyncio.sleep(0.2)
    assert sum(words.digest_heading in one.text for one in cora.phone.messages) == 1
    await ines.command("/digest")
    assert ines.said == ines.texts.chat.not_your_role

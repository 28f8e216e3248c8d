"""Queries about criteria: asked on a card, told to coordinators, answered, counted; none named."""

from __future__ import annotations

import pytest

from flows.cases import CriterionQueried, CriterionQueryAnswered, QueryAnswer, QueryReason
from storage.mapper import to_event
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import coordinator, told

HIDDEN = ("E3", "E4", "E10", "E13")


@pytest.fixture(params=["en", "fr"])
async def robot(request: pytest.FixtureRequest, clinic: Clinic) -> Robot:
    """An investigator, in each language in turn."""
    return await clinic.person(1001, "Ines", INVESTIGATOR, str(request.param))


@pytest.fixture(params=["en", "fr"])
async def cora(request: pytest.FixtureRequest, clinic: Clinic) -> Robot:
    """A coordinator, in each language in turn."""
    return await coordinator(clinic, 1011, "Cora", str(request.param))


def reason(robot: Robot, code: QueryReason) -> str:
    """What the button of a reason says."""
    return robot.texts.duty.queries[code].removesuffix(".")


def answer(robot: Robot, code: QueryAnswer) -> str:
    """What the button of an answer says."""
    return robot.texts.duty.query_answers[code].removesuffix(".")


async def ask(robot: Robot, code: QueryReason = QueryReason.UNCLEAR) -> None:
    """Ask about the criterion on the card: two taps."""
    await robot.press(robot.texts.queries.ask, reason(robot, code))


async def case(clinic: Clinic, number: str) -> list[object]:
    """What was recorded beside a screening, but for what the courier keeps."""
    entries = await clinic.flaky.read(f"case/{number}")
    return [to_event(entry).event for entry in entries]


async def test_two_taps_ask_and_the_card_stays(clinic: Clinic, robot: Robot) -> None:
    """The same question stands there afterwards; a toast says it; one event beside the record."""
    await robot.command("/screen")
    await robot.play(MAN, until="diagnosis")
    before, trail, edits = robot.card, await clinic.kinds(robot.number), robot.taps
    await ask(robot)
    assert robot.taps == edits + 2
    assert robot.toast == robot.texts.queries.asked
    assert (robot.card.id, robot.card.text) == (before.id, before.text)
    assert robot.card.labels == before.labels
    assert await clinic.kinds(robot.number) == trail
    asked = CriterionQueried(robot.number, "I3", QueryReason.UNCLEAR)
    assert await case(clinic, robot.number) == [asked]
    await robot.play(MAN)
    assert robot.texts.cards.eligible in robot.card.text
    assert await clinic.all_done()


async def test_the_way_back_records_nothing(clinic: Clinic, robot: Robot) -> None:
    """Opened by mistake: one tap, and the question stands there again."""
    await robot.command("/screen")
    before = robot.card.text
    await robot.press(robot.texts.queries.ask, robot.texts.cards.cancel)
    assert robot.card.text == before
    assert await case(clinic, robot.number) == []


async def test_the_same_is_not_asked_twice(clinic: Clinic, robot: Robot) -> None:
    """Until there is an answer; another reason is another query."""
    await robot.command("/screen")
    await ask(robot)
    await ask(robot)
    assert robot.toast == robot.texts.queries.asked_before
    await ask(robot, QueryReason.SOURCE)
    assert robot.toast == robot.texts.queries.asked
    assert len(await case(clinic, robot.number)) == 2


async def test_practice_asks_nobody(clinic: Clinic, robot: Robot, cora: Robot) -> None:
    """Recorded nowhere, told to nobody, and the toast says so."""
    await robot.command("/practice")
    before, owed = await clinic.events(), await clinic.store.outbox.counts()
    await ask(robot)
    assert robot.toast == robot.texts.queries.practice
    assert await clinic.events() == before
    assert await clinic.store.outbox.counts() == owed


async def test_whoever_is_on_call_asks_during_a_quick_check(clinic: Clinic, olive: Robot) -> None:
    """Whoever sees the card may ask about its criterion."""
    await olive.command("/check")
    await ask(olive, QueryReason.DEFINITION)
    assert len(await case(clinic, olive.number)) == 1


async def test_the_end_card_asks_by_way_of_the_review(clinic: Clinic, robot: Robot) -> None:
    """One button for each criterion that excludes or is open; then the review stands there."""
    await robot.command("/screen")
    await robot.play({**MAN, "hiv_serology": "pending", "sars_cov2_pcr": "pending"})
    words = robot.texts
    assert not [one for one in robot.card.labels if one == words.queries.ask]
    await robot.press(words.cards.review)
    shown = [one for one in robot.card.labels if one.startswith(words.queries.ask_about("")[:4])]
    assert shown == [words.queries.ask_about("E3"), words.queries.ask_about("E5")]
    await robot.press(words.queries.ask_about("E5"), reason(robot, QueryReason.NOT_APPLICABLE))
    assert words.cards.review_heading in robot.card.text
    asked = CriterionQueried(robot.number, "E5", QueryReason.NOT_APPLICABLE)
    assert await case(clinic, robot.number) == [asked]


async def test_a_coordinator_is_told_and_answers_and_the_asker_is_told(
    clinic: Clinic, robot: Robot, cora: Robot
) -> None:
    """From the notice: two taps; the answer reaches whoever asked, in their language."""
    await robot.command("/screen")
    await ask(robot)
    number = robot.number
    clinic.bot.courier.wake()
    await told(cora, cora.texts.duty.query("Ines", "I1", number))
    await cora.press(cora.texts.queries.answer, answer(cora, QueryAnswer.AS_WORDED))
    assert cora.toast == cora.texts.queries.answered
    answered = CriterionQueryAnswered(number, "I1", QueryAnswer.AS_WORDED)
    assert answered in await case(clinic, number)
    clinic.bot.courier.wake()
    await told(robot, robot.texts.duty.answered("Cora", "I1", number))
    assert robot.texts.duty.query_answers[QueryAnswer.AS_WORDED] in robot.said
    assert await clinic.all_done()


async def test_the_list_shows_what_is_open_and_how_often(
    clinic: Clinic, ines: Robot, marc: Robot, cora: Robot
) -> None:
    """The oldest first; counts per criterion and reason; what is answered is open no more."""
    words = cora.texts.queries
    assert (await cora.command("/queries")).text == words.none_open
    for robot in (ines, marc):
        await robot.command("/screen")
        await ask(robot)
    await ask(marc, QueryReason.SOURCE)
    shown = await cora.command("/queries")
    unclear = reason(cora, QueryReason.UNCLEAR)
    assert shown.labels == (
        words.line(ines.number, "I1", unclear)[:60],
        words.line(marc.number, "I1", unclear)[:60],
        words.line(marc.number, "I1", reason(cora, QueryReason.SOURCE))[:60],
    )
    assert words.count("I1", unclear, 2) in shown.text
    assert words.count("I1", reason(cora, QueryReason.SOURCE), 1) in shown.text
    await cora.press(shown.labels[1])
    assert words.answer_which(marc.number, "I1", unclear) in cora.said
    await cora.press(answer(cora, QueryAnswer.WILL_CALL))
    shown = await cora.command("/queries")
    assert len(shown.labels) == 1, "both of that case were about one criterion"
    assert words.count("I1", unclear, 2) in shown.text


async def test_two_coordinators_do_not_both_answer(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """The second learns that it was answered; one event stands there."""
    chloe = await coordinator(clinic, 1012, "Chloe")
    await ines.command("/screen")
    await ask(ines)
    for robot in (cora, chloe):
        await robot.command("/queries")
        await robot.press(robot.phone.last_message.labels[0])
    for robot in (cora, chloe):
        await robot.press(answer(robot, QueryAnswer.SEE_HELP))
    assert cora.toast == cora.texts.queries.answered
    assert chloe.toast == chloe.texts.queries.answered_before
    assert len(await case(clinic, ines.number)) == 2


async def test_a_confidential_criterion_is_named_in_the_record_alone(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Notice, list, presets, button and answer say "a criterion"; the ledger says which."""
    await ines.command("/screen")
    number, seen = ines.number, []
    for name in ("hiv_serology", "hbv_status", "liberty_status", "psychiatric_care"):
        await ines.play(MAN, until=name)
        await ask(ines)
        seen.append(ines.toast)
    kept = [getattr(one, "criterion", "") for one in await case(clinic, number)]
    assert kept == list(HIDDEN)
    clinic.bot.courier.wake()
    hidden = cora.texts.duty.some_criterion
    await told(cora, cora.texts.duty.query("Ines", hidden, number), 4)
    await cora.command("/queries")
    await cora.press(cora.phone.last_message.labels[0])
    await cora.press(answer(cora, QueryAnswer.WITH_SPONSOR))
    clinic.bot.courier.wake()
    await told(ines, ines.texts.duty.answered("Cora", ines.texts.duty.some_criterion, number))
    told_so = [one.text for one in cora.phone.messages]
    carried = [
        f"{one.label} {one.value}"
        for message in cora.phone.messages
        for row in message.keyboard
        for one in row
    ]
    answered = [one.text for one in ines.phone.messages if "Cora" in one.text]
    for said in (*told_so, *carried, *answered):
        assert not [name for name in HIDDEN if name in said.replace(number, "")], said
    assert cora.texts.queries.count(hidden, reason(cora, QueryReason.UNCLEAR), 4) in "".join(
        told_so
    )


async def test_only_the_sites_coordinators_list_and_answer(
    clinic: Clinic, ines: Robot, cora: Robot
) -> None:
    """Investigators and other sites' coordinators do not; what is forged is refused."""
    await ines.command("/screen")
    await ask(ines)
    number = ines.number
    await clinic.site("LY")
    lea = await coordinator(clinic, 1013, "Léa", "fr", "LY")
    assert (await lea.command("/queries")).text == lea.texts.queries.none_open
    assert (await ines.command("/queries")).text == ines.texts.chat.not_your_role
    for robot in (lea, ines):
        for data in (f"~qask:{number}:0", f"~qcase:{number}", f"~qsay:{number}:0:as_worded"):
            assert await robot.forge(data, 1) == robot.texts.chat.not_yours
    for data in (f"~qask:{number}:1", f"~qask:{number}:x", f"~qsay:{number}:0:perhaps"):
        assert await cora.forge(data, 1) == cora.texts.chat.not_a_button
    assert await cora.forge("~qcase:0000-0000", 1) == cora.texts.chat.not_yours
    assert len(await case(clinic, number)) == 1

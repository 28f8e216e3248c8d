"""Two trials in one installation, on the phone: asked about where there is a choice, and apart."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from bot.texts import ALL
from flows.cases import FollowUp
from flows.events import Mode, Role
from flows.listing import Filter
from flows.trials import Where
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, ON_CALL, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import told
from tests.bot.telegram_front.two_trials import (
    ACRONYMS,
    ANSWERS,
    conclude,
    opening,
    reads,
    screen,
    somebody,
    two_trials,
)

BOTH = ("lysyme", "second")
LINK = re.compile(r"https://t\.me/\S+start=(\S+)")


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    """The bot at one site, for two trials."""
    async with two_trials() as found:
        yield found


@pytest.fixture(params=["en", "fr"])
async def ines(request: pytest.FixtureRequest, clinic: Clinic) -> Robot:
    """An investigator in both trials, in each language in turn."""
    return await somebody(clinic, 1001, "Ines", INVESTIGATOR, *BOTH, language=str(request.param))


# --- asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "mode"),
    [
        ("/screen", Mode.SCREENING),
        ("/check", Mode.QUICK_CHECK),
        ("/practice", Mode.PRACTICE),
    ],
)
async def test_whoever_has_a_choice_is_asked_which_trial(
    clinic: Clinic, ines: Robot, command: str, mode: Mode
) -> None:
    """One question with a button for each trial, and one tap to the card of that trial."""
    for trial, acronym in ACRONYMS.items():
        asked = await ines.command(command)
        assert asked.text == ines.texts.trials.which
        assert asked.labels == tuple(ACRONYMS.values())
        reader = reads(ines, trial)
        await reader.press(acronym)
        assert reader.card.text.startswith(acronym)
        found = await opening(clinic, reader.number)
        assert (found.trial, found.site, found.mode) == (trial, "HM", mode)
    assert await clinic.all_done()


@pytest.mark.parametrize("command", ["/screen", "/check", "/practice"])
@pytest.mark.parametrize("trial", BOTH)
async def test_whoever_works_in_one_trial_is_asked_nothing(
    clinic: Clinic, command: str, trial: str
) -> None:
    """The card comes at once, and it is that of their trial; so does its protocol."""
    noa = reads(await somebody(clinic, 1002, "Noa", INVESTIGATOR, trial), trial)
    await noa.command(command)
    assert noa.card.text.startswith(ACRONYMS[trial])
    assert (await opening(clinic, noa.number)).trial == trial
    assert ACRONYMS[trial] in (await noa.command("/protocol")).text
    assert noa.phone.last_message.labels == ()


async def test_a_role_in_all_trials_is_a_choice_too(clinic: Clinic) -> None:
    """Whoever was let in before there were several works in each of them."""
    olive = await clinic.person(1003, "Olive", ON_CALL)
    assert (await olive.command("/check")).labels == tuple(ACRONYMS.values())
    assert (await olive.command("/protocol")).text == olive.texts.trials.which
    await olive.press("SECOND")
    assert "SECOND" in olive.said


async def test_trial_and_site_are_one_tap(clinic: Clinic, ines: Robot) -> None:
    """At two sites, in one of the trials at each or in both: only what may be chosen is offered."""
    await clinic.site("LY")
    await clinic.person(1001, "Ines", INVESTIGATOR, site="LY", trial="second")
    asked = await ines.command("/screen")
    assert asked.text == ines.texts.trials.which_and_where
    assert asked.labels == ("LYSYME · Site HM", "SECOND · Site HM", "SECOND · Site LY")
    reader = reads(ines, "second")
    await reader.press("SECOND · Site LY")
    found = await opening(clinic, reader.number)
    assert (found.trial, found.site) == ("second", "LY")


async def test_one_trial_at_two_sites_is_asked_as_before(clinic: Clinic) -> None:
    """Only the site is asked for."""
    await clinic.site("LY")
    await clinic.person(1002, "Noa", INVESTIGATOR, trial="second")
    noa = await clinic.person(1002, "Noa", INVESTIGATOR, site="LY", trial="second")
    asked = await noa.command("/screen")
    assert (asked.text, asked.labels) == (noa.texts.chat.which_site, ("Site HM", "Site LY"))


async def test_a_site_that_takes_no_part_is_not_offered(clinic: Clinic) -> None:
    """Nor can a forged button open a screening there; what is open can be finished."""
    made = await clinic.person(1002, "Noa", INVESTIGATOR)
    noa = reads(made, "second")
    await screen(made, "second")
    number = noa.number
    await clinic.bot.office.set_trials("HM", ("lysyme",), by=BOSS)
    assert (await made.command("/screen")).text.startswith("LYSYME")
    before = await clinic.events()
    for what in ("screen", "check", "practice"):
        said = await made.forge(f"~n:{what}:HM:second", 1)
        assert said == made.texts.chat.not_your_role
    assert await clinic.events() == before
    await made.command("/open")
    label = next(one for one in made.phone.last_message.labels if number in one)
    await made.press(label)
    assert noa.number == number


async def test_where_a_trial_is_left_nothing_new_is_begun(clinic: Clinic) -> None:
    """No quick check becomes a screening there, and no patient is screened again."""
    noa = await clinic.person(1002, "Noa", INVESTIGATOR)
    check = await screen(noa, "second", what="/check")
    await check.play(ANSWERS["second"])
    buttons = [check.data(check.texts.cards.promote)]
    over = await screen(noa, "second")
    await over.play({**ANSWERS["second"], "creatinine": Decimal("0.9")})
    await over.press(over.texts.cards.finish)
    buttons.append(over.data(over.texts.again.again))
    await clinic.bot.office.set_trials("HM", ("lysyme",), by=BOSS)
    before = await clinic.events()
    for message, data in buttons:
        assert await noa.forge(data, message) == noa.texts.chat.not_your_role
    assert await clinic.events() == before
    number = over.number
    await noa.command("/log")
    await noa.press(noa.texts.log.filters[Filter.ALL], number)
    assert number in noa.phone.last_message.text


# --- apart ------------------------------------------------------------------------------------


async def test_the_other_trials_screenings_are_not_open_to_anybody(clinic: Clinic) -> None:
    """Two investigators at one site, each in a trial of their own: lists, buttons and cards."""
    ann = await somebody(clinic, 1001, "Ann", INVESTIGATOR, "lysyme")
    bob = await somebody(clinic, 1002, "Bob", INVESTIGATOR, "second")
    reader = await screen(ann, "lysyme")
    number, words = reader.number, bob.texts.chat
    own = (await screen(bob, "second")).number
    assert [one for one in (await bob.command("/open")).labels if number in one] == []
    assert [one for one in bob.phone.last_message.labels if own in one]
    assert number not in (await bob.command("/log")).text
    button = reader.data("< 18")[1]
    for data in (f"~o:{number}", button, f"~s:{number}", f"~double:same:HM:{number}"):
        assert await bob.forge(data, 1) == words.not_yours
    assert await bob.forge(f"~case:{number}:all.0", 1) == words.not_yours
    assert await clinic.kinds(number) == ["screening-opened"]


async def test_whoever_works_in_both_reads_of_which_each_is(clinic: Clinic, ines: Robot) -> None:
    """What is open, and the log: each line names its trial."""
    numbers = {trial: (await screen(ines, trial)).number for trial in BOTH}
    opened = (await ines.command("/open")).labels
    assert set(opened) == {f"{numbers[trial]} · {ACRONYMS[trial]}" for trial in BOTH}
    text = (await ines.command("/log")).text
    for trial in BOTH:
        assert f"{numbers[trial]} · {ACRONYMS[trial]} · " in text
    assert f"SECOND · {ines.texts.log.recruitment(0, 3)}" in text
    assert f"LYSYME · {ines.texts.log.recruitment(0, 15)}" in text


async def test_the_log_can_be_of_one_trial(clinic: Clinic, ines: Robot) -> None:
    """A tap keeps the others out, the filters keep the trial, and a tap brings all back."""
    numbers = {trial: (await screen(ines, trial)).number for trial in BOTH}
    words = ines.texts.log
    await ines.command("/log")
    every = ines.texts.trials.every.capitalize()
    assert {"LYSYME", "SECOND", f"• {every}"} <= set(ines.phone.last_message.labels)
    await ines.press("SECOND")
    for label in (None, words.filters[Filter.ALL]):
        if label:
            await ines.press(label)
        text = ines.phone.last_message.text
        assert numbers["second"] in text
        assert numbers["lysyme"] not in text
        assert "LYSYME" not in text
        assert "• SECOND" in ines.phone.last_message.labels
    await ines.press(every)
    assert all(one in ines.phone.last_message.text for one in numbers.values())


async def test_another_trials_screening_is_no_duplicate(clinic: Clinic, ines: Robot) -> None:
    """The same patient may well be screened for both; within a trial the question comes."""
    for trial, asks in (("lysyme", False), ("second", False), ("lysyme", True)):
        await ines.phone.send("/screen")
        await ines.phone.settled()
        await ines.press(ACRONYMS[trial])
        labels = ines.phone.last_message.labels
        assert (ines.texts.again.another in labels) is asks
    reader = reads(ines, "lysyme")
    first = reader.number
    await ines.press(ines.texts.again.another)
    assert reader.number != first
    assert (await opening(clinic, reader.number)).trial == "lysyme"


async def test_coordinators_are_told_of_their_own_trial(clinic: Clinic, ines: Robot) -> None:
    """At one site, by the same investigator; whoever coordinates both is told which."""
    lena = await somebody(clinic, 1011, "Lena", Role.COORDINATOR, "lysyme")
    cleo = await somebody(clinic, 1012, "Cleo", Role.COORDINATOR, "second", language="fr")
    both = await somebody(clinic, 1013, "Cora", Role.COORDINATOR, *BOTH)
    numbers = {trial: await conclude(ines, trial) for trial in BOTH}
    for robot, trials in ((lena, ("lysyme",)), (cleo, ("second",)), (both, BOTH)):
        words = robot.texts
        for trial in trials:
            verdict = words.records.verdicts["eligible"]
            line = words.chat.verdict_reached(numbers[trial], verdict)
            await told(robot, f"{ACRONYMS[trial]} · {line}" if robot is both else line)
    await both.phone.settled(quiet=0.2)
    for robot, other in ((lena, "second"), (cleo, "lysyme")):
        said = "\n".join(one.text for one in robot.phone.messages)
        assert numbers[other] not in said
        assert ACRONYMS[other] not in said
        for data in (f"~t:{numbers[other]}", f"~take:{numbers[other]}"):
            assert await robot.forge(data, 1) == robot.texts.chat.not_yours
        seen = f"~seen:verdict:{numbers[other]}"
        assert await robot.forge(seen, 1) == robot.texts.chat.not_yours


async def test_each_trial_reaches_its_own_target(clinic: Clinic, ines: Robot) -> None:
    """The second takes three: those of the second are told, and nobody else."""
    lena = await somebody(clinic, 1011, "Lena", Role.COORDINATOR, "lysyme")
    cleo = await somebody(clinic, 1012, "Cleo", Role.COORDINATOR, "second")
    await conclude(ines, "lysyme")
    for _ in range(3):
        number = await conclude(ines, "second")
        await cleo.forge(f"~step:{number}:all.0:0:{FollowUp.ENROLLED.value}", 1)
    clinic.bot.courier.wake()
    target = cleo.texts.duty.target(3, 3)
    await told(cleo, target)
    await lena.phone.settled(quiet=0.2)
    assert not [one for one in lena.phone.messages if target in one.text]
    assert target in (await cleo.command("/log")).text
    assert target not in (await lena.command("/log")).text


# --- the administration -----------------------------------------------------------------------


async def test_a_trial_is_closed_by_itself(clinic: Clinic, ines: Robot) -> None:
    """By an administrator of that trial; the other goes on, and can be closed by no stranger."""
    ada = await somebody(clinic, 1004, "Ada", Role.ADMINISTRATOR, *BOTH)
    adam = await somebody(clinic, 1005, "Adam", Role.ADMINISTRATOR, "lysyme")
    words = ada.texts.log
    assert (await ada.command("/trial")).text == ada.texts.trials.which
    await ada.press("SECOND", words.close)
    assert ada.phone.last_message.text == f"SECOND · {words.close_sure}"
    await ada.press(words.close_yes)
    assert ada.toast == words.closed
    for data in ("~trial:second", "~close:1:second", "~closed:1:second", "~reopen:1:second"):
        assert await adam.forge(data, 1) == adam.texts.chat.not_your_role
    assert (await adam.command("/trial")).text.startswith("LYSYME")
    await ines.command("/screen")
    await ines.press("SECOND")
    assert ines.toast == ines.texts.remarks.trial_closed
    await screen(ines, "lysyme")
    assert clinic.bot.register.closed == {"second"}


async def test_an_invitation_is_for_one_trial_or_for_all(clinic: Clinic) -> None:
    """Asked first, where there are several; named in the link's message and to the inviter."""
    ada = await clinic.person(1004, "Ada", Role.ADMINISTRATOR)
    asked = await ada.command("/invite")
    every = ada.texts.trials.every
    assert asked.labels == (*ACRONYMS.values(), every.capitalize())
    await ada.press("SECOND", "investigator")
    assert "HM, SECOND" in ada.said
    secret = LINK.search(ada.said)
    assert secret is not None
    noa = clinic.stranger(1020, "Noa")
    await noa.command(f"/start {secret[1]}")
    await told(ada, ada.texts.chat.confirm_whom("Noa", "investigator", "HM, SECOND"))
    await ada.press(ada.texts.chat.confirm)
    await noa.phone.settled()
    assert (await screen(noa, "second")).card.text.startswith("SECOND")
    person = clinic.bot.register.directory.by_telegram(1020)
    assert person is not None
    assert [one.trial for one in person.delegations] == ["second"]
    labels = (await ada.command("/people")).labels
    assert "Noa · investigator [SECOND]" in labels
    assert f"Ada · administrator [{every}]" in labels


async def test_who_administers_one_trial_sees_and_invites_for_that_one(clinic: Clinic) -> None:
    """Others at the site are no people of theirs; nobody gets into another trial by them."""
    adam = await somebody(clinic, 1005, "Adam", Role.ADMINISTRATOR, "lysyme")
    ann = await somebody(clinic, 1001, "Ann", INVESTIGATOR, "lysyme")
    bob = await somebody(clinic, 1002, "Bob", INVESTIGATOR, "second")
    assert ann is not bob
    labels = " ".join((await adam.command("/people")).labels)
    assert "Ann" in labels
    assert "Bob" not in labels
    person = clinic.bot.register.directory.by_telegram(1002)
    assert person is not None
    words = adam.texts.chat
    for data in (f"~p:{person.person}", f"~r:{person.person}", f"~k:{person.person}"):
        assert await adam.forge(data, 1) == words.not_your_role
    assert (await adam.command("/invite")).text == words.invite_whom
    for scope in ("second", "*", "third"):
        assert await adam.forge(f"~i:investigator:HM:{scope}", 1) == words.not_your_role
        assert await adam.forge(f"~it:{scope}", 1) == words.not_your_role


async def test_each_trial_has_its_rota_and_its_principal_investigator(clinic: Clinic) -> None:
    """A page for each; people of the other trial are neither named nor offered."""
    ada = await somebody(clinic, 1004, "Ada", Role.ADMINISTRATOR, *BOTH)
    await somebody(clinic, 1011, "Lena", Role.COORDINATOR, "lysyme")
    await somebody(clinic, 1012, "Cleo", Role.COORDINATOR, "second")
    await somebody(clinic, 1001, "Ann", INVESTIGATOR, "lysyme")
    words = ada.texts.duty
    await ada.phone.send("/duty")
    await ada.phone.settled()
    pages = [one.text for one in ada.phone.messages if words.no_rota in one.text]
    assert [one.partition(" · ")[0] for one in pages] == ["LYSYME", "SECOND"]
    await ada.press(words.add_shift)
    assert "Cleo" in ada.phone.last_message.labels
    assert "Lena" not in ada.phone.last_message.labels
    await ada.press("Cleo", words.all_day)
    register = clinic.bot.register
    assert [one.person for one in register.duty(Where("HM", "second")).shifts]
    assert register.duty(Where("HM", "lysyme")).shifts == register.duty(Where("HM")).shifts == ()
    await ada.press(words.name_principal)
    assert "Ann" not in ada.phone.last_message.labels
    assert await clinic.all_done()


async def test_the_flow_is_asked_for_and_drawn_by_trial(clinic: Clinic, ines: Robot) -> None:
    """One picture, with the acronym and the counts of that trial."""
    await conclude(ines, "second")
    assert (await ines.command("/funnel")).text == ines.texts.trials.which
    await ines.phone.tap("SECOND")  # answered when it is drawn
    await ines.phone.wait_for(lambda phone: phone.last_message.attachment is not None, 60)
    text = ines.phone.last_message.text
    assert ines.texts.flow.heading("SECOND") in text
    assert ines.texts.flow.sums(1, 0, 0, 1) in text
    assert await ines.forge("~funnel:third", 1) == ines.texts.chat.not_your_role


def test_every_language_asks_in_its_own_words() -> None:
    """The question is not left in English."""
    assert ALL["en"].trials.which != ALL["fr"].trials.which

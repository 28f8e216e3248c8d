"""Menus, languages, who is in, letting out and inviting, as tapped in the chat."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.telegram.menu import commands_for
from bot.texts import ALL
from flows.events import PEOPLES_ROLES, Role
from tests.bot.cases import MAN
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot

LINK = re.compile(r"https://t\.me/\S+")
ALWAYS = ["protocol", "language", "help"]
OWN = {
    Role.INVESTIGATOR: ["screen", "check", "open", "log", "funnel", "chart", "practice", *ALWAYS],
    Role.ON_CALL: ["check", "open", "practice", *ALWAYS],
    Role.COORDINATOR: ["log", "funnel", "chart", "practice", "queries", "digest", *ALWAYS],
    Role.ADMINISTRATOR: [
        "log",
        "funnel",
        "chart",
        "people",
        "invite",
        "trial",
        "duty",
        "erase",
        *ALWAYS,
    ],
    Role.MONITOR: ["log", "funnel", "chart", *ALWAYS],
}


@pytest.fixture
async def ada(clinic: Clinic) -> Robot:
    """An administrator who reads English."""
    return await clinic.person(1004, "Ada", Role.ADMINISTRATOR)


@pytest.mark.parametrize("role", PEOPLES_ROLES)
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_menu_is_that_of_the_role_in_the_language(
    clinic: Clinic, role: Role, language: str
) -> None:
    """Nobody is offered what the role does not allow; what is offered works."""
    robot = await clinic.person(1005, "Noa", role, language)
    words = ALL[language].chat.commands
    assert robot.phone.menu == [(name, words[name]) for name in OWN[role]]
    assert commands_for(frozenset({role})) == tuple(OWN[role])
    refused = [robot.texts.chat.not_your_role, robot.texts.chat.unknown_command]
    for name in OWN[role]:
        assert (await robot.command(f"/{name}")).text not in refused
        await robot.phone.settled(quiet=0.03)  # the protocol takes several messages
    for name in set(words) - set(OWN[role]) - {"open", "email"}:
        assert (await robot.command(f"/{name}")).text == robot.texts.chat.not_your_role
    # Copies by e-mail are not set up here, so nobody is told of such a command.
    assert (await robot.command("/email")).text == robot.texts.chat.unknown_command


async def test_the_language_is_chosen_in_two_taps_and_stays(clinic: Clinic, ines: Robot) -> None:
    """Card, menu and words follow at once; a restart and the app's language change nothing."""
    await ines.command("/language")
    await ines.press("Français")
    assert ines.said == ALL["fr"].chat.language_set
    ines.speak("fr")
    assert ines.phone.menu[0] == ("screen", ALL["fr"].chat.commands["screen"])
    await ines.command("/screen")
    assert ALL["fr"].cards.pause in ines.card.labels
    await clinic.restart()
    ines.phone.set_language("en")
    await ines.play(MAN)
    assert ALL["fr"].cards.eligible in ines.card.text


async def test_the_language_of_the_app_is_followed(clinic: Clinic, ines: Robot) -> None:
    """Without a choice the bot speaks as the app does, from the next update on."""
    await ines.command("/screen")
    ines.phone.set_language("fr")
    await ines.press("4")
    ines.speak("fr")
    assert ines.texts.cards.pause in ines.card.labels
    ines.phone.set_language("de")
    await ines.press("5")
    assert ALL["en"].cards.pause in ines.card.labels


async def test_an_unknown_command_is_explained(ines: Robot) -> None:
    """Neither silence nor a guess; a command of another bot's form works all the same."""
    assert (await ines.command("/dance")).text == ines.texts.chat.unknown_command
    shown = await ines.command("/HELP@sandbox_screening_bot now")
    assert ines.texts.chat.commands["screen"] in shown.text


async def test_somebody_is_let_out_in_two_taps_and_it_holds_at_once(
    clinic: Clinic, ada: Robot, ines: Robot
) -> None:
    """/people, the person, out: the next thing they do is answered as a stranger's."""
    await ines.command("/screen")
    await ada.command("/people")
    assert set(ada.phone.last_message.labels) == {"Ada · administrator", "Ines · investigator"}
    await ada.press("Ines · investigator", ada.texts.chat.revoke)
    assert ada.taps == 2
    assert ada.said == ada.texts.chat.revoked("Ines")
    before = await clinic.events()
    assert await ines.forge(ines.data("< 18")[1]) == ""
    assert (await ines.command("/help")).text == ines.texts.chat.stranger
    assert ines.phone.menu == []
    assert await clinic.events() == before
    assert (await ada.command("/people")).labels == ("Ada · administrator",)


async def test_the_last_administrator_stays(clinic: Clinic, ada: Robot) -> None:
    """Nobody locks a site by letting themselves out."""
    before = await clinic.events()
    await ada.command("/people")
    await ada.press("Ada · administrator", ada.texts.chat.revoke)
    assert ada.toast == ada.texts.chat.last_administrator
    assert await clinic.events() == before


async def test_administrators_see_their_own_site_alone(clinic: Clinic, ada: Robot) -> None:
    """Another site's people are neither listed nor let out, by forged buttons either."""
    await clinic.site("LY")
    leo = await clinic.person(1009, "Leo", INVESTIGATOR, site="LY")
    person = clinic.bot.register.directory.by_telegram(1009)
    assert person is not None
    assert (await ada.command("/people")).labels == ("Ada · administrator",)
    before = await clinic.events()
    for kind in "pr":
        assert await ada.forge(f"~{kind}:{person.person}", 1) == ada.texts.chat.not_your_role
    assert await ada.forge("~i:investigator:LY:*", 1) == ada.texts.chat.not_your_role
    assert await clinic.events() == before
    assert (await leo.command("/screen")).text != leo.texts.chat.stranger


async def invited(ada: Robot, role: str = "investigator") -> str:
    """A fresh link."""
    await ada.command("/invite")
    await ada.press(role)
    found = LINK.search(ada.said)
    assert found, ada.said
    return found[0]


async def test_an_invitation_lets_one_person_in_once_confirmed(clinic: Clinic, ada: Robot) -> None:
    """Link, stranger, question to the inviter, yes: in; all in the guest's language."""
    link = await invited(ada)
    guest = clinic.stranger(1020, "Zoé <b>", "fr")
    await guest.phone.open_link(link)
    await guest.phone.wait_for(lambda phone: len(phone.messages) > 1)
    assert guest.said == guest.texts.chat.wait_for_inviter
    asked = ada.texts.chat.confirm_whom("Zoé <b>", "investigator", "HM")
    await ada.phone.wait_for(lambda phone: phone.last_message.text == asked)
    assert (await guest.command("/screen")).text == guest.texts.chat.stranger
    await ada.press(ada.texts.chat.confirm)
    assert ada.said == ada.texts.chat.confirmed("Zoé <b>")
    await guest.phone.wait_for(lambda phone: phone.last_message.text == guest.texts.chat.welcome)
    await guest.command("/screen")
    assert guest.texts.cards.pause in guest.card.labels
    assert await clinic.all_done()


async def test_a_link_works_once(clinic: Clinic, ada: Robot) -> None:
    """The second one to open it is any stranger, and the inviter is not asked again."""
    link = await invited(ada)
    first, second = clinic.stranger(1020, "Zoé"), clinic.stranger(1021, "Eve")
    await first.phone.open_link(link)
    await first.phone.settled()
    await second.phone.open_link(link)
    await second.phone.settled()
    assert second.said == second.texts.chat.stranger
    assert "Eve" not in " ".join(one.text for one in ada.phone.messages)
    await ada.press(ada.texts.chat.confirm)
    await ada.press(ada.texts.chat.confirm)
    assert ada.toast == ada.texts.chat.no_more
    clinic.clock.at += timedelta(minutes=11)
    assert (await second.command("/screen")).text == second.texts.chat.stranger


async def test_a_link_is_over_after_three_days(clinic: Clinic, ada: Robot) -> None:
    """72 hours and one second later it opens nothing."""
    link = await invited(ada)
    clinic.clock.at += timedelta(hours=72, seconds=1)
    guest = clinic.stranger(1020, "Zoé")
    await guest.phone.open_link(link)
    await guest.phone.settled()
    assert guest.said == guest.texts.chat.stranger


async def test_somebody_the_inviter_does_not_know_stays_out(clinic: Clinic, ada: Robot) -> None:
    """No, I do not know them: nobody got in, and the link is gone."""
    link = await invited(ada)
    guest = clinic.stranger(1020, "Zoé")
    await guest.phone.open_link(link)
    await ada.phone.wait_for(lambda phone: "Zoé" in phone.last_message.text)
    await ada.press(ada.texts.chat.not_known)
    assert ada.said == ada.texts.chat.withdrawn
    clinic.clock.at += timedelta(minutes=11)
    assert (await guest.command("/screen")).text == guest.texts.chat.stranger


async def test_the_secret_of_a_link_is_nowhere_but_in_its_message(
    clinic: Clinic, ada: Robot, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the ledger, nor in a log; only its hash is kept."""
    link = await invited(ada)
    secret = link.rpartition("=")[2]
    kept = [entry.payload async for entry in clinic.flaky.walk()]
    assert all(secret.encode() not in payload for payload in kept)
    assert secret not in caplog.text


async def test_only_administrators_confirm(clinic: Clinic, ada: Robot, ines: Robot) -> None:
    """The bytes of the inviter's button do nothing for anybody else."""
    link = await invited(ada)
    guest = clinic.stranger(1020, "Zoé")
    await guest.phone.open_link(link)
    await ada.phone.wait_for(lambda phone: "Zoé" in phone.last_message.text)
    before = await clinic.events()
    for label in (ada.texts.chat.confirm, ada.texts.chat.not_known):
        assert await ines.forge(ada.data(label)[1], 1) == ines.texts.chat.not_your_role
        assert await guest.forge(ada.data(label)[1], 1) == ""
    assert await clinic.events() == before

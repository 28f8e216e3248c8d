"""The watch over the suite's messages is not blind, and lets through what may be said."""

from __future__ import annotations

import pytest

from bot.sandbox.journal import Call
from flows.events import Role
from tests.bot.telegram_front.clinic import Clinic
from tests.bot.telegram_front.harmless import betrayed, check_harmless
from tests.bot.telegram_front.robot import Robot

NUMBER = "7K3F-9QXV"


@pytest.mark.parametrize(
    "text",
    [
        f"Screening {NUMBER}: ineligible.\nFirst reason: E3.",
        f"{NUMBER} · E13",
        f"{NUMBER} hiv_serology",
        f"Dépistage {NUMBER} : Sérologie VIH positive",
        f"{NUMBER}: sauvegarde_de_justice",
    ],
)
def test_a_message_that_betrays_something_is_found(text: str) -> None:
    """An id, an input, a code or the criterion's own words, in either language."""
    assert list(betrayed(text))


@pytest.mark.parametrize(
    "text",
    [
        f"Screening {NUMBER}: ineligible.\nFirst reason: I2.",
        f"Screening {NUMBER}: not yet. Body surface window: 16 March 2026",
        "E3 · Positive serology for HIV",
        f"LYSYME · {NUMBER} · ENTRAÎNEMENT, patient inventé\nE3",
    ],
)
def test_what_may_be_said_is_let_through(text: str) -> None:
    """A reason that tells nothing, a deadline, the protocol itself, an invented patient."""
    assert not list(betrayed(text))


async def test_the_watch_looks_at_those_who_see_no_answers(clinic: Clinic, ines: Robot) -> None:
    """What betrays something is found in a coordinator's chat, and is an investigator's work."""
    await clinic.person(1005, "Clara", Role.COORDINATOR)
    journal, text = clinic.sandbox.journal, {"text": f"{NUMBER}: E3"}
    journal.note(Call(0.0, "sendmessage", 1001, 200, texts=text))
    await check_harmless(clinic.sandbox, clinic.bot.register, clinic.flaky)
    journal.note(Call(0.0, "sendmessage", 1005, 200, texts=text))
    with pytest.raises(AssertionError, match="E3"):
        await check_harmless(clinic.sandbox, clinic.bot.register, clinic.flaky)
    journal.calls.pop()

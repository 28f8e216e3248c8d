"""From the signature to the enrolment, on three phones side by side, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.texts import ALL
from flows.cases import FollowUp
from tests.browser.test_sandbox_page import (
    ADMINISTRATOR,
    AGE,
    BLOOD,
    CONSENT,
    DATES,
    DISEASE,
    INVESTIGATOR,
    ON_CALL,
    OTHERS,
    STRANGER,
    good,
)
from tests.browser.thumb import DESK, Thumb, look

pytestmark = pytest.mark.browser

CLARA, KARIM = 1003, 1005
PIN = "835017"
EN, FR = ALL["en"], ALL["fr"]


def sign(doctor: Thumb) -> None:
    """Sign on the card: who one is, a PIN chosen twice; the card then shows the signature."""
    doctor.press(EN.cards.sign)
    doctor.press(EN.chat.sign_it_is_me)
    for ask in (EN.chat.sign_choose, EN.chat.sign_again):
        doctor.reads(ask)
        for digit in PIN[:-1]:
            doctor.press(digit)
        doctor.card.get_by_role("button", name=PIN[-1], exact=True).click()
    doctor.reads("Inès Laurent")


def test_signed_taken_consented_enrolled(browser: Browser, url: str, pictures: Path | None) -> None:
    """The investigator signs; one coordinator takes the case and enrols; the other sees who."""
    screen = look(browser, url, DESK)
    doctor, clara, karim = (screen.hand(one) for one in (INVESTIGATOR, CLARA, KARIM))
    doctor.start()
    clara.start()
    karim.start("DÉMARRER")
    doctor.command("/screen")
    doctor.answer((*AGE, *DATES, *DISEASE, *CONSENT, *BLOOD, *OTHERS))
    doctor.reads("Eligible: all criteria pass")
    clara.reads(EN.records.verdicts["eligible"])
    karim.reads(FR.records.verdicts["eligible"])
    sign(doctor)
    clara.reads("is signed")
    karim.reads("signée")
    clara.press(EN.chat.take)
    expect(clara.card).to_contain_text("You follow")
    expect(karim.phone).to_contain_text("Clara Moreau suit la sélection")
    clara.press(EN.log.status)
    for step in (FollowUp.CONSENTED, FollowUp.ENROLLED):
        clara.press(EN.duty.steps[step].capitalize())
        clara.reads(f"{EN.log.status}: {EN.duty.steps[step]}")
    expect(karim.phone).to_contain_text("incl")
    expect(clara.phone).not_to_contain_text("Age in completed years")
    good(screen)
    if pictures:
        for one in (ON_CALL, ADMINISTRATOR, STRANGER):  # the picture is of the three who take part
            screen.page.evaluate("id => document.getElementById(id).remove()", f"phone-{one}")
        screen.page.set_viewport_size({"width": 900, "height": 900})
        screen.picture(pictures / "coordinators.png")
    screen.page.close()

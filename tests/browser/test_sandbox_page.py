"""The page of the sandbox in a real Chromium, with the real bot behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.thumb import DESK, PHONE, Screen, look

pytestmark = pytest.mark.browser

INVESTIGATOR, ON_CALL, COORDINATOR, ADMINISTRATOR, STRANGER = 1001, 1002, 1003, 1004, 1999
AGE = ("4", "5", "OK: 45")
DATES = ("Yesterday", "Today")
DISEASE = ("Confirmed", "Dermatology", "≥ 10")
CONSENT = ("Signed by the patient", "Affiliated (insured)")
BLOOD = ("Man (not applicable)", "None", "Negative", "Never infected", "Antibody negative")
OTHERS = ("Negative", "No", "No", "None", "None", "Neither", "No", "No", "No psychiatric care")
MOST_TAPS = 24
"""Issue 3: an eligible screening of a man needs no more."""


def good(screen: Screen) -> None:
    """Nothing complained, and nothing has to be scrolled sideways."""
    assert screen.complaints == []
    assert screen.too_wide == 0


def test_an_eligible_screening_on_a_phone(
    browser: Browser, url: str, pictures: Path | None
) -> None:
    """From the hint to the end card with a thumb, in no more taps than promised."""
    screen = look(browser, url, PHONE)
    hint = screen.page.get_by_text("Begin here")
    expect(hint).to_contain_text("START")
    thumb = screen.hand(INVESTIGATOR)
    thumb.start()
    thumb.command("/screen")
    expect(hint).to_be_hidden()
    taps = (*AGE, *DATES, *DISEASE, *CONSENT, *BLOOD, *OTHERS)
    assert len(taps) <= MOST_TAPS
    thumb.answer(taps)
    thumb.reads("Eligible: all criteria pass")
    good(screen)
    if pictures:
        screen.picture(pictures / "phone.png")
    screen.page.close()


def test_people_side_by_side_in_two_languages(
    browser: Browser, url: str, pictures: Path | None
) -> None:
    """An English screening goes on while a French quick check ends at its first criterion."""
    screen = look(browser, url, DESK)
    doctor, on_call = screen.hand(INVESTIGATOR), screen.hand(ON_CALL)
    screen.hand(STRANGER).start()
    screen.hand(COORDINATOR).start()
    screen.hand(ADMINISTRATOR).start()
    screen.hand(ADMINISTRATOR).command("/people")
    doctor.start()
    doctor.command("/screen")
    doctor.answer((*AGE, *DATES, *DISEASE, *CONSENT, *BLOOD, "Negative"))
    on_call.start("DÉMARRER")
    on_call.command("/check")
    on_call.reads("vérification rapide")
    on_call.reads("Âge en années révolues")
    expect(screen.hand(STRANGER).phone).to_contain_text("This bot is for invited hospital staff")
    if pictures:
        screen.picture(pictures / "sandbox.png")
    on_call.press("< 18")
    on_call.reads("Non éligible\u00a0: I1 non rempli")
    doctor.reads("Decompensated cardiac failure")
    screen.page.locator("#page-language").get_by_text("FR").click()
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Bac à sable")
    good(screen)
    screen.page.close()


def test_phones_stay_wide_enough_to_read(browser: Browser, url: str) -> None:
    """In a narrow window the strip of phones scrolls by itself; no phone shrinks below 260 px."""
    for width in (760, 1000, 1400):
        screen = look(browser, url, (width, 800))
        phones = screen.page.locator(".phone")
        expect(phones).to_have_count(6)
        assert min(box["width"] for one in phones.all() if (box := one.bounding_box())) >= 260
        good(screen)
        screen.page.close()


def test_the_flow_is_a_picture_on_the_phone(
    browser: Browser, url: str, pictures: Path | None
) -> None:
    """It loads, it is as wide as its bubble, and its counts stand under it."""
    screen = look(browser, url, DESK)
    thumb = screen.hand(COORDINATOR)
    thumb.start()
    thumb.phone.get_by_role("button", name="Menu").click()
    thumb.phone.locator(".commands").get_by_role("button", name="/funnel").click()
    picture = thumb.phone.locator("img.photo")
    expect(picture).to_be_visible(timeout=60_000)
    expect(picture).to_have_js_property("naturalWidth", 1080)
    expect(thumb.phone).to_contain_text("Screened 0 = enrolled 0 + excluded 0 + undecided 0")
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] > 180
    good(screen)
    if pictures:
        screen.picture(pictures / "funnel.png")
    screen.page.close()

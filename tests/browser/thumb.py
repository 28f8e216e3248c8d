"""A thumb on the page: presses what it can read, and waits until the card has moved on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

PHONE, DESK = (390, 844), (1400, 900)
"""Sizes of the window in CSS pixels: a phone held upright, a small desktop."""


@dataclass(slots=True)
class Screen:
    """The page in a window, and everything that it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def hand(self, person: int) -> Thumb:
        """A thumb on one person's phone."""
        return Thumb(self.page.locator(f"#phone-{person}"))

    def picture(self, file: Path) -> None:
        """Take a picture. A plain wall and no shadows: the file is kept in the repository."""
        for part, style in ((".messages", "background: #d3e2dc"), (".glass", "box-shadow: none")):
            for one in self.page.locator(part).all():
                one.evaluate("(element, style) => { element.style.cssText = style; }", style)
        self.page.screenshot(path=file)

    @property
    def too_wide(self) -> int:
        """CSS pixels by which the page is wider than its window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


def look(browser: Browser, url: str, size: tuple[int, int]) -> Screen:
    """Open the page in a window of this size, in English and in daylight."""
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height}, locale="en-GB", color_scheme="light"
    )
    page.set_default_timeout(10_000)
    screen = Screen(page)
    page.on("pageerror", lambda error: screen.complaints.append(str(error)))
    page.on("console", lambda message: screen.complaints.append(message.text))
    page.goto(url)
    return screen


@dataclass(frozen=True, slots=True)
class Thumb:
    """Presses keys on one phone."""

    phone: Locator

    @property
    def card(self) -> Locator:
        """The last message that has keys."""
        return self.phone.locator("li.message", has=self.phone.page.locator(".keyboard")).last

    def start(self, label: str = "START") -> None:
        """Press START, and wait for the greeting."""
        self.phone.get_by_role("button", name=label, exact=True).click()
        expect(self.phone.locator("li.theirs").first).to_be_visible()

    def command(self, word: str, menu: str = "Menu") -> None:
        """Choose a command from the menu, and wait for the card."""
        self.phone.get_by_role("button", name=menu).click()
        self.phone.locator(".commands").get_by_role("button", name=word).click()
        expect(self.card).to_be_visible()

    def press(self, label: str) -> None:
        """Press the key of this label (a date may follow), and wait until the card is another."""
        before = self.card.text_content() or ""
        name = re.compile(rf"^{re.escape(label)}( \d\d.\d\d)?$")
        self.card.get_by_role("button", name=name).click()
        expect(self.card).not_to_have_text(before)

    def answer(self, labels: Iterable[str]) -> None:
        """Press one key after another."""
        for label in labels:
            self.press(label)

    def reads(self, words: str) -> None:
        """Wait until the card says so."""
        expect(self.card).to_contain_text(words)

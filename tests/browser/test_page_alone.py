"""The page alone: a sandbox without a bot, and a test that speaks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from playwright.async_api import async_playwright

from bot.sandbox import Sandbox, VirtualTime
from tests.bot.sandbox.caller import Caller, key, keyboard
from tests.browser.conftest import FLAGS

pytestmark = pytest.mark.browser


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A running sandbox whose clock stands still."""
    time = VirtualTime()
    async with Sandbox(clock=time.now, sleep=time.sleep) as running:
        yield running


@pytest.fixture
async def call(sandbox: Sandbox) -> AsyncIterator[Caller]:
    """Calls the Bot API as a bot does."""
    async with aiohttp.ClientSession() as session:
        yield Caller(sandbox, session)


async def test_a_thumb_on_the_page_reaches_the_bot(
    chromium: str, sandbox: Sandbox, call: Caller
) -> None:
    """START, a styled button, a toast and the French words, without one console message."""
    phone = sandbox.phone(1001, "Ines", "en", {"en": "Investigator", "fr": "Investigatrice"})
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(sandbox.url)
        await page.get_by_role("button", name="START").click()
        await phone.wait_for(lambda seen: len(seen.messages) == 1)
        markup = keyboard([key("Yes", "y", style="success")])
        await call(
            "sendMessage",
            chat_id=1001,
            text="<b>Ready?</b>",
            parse_mode="HTML",
            reply_markup=markup,
        )
        await page.get_by_role("button", name="Yes").click()
        await phone.wait_for(lambda seen: len(seen.taps) == 1)
        await call("answerCallbackQuery", callback_query_id=phone.taps[0].id, text="Kept <i>")
        await page.get_by_text("Kept <i>").wait_for()
        await page.locator("#phone-1001 button[lang=fr]").click()
        await page.get_by_text("Investigatrice").first.wait_for()
        await browser.close()
    assert said == []

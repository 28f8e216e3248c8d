"""Every counted call passes the budget, whoever makes it; what people tap is never held up."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from bot.pacing import Budget, Pace, Rate
from bot.sandbox import Fault, FaultKind, Phone, Sandbox
from bot.telegram.paced import PacedRequest
from bot.telegram.painter import Drawing, Painter
from bot.telegram.unshown import Unshown
from storage.memory import MemoryCards
from tests.bot.telegram_front.clinic import CANARY

pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")

ROOT = Path(__file__).parents[3]
NARROW = Pace(Rate(0.05, 2, 1), Rate(0.01, 50, 25), Rate(0.05, 1, 1))
"""Twenty calls a second in a chat after two at once, so that a test takes a moment."""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A loopback Bot API."""
    async with Sandbox(token=CANARY) as running:
        yield running


@pytest.fixture
async def phones(sandbox: Sandbox) -> list[Phone]:
    """Two people who have pressed START."""
    found = [sandbox.phone(1001, "Ines"), sandbox.phone(1002, "Marc")]
    for phone in found:
        await phone.start()
    return found


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """PTB over the paced request."""
    async with PacedRequest(Budget(NARROW)) as request:
        yield Bot(CANARY, base_url=sandbox.base_url, request=request)


async def test_nobody_sends_inside_a_pause_that_another_was_told(
    sandbox: Sandbox, bot: Bot, phones: list[Phone]
) -> None:
    """After a 429 in one chat a call to the other is refused here, and Telegram never sees it."""
    sandbox.faults.arm(Fault(FaultKind.FLOOD, method="sendMessage", chat_id=1001, retry_after=30))
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "one")
    calls = len(sandbox.journal.calls)
    for call in (
        bot.send_message(1002, "two"),
        bot.edit_message_text("three", 1002, 1),
        bot.delete_message(1002, 1),
    ):
        with pytest.raises(RetryAfter):
            await call
    assert len(sandbox.journal.calls) == calls
    assert not sandbox.journal.violations


async def test_what_is_not_counted_is_never_held_up(
    sandbox: Sandbox, bot: Bot, phones: list[Phone]
) -> None:
    """In the middle of a pause a menu is set and the bot asks who it is."""
    sandbox.faults.arm(Fault(FaultKind.FLOOD, method="sendMessage", retry_after=30))
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "one")
    await bot.get_me()
    await bot.delete_my_commands()
    assert [one.code for one in sandbox.journal.calls[-2:]] == [200, 200]


async def test_a_burst_is_spread_and_nothing_of_it_is_lost(
    sandbox: Sandbox, bot: Bot, phones: list[Phone]
) -> None:
    """Ten calls at once in one chat: two at once, then one in every twentieth of a second."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(bot.send_message(1001, str(number)) for number in range(10)))
    assert loop.time() - began >= 8 * 0.05
    assert len([one for one in sandbox.journal.of("sendMessage") if one.ok]) == 10


async def test_a_card_comes_after_the_pause_and_the_newest_of_them(
    sandbox: Sandbox, bot: Bot, phones: list[Phone]
) -> None:
    """What was tapped meanwhile is one card in the end; an answer to a command comes as well."""
    painter = Painter(bot, MemoryCards())
    message = await painter.show(_card("one", 1))
    assert message is not None
    sandbox.faults.arm(
        Fault(
            FaultKind.FLOOD, method="editMessageText", chat_id=1001, retry_after=2, whole_bot=True
        )
    )
    await painter.show(_card("two", 2, message))
    await painter.show(_card("three", 3, message))
    assert await painter.show(Drawing(1002, "help", "help")) is None
    await phones[0].wait_for(lambda phone: any(one.text == "three" for one in phone.messages), 10)
    await phones[1].wait_for(lambda phone: any(one.text == "help" for one in phone.messages), 10)
    edits = [one.code for one in sandbox.journal.of("editMessageText")]
    assert edits == [429, 200]
    assert not sandbox.journal.violations
    await painter.close()


async def test_a_card_says_that_it_is_shown_and_an_answer_does_not(
    sandbox: Sandbox, bot: Bot, phones: list[Phone]
) -> None:
    """The next poll waits for cards, and for none that the budget has sent back."""
    unshown = Unshown()
    unshown.begin([1, 2])
    unshown.handling(1)
    await bot.send_chat_action(1001, "typing")
    await bot.get_me()
    assert unshown.rows == {1, 2}
    await bot.send_message(1001, "one")
    assert unshown.rows == {2}
    unshown.handling(2)
    sandbox.faults.arm(Fault(FaultKind.FLOOD, method="sendMessage", retry_after=30))
    with pytest.raises(RetryAfter):
        await bot.send_message(1002, "two")
    assert unshown.rows == set()
    unshown.begin([3])
    unshown.handling(3)
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "three")
    assert unshown.rows == {3}


def _card(text: str, version: int, message: int | None = None) -> Drawing:
    return Drawing(1001, text, text, None, "screening/7K3F-9QXV", version, message)


def test_the_password_of_the_mail_server_is_struck_out_of_the_log() -> None:
    """As the token and the pepper are, also where somebody else logs it."""
    program = """
import logging
from bot.cli.serve import _with_logs
from bot.settings import read_settings
settings = read_settings()
_with_logs(settings)
logging.getLogger("anybody").error("AUTH PLAIN %s", "canary-mail-secret")
logging.getLogger("anybody").error("%r", settings)
"""
    env = {
        "SMTP_HOST": "mail",
        "SMTP_SENDER": "a@b.org",
        "SMTP_USERNAME": "bot",
        "SMTP_PASSWORD": "canary-mail-secret",
    }
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "AUTH PLAIN [redacted]" in ended.stderr
    assert "canary-mail-secret" not in ended.stderr

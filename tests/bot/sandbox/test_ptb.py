"""python-telegram-bot reads our answers as it reads Telegram's."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, ReactionTypeEmoji
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from bot.sandbox import Fault, FaultKind, Phone, Sandbox


@pytest.fixture
async def bot(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """A stock Bot that talks to the sandbox."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # otherwise RetryAfter warns, which is an error
    async with Bot(sandbox.token, base_url=sandbox.base_url) as running:
        yield running


async def test_a_conversation_in_both_directions(bot: Bot, phone: Phone) -> None:
    """Send, edit, react, hear a text and a tap, answer it, delete."""
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    sent = await bot.send_message(1001, "<b>é</b>?", parse_mode="HTML", reply_markup=markup)
    assert sent.entities[0].type == "bold"
    assert sent.reply_markup == markup
    await phone.send("hello")
    await phone.tap("Yes")
    updates = await bot.get_updates(timeout=1)
    assert updates[0].message is not None
    assert updates[0].message.text == "hello"
    query = updates[1].callback_query
    assert query is not None
    assert query.data == "y"
    await query.answer("kept")
    await query.edit_message_text("done")
    assert phone.last_message.text == "done"
    await bot.set_message_reaction(1001, phone.messages[-1].id, ReactionTypeEmoji("👍"))
    assert await bot.delete_message(1001, sent.message_id)
    assert (await bot.get_chat(1001)).first_name == "Ines"


async def test_commands_and_files(bot: Bot, phone: Phone) -> None:
    """The menu comes back as it was set; a document keeps its name."""
    menu = (BotCommand("screen", "Screen a patient"),)
    await bot.set_my_commands(menu, language_code="fr")
    assert await bot.get_my_commands(language_code="fr") == menu
    sent = await bot.send_document(1001, b"abc", filename="log.csv", protect_content=True)
    assert sent.document is not None
    assert sent.document.file_name == "log.csv"
    assert sent.has_protected_content


async def test_errors_become_the_right_exceptions(sandbox: Sandbox, bot: Bot, phone: Phone) -> None:
    """Each status is raised as PTB's own error."""
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(1001, "<b>", parse_mode="HTML")
    sandbox.faults.arm(Fault(FaultKind.FLOOD, retry_after=1))
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "x")
    await phone.block()
    with pytest.raises((Forbidden, RetryAfter)):
        await bot.send_message(1001, "x")
    await bot.set_webhook("https://example.org/hook")
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    with pytest.raises(Conflict):
        await bot.get_updates()
    sandbox.faults.revoke_token()
    with pytest.raises(InvalidToken):
        await bot.get_me()


async def test_membership_changes_are_understood(sandbox: Sandbox, bot: Bot, phone: Phone) -> None:
    """Blocking and groups arrive as my_chat_member updates that PTB can read."""
    await phone.block()
    sandbox.group(-7, "Ward", phone)
    statuses = []
    for update in await bot.get_updates():
        assert update.my_chat_member is not None
        statuses.append(update.my_chat_member.new_chat_member.status)
    assert statuses == ["kicked", "member"]

"""Phones press buttons; the bot answers them once and in time."""

from typing import cast

import pytest

from bot.sandbox import Phone, PhoneError, Sandbox, VirtualTime
from tests.bot.sandbox.caller import Caller, Json, key, keyboard

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def test_a_tap_is_answered_once(call: Caller, phone: Phone) -> None:
    """The second answer to the same tap is refused."""
    tap = await phone.tap_data(1, "x")
    first = await call("answerCallbackQuery", callback_query_id=tap.id, text="ok", show_alert=True)
    second = await call("answerCallbackQuery", callback_query_id=tap.id)
    assert (first.status, second.words) == (200, TOO_OLD)
    assert phone.last_answer is not None
    assert phone.last_answer.text == "ok"
    assert phone.last_answer.show_alert


@pytest.mark.parametrize(("seconds", "status"), [(149, 200), (150, 400)])
async def test_a_tap_is_answered_within_150_seconds(
    call: Caller, phone: Phone, time: VirtualTime, seconds: int, status: int
) -> None:
    """The window closes at 150 s."""
    tap = await phone.tap_data(1, "x")
    await time.advance(seconds)
    assert (await call("answerCallbackQuery", callback_query_id=tap.id)).status == status


async def test_an_unknown_tap_and_a_long_answer_are_refused(call: Caller, phone: Phone) -> None:
    """A made-up id is "too old"; 201 characters are too many."""
    tap = await phone.tap_data(1, "x")
    assert (await call("answerCallbackQuery", callback_query_id="1")).words == TOO_OLD
    long = await call("answerCallbackQuery", callback_query_id=tap.id, text="x" * 201)
    assert long.words == "Bad Request: MESSAGE_TOO_LONG"
    fine = await call("answerCallbackQuery", callback_query_id=tap.id, text="x" * 200)
    assert fine.status == 200


async def test_a_label_is_pressed_on_the_newest_message_that_has_it(
    call: Caller, phone: Phone
) -> None:
    """Two cards show the same label; the newer card's data is sent."""
    for data in ("old", "new"):
        await call(
            "sendMessage", chat_id=1001, text=data, reply_markup=keyboard([key("Yes", data)])
        )
    await call("sendMessage", chat_id=1001, text="no buttons")
    await phone.tap("Yes")
    update = (await call("getUpdates")).updates[-1]
    query = cast("Json", update["callback_query"])
    assert query["data"] == "new"
    assert cast("Json", query["message"])["text"] == "new"
    assert cast("Json", query["from"])["language_code"] == "en"


async def test_a_missing_label_names_those_that_are_there(call: Caller, phone: Phone) -> None:
    """The refusal lists the visible labels."""
    await call(
        "sendMessage", chat_id=1001, text="t", reply_markup=keyboard([key("Yes"), key("No")])
    )
    with pytest.raises(PhoneError, match=r"no button 'Maybe'; visible: \['Yes', 'No'\]"):
        await phone.tap("Maybe")


async def test_a_forged_tap_names_a_message_that_is_gone(call: Caller, phone: Phone) -> None:
    """Any client may send any data for any message; Telegram then shows date 0."""
    await phone.tap_data(4711, "'; drop table --")
    query = cast("Json", (await call("getUpdates")).updates[0]["callback_query"])
    assert cast("Json", query["message"])["date"] == 0


async def test_copy_and_address_buttons_send_nothing(call: Caller, phone: Phone) -> None:
    """They act on the phone alone, except a deep link to the bot."""
    link = f"https://t.me/{phone._world.bot.username}?start=inv_1-A"
    row: list[Json] = [
        {"text": "Copy", "copy_text": {"text": "FR-01"}},
        {"text": "Page", "url": "https://example.org/"},
        {"text": "Join", "url": link},
    ]
    await call("sendMessage", chat_id=1001, text="t", reply_markup=keyboard(row))
    assert await phone.tap("Copy") is None
    await phone.tap("Page")
    assert (phone.clipboard, phone.opened) == ("FR-01", "https://example.org/")
    assert (await call("getUpdates")).updates == []
    await phone.tap("Join")
    assert phone.messages[-1].text == "/start inv_1-A"


@pytest.mark.parametrize("payload", ["a" * 65, "with space", "é", "a.b"])
async def test_a_start_payload_is_64_plain_characters(phone: Phone, payload: str) -> None:
    """Longer or other payloads never leave the phone."""
    with pytest.raises(PhoneError):
        await phone.start(payload)
    assert (await phone.start("a" * 64)).entities[0].kind == "bot_command"


async def test_settled_waits_for_the_bot_to_have_done_everything(
    call: Caller, phone: Phone
) -> None:
    """Unconfirmed updates and unanswered taps keep the phone unsettled."""
    tap = await phone.tap_data(1, "x")
    with pytest.raises(TimeoutError, match=r"owed \['update \d+', \"tap 'x'\"\]"):
        await phone.settled(quiet=0.01, timeout=0.05)
    update = (await call("getUpdates")).ids[0]
    await call("getUpdates", offset=update + 1)
    await call("answerCallbackQuery", callback_query_id=tap.id)
    await phone.settled(quiet=0.01)


async def test_waiting_for_what_never_comes_tells_what_is_shown(phone: Phone) -> None:
    """The failure shows the newest messages."""
    with pytest.raises(TimeoutError, match="/start"):
        await phone.wait_for(lambda seen: len(seen.messages) > 9, timeout=0.02)


async def test_people_edit_and_the_bot_hears(call: Caller, phone: Phone) -> None:
    """An edited message arrives as edited_message; somebody else's cannot be edited."""
    sent = await call("sendMessage", chat_id=1001, text="bot")
    await phone.edit(phone.messages[0].id, "/start again")
    assert list((await call("getUpdates")).updates[0])[1] == "edited_message"
    with pytest.raises(PhoneError):
        await phone.edit(sent.message_id, "mine now")


async def test_the_menu_follows_scope_and_language(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """A chat's own menu beats all private chats, which beats the default; language first."""

    async def menu(word: str, **where: object) -> None:
        commands = [{"command": word, "description": word}]
        assert (await call("setMyCommands", commands=commands, **where)).status == 200

    private = {"type": "all_private_chats"}
    await menu("default")
    await menu("defaut", language_code="fr")
    assert phone.menu == [("default", "default")]
    phone.set_language("fr-FR")
    assert phone.menu == [("defaut", "defaut")]
    await menu("private", scope=private)
    assert phone.menu == [("private", "private")]
    await menu("own", scope={"type": "chat", "chat_id": 1001})
    assert phone.menu == [("own", "own")]
    await call("deleteMyCommands", scope={"type": "chat", "chat_id": 1001})
    assert phone.menu == [("private", "private")]
    assert (await call("getMyCommands", scope=private)).body["result"] == [
        {"command": "private", "description": "private"}
    ]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ({"command": "Upper", "description": "d"}, "BOT_COMMAND_INVALID"),
        ({"command": "x" * 33, "description": "d"}, "BOT_COMMAND_INVALID"),
        ({"command": "x", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"command": "x", "description": "d" * 257}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_bad_commands_are_refused(call: Caller, command: Json, words: str) -> None:
    """A command is 1–32 small letters, digits, underscores, its description 1–256 characters."""
    assert (await call("setMyCommands", commands=[command])).words == f"Bad Request: {words}"

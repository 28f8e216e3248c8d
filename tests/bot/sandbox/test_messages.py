"""Sending, editing, deleting: what passes and the words of every refusal."""

import pytest

from bot.sandbox import Phone, Sandbox, VirtualTime
from tests.bot.sandbox.caller import Caller, Json, key, keyboard

TOO_MANY = [[key(str(n)) for n in range(5)] for _ in range(21)]


async def test_a_text_of_4096_visible_characters_passes(call: Caller, phone: Phone) -> None:
    """Markup and character references do not count, only what is seen."""
    text = "<b>" + "&amp;" * 4096 + "</b>"
    reply = await call("sendMessage", chat_id=1001, text=text, parse_mode="HTML")
    assert reply.status == 200
    assert phone.last_message.text == "&" * 4096


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 4097, "message is too long"),
        ("", "message text is empty"),
        (" \n ", "message text is empty"),
    ],
)
async def test_texts_of_a_wrong_length_are_refused(
    call: Caller, phone: Phone, text: str, words: str
) -> None:
    """Text is 1–4096 characters after entities and white space are taken away."""
    reply = await call("sendMessage", chat_id=1001, text=text)
    assert (reply.status, reply.words) == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(
    ("button", "words"),
    [
        (key("x", "é" * 33), "BUTTON_DATA_INVALID"),
        (key("x", ""), "can't parse inline keyboard button: Text buttons are unallowed"),
        (key("x", style="green"), "can't parse inline keyboard button: invalid button style"),
        (key(" "), "BUTTON_TEXT_INVALID"),
        ({"text": "x", "url": "javascript:alert(1)"}, "inline keyboard button URL"),
        ({"text": "x", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ("x", "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
    ],
)
async def test_bad_buttons_are_refused(
    call: Caller, phone: Phone, button: Json, words: str
) -> None:
    """Each bad button gets Telegram's words, and nothing is posted."""
    before = len(phone.messages)
    markup = {"inline_keyboard": [[button]]}
    reply = await call("sendMessage", chat_id=1001, text="t", reply_markup=markup)
    assert reply.status == 400
    assert reply.words.startswith(f"Bad Request: {words}")
    assert len(phone.messages) == before


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([[key(str(n)) for n in range(8)]], 200),
        ([[key(str(n)) for n in range(9)]], 400),
        (TOO_MANY[:20], 200),
        (TOO_MANY, 400),
    ],
)
async def test_keyboards_have_limits(
    call: Caller, phone: Phone, rows: list[list[Json]], status: int
) -> None:
    """Eight buttons a row and a hundred a keyboard pass, one more does not."""
    reply = await call("sendMessage", chat_id=1001, text="t", reply_markup=keyboard(*rows))
    assert reply.status == status


async def test_an_identical_edit_is_refused(call: Caller, phone: Phone) -> None:
    """The same text and keyboard again get Telegram's "not modified"."""
    card = {"text": "<b>a</b>", "parse_mode": "HTML", "reply_markup": keyboard([key("y")])}
    sent = await call("sendMessage", chat_id=1001, **card)
    place = {"chat_id": 1001, "message_id": sent.message_id}
    same = await call("editMessageText", **place, **card)
    assert same.words == (
        "Bad Request: message is not modified: specified new message content and reply markup "
        "are exactly the same as a current content and reply markup of the message"
    )
    assert (await call("editMessageText", **place, **{**card, "text": "a"})).status == 200


async def test_an_edit_without_a_keyboard_removes_it(call: Caller, phone: Phone) -> None:
    """Leaving reply_markup out takes the buttons away."""
    markup = keyboard([key("yes")])
    sent = await call("sendMessage", chat_id=1001, text="a", reply_markup=markup)
    place = {"chat_id": 1001, "message_id": sent.message_id}
    await call("editMessageText", **place, text="b")
    assert phone.labels == ()
    assert (await call("editMessageReplyMarkup", **place)).status == 400
    assert (await call("editMessageReplyMarkup", **place, reply_markup=markup)).status == 200


async def test_what_cannot_be_edited(call: Caller, phone: Phone) -> None:
    """Unknown, deleted and other people's messages keep their words."""
    sent = await call("sendMessage", chat_id=1001, text="a")
    await phone.delete(sent.message_id)
    replies = [
        await call("editMessageText", chat_id=1001, message_id=number, text="b")
        for number in (sent.message_id, 999, phone.messages[0].id)
    ]
    assert [reply.words for reply in replies] == [
        "Bad Request: message to edit not found",
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
    ]


async def test_messages_can_be_deleted_for_48_hours(
    call: Caller, phone: Phone, time: VirtualTime
) -> None:
    """Within 48 h the bot may delete its own and the person's messages, later neither."""
    typed = await phone.send("typed by mistake")
    kept = await phone.send("too old")
    await time.advance(48 * 3600)
    assert (await call("deleteMessage", chat_id=1001, message_id=typed.id)).status == 200
    await time.advance(1)
    late = await call("deleteMessage", chat_id=1001, message_id=kept.id)
    again = await call("deleteMessage", chat_id=1001, message_id=typed.id)
    assert late.words == "Bad Request: message can't be deleted for everyone"
    assert again.words == "Bad Request: message to delete not found"


async def test_many_messages_are_deleted_at_once(call: Caller, phone: Phone) -> None:
    """A call of deleteMessages passes over what is not there and takes at most a hundred."""
    ids = [(await phone.send(str(n))).id for n in range(3)]
    await call("deleteMessages", chat_id=1001, message_ids=[*ids, 555])
    assert [one.text for one in phone.messages] == ["/start"]
    too_many = await call("deleteMessages", chat_id=1001, message_ids=list(range(101)))
    assert too_many.status == 400


async def test_where_the_bot_may_not_write(sandbox: Sandbox, call: Caller, phone: Phone) -> None:
    """Unknown chats, people who never pressed START, and people who blocked the bot."""
    sandbox.phone(1002, "Olivier")
    await phone.block()
    replies = [await call("sendMessage", chat_id=one, text="x") for one in (77, 1002, 1001)]
    assert [(reply.status, reply.words) for reply in replies] == [
        (400, "Bad Request: chat not found"),
        (403, "Forbidden: bot can't initiate conversation with a user"),
        (403, "Forbidden: bot was blocked by the user"),
    ]
    await phone.unblock()
    assert (await call("sendMessage", chat_id=1001, text="x")).status == 200
    kinds = [list(update)[1] for update in (await call("getUpdates")).updates]
    assert kinds == ["my_chat_member", "my_chat_member"]


async def test_groups_can_be_left_and_can_throw_the_bot_out(
    sandbox: Sandbox, call: Caller, phone: Phone
) -> None:
    """In a group the bot hears commands only; outside it gets 403."""
    sandbox.group(-50, "Ward", phone)
    await phone.send("chatter", -50)
    await phone.send("/help", -50)
    heard = [list(update)[1] for update in (await call("getUpdates")).updates]
    assert heard == ["my_chat_member", "message"]
    await call("leaveChat", chat_id=-50)
    left = await call("sendMessage", chat_id=-50, text="x")
    sandbox.group(-50, "Ward", phone)
    sandbox.remove_from_group(-50, phone)
    kicked = await call("sendMessage", chat_id=-50, text="x")
    assert left.words == "Forbidden: bot is not a member of the group chat"
    assert kicked.words == "Forbidden: bot was kicked from the group chat"


async def test_reactions_and_actions_show(call: Caller, phone: Phone) -> None:
    """A reaction stays on its message; "typing" is checked."""
    number = phone.messages[0].id
    thumb = [{"type": "emoji", "emoji": "👍"}]
    await call("setMessageReaction", chat_id=1001, message_id=number, reaction=thumb)
    assert phone.messages[0].reaction == "👍"
    assert (await call("sendChatAction", chat_id=1001, action="typing")).status == 200
    assert (await call("sendChatAction", chat_id=1001, action="dancing")).status == 400

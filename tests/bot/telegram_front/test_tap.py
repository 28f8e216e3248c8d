"""A tap is read from a few fields of its update, and whatever else is in there is not believed."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from bot.telegram.tap import read_tap


def update(**changes: Any) -> bytes:
    """A tap as Telegram words it, with other fields in place of some."""
    query = {
        "id": "q1",
        "from": {"id": 7, "is_bot": False, "first_name": "N", "language_code": "fr"},
        "message": {
            "message_id": 3,
            "date": 1,
            "chat": {"id": 7, "type": "private"},
            "text": "card",
            "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]},
        },
        "chat_instance": "1",
        "data": "y",
        **changes,
    }
    return json.dumps({"update_id": 1, "callback_query": query}).encode()


def test_the_few_fields_that_count() -> None:
    """Who, where, on which message, what the button carries."""
    tap = read_tap(update())
    assert tap is not None
    assert (tap.id, tap.user.id, tap.user.language_code, tap.data) == ("q1", 7, "fr", "y")
    assert tap.message is not None
    assert tap.message.message_id == 3
    assert tap.own
    assert tap.group is None


def test_anything_else_is_no_tap() -> None:
    """A message, and an update of a kind to come."""
    assert read_tap(b'{"update_id":1,"message":{"text":"hello"}}') is None
    assert read_tap(b'{"update_id":1,"something_new":{"callback_query":1}}') is None


@pytest.mark.parametrize(
    ("chat", "own", "group"),
    [
        ({"id": 7, "type": "private"}, True, None),
        ({"id": 8, "type": "private"}, False, None),
        ({"id": 7, "type": "group"}, False, 7),
        ({"id": -100, "type": "supergroup"}, False, -100),
        ({"id": 7, "type": "sender"}, False, None),
    ],
)
def test_only_a_chat_of_ones_own_is_ones_own(
    chat: dict[str, Any], own: bool, group: int | None
) -> None:
    """Somebody else's chat, a group, and a chat of another kind are not."""
    tap = read_tap(update(message={"message_id": 3, "chat": chat}))
    assert tap is not None
    assert (tap.own, tap.group) == (own, group)


def test_without_a_message_it_is_nobodys_chat() -> None:
    """A button of a message that was sent by way of another bot's menu."""
    tap = read_tap(update(message=None))
    assert tap is not None
    assert not tap.own
    assert tap.group is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"callback_query":{}}',
        update(id=None),
        update(id=5),
        update(data=5),
        update(**{"from": {"id": "7"}}),
        update(**{"from": {"id": True}}),
        update(message={"message_id": "3", "chat": {"id": 7, "type": "private"}}),
    ],
)
def test_what_has_not_the_form_of_a_tap_is_refused(raw: bytes) -> None:
    """It is put aside by whoever reads it, and never half understood."""
    with pytest.raises(msgspec.MsgspecError):
        read_tap(raw)

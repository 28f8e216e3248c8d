"""What is read of an update before it is kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.envelope import NOBODY, UNREADABLE, read_envelope
from storage.inbox import NewUpdate, check_update
from tests.bot.telegram.intake.parts import AT, message, raw, tap


def test_a_tap_has_the_same_key_under_a_new_number() -> None:
    """Issue telegram-bot-api#699: the callback's id tells taps apart, not the update's."""
    assert read_envelope(tap(1, identity="q")).key == read_envelope(tap(2, identity="q")).key
    assert read_envelope(tap(1, identity="q")).key == "tap:q"


def test_messages_edits_and_the_rest_have_keys_of_their_own() -> None:
    """A message by chat and number, an edit by its date as well, anything else by its number."""
    edited = {"edited_message": {**message(1)["message"], "edit_date": 99}, "update_id": 2}  # type: ignore[dict-item]
    member = {"update_id": 3, "my_chat_member": {"from": {"id": 8}, "chat": {"id": -4}}}
    assert read_envelope(message(1)).key == "msg:1001:5"
    assert read_envelope(edited).key == "msg:1001:5:99"
    assert read_envelope(member).key == "upd:3"
    assert [read_envelope(one).lane for one in (message(1), edited, member)] == [
        "1001",
        "1001",
        "8",
    ]


def test_the_lane_falls_back_on_the_chat_then_on_nobody() -> None:
    """A channel post has no sender; some kinds have neither."""
    post = {"update_id": 1, "channel_post": {"chat": {"id": -100}, "message_id": 1}}
    assert read_envelope(post).lane == "-100"
    assert read_envelope({"update_id": 1, "poll": {"id": "7"}}).lane == NOBODY


def test_bytes_are_kept_untouched() -> None:
    """The raw body is evidence: spaces and order stay."""
    body = b'{ "update_id" : 4 ,\n "x":1}'
    assert read_envelope(body).raw == body


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "not an object"),
        (b"\xff\xfe", "not an object"),
        (b'{"update_id":1,"x":"\xff"}', "not an object"),
        (b"[" * 100_000, "not an object"),
        (b'{"update_id": ' + b"9" * 5_000 + b"}", "not an object"),
        ([1, 2], "not an object"),
        (None, "not an object"),
        ({}, "no update_id"),
        ({"update_id": True}, "no update_id"),
        ({"update_id": "1"}, "no update_id"),
        ({"update_id": 2**63}, "no update_id"),
    ],
)
def test_what_is_no_update_is_kept_and_says_why(body: object, fault: str) -> None:
    """A digest is its key, so that a repeat is known for one."""
    envelope = read_envelope(body)
    assert (envelope.fault, envelope.lane) == (fault, UNREADABLE)
    assert envelope.key == read_envelope(body).key
    assert envelope.key.startswith("bad:")


@pytest.mark.parametrize("identity", ["", "x" * 500, "a\x00b", "\ud800", None, [], {}, 1.5])
def test_no_callback_id_can_break_the_key(identity: object) -> None:
    """The key can be kept by every backend, whatever a client sends."""
    update = tap(1)
    update["callback_query"]["id"] = identity  # type: ignore[index]
    envelope = read_envelope(raw(update))
    check_update(NewUpdate(envelope.key, envelope.lane, envelope.raw, AT))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["update_id", "message", "callback_query", "from", "chat", "id", "message_id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


_NUMBERS = st.integers() | st.sampled_from([1, -1, 2**63 - 1, 2**63, -(2**63), True, 1.0, "1"])
_TAPS = st.fixed_dictionaries(
    {"update_id": _NUMBERS},
    optional={
        "callback_query": _JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "id": st.text(max_size=5) | st.sampled_from(["", "q", "x" * 500, "\x00", 7, None]),
                "from": _JSON | st.fixed_dictionaries({"id": _NUMBERS}, optional={"x": _JSON}),
                "message": _JSON | st.just({"chat": {"id": 9}, "text": "\ud800 é"}),
                "data": _JSON,
            },
        ),
        "message": _JSON,
        "x": _JSON,
    },
)


@given(_TAPS)
def test_a_tap_is_read_the_same_whether_from_bytes_or_from_its_parts(body: object) -> None:
    """The quick reading of what is plainly a tap finds the key and the lane of the long one."""
    quick = read_envelope(json.dumps(body, separators=(",", ":")).encode())
    assert quick == read_envelope(body)


def test_what_is_no_text_is_noticed_where_nobody_reads_it() -> None:
    """Bytes that are no UTF-8, in a card that is not looked at, make it no update all the same."""
    body = b'{"update_id":1,"callback_query":{"id":"q","from":{"id":8},"data":"\xff"}}'
    assert read_envelope(body).fault == "not an object"
    assert read_envelope(body.replace(b"\xff", "é".encode())).key == "tap:q"


@given(_JSON)
def test_any_structure_gives_an_envelope_that_can_be_kept(body: object) -> None:
    """Hostile structure never raises and never makes a key that a backend refuses."""
    for form in (body, json.dumps(body).encode()):
        envelope = read_envelope(form)
        check_update(NewUpdate(envelope.key, envelope.lane, envelope.raw, AT))

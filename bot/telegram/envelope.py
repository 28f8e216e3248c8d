"""What the intake reads of an update before anything else does: its key and its lane.

Nothing here trusts the body: whatever comes is kept, and what cannot be read says why.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final

import msgspec

from storage.errors import BadEntry
from storage.limits import LONGEST_PAYLOAD, check_name

UNREADABLE: Final = "unreadable"
"""The lane of what is no update; no person has it."""

NOBODY: Final = "nobody"
"""The lane of an update that comes from no person and no chat."""

_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Envelope:
    """An update's key, lane and raw body; `fault` says why it is no update, else it is empty."""

    key: str
    lane: str
    raw: bytes
    fault: str = ""


def read_envelope(body: object) -> Envelope:
    """The envelope of one update, given as bytes or as parsed JSON; never raises."""
    if isinstance(body, bytes):
        return _of_tap(body) or _of(_parsed(body), body)
    try:
        raw = json.dumps(body, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError):
        return _unreadable(repr(type(body)).encode(), "not JSON")
    return _of(body, raw)


class _Account(msgspec.Struct):
    id: int


class _Tap(msgspec.Struct):
    id: str
    user: _Account = msgspec.field(name="from")


class _Tapped(msgspec.Struct, forbid_unknown_fields=True):
    update_id: int
    callback_query: _Tap


_TAPPED: Final = msgspec.json.Decoder(_Tapped)


def _of_tap(raw: bytes) -> Envelope | None:
    """What comes most, read without its card; None for all that is not plainly a tap.

    Telegram writes ASCII. The text of a card is passed over unread, so that nothing else would
    notice there what is no text at all.
    """
    if len(raw) > LONGEST_PAYLOAD or not raw.isascii():
        return None
    try:
        update = _TAPPED.decode(raw)
    except (ValueError, RecursionError):
        return None
    tap = update.callback_query
    if _number(update.update_id) is None or _number(tap.user.id) is None:
        return None
    return Envelope(_fit(f"tap:{tap.id}", raw), str(tap.user.id), raw)


class _Numbered(msgspec.Struct):
    update_id: int


_NUMBERED: Final = msgspec.json.Decoder(_Numbered)


def number_of(update: object) -> int | None:
    """The number that Telegram gave an update, as bytes or as parsed JSON; None without one."""
    if isinstance(update, bytes):
        try:
            return _NUMBERED.decode(update).update_id
        except (ValueError, RecursionError):
            update = _parsed(update)
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None


def _parsed(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        pass  # stricter than Python's own, which takes what Telegram could not have sent
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _of(body: object, raw: bytes) -> Envelope:
    if len(raw) > LONGEST_PAYLOAD:
        return _unreadable(raw, "too large")
    if not isinstance(body, dict):
        return _unreadable(raw, "not an object")
    number = _number(body.get("update_id"))
    if number is None:
        return _unreadable(raw, "no update_id")
    return Envelope(_key(body, number, raw), _lane(body), raw)


def _unreadable(raw: bytes, fault: str) -> Envelope:
    return Envelope(f"bad:{_digest(raw)}", UNREADABLE, raw[:LONGEST_PAYLOAD], fault)


def _key(update: dict[str, object], number: int, raw: bytes) -> str:
    """One key per thing that a person did, however often and under whichever number it comes."""
    for kind, content in update.items():
        if kind == "callback_query" and isinstance(content, dict):
            identity = content.get("id")
            if isinstance(identity, (str, int)):
                return _fit(f"tap:{identity}", raw)
        if kind in ("message", "edited_message") and isinstance(content, dict):
            key = _message_key(content)
            if key is not None:
                return key
    return f"upd:{number}"


def _message_key(message: dict[str, object]) -> str | None:
    chat, identity = _chat(message), _number(message.get("message_id"))
    if chat is None or identity is None:
        return None
    edited = _number(message.get("edit_date"))
    return f"msg:{chat}:{identity}" + (f":{edited}" if edited is not None else "")


def _lane(update: dict[str, object]) -> str:
    """The person who speaks, or else the chat."""
    for content in update.values():
        if isinstance(content, dict):
            person = content.get("from")
            speaker = _number(person.get("id")) if isinstance(person, dict) else None
            where = speaker if speaker is not None else _chat(content)
            if where is not None:
                return str(where)
    return NOBODY


def _chat(content: dict[str, object]) -> int | None:
    chat = content.get("chat")
    return _number(chat.get("id")) if isinstance(chat, dict) else None


def _number(value: object) -> int | None:
    """A whole number that both databases can hold; a truth value is none."""
    if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST:
        return value
    return None


def _fit(key: str, raw: bytes) -> str:
    try:
        check_name("key", key)
    except BadEntry:
        return f"tap:{_digest(raw)}"
    return key


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()

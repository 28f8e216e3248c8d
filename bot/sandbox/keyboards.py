"""Inline keyboards: what a button may be, and Telegram's refusals.

An empty ``callback_data`` counts as absent, as in ``get_inline_keyboard_button_type``.
Limits: 1–64 bytes of callback data (Bot API manual), 8 buttons a row and 100 a keyboard
(measured limits of the server), styles of Bot API 10.0.
"""

import json
from dataclasses import dataclass
from typing import cast

from bot.sandbox.errors import ApiError, Json, bad_request

MAX_DATA_BYTES = 64
MAX_ROW = 8
MAX_BUTTONS = 100
MAX_COPY = 256
STYLES = ("danger", "success", "primary")


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: label, action (``callback``, ``url``, ``copy``), its value and style."""

    label: str
    action: str
    value: str
    style: str = ""

    def as_json(self) -> Json:
        """Return the InlineKeyboardButton object of the Bot API."""
        body: Json = {"text": self.label}
        if self.action == "callback":
            body["callback_data"] = self.value
        elif self.action == "url":
            body["url"] = self.value
        else:
            body["copy_text"] = {"text": self.value}
        if self.style:
            body["style"] = self.style
        return body


Keyboard = tuple[tuple[Button, ...], ...]


def keyboard_json(keyboard: Keyboard) -> Json:
    """Return the InlineKeyboardMarkup object of the Bot API."""
    return {"inline_keyboard": [[button.as_json() for button in row] for row in keyboard]}


def read_keyboard(source: str) -> Keyboard:
    """Return the inline keyboard of a ``reply_markup`` parameter; other markups count as none.

    Raises:
        ApiError: 400 with Telegram's words for the first thing that is wrong.
    """
    if not source:
        return ()
    try:
        markup: object = json.loads(source)
    except ValueError:
        raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    keyboard = tuple(tuple(_button(one) for one in row) for row in rows if row)
    _check_size(keyboard)
    return keyboard


def _check_size(keyboard: Keyboard) -> None:
    if any(len(row) > MAX_ROW for row in keyboard):
        raise bad_request("BUTTON_ROW_TOO_LONG")
    if sum(len(row) for row in keyboard) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")


def _unreadable(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")


def _button(source: object) -> Button:
    if not isinstance(source, dict):
        raise _unreadable("InlineKeyboardButton must be an Object")
    fields = cast("Json", source)
    label = fields.get("text")
    if not isinstance(label, str):
        raise _unreadable('Can\'t find field "text"')
    if not label.strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    style = str(fields.get("style") or "").lower()
    if style not in ("", "default", *STYLES):
        raise _unreadable("invalid button style specified")
    action, value = _action(fields)
    return Button(label, action, value, "" if style == "default" else style)


def _action(fields: Json) -> tuple[str, str]:
    if url := fields.get("url"):
        return "url", _checked_url(str(url))
    if data := fields.get("callback_data"):
        return "callback", _checked_data(data)
    copy = fields.get("copy_text")
    if isinstance(copy, dict):
        return "copy", _checked_copy(str(copy.get("text", "")))
    raise _unreadable("Text buttons are unallowed in the inline keyboard")


def _checked_url(url: str) -> str:
    if not url.startswith(("http://", "https://", "tg://")) or " " in url:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return url


def _checked_data(data: object) -> str:
    if not isinstance(data, str) or len(data.encode()) > MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return data


def _checked_copy(text: str) -> str:
    if not 1 <= len(text) <= MAX_COPY:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return text

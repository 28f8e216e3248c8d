"""Keypads for secrets: what a key carries is a random word that means a digit to nobody else.

Telegram, the inbox and the logs see only such words, each good for one keypad. The digits are
in this process's memory alone, and go with it: after a restart one begins again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

LENGTH: Final = 6
LIFE: Final = timedelta(minutes=5)
MOST: Final = 1_000
"""Keypads open at a time; a flood closes the oldest."""


@dataclass(slots=True, repr=False)
class Keypad:
    """One keypad in one chat. `purpose` is whatever its owner needs when it is full."""

    purpose: object
    opened_at: datetime
    digits: str = ""
    keys: dict[str, str] = field(default_factory=dict)


class Keypads:
    """The open keypads, by chat. `secret` makes words that nobody can guess."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret
        self._open: OrderedDict[int, Keypad] = OrderedDict()

    def open(self, chat: int, purpose: object, now: datetime) -> Keypad:
        """A fresh keypad; one that was open in this chat is gone."""
        words = [self._secret() for _ in range(12)]
        keypad = Keypad(purpose, now, keys=dict(zip(words, "1234567890<x", strict=True)))
        self._open[chat] = keypad
        self._open.move_to_end(chat)
        if len(self._open) > MOST:
            self._open.popitem(last=False)
        return keypad

    def close(self, chat: int) -> None:
        """Forget the digits."""
        self._open.pop(chat, None)

    def purpose(self, chat: int) -> object:
        """What the keypad that is open in a chat is for; None when none is."""
        keypad = self._open.get(chat)
        return None if keypad is None else keypad.purpose

    def press(self, chat: int, word: str, now: datetime) -> tuple[Keypad, str] | None:
        """The keypad and the key that was pressed; None when it is no longer in use.

        The key is a digit, `<` for back, `x` for away. Digits are collected here.
        """
        keypad = self._open.get(chat)
        if keypad is None or word not in keypad.keys or now - keypad.opened_at > LIFE:
            return None
        key = keypad.keys[word]
        if key == "<":
            keypad.digits = keypad.digits[:-1]
        elif key.isdecimal() and len(keypad.digits) < LENGTH:
            keypad.digits += key
        return keypad, key

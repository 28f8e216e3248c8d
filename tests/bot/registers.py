"""Registers for the tests: screenings as no story tells them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.register import Register


def change_lines(register: Register, *numbers: str, **changes: Any) -> None:
    """Let the lines of these screenings, or of all, say something else; nothing records it."""
    for number, known in list(register.screenings.walk(lambda _: True)):
        if known.line is not None and (not numbers or number in numbers):
            changed = replace(known, line=replace(known.line, **changes))
            register.screenings.keep(number, known, changed)

"""What every backend refuses at the door, so that no two backends can differ.

PostgreSQL refuses NUL characters that SQLite keeps; a lone surrogate has no UTF-8 form at all.
"""

from __future__ import annotations

from typing import Final

from storage.errors import BadEntry

LONGEST_NAME: Final = 200
"""Characters in a stream name, a key, a lane or a recipient."""

LONGEST_PAYLOAD: Final = 16 * 1024 * 1024
"""Bytes in one payload, body or raw update: far above any real one, far below SQLite's limit."""

LARGEST_INTEGER: Final = 2**31 - 1
"""The largest payload form: PostgreSQL's four-byte integer."""

LARGEST_ID: Final = 2**63 - 1
"""The largest row, chat or message number: an eight-byte integer in both databases."""


def check_name(what: str, value: str, longest: int = LONGEST_NAME) -> None:
    """Refuse an empty or over-long name, and whatever `check_text` refuses; raises BadEntry."""
    if not value:
        raise BadEntry(f"the {what} is empty")
    if len(value) > longest:
        raise BadEntry(f"the {what} has {len(value)} characters; at most {longest} are kept")
    check_text(what, value)


def check_text(what: str, value: str) -> None:
    """Refuse a NUL or a lone surrogate; raises BadEntry."""
    if "\x00" in value:
        raise BadEntry(f"the {what} holds a NUL character")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise BadEntry(f"the {what} holds half a surrogate pair")


def check_bytes(what: str, value: bytes) -> None:
    """Refuse what is too large to keep; raises BadEntry."""
    if len(value) > LONGEST_PAYLOAD:
        raise BadEntry(f"the {what} has {len(value)} bytes; at most {LONGEST_PAYLOAD} are kept")


def check_number(what: str, value: int, least: int, largest: int = LARGEST_ID) -> None:
    """Refuse a number outside `least` to `largest`; raises BadEntry."""
    if not least <= value <= largest:
        raise BadEntry(f"the {what} is {value}; {least} to {largest} are kept")

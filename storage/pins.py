"""The contract of the signing PINs: their hashes, and how often somebody tried.

Not part of the record. Six digits fall to a million guesses, so each guess is counted on disk
before it is compared: neither a restart nor a thousand chats at once gives anybody more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from storage.errors import BadEntry
from storage.limits import LARGEST_INTEGER, check_name, check_number

TRIES: Final = 5
"""Guesses in one window, the right one among them (21 CFR 11.300(d): safeguards against misuse)."""

WINDOW_MINUTES: Final = 15
"""How long a window is, and how long somebody is locked out after its last guess."""


@dataclass(frozen=True, slots=True)
class Window:
    """The guesses counted and when the last was; no time while none is held against one."""

    tries: int = 0
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whether a PIN may be compared now.

    `left` is how many guesses this one leaves in its window. `locked_until` is the first moment,
    ISO 8601, at which the next is allowed: set when this guess was refused, and when it is the
    last of its window and will turn out wrong.
    """

    allowed: bool
    left: int
    locked_until: str | None


class Pins(Protocol):
    """Keeps one hash and one count of guesses for each person. Every method may raise BadEntry."""

    async def hash(self, person: str) -> str | None:
        """The hash of the person's PIN, or None when none is chosen."""
        ...

    async def put(self, person: str, hash: str, at: str) -> bool:  # noqa: A002
        """Keep the hash of a PIN chosen at a time, with no guesses counted.

        False, and nothing changes, when a PIN stands: it is replaced only after `forget`, so
        that nobody who holds another's phone can choose a PIN over theirs.
        """
        ...

    async def forget(self, person: str) -> None:
        """Let go of the hash and of the count."""
        ...

    async def attempt(
        self, person: str, at: str, limit: int = TRIES, window_minutes: int = WINDOW_MINUTES
    ) -> Attempt:
        """Count a guess that is about to be compared; it is on disk when this returns.

        Two at the same moment are counted as two. See `counted` for the rule.
        """
        ...

    async def succeed(self, person: str) -> None:
        """The guess was right: the count is cleared."""
        ...


def counted(window: Window, at: str, limit: int, minutes: int) -> tuple[Window, Attempt]:
    """The window after one more guess, and whether that guess may be compared.

    A window ends after its full length without a guess: were it counted from the first, four
    late in one and five early in the next would be nine in a row. The last guess that it allows
    begins the time of being locked out, in which further ones are refused and not counted.
    Raises BadEntry for a time without a zone.
    """
    now, length = _moment(at), timedelta(minutes=minutes)
    since = now if window.since is None else _moment(window.since)
    if now < since:  # the clock was set back: neither locked for a year nor free at once
        since, window = now, Window(window.tries, at)
    if now >= since + length:
        since, window = now, Window()
    if window.tries >= limit:
        return window, Attempt(False, 0, (since + length).isoformat())
    left = limit - window.tries - 1
    until = None if left else (now + length).isoformat()
    return Window(window.tries + 1, at), Attempt(True, left, until)


def check_choice(person: str, hashed: str, at: str) -> None:
    """Refuse a hash that some backend could not keep; raises BadEntry."""
    check_person(person)
    check_name("PIN's hash", hashed)
    _moment(at)


def check_attempt(person: str, limit: int, minutes: int) -> None:
    """Refuse a guess that cannot be counted; raises BadEntry."""
    check_person(person)
    check_number("limit of guesses", limit, 1, LARGEST_INTEGER)
    check_number("length of the window in minutes", minutes, 1, LARGEST_INTEGER)


def check_person(person: str) -> None:
    """Refuse a person whom some backend could not keep; raises BadEntry."""
    check_name("person", person)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadEntry(f"{text!r} is no time") from None
    if moment.tzinfo is None:
        raise BadEntry(f"{text!r} is a time without a zone")
    return moment

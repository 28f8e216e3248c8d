"""Who has just said who they are: a series of signings is one session (21 CFR 11.200(a)(1)).

A signature takes two components, the account and a PIN: both at the first signing of a session,
the PIN at each. Telegram itself binds every tap to an account, so what is left of the rule is
that the person is shown the account's name and confirms it before the keypad. Sessions are kept
in memory only: after a restart everybody confirms again. What ends one may be recorded by another
process, so each holds for the version of what is recorded about the person's PIN.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

IDLE: Final = timedelta(minutes=15)
"""After this long without a signature the person confirms again who they are."""


class SigningSession:
    """When each person last signed; the time is handed in."""

    def __init__(self) -> None:
        self._signed: dict[str, tuple[datetime, int]] = {}

    def needs_identity(self, person: str, now: datetime, pins: int = 0) -> bool:
        """Whether the person must confirm who they are before the PIN.

        True also when the clock was set back since: how long they were away is then not known.
        `pins` is how much is recorded about the person's PIN by now: a reset by another process
        ends the session here, too.
        """
        last, seen = self._signed.get(person, (None, 0))
        return last is None or seen != pins or not timedelta(0) <= now - last < IDLE

    def signed(self, person: str, now: datetime, pins: int = 0) -> None:
        """A signature was made: the session begins, or goes on."""
        self._signed[person] = (now, pins)

    def end(self, person: str) -> None:
        """The session is over: the PIN was reset, or too many were wrong."""
        self._signed.pop(person, None)

"""Every call that the bot made, the pauses it was told to keep, and optional rate limits."""

import math
from collections import deque
from dataclasses import dataclass, field

from bot.sandbox.clocks import Clock

EVERYWHERE = 0
"""Stands for the whole bot where a chat id is expected: no chat has this number."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when (seconds since 1970), what, where, and how it ended.

    ``code`` is 200 or the error's; ``dropped`` means that the caller saw a broken connection;
    ``violation`` means that it fell into a pause that the bot had been told to keep.
    """

    at: float
    method: str
    chat_id: int | None
    code: int
    description: str = ""
    violation: bool = False
    dropped: bool = False
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the server did what was asked."""
        return self.code == 200


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's published rates: messages a second per chat and in all, a minute per group.

    ``burst`` messages may come at once in a private chat before the rate counts.
    """

    per_chat: float = 1.0
    burst: int = 5
    overall: int = 30
    per_group_minute: int = 20


def is_budgeted(method: str) -> bool:
    """Tell whether a call spends the sending budget: edits do, answering taps does not."""
    return method.startswith(("send", "edit", "copy", "forward")) and method != "sendchataction"


class Journal:
    """The record of calls, with the rates and pauses that are judged from it."""

    def __init__(self, clock: Clock, grace: float = 0.05) -> None:
        self._clock = clock
        self._grace = grace
        self.calls: list[Call] = []
        self.limits: Limits | None = None
        self._pauses: dict[int, tuple[float, float]] = {}
        self._recent: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}

    def now(self) -> float:
        """Return the moment by the handed-in clock."""
        return self._clock()

    def note(self, call: Call) -> None:
        """Write down one call."""
        self.calls.append(call)

    @property
    def violations(self) -> list[Call]:
        """The calls made inside a pause."""
        return [call for call in self.calls if call.violation]

    def of(self, method: str) -> list[Call]:
        """Return the calls of one method, in order."""
        return [call for call in self.calls if call.method == method.lower()]

    def pause(self, chat_id: int | None, seconds: float) -> None:
        """Remember that the bot was told to wait; no chat means everywhere.

        Calls already under way are forgiven for ``grace`` seconds.
        """
        now = self._clock()
        self._pauses[chat_id or EVERYWHERE] = (now + min(self._grace, seconds), now + seconds)

    def pause_left(self, method: str, chat_id: int | None) -> tuple[int, bool]:
        """Return the whole seconds still to wait, and whether calling now is a violation."""
        if not is_budgeted(method):
            return 0, False
        now = self._clock()
        spans = [self._pauses.get(key, (0.0, 0.0)) for key in (EVERYWHERE, chat_id or EVERYWHERE)]
        blamed = any(start <= now < end for start, end in spans)
        return math.ceil(max(0.0, *(end - now for _, end in spans))), blamed

    def over_limit(self, method: str, chat_id: int | None) -> int:
        """Spend one message of the budget; return 0, or the seconds to wait when there is none."""
        if self.limits is None or chat_id is None or not is_budgeted(method):
            return 0
        now = self._clock()
        chat = self._chats.setdefault(chat_id, deque())
        if chat_id < 0:
            wait = _wait(chat, now, 60.0, self.limits.per_group_minute)
        else:
            wait = _wait(chat, now, self.limits.burst / self.limits.per_chat, self.limits.burst)
        wait = max(wait, _wait(self._recent, now, 1.0, self.limits.overall))
        if wait == 0:
            chat.append(now)
            self._recent.append(now)
        return wait


def _wait(sent: deque[float], now: float, window: float, allowed: int) -> int:
    while sent and sent[0] <= now - window:
        sent.popleft()
    return 0 if len(sent) < allowed else max(1, math.ceil(sent[0] + window - now))

"""The send budget: one for every call that Telegram counts, so that all obey the same pauses.

Telegram lets about one message a second through to a chat, and thirty a second in all; edits
share that (core.telegram.org/bots/faq). It does not say how bursts count: they are let through
for as long as it does not object, and when it does (429), nobody sends until the pause is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeAlias

Chat: TypeAlias = int | str | None

PATIENCE: Final = 1.0
"""Seconds for which a call waits for its turn; whoever would wait longer is told how long."""

MOST_CHATS: Final = 1_000
"""Chats whose last calls are remembered; beyond them, those at rest are forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One call in so many seconds, after a burst; `calm` is the burst of those who can wait."""

    seconds: float
    burst: int
    calm: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast calls may follow one another in a chat, and over all.

    A screening of LYSYME, its first signature and a correction take some fifty edits: the burst in
    a chat lets the fastest thumb through all of it, and only then paces. Notices can wait: they
    leave a part of either burst to the cards, which is what keeps cards before notices without
    anybody queueing behind anybody, and among themselves they keep the published pace with a
    burst of three.
    """

    chat: Rate = Rate(1.0, 60, 40)
    overall: Rate = Rate(1 / 30, 60, 30)
    notices: Rate = Rate(1.0, 3, 3)
    """In one chat, of notices alone."""


TELEGRAM: Final = Pace()
UNPACED: Final = Pace(Rate(0.0, 1, 1), Rate(0.0, 1, 1), Rate(0.0, 1, 1))
"""For a Bot API without limits of its own, such as a test's; its 429 is still obeyed."""


class Budget:
    """Says when the next call may be made. Times are seconds of `now`, by default the loop's."""

    def __init__(
        self,
        pace: Pace = TELEGRAM,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._pace, self._now, self._sleep = pace, now or _loop_time, sleep
        self._until = 0.0
        # When it will be at rest, if nothing more is sent: over all, a chat, its notices.
        self._overall = 0.0
        self._chats: dict[Chat, float] = {}
        self._notices: dict[Chat, float] = {}

    def pause(self, seconds: float) -> None:
        """Telegram wants silence from now on: nobody sends before that is over."""
        self._until = max(self._until, self._now() + seconds)

    async def claim(self, chat: Chat) -> float:
        """0 when a call may be made now, which is then counted; else the seconds still to wait.

        Waits for its turn itself when that is near.
        """
        if self._has_place(chat):
            return max(0.0, self._until - self._now())
        patient_until = self._now() + PATIENCE
        while (wait := await self._take(chat, calm=False)) > 0:
            if self._now() + wait > patient_until:
                return wait
            await self._sleep(wait)
        return 0.0

    async def ready(self, chat: Chat) -> None:
        """Wait, however long, until something that can wait may be sent, and keep a place for it.

        The place is for the first call to that chat in the same task.
        """
        while (wait := await self._take(chat, calm=True)) > 0:
            await self._sleep(wait)
        _PLACE.set([chat])

    async def _take(self, chat: Chat, *, calm: bool) -> float:
        """0 when one more call may be made now, then counted; else the seconds still to wait."""
        now, pace = self._now(), self._pace
        wait = max(
            self._until - now,
            self._overall - room(pace.overall, calm=calm) - now,
            self._chats.get(chat, 0.0) - room(pace.chat, calm=calm) - now,
        )
        if calm:
            wait = max(wait, self._notices.get(chat, 0.0) - room(pace.notices, calm=False) - now)
        if wait <= 0:
            self._overall = max(self._overall, now) + pace.overall.seconds
            self._chats = _later(self._chats, chat, pace.chat, now)
            if calm:
                self._notices = _later(self._notices, chat, pace.notices, now)
        return wait

    def _left(self) -> float:
        """Seconds until the pause is over; less than 0 without one."""
        return self._until - self._now()

    def _has_place(self, chat: Chat) -> bool:
        kept = _PLACE.get()
        return kept is not None and bool(kept) and kept.pop() == chat


_PLACE: ContextVar[list[Chat] | None] = ContextVar("place", default=None)
_ROUNDING: Final = 1e-6


def room(rate: Rate, *, calm: bool) -> float:
    """How long after now a chat may come to rest for one more call to be within the burst."""
    return ((rate.calm if calm else rate.burst) - 1) * rate.seconds + _ROUNDING


def _later(rests: dict[Chat, float], chat: Chat, rate: Rate, now: float) -> dict[Chat, float]:
    """One more call was made; chats at rest are forgotten when there are many."""
    rests[chat] = max(rests.get(chat, 0.0), now) + rate.seconds
    if len(rests) <= MOST_CHATS:
        return rests
    return {one: until for one, until in rests.items() if until > now}


def _loop_time() -> float:
    return asyncio.get_running_loop().time()

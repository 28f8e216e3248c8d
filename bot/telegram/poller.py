"""Long polling that forgets nothing: fetch, commit, and only then move the offset."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from telegram.error import NetworkError

from bot.clock import Clock
from bot.telegram.envelope import number_of
from bot.telegram.heard import Heard
from bot.telegram.intake import Intake, place
from bot.telegram.line import REFUSED, Answer, Line, Sleep
from bot.telegram.meters import Meters
from storage.errors import StorageError

_LOG = logging.getLogger(__name__)
LONG_POLL: Final = 50
"""Seconds that the server holds a poll; it allows no more (`Client.cpp`)."""

MOST: Final = 100
"""Updates that one poll brings; the server has no more (`Client.cpp`)."""

GATHER: Final = 0.03
"""Seconds for which the next poll may wait until what the last one brought is shown: less than
anybody notices, and enough for fifty people."""

ALLOWED: Final = ("message", "callback_query", "my_chat_member")
LONGEST_PAUSE: Final = 5.0
LONGEST_OBEYED: Final = 60.0
"""Seconds of a server's `retry_after` that we keep; a tap is lost after 150."""

REPEAT_PAUSE: Final = 0.2
"""Seconds after a batch without anything new: a server that repeats itself costs little."""

REFUSED_TOKEN: Final = "token refused"
_QUIET: Final = timedelta(minutes=1)

Jitter = Callable[[], float]
"""Returns a number from 0 to 1, drawn anew each time."""


class Poller:
    """Asks for updates for ever. No trouble ends it; each is counted and told once a minute."""

    def __init__(
        self,
        line: Line,
        intake: Intake,
        heard: Heard,
        clock: Clock,
        jitter: Jitter,
        meters: Meters,
        sleep: Sleep,
    ) -> None:
        self._line, self._intake, self._heard = line, intake, heard
        self._clock, self._jitter, self._meters, self._sleep = clock, jitter, meters, sleep
        self._offset: int | None = None
        self._failures = 0
        self._told: dict[str, datetime] = {}
        self._at_once = True
        self.trouble = ""

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            pause = await self._step()
            if pause:
                await self._sleep(pause)

    async def _step(self) -> float:
        """One poll; the seconds to pause after it."""
        try:
            answer = await self._ask()
            if not answer.good:
                return self._failed(_trouble(answer), answer.retry_after)
            return await self._accept(answer.result)
        except NetworkError:
            return self._failed("network")
        except StorageError as error:
            return self._failed("store", detail=type(error).__name__)
        except Exception as error:
            # A fault of our own: told, and the next poll is tried all the same.
            return self._failed("fault", detail=type(error).__name__ + place(error.__traceback__))

    async def _ask(self) -> Answer:
        # After a silence the first poll returns at once: that we hear again is known at once.
        timeout = 0 if self._at_once else LONG_POLL
        fields = {
            "timeout": str(timeout),
            "limit": str(MOST),
            "allowed_updates": json.dumps(ALLOWED),
        }
        if self._offset is not None:
            fields["offset"] = str(self._offset)
        return await self._line.poll(fields, wait=timeout + 10)

    async def _accept(self, updates: object) -> float:
        if not isinstance(updates, list):
            return self._failed("unreadable answer")
        try:
            await self._heard.hear()
        except StorageError:
            self._intake.not_kept(updates)
            raise
        self._meters.last_heard.set(self._clock.now().timestamp())
        new = len(updates)
        if updates:
            new = await self._intake.take(updates)
            offset = _after(updates)
            if offset is None:
                return self._failed("unreadable answer")
            self._offset = offset
        self._recovered()
        if len(updates) < MOST:  # else the server has more
            await self._intake.unshown.none(GATHER)
        return REPEAT_PAUSE if updates and not new else 0.0

    def _recovered(self) -> None:
        if self._failures:
            _LOG.info("polling again")
        self._failures, self._at_once, self.trouble = 0, False, ""
        self._told.clear()

    def _failed(self, trouble: str, wait: float = 0.0, detail: str = "") -> float:
        self._meters.trouble(trouble)
        self._tell(trouble, detail)
        self.trouble, self._at_once = trouble, True
        pause = min(LONGEST_PAUSE, 0.2 * 2.0 ** min(self._failures, 10))
        self._failures += 1
        pause *= 0.5 + 0.5 * self._jitter()
        return max(pause, min(wait, LONGEST_OBEYED))

    def _tell(self, trouble: str, detail: str) -> None:
        now, last = self._clock.now(), self._told.get(trouble)
        if last is None or not timedelta() <= now - last < _QUIET:
            self._told[trouble] = now
            _LOG.error("polling fails, trying on: %s%s", trouble, f" ({detail})" if detail else "")


def _after(updates: list[object]) -> int | None:
    """The offset that confirms these: the last id and one, even if ids have started lower."""
    for update in reversed(updates):
        number = number_of(update)
        if number is not None:
            return number + 1
    return None


def _trouble(answer: Answer) -> str:
    if answer.status in REFUSED:
        return REFUSED_TOKEN
    names = {200: "unreadable answer", 409: "another poller or a webhook", 429: "told to wait"}
    return names.get(answer.status, f"status {answer.status}")

"""A ledger that notices when the clock has gone backwards, and says so in the record.

It stands before the ledger, since whatever is recorded passes here and is dated by the one clock:
so the warning is in the transaction of the first event that bears an earlier time.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.clock import Clock
from flows.events import Actor, Happened, Role
from flows.timekeeping import ClockSetBack
from storage.errors import VersionConflict
from storage.ledger import Append, Entry, Ledger
from storage.mapper import to_entry
from storage.outbox import NewNotice, Settled

log = logging.getLogger(__name__)

STREAM: Final = "clock/set-back"
SELF: Final = Actor("clock", Role.SYSTEM)
TOLERANCE: Final = timedelta(seconds=1)
"""By how much the clock may be corrected without a word: time servers do that all the time."""


class ClockWatch:
    """Keeps the contract `storage.ledger.Ledger`."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self.read, self.streams, self.walk = ledger.read, ledger.streams, ledger.walk
        self.since = ledger.since
        self.head, self.close = ledger.head, ledger.close
        self._newest: datetime | None = None
        self._known = False

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        """See `Ledger.append`; a warning may go before what is appended."""
        keep = partial(self._ledger.append, done=done, notices=notices, settled=settled)
        if not any(batch.entries for batch in batches):
            return await keep(*batches)
        before = await self._newest_time()
        now = self._clock.now()
        if before is None or now + TOLERANCE >= before:
            self._newest = now if before is None else max(before, now)
            return await keep(*batches)
        # Known from here on, so that of many appends at this moment one brings the warning.
        self._newest = now
        try:
            return await self._with_warning(before, now, lambda warning: keep(warning, *batches))
        except BaseException:
            self._newest = before
            raise

    async def _with_warning(
        self,
        before: datetime,
        now: datetime,
        keep: Callable[[Append], Awaitable[tuple[Entry, ...]]],
    ) -> tuple[Entry, ...]:
        event = ClockSetBack(before, round((before - now).total_seconds()))
        new = to_entry(Happened(event, now, SELF))
        while True:
            seen = len(await self._ledger.read(STREAM))
            warning = Append(STREAM, seen, (new,), now.isoformat())
            try:
                stored = await keep(warning)
            except VersionConflict as error:
                if error.stream != STREAM:
                    raise
            else:
                log.warning("the clock was set back by %d s", event.seconds)
                return stored[1:]

    async def _newest_time(self) -> datetime | None:
        """The newest time that was recorded; None in an empty ledger."""
        if not self._known:
            position = (await self._ledger.head()).position
            async for entry in self._ledger.walk(max(0, position - 1)):
                self._newest = _moment(entry.recorded_at)
            self._known = True
        return self._newest


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None

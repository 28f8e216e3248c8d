"""Is the bot well? Told to whoever watches the process; nothing here is about a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from bot.backups import MARK as BACKUP
from bot.clock import Clock
from bot.telegram.meters import Meters
from storage.errors import StorageError
from storage.inbox import Inbox

LONGEST_DEAF: Final = 120.0
"""Seconds without a successful poll after which taps begin to be lost."""

LONGEST_UNDONE: Final = 60.0
"""Seconds for which Telegram, too, waits for an answer."""


@dataclass(frozen=True, slots=True)
class Report:
    """What `/healthz` says; ages in seconds, None when there is nothing to be old.

    `heard_age` is that of the last successful poll, or of the last update by webhook; `trouble`
    is what keeps the bot from being well, empty when nothing does. `backup_age` is that of the
    last backup that was made by itself and verified. `status` is "ok", "degraded", or "standby" for
    a process that is well and waits to poll in another's place.
    """

    status: str
    heard_age: float | None
    oldest_undone_age: float | None
    undone: int
    dead: int
    version: str
    trouble: str
    backup_age: float | None = None


@dataclass(frozen=True, slots=True)
class Ear:
    """How the bot hears: when it last did, its trouble, and whether silence means that it is deaf.

    A silent webhook may just mean that nobody speaks. Whoever stands by hears nothing, as it must.
    """

    last: Callable[[], datetime | None]
    trouble: Callable[[], str]
    silence_is_deafness: bool
    stands_by: Callable[[], bool] = lambda: False


class Health:
    """Makes reports. Before the first hearing, its age counts from the start."""

    def __init__(self, inbox: Inbox, clock: Clock, ear: Ear, meters: Meters, version: str) -> None:
        self._inbox, self._clock, self._ear = inbox, clock, ear
        self._meters, self._version = meters, version
        self._started = clock.now()

    async def report(self) -> Report:
        """The state just now; a store that fails is a trouble, not an exception."""
        heard = self._heard_age()
        trouble = self._ear.trouble()
        stands_by = self._ear.stands_by()
        deaf = self._ear.silence_is_deafness and heard is not None and heard > LONGEST_DEAF
        if deaf and not stands_by:
            trouble = trouble or "deaf"
        undone = dead = 0
        oldest = backup = None
        try:
            counts = await self._inbox.counts()
            undone, dead = counts.undone, counts.dead
            oldest = self._age(await self._inbox.oldest_undone())
            backup = self._age(await self._inbox.mark(BACKUP))
        except StorageError as error:
            trouble = f"store: {type(error).__name__}"
        if oldest is not None and oldest > LONGEST_UNDONE:
            trouble = trouble or "updates wait"
        self._meters.oldest_undone.set(oldest or 0.0)
        if backup is not None:
            self._meters.backup_age.set(backup)
        status = "degraded" if trouble else "standby" if stands_by else "ok"
        return Report(status, heard, oldest, undone, dead, self._version, trouble, backup)

    def _heard_age(self) -> float | None:
        last = self._ear.last()
        if last is None and self._ear.silence_is_deafness:
            last = self._started
        return None if last is None else self._seconds_since(last)

    def _age(self, at: str | None) -> float | None:
        return None if at is None else self._seconds_since(datetime.fromisoformat(at))

    def _seconds_since(self, moment: datetime) -> float:
        # A clock that was set back must not make an age negative.
        return max(0.0, round((self._clock.now() - moment).total_seconds(), 3))


def as_json(report: Report) -> dict[str, object]:
    """The report as `/healthz` words it."""
    return asdict(report)

"""Backups by itself: one every so many hours, the newest few of them kept, the last good one known.

Each is a whole copy that was verified before it got its name; copying and verifying run in a
thread, so that nobody's tap waits for them.
"""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.clock import Clock
from bot.settings import Settings
from storage.backup import Copied, NotCopied
from storage.errors import StorageError
from storage.inbox import Inbox
from storage.opening import back_up

log = logging.getLogger(__name__)

MARK: Final = "backup"
"""The mark in the inbox that says when the last good backup was made."""

_FORM: Final = "screening-%Y%m%dT%H%M%SZ.db"
_NAME: Final = re.compile(r"screening-\d{8}T\d{6}Z\.db")
_LEFT: Final = re.compile(r"\.screening-\d{8}T\d{6}Z\.db\.\d+\.part(-journal|-wal|-shm)?")


def names(folder: Path) -> list[Path]:
    """The backups in a folder, oldest first; other files are none of ours. Raises OSError."""
    return sorted(one for one in folder.iterdir() if _NAME.fullmatch(one.name))


def made_at(backup: Path) -> datetime:
    """When a backup was made, as its name says."""
    return datetime.strptime(backup.name, _FORM).replace(tzinfo=UTC)


class Backups:
    """Makes backups when they are due and lets go of the oldest."""

    def __init__(self, settings: Settings, inbox: Inbox, clock: Clock, folder: Path) -> None:
        self._url, self._folder = settings.database_url, folder
        self._every = timedelta(hours=settings.backup_every_hours)
        self._keep = settings.backup_keep
        self._inbox, self._clock = inbox, clock

    async def due(self) -> bool:
        """Whether the last good one is older than it may be; a clock set back makes it due."""
        mark = await self._inbox.mark(MARK)
        if mark is None:
            return True
        age = self._clock.now() - datetime.fromisoformat(mark)
        return not timedelta() <= age < self._every

    async def make(self) -> Copied | NotCopied:
        """Make one now; of the older ones only so many stay. Raises StorageError, OSError."""
        now = self._clock.now()
        target = self._folder / f"{now.astimezone(UTC):{_FORM}}"
        made = await back_up(self._url, target)
        if isinstance(made, Copied):
            await self._inbox.put_mark(MARK, now.isoformat(timespec="milliseconds"))
            await asyncio.to_thread(self._let_go)
        return made

    async def round(self) -> None:
        """Make one if it is due; whatever goes wrong is logged, and tried again later."""
        try:
            if not await self.due():
                return
            made = await self.make()
        except (StorageError, OSError) as error:
            log.error("there is no new backup: %s", error)
            return
        if isinstance(made, NotCopied):
            log.error("there is no new backup: %s (%s)", made.why.value, made.path)
        else:
            log.info("backed up %d events", made.head.position)

    def _let_go(self) -> None:
        for old in names(self._folder)[: -self._keep]:
            old.unlink(missing_ok=True)
        for left in self._folder.iterdir():
            if _LEFT.fullmatch(left.name):
                left.unlink(missing_ok=True)

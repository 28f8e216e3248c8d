"""The intake: an update is on disk before it counts as heard, and nothing is done twice."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import PurePath
from types import TracebackType
from typing import Final

from bot.clock import Clock
from bot.telegram.envelope import UNREADABLE, Envelope, read_envelope
from bot.telegram.lanes import Lanes, Pace
from bot.telegram.meters import Meters
from bot.telegram.unshown import Unshown
from storage.errors import AlreadyDone, BadEntry, NoticeClash, StorageError
from storage.inbox import NewUpdate, Update
from storage.opening import Store
from storage.replicas import Topic

_LOG = logging.getLogger(__name__)

EVERY: Final = 2.0
"""Seconds between two looks into a shared inbox when nobody tells."""

LONG: Final = 200
"""Updates; more than these wait, and the next look may wait as well."""

REST: Final = 0.25
"""Seconds after a look at a long queue."""

Handle = Callable[[Update], Awaitable[bool | None]]
"""Deals with one update of one person.

Returns True when it has made the update done with `ledger.append(done=…)`; after anything else
the intake does that. It may be called again for the same update after a StorageError, a
cancellation or a crash, never twice at once for one lane.
"""


OnUnsaved = Callable[[Iterable[object]], None]
"""Hears of updates that could not be kept just now; they are offered again."""


class Intake:
    """Keeps updates, then has them handled: in order per person, people at once."""

    def __init__(
        self,
        store: Store,
        handle: Handle,
        clock: Clock,
        meters: Meters | None = None,
        pace: Pace | None = None,
        on_unsaved: OnUnsaved | None = None,
    ) -> None:
        self._store, self._handle, self._clock = store, handle, clock
        self._meters = meters or Meters()
        self._lanes = Lanes(self._work, pace)
        self._handled: set[int] = set()
        self._taking: set[asyncio.Task[int]] = set()
        self.unshown = Unshown()
        self._may_miss = False
        self._unsaved, self._on_unsaved = 0, on_unsaved
        self._woken = asyncio.Event()
        store.replicas.hear(Topic.UPDATES, lambda _: self._woken.set())
        store.replicas.hear(Topic.REPLACED, lambda _: self._lanes.drop_waiting())
        self.last_taken: datetime | None = None

    @property
    def active(self) -> int:
        """How many lanes have something to do."""
        return self._lanes.active

    async def take(self, raw_updates: Iterable[object]) -> int:
        """Keep updates, given as bytes or as parsed JSON, and queue what is ours; how many are new.

        They are on disk when this returns. Nothing in a body can make it fail.

        Raises:
            StorageError: they are not kept for certain; offer them again.

        """
        envelopes = [read_envelope(raw) for raw in raw_updates]
        # A caller that goes away between commit and queue would leave updates lying till restart.
        task = asyncio.create_task(self._take(envelopes), name="take")
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)
        return await asyncio.shield(task)

    def not_kept(self, raw_updates: Iterable[object]) -> None:
        """Pass on that these updates are not kept."""
        if self._on_unsaved is not None:
            self._on_unsaved(raw_updates)

    async def resume(self) -> int:
        """Queue every update that waits, oldest first; how many there were."""
        waiting = await self._store.inbox.undone()
        for update in waiting:
            self._lanes.put(update)
        return len(waiting)

    async def watch(self) -> None:
        """Queue what other processes have kept for this one, when they tell and now and then."""
        while not self._store.replicas.alone:
            # Not `wait_for`: in Python 3.11 it forgets a cancel that meets a wake.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._woken.wait()
            self._woken.clear()
            try:
                if await self.resume() > LONG:
                    # Each look reads the whole queue: the time is for the queue, not for looking.
                    await asyncio.sleep(REST)
            except StorageError as error:
                _LOG.debug("the inbox cannot be read now: %s", type(error).__name__)

    async def drain(self, within: float) -> int:
        """Finish what is queued, for at most `within` seconds; how many wait for the next start."""
        if self._taking:
            await asyncio.wait(self._taking, timeout=within)
        try:
            await self._store.replicas.release()  # others may go on with whom nothing waits
        except StorageError as error:
            _LOG.debug("no lane could be released: %s", type(error).__name__)
        return await self._lanes.drain(within)

    async def _take(self, envelopes: list[Envelope]) -> int:
        now = self._clock.now()
        at = stamp(now)
        new = [NewUpdate(one.key, one.lane, one.raw, at) for one in envelopes]
        try:
            accepted = await self._store.inbox.accept(new)
        except StorageError:
            # A commit that reports an error may have happened all the same.
            self._may_miss = True
            self.not_kept([one.raw for one in envelopes])
            raise
        self.last_taken = now
        self._meters.took(len(accepted), len(new) - len(accepted))
        if self._may_miss:
            await self._catch_up()
        ours = [
            one for update in accepted if not update.elsewhere for one in (*update.before, update)
        ]
        self.unshown.begin(one.id for one in ours)
        for one in ours:
            self._lanes.put(one)
        return len(accepted)

    async def _catch_up(self) -> None:
        """Queue what was kept although its commit seemed to fail: it comes again as a repeat."""
        with contextlib.suppress(StorageError):
            for update in await self._store.inbox.undone():
                self._lanes.put(update)
            self._may_miss = False

    async def _work(self, update: Update) -> bool:
        start = asyncio.get_running_loop().time()
        self.unshown.handling(update.id)
        try:
            await self._settle(update)
        except (BadEntry, NoticeClash) as error:
            # These speak of the content: no later try can end otherwise.
            return await self._bury(update, error)
        except StorageError as error:
            self._note_unsaved(error)
            return False
        except Exception as error:
            return await self._bury(update, error)
        finally:
            self.unshown.end(update.id)
        self._handled.discard(update.id)
        self._meters.handled(update.key, asyncio.get_running_loop().time() - start)
        self._unsaved = 0
        return True

    async def _settle(self, update: Update) -> None:
        if update.lane == UNREADABLE:
            raise Unreadable(read_envelope(update.raw).fault or "too large")
        try:
            if update.id not in self._handled:
                if await self._handle(update):
                    return
                self._handled.add(update.id)
            await self._store.ledger.append(done=update.id)
        except AlreadyDone:
            return

    async def _bury(self, update: Update, error: Exception) -> bool:
        """Put an update aside with the name of what went wrong, which tells nothing of it."""
        reason = error.fault if isinstance(error, Unreadable) else type(error).__name__
        try:
            await self._store.inbox.dead_letter(update.id, reason, stamp(self._clock.now()))
        except AlreadyDone:
            _LOG.warning("update %d failed after it was done", update.id)
        except StorageError as failure:
            self._note_unsaved(failure)
            return False
        self._handled.discard(update.id)
        self._meters.buried()
        _LOG.error("update %d put aside: %s%s", update.id, reason, place(error.__traceback__))
        return True

    def _note_unsaved(self, error: StorageError) -> None:
        """Say once per outage that the store fails, not once per try."""
        self._meters.retried()
        self._unsaved += 1
        if self._unsaved == 1:
            _LOG.error("the store failed, updates wait: %s", type(error).__name__)


class Unreadable(Exception):
    """The body is no update; `fault` says why in words of our own."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def stamp(moment: datetime) -> str:
    """A time as the inbox wants it: UTC, always of one width."""
    return moment.isoformat(timespec="milliseconds")


def place(trace: TracebackType | None) -> str:
    """Where an exception arose, as ` at file.py:12`: enough to find it, and no content."""
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f" at {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"

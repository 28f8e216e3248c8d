"""This process among those that share a database: its number, its session, its heartbeat.

A replica has a row, and an advisory lock on the row's number in a session of its own, in which it
also listens. Its lock is free once the process is dead; its heartbeat is old once it hangs. Then
whoever notices first removes the row, and with it, in one transaction, every claim.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg

from storage.errors import StorageError, StorageUnavailable
from storage.postgres.claiming import DUTIES, SECONDS_BETWEEN
from storage.postgres.claiming import REPLICAS as SPACE
from storage.postgres.connection import Connection, Session
from storage.postgres.faults import DRIVERS, may_be_tried_again, translated
from storage.postgres.statements import REPLICAS, changed
from storage.postgres.voice import CHANNEL, Run, Voice, say
from storage.replicas import Duty, Then, Topic

log = logging.getLogger(__name__)

BEAT: Final = 1.0
"""Seconds between two heartbeats; at each, those that are gone are looked for."""

SILENT: Final = 8.0
"""Seconds without a heartbeat after which a replica counts as gone, by the database's clock."""

TRIES: Final = 10
"""Looks whether the lock of a session that broke is free, before a new number is taken."""

_DUTY_NUMBERS: Final = {Duty.POLL: 1, Duty.UPKEEP: 2, Duty.SILENCE: 3}

Connect = Callable[[], Awaitable[Any]]


class Forgotten(StorageUnavailable):
    """The others took this process for gone: it has to join anew."""

    def __init__(self) -> None:
        super().__init__("this process was taken for gone")


class Replica:
    """Keeps the contract `storage.replicas.Replicas`.

    `connect` makes a session; `run` does something on any connection of the process.
    """

    alone: Final = False

    def __init__(self, connect: Connect, run: Run) -> None:
        self._connect, self._run = connect, run
        self._db: Any = None
        self._number = 0
        self._held: set[Duty] = set()
        self._joining, self._turn = asyncio.Lock(), asyncio.Lock()
        self._voice = Voice(run, lambda: self._number)
        self._keeping: asyncio.Task[None] | None = None
        self._left = False

    async def join(self) -> None:
        """See `Replicas.join`."""
        await self.number()

    async def number(self) -> int:
        """The number under which this process claims; it joins when it has not. StorageError."""
        if self._db is None:
            async with self._joining:
                if self._db is None:
                    await self._join()
        return self._number

    def forget(self, number: int) -> None:
        """A claim under this number was refused: the others have removed it."""
        if self._db is not None and number == self._number:
            log.warning("replica %d was taken for gone and joins anew", number)
            self._drop()

    def hear(self, topic: Topic, then: Then) -> None:
        """See `Replicas.hear`."""
        self._voice.hear(topic, then)

    def tell(self, topic: Topic, about: str = "") -> None:
        """See `Replicas.tell`."""
        self._voice.tell(topic, about)

    async def take(self, duty: Duty) -> bool:
        """See `Replicas.take`."""
        if self.holds(duty):
            return True
        await self.number()
        async with self._turn:
            with translated():
                if await _hold(self._session(), duty):
                    self._held.add(duty)
        return self.holds(duty)

    def holds(self, duty: Duty) -> bool:
        """See `Replicas.holds`; whether it still does is seen when a lost session is replaced."""
        return duty in self._held

    async def give_back(self, duty: Duty) -> None:
        """See `Replicas.give_back`."""
        if duty in self._held:
            async with self._turn:
                self._held.discard(duty)
                with translated():
                    await REPLICAS.let_go(self._session(), space=DUTIES, number=_DUTY_NUMBERS[duty])

    async def elsewhere(self) -> frozenset[str]:
        """See `Replicas.elsewhere`."""
        me = await self.number()

        async def work(db: Connection) -> frozenset[str]:
            return frozenset([lane async for (lane,) in REPLICAS.elsewhere(db, replica=me)])

        found: frozenset[str] = await self._run(work)
        return found

    async def release(self) -> None:
        """See `Replicas.release`."""
        me = self._number
        if self._db is not None:
            await self._run(lambda db: REPLICAS.release(db, replica=me))

    async def leave(self) -> None:
        """Let go of everything at once, and say so; the process is not known any more."""
        self._left = True
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self._voice.close()
        if self._db is None:
            return
        async with self._turn:
            # The others notice by themselves when this cannot be said.
            with contextlib.suppress(*DRIVERS, StorageError):
                async with self._session().transaction():
                    await REPLICAS.remove(self._session(), replica=self._number)
                    await say(self._session(), [self._voice.words(Topic.GONE)])
                await self._db.close(timeout=2)
            if self._db is not None:
                self._db.terminate()

    # --- joining --------------------------------------------------------------------------------

    async def _join(self) -> None:
        if self._left:
            raise StorageUnavailable("the database is closed")
        with translated():
            db = await self._connect()
            try:
                session = Session(db)
                number = await self._again(session) or await self._anew(session)
                held = {duty for duty in self._held if await _hold(session, duty)}
                await db.add_listener(CHANNEL, self._voice.heard)
            except BaseException:
                db.terminate()
                raise
        db.add_termination_listener(self._lost)
        replaced = self._number not in (0, number)
        self._db, self._number, self._held = db, number, held
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep(), name="replica")
        if replaced:
            self._voice.call(Topic.REPLACED)
        await self._beat()  # what a process that was killed has left is free from now on
        self._voice.look()  # what was told before we listened was told to nobody

    async def _again(self, db: Connection) -> int:
        """The number of before, with all of its claims, where nobody has removed it; else 0."""
        number = self._number
        for _ in range(TRIES if number else 0):
            if await REPLICAS.hold(db, space=SPACE, number=number):
                if changed(await REPLICAS.beat(db, replica=number)):
                    return number
                await REPLICAS.let_go(db, space=SPACE, number=number)
                return 0
            await asyncio.sleep(SECONDS_BETWEEN)  # the server has not noticed its end yet
        return 0

    async def _anew(self, db: Connection) -> int:
        async with db.transaction():  # nobody sees the row before its lock is held
            number = await REPLICAS.join(db)
            await REPLICAS.hold(db, space=SPACE, number=number)
        return number

    def _drop(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.terminate()

    def _lost(self, db: Any) -> None:
        # Its duties stay for now: while the server is away nobody else can take them up.
        if db is self._db:
            self._db = None

    def _session(self) -> Session:
        if self._db is None:
            raise StorageUnavailable("the connection failed (lost)")
        return Session(self._db)

    # --- the heartbeat --------------------------------------------------------------------------

    async def _keep(self) -> None:
        trouble = False
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self.number()
                await self._beat()
            except StorageError as error:
                # A session that failed once may fail for ever; a new one is soon made.
                if not may_be_tried_again(error.__cause__ or error):
                    self._drop()
                if not trouble:
                    log.error("replica %d is cut off, trying on: %s", self._number, error)
                trouble = True
            else:
                trouble = False

    async def _beat(self) -> None:
        async with self._turn:
            with translated():
                found = await self._look(self._session())
        for number, lanes in found.items():
            log.warning("replica %d is gone; what it had claimed is free", number)
            self._voice.call(Topic.GONE, json.dumps(lanes))
            self.tell(Topic.GONE)
        if found:
            self._voice.look()

    async def _look(self, db: Session) -> dict[int, list[str]]:
        """Say that we live, and remove whoever does not: their numbers, and the lanes they had."""
        found: dict[int, list[str]] = {}
        async with db.transaction():
            if not changed(await REPLICAS.beat(db, replica=self._number)):
                self.forget(self._number)
                raise Forgotten
            gone = REPLICAS.gone(db, replica=self._number, space=SPACE, silent=SILENT)
            for number in [number async for (number,) in gone]:
                lanes = REPLICAS.lanes_of(db, replica=number)
                found[number] = [lane async for (lane,) in lanes]
                await REPLICAS.remove(db, replica=number)
        for number in found:
            await self._end(db, number)
        return found

    async def _end(self, db: Session, number: int) -> None:
        """End the session of one that hangs, and with it its duties."""
        try:
            await REPLICAS.end_session(db, replica=number, space=SPACE)
        except asyncpg.InsufficientPrivilegeError:
            log.error("the session of replica %d is another role's and cannot be ended", number)


async def _hold(db: Session, duty: Duty) -> bool:
    return await REPLICAS.hold(db, space=DUTIES, number=_DUTY_NUMBERS[duty])

"""What the processes that share a database tell one another: LISTEN and NOTIFY, on one channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from storage.errors import StorageError
from storage.postgres.connection import Connection
from storage.postgres.statements import REPLICAS
from storage.replicas import Then, Topic

log = logging.getLogger(__name__)

CHANNEL: Final = "screening"
GATHER: Final = 0.01
"""Seconds in which what is to be told next is gathered: under load it goes out together."""

_TOPICS: Final = frozenset(topic.value for topic in Topic)

Run = Callable[[Callable[[Connection], Awaitable[Any]]], Awaitable[Any]]


class Voice:
    """Tells the others, and calls whoever wants to hear of a topic.

    `run` does something on any connection; `number` says under which this process is known.
    """

    def __init__(self, run: Run, number: Callable[[], int]) -> None:
        self._run, self._number = run, number
        self._ears: dict[Topic, list[Then]] = {topic: [] for topic in Topic}
        self._untold: list[str] = []
        self._telling: asyncio.Task[None] | None = None
        self._silent = False

    def hear(self, topic: Topic, then: Then) -> None:
        """See `Replicas.hear`."""
        self._ears[topic].append(then)

    def call(self, topic: Topic, about: str = "") -> None:
        """Call whoever wants to hear of a topic in this process."""
        for then in self._ears[topic]:
            then(about)

    def look(self) -> None:
        """Something may be for us that nobody has told: the ears look for themselves."""
        self.call(Topic.UPDATES)
        self.call(Topic.NOTICES)

    def tell(self, topic: Topic, about: str = "") -> None:
        """See `Replicas.tell`; what is told at one moment goes out together."""
        said = self.words(topic, about)
        if self._silent or said in self._untold:
            return
        self._untold.append(said)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(), name="replica-tells")

    def words(self, topic: Topic, about: str = "") -> str:
        """How it is said on the channel, and by whom."""
        return f"{topic.value} {self._number()} {about}"

    async def close(self) -> None:
        """Finish what was begun, and tell no more."""
        self._silent = True
        if self._telling is not None:
            await asyncio.wait([self._telling])

    def heard(self, _db: object, _pid: int, _channel: str, said: str) -> None:
        """Fits `asyncpg.Connection.add_listener`."""
        name, sender, about = said.split(" ", 2)
        me = str(self._number())
        if sender == me or name not in _TOPICS:
            return
        topic = Topic(name)
        if topic is Topic.UPDATES and about != me:
            return
        self.call(topic, about)
        if topic is Topic.GONE:  # what it had may be for us
            self.look()

    async def _tell(self) -> None:
        while self._untold:
            said, self._untold = self._untold, []
            try:
                await self._run(lambda db, said=said: say(db, said))  # type: ignore[misc]
            except StorageError as error:
                log.debug("the others were not told: %s", error)  # they look by themselves
            if not self._silent:
                await asyncio.sleep(GATHER)


async def say(db: Any, said: Sequence[str]) -> None:
    """Say it on a connection; inside of a transaction it is heard after the commit."""
    async for _ in REPLICAS.tell(db, channel=CHANNEL, said=said):
        pass

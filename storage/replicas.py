"""The contract of the replicas: processes that share one database, and know of one another.

Each is known to the others for as long as it lives. What it had claimed (people's lanes, notices,
duties) goes to others once it is gone: at once when it was killed, after a few seconds when it
hangs. A database that one process has for itself needs none of this: see `Alone`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final, Protocol


class Topic(Enum):
    """What one process tells the others. They look anyhow, only later, when they are not told."""

    UPDATES = "updates"
    """An update waits in a lane of yours."""

    NOTICES = "notices"
    """Something is owed."""

    PAUSE = "pause"
    """Nobody sends for so many seconds, which is what it is about."""

    GONE = "gone"
    """A process is gone; about the lanes it had, as JSON, where this process removed it."""

    TONGUE = "tongue"
    """In which language somebody's app is: what one process hears, all know."""

    REPLACED = "replaced"
    """This process was taken for gone: others have what it had. Nobody tells it; it finds out."""


class Duty(Enum):
    """What one process does for all, and another takes up when it is gone."""

    POLL = "poll"
    """Asking Telegram for updates."""

    UPKEEP = "upkeep"
    """Checkpoints, stamps, backups, retention, forgetting old updates."""

    SILENCE = "silence"
    """Asking again after a time in which nobody heard; held only while it is done."""


Then = Callable[[str], None]
"""Called with what a topic is about; must not wait."""


class Replicas(Protocol):
    """This process among those that share the database. Methods that wait raise StorageError."""

    @property
    def alone(self) -> bool:
        """Whether no other process can write to this database."""
        ...

    async def join(self) -> None:
        """Make this process known, unless it is already. Whatever it claims does so by itself."""
        ...

    def hear(self, topic: Topic, then: Then) -> None:
        """From now on call `then` when another process tells of a topic.

        Also whenever something may have been missed: after a connection broke, for example.
        """
        ...

    def tell(self, topic: Topic, about: str = "") -> None:
        """Tell the other processes, soon; a failure is no more than a delay for them."""
        ...

    async def take(self, duty: Duty) -> bool:
        """Take a duty, or keep it; False while another process has it."""
        ...

    def holds(self, duty: Duty) -> bool:
        """Whether this process has a duty at this moment, as far as it knows."""
        ...

    async def give_back(self, duty: Duty) -> None:
        """Let another process have a duty."""
        ...

    async def elsewhere(self) -> frozenset[str]:
        """The lanes that another process handles."""
        ...

    async def release(self) -> None:
        """Let go of the lanes in which nothing waits: this process is about to stop."""
        ...


class Alone:
    """Keeps the contract `Replicas` for a database that has one process: there is nobody else."""

    alone: Final = True

    def __init__(self) -> None:
        self._held: set[Duty] = set()

    async def join(self) -> None:
        """See `Replicas.join`."""

    def hear(self, topic: Topic, then: Then) -> None:
        """See `Replicas.hear`; there is nobody to tell anything."""

    def tell(self, topic: Topic, about: str = "") -> None:
        """See `Replicas.tell`; nobody listens."""

    async def take(self, duty: Duty) -> bool:
        """See `Replicas.take`."""
        self._held.add(duty)
        return True

    def holds(self, duty: Duty) -> bool:
        """See `Replicas.holds`."""
        return duty in self._held

    async def give_back(self, duty: Duty) -> None:
        """See `Replicas.give_back`."""
        self._held.discard(duty)

    async def elsewhere(self) -> frozenset[str]:
        """See `Replicas.elsewhere`."""
        return frozenset()

    async def release(self) -> None:
        """See `Replicas.release`."""

"""What the bot has still to hear: numbered updates that expire.

Semantics of ``getUpdates`` offsets follow ``TQueue`` of tdlib: an offset forgets everything below
it, a negative one keeps only the newest, and one far in the future is taken for the head.
"""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.clocks import Clock
from bot.sandbox.errors import Json

MESSAGE_LIFETIME = 86_400.0
"""Seconds for which Telegram keeps anything but a tap (``Client.cpp``)."""

_FUTURE = 10
OPTIONAL = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that a bot gets only when it names them (Bot API manual, ``allowed_updates``)."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One update, the queue whose order it keeps, and the moment it is dropped."""

    id: int
    kind: str
    queue: str
    expires: float
    body: Json

    def as_json(self) -> Json:
        """Return the Update object of the Bot API."""
        return {"update_id": self.id, self.kind: self.body}


class UpdateQueue:
    """All updates of one bot, in the order in which they happened."""

    def __init__(self, clock: Clock, first_id: int = 100_000_001) -> None:
        self._clock = clock
        self._next_id = first_id
        self._pending: dict[int, Pending] = {}
        self._lanes: dict[str, dict[int, Pending]] = {}
        self._expiry: list[tuple[float, int]] = []
        self._allowed: frozenset[str] = frozenset()
        self.wake: list[Callable[[Pending], None]] = []
        self.expired = 0
        """How many updates the bot never got because it was deaf for too long."""

    def allow(self, kinds: list[str]) -> None:
        """Let only these kinds in from now on; an empty list means all but the optional ones."""
        self._allowed = frozenset(kinds)

    @property
    def allowed(self) -> frozenset[str]:
        """The kinds last asked for; empty for the usual set."""
        return self._allowed

    def push(self, kind: str, body: Json, queue: str, lifetime: float = MESSAGE_LIFETIME) -> None:
        """Add an update unless the bot did not ask for its kind."""
        wanted = kind in self._allowed if self._allowed else kind not in OPTIONAL
        if not wanted:
            return
        update = Pending(self._next_id, kind, queue, self._clock() + lifetime, body)
        self._next_id += 1
        self._pending[update.id] = update
        self._lanes.setdefault(queue, {})[update.id] = update
        heapq.heappush(self._expiry, (update.expires, update.id))
        for listener in tuple(self.wake):
            listener(update)

    def take(self, offset: int, limit: int) -> list[Pending]:
        """Forget what ``offset`` confirms and return up to ``limit`` updates that are left."""
        self.drop_expired()
        if offset < 0:
            self._forget_all(list(self._pending)[:offset])
        elif 0 < offset <= self._next_id + _FUTURE:
            self._forget_all([number for number in self._pending if number < offset])
        return list(itertools.islice(self._pending.values(), limit))

    def forget(self, update_id: int) -> None:
        """Drop one update, if it is still there."""
        update = self._pending.pop(update_id, None)
        if update is None:
            return
        lane = self._lanes[update.queue]
        del lane[update_id]
        if not lane:
            del self._lanes[update.queue]

    def _forget_all(self, numbers: list[int]) -> None:
        for number in numbers:
            self.forget(number)

    def clear(self) -> None:
        """Drop everything (``drop_pending_updates``)."""
        self._forget_all(list(self._pending))

    def drop_expired(self) -> None:
        """Drop what Telegram would no longer deliver."""
        while self._expiry and self._expiry[0][0] <= self._clock():
            number = heapq.heappop(self._expiry)[1]
            if number in self._pending:
                self.expired += 1
                self.forget(number)

    def restart_ids(self, first_id: int) -> None:
        """Number the next updates from here, even if lower: Telegram may after a quiet week."""
        self._next_id = first_id

    def waiting(self, queue: str | None = None) -> list[Pending]:
        """Return what is still owed to the bot, of one queue or of all."""
        self.drop_expired()
        return list((self._pending if queue is None else self._lanes.get(queue, {})).values())

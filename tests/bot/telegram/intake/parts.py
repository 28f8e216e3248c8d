"""Small things that the tests of the intake are made of."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from storage.errors import StorageUnavailable
from storage.inbox import InboxCounts, NewUpdate, Update
from storage.ledger import Append, Entry, NewEntry
from storage.opening import Store
from storage.outbox import NewNotice, Settled

TOKEN = "987654321:AAcanary-canary-canary-canary-0123"
SECRET = "webhook-secret-of-the-tests"
AT = "2026-03-01T08:00:00.000+00:00"


class HandClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def no_jitter() -> float:
    """The shortest pause each time."""
    return 0.0


async def no_gap(since: datetime, until: datetime) -> None:
    """For a test in which nobody is to be deaf."""
    raise AssertionError(f"nobody was deaf from {since} until {until}")


def tap(number: int, person: int = 1001, identity: str = "") -> dict[str, object]:
    """A button press as Telegram words it."""
    sender = {"id": person, "is_bot": False, "first_name": "Ines"}
    chat = {"id": person, "type": "private"}
    return {
        "update_id": number,
        "callback_query": {
            "id": identity or f"q{number}",
            "from": sender,
            "message": {"message_id": 7, "date": 0, "chat": chat},
            "chat_instance": "1",
            "data": "answer:yes",
        },
    }


def message(number: int, person: int = 1001, identity: int = 5) -> dict[str, object]:
    """A text as Telegram words it."""
    sender = {"id": person, "is_bot": False, "first_name": "Ines"}
    chat = {"id": person, "type": "private"}
    content = {"message_id": identity, "from": sender, "chat": chat, "date": 0, "text": "45"}
    return {"update_id": number, "message": content}


def raw(update: object) -> bytes:
    """An update as it comes over the network."""
    return json.dumps(update).encode()


class Recorder:
    """A handler that writes one event per update in the stream of its lane, and makes it done."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.keys: list[str] = []
        self.errors: dict[str, list[Exception]] = {}
        self.closes = True
        self.pause: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, update: Update) -> bool | None:
        if self.errors.get(update.key):
            raise self.errors[update.key].pop(0)
        if self.pause is not None:
            await self.pause()
        self.keys.append(update.key)
        if not self.closes:
            return None
        stream = f"lane/{update.lane}"
        seen = len(await self.store.ledger.read(stream))
        entry = NewEntry("answer-given", 1, update.key.encode())
        await self.store.ledger.append(Append(stream, seen, (entry,), AT), done=update.id)
        return True


async def until(true: Callable[[], bool], within: float = 5.0) -> None:
    """Wait for something that is seen from outside only."""
    async with asyncio.timeout(within):
        while not true():  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.002)


async def settled(store: Store, within: float = 20.0) -> InboxCounts:
    """Wait until no update waits."""
    async with asyncio.timeout(within):
        while (counts := await store.inbox.counts()).undone:  # noqa: ASYNC110 - seen from outside
            await asyncio.sleep(0.005)
    # What is on disk may be seen before whoever wrote it is told: writers are told in order.
    await store.ledger.append()
    return counts


class FlakyInbox:
    """An inbox whose disk fails when told to: before a write, or after it has happened."""

    def __init__(self, store: Store) -> None:
        self._inner = store.inbox
        self.broken = False
        self.fault: Exception | None = None
        self.fails_after_commit = 0
        self.accepted: list[int] = []

    def _check(self) -> None:
        if self.broken:
            raise StorageUnavailable("the disk is gone")

    async def accept(self, updates: Sequence[NewUpdate]) -> tuple[Update, ...]:
        self._check()
        if self.fault is not None:
            raise self.fault
        self.accepted.append(len(updates))
        accepted = await self._inner.accept(updates)
        if self.fails_after_commit:
            self.fails_after_commit -= 1
            raise StorageUnavailable("no answer from the disk")
        return accepted

    async def undone(self) -> tuple[Update, ...]:
        self._check()
        return await self._inner.undone()

    async def dead_letter(self, update: int, reason: str, at: str) -> None:
        self._check()
        await self._inner.dead_letter(update, reason, at)

    async def oldest_undone(self) -> str | None:
        self._check()
        return await self._inner.oldest_undone()

    async def counts(self) -> InboxCounts:
        self._check()
        return await self._inner.counts()

    async def prune(self, before: str) -> int:
        return await self._inner.prune(before)

    async def put_mark(self, name: str, value: str) -> None:
        self._check()
        await self._inner.put_mark(name, value)

    async def mark(self, name: str) -> str | None:
        self._check()
        return await self._inner.mark(name)


class FlakyLedger:
    """A ledger whose next few appends fail."""

    def __init__(self, store: Store, failures: int) -> None:
        self._inner, self.failures = store.ledger, failures

    async def append(
        self,
        *batches: Append,
        done: int | None = None,
        notices: Sequence[NewNotice] = (),
        settled: Settled | None = None,
    ) -> tuple[Entry, ...]:
        if self.failures:
            self.failures -= 1
            raise StorageUnavailable("the disk is gone")
        return await self._inner.append(*batches, done=done, notices=notices, settled=settled)


async def payloads(store: Store, lane: str) -> list[str]:
    """The keys that were recorded in a lane, in order."""
    entries: tuple[Entry, ...] = await store.ledger.read(f"lane/{lane}")
    return [entry.payload.decode() for entry in entries]

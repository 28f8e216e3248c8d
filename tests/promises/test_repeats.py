"""Row 5: the same update any number of times, in any order, is one event."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from bot.telegram.intake import Intake
from bot.telegram.lanes import Pace
from storage.inbox import Inbox, NewUpdate, Update
from storage.opening import Store, open_store
from tests.bot.telegram.intake.parts import AT, HandClock, Recorder, message, settled, tap
from tests.promises.report import Promise, times

pytestmark = [pytest.mark.promise, pytest.mark.timeout(3000)]
SEED, WORKERS, PEOPLE = 5, 3, 300


def deliveries(number: int, draw: random.Random) -> list[dict[str, object]]:
    """Taps and texts, each one to five times, half of the repeats under an id of their own."""
    fresh = iter(range(number, 100 * number))
    found = []
    for one in range(number):
        update = (tap if one % 4 else message)(one, 1000 + draw.randrange(PEOPLE))
        if not one % 4:
            update["message"]["message_id"] = one  # type: ignore[index]
        found.append(update)
        found += [
            {**update, "update_id": next(fresh)} if draw.random() < 0.5 else update
            for _ in range(draw.randrange(5))
        ]
    draw.shuffle(found)
    return found


async def deliver(store: Store, due: Sequence[dict[str, object]]) -> Counter[str]:
    """Have three workers take their share at once; how often each key is recorded."""
    quick = Pace(first_pause=0.001, longest_pause=0.02)
    workers = [Intake(store, Recorder(store), HandClock(), pace=quick) for _ in range(WORKERS)]
    batches = [due[start : start + 50] for start in range(0, len(due), 50)]

    async def work(worker: Intake, share: list[Sequence[dict[str, object]]]) -> None:
        for batch in share:
            await worker.take(batch)

    await asyncio.gather(
        *(work(worker, batches[place::WORKERS]) for place, worker in enumerate(workers))
    )
    counts = await settled(store, within=600)
    assert counts.dead == 0
    return Counter([entry.payload.decode() async for entry in store.ledger.walk()])


async def test_any_number_of_times_in_any_order(fast: Path, promise: Promise) -> None:
    """Three workers over one database: exactly one event for each update."""
    number, draw = times(10_000), random.Random(SEED)
    due = deliveries(number, draw)
    store = await open_store(f"sqlite:///{fast}/kept/screening.db", lambda: AT)
    recorded = await deliver(store, due)
    await store.close()
    assert len(recorded) == number
    assert set(recorded.values()) == {1}
    promise(
        5,
        f"{len(due):,} deliveries of {number:,} updates over {WORKERS} workers: "
        f"{sum(recorded.values()):,} events",
        control=await blind(fast, due[: len(due) // 20]),
        seed=SEED,
    )


class Forgetful:
    """An inbox that knows an update by its number alone, as a plain bot does."""

    def __init__(self, store: Store) -> None:
        self._inner = store.inbox
        self.undone, self.counts = store.inbox.undone, store.inbox.counts
        self._number = 0

    async def accept(self, updates: Sequence[NewUpdate]) -> tuple[Update, ...]:
        """Keep everything that comes."""
        self._number += 1
        return await self._inner.accept(
            [
                NewUpdate(f"{one.key}/{self._number}/{place}", one.lane, one.raw, one.received_at)
                for place, one in enumerate(updates)
            ]
        )


async def blind(folder: Path, due: Sequence[dict[str, object]]) -> str:
    """The same over an inbox that forgets: it must record more."""
    store = await open_store(f"sqlite:///{folder}/blind/screening.db", lambda: AT)
    forgetful = Store(
        store.ledger,
        cast("Inbox", Forgetful(store)),
        store.outbox,
        store.cards,
        store.pins,
        store.keys,
    )
    recorded = await deliver(forgetful, due)
    await store.close()
    updates = len({str(one.get("callback_query") or one.get("message")) for one in due})
    assert sum(recorded.values()) > updates
    return f"without the key: {sum(recorded.values()):,} events of {updates:,} updates"

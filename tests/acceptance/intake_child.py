"""A bot reduced to its intake, in a process of its own, for tests that kill it.

Arguments: the API's address with the token, and the database. Each update becomes one entry in
the stream of its lane; `paused` makes a handler slow enough to be killed in the middle.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime

from bot.clock import SystemClock
from bot.telegram.hearing import Plan, hearing
from bot.telegram.intake import Handle
from bot.telegram.line import Line
from bot.telegram.request import WireRequest
from storage.inbox import Update
from storage.ledger import Append, NewEntry
from storage.opening import Store, open_store

PAUSE = 0.01
"""Seconds that a handler takes, so that forty taps of one person take most of half a second."""


def recording(store: Store) -> Handle:
    """A handler that appends one entry and makes its update done in the same transaction."""

    async def handle(update: Update) -> bool:
        await asyncio.sleep(PAUSE)
        stream = f"lane/{update.lane}"
        seen = len(await store.ledger.read(stream))
        entry = NewEntry("answer-given", 1, update.key.encode())
        await store.ledger.append(
            Append(stream, seen, (entry,), update.received_at), done=update.id
        )
        return True

    return handle


async def no_gap(since: datetime, until: datetime) -> None:
    """A gap would be a fault of the test: it takes seconds."""
    raise AssertionError(f"deaf from {since} until {until}")


async def main(address: str, database: str) -> None:
    """Hear until killed."""
    clock = SystemClock()
    store = await open_store(database, lambda: clock.now().isoformat())
    plan = Plan(
        line=Line(WireRequest(), address),
        store=store,
        handle=recording(store),
        on_gap=no_gap,
        clock=clock,
        jitter=lambda: 0.5,
        version="test",
    )
    async with hearing(plan):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Several processes on one PostgreSQL, played by several stores in this one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from storage.opening import Store, open_store
from storage.replicas import Topic
from tests.storage.samples import now


@asynccontextmanager
async def neighbours(url: str, count: int = 2) -> AsyncIterator[list[Store]]:
    """So many stores on one database, all of them known to one another."""
    stores = [await open_store(url, now) for _ in range(count)]
    try:
        for store in stores:
            await store.replicas.join()
        yield stores
    finally:
        for store in stores:
            await store.close()


def heard(store: Store, topic: Topic) -> list[str]:
    """What a store hears of a topic from now on."""
    found: list[str] = []
    store.replicas.hear(topic, found.append)
    return found


def number_of(store: Store) -> int:
    """Under which number it claims."""
    found: Any = store.replicas
    return int(found._number)


async def die(store: Store) -> None:
    """As SIGKILL would have it: the connections break, and nobody says goodbye."""
    await hang(store)
    dead: Any = store.replicas
    if dead._db is not None:
        dead._db.terminate()


async def hang(store: Store) -> None:
    """As SIGSTOP would have it: the connections stand, and the heart beats no more."""
    still: Any = store.replicas
    if still._keeping is not None:
        still._keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await still._keeping


async def until(
    holds: Callable[[], bool] | Callable[[], Awaitable[bool]], seconds: float = 10
) -> float:
    """Wait until it holds; the seconds that it took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(seconds):
        while True:
            found = holds()
            if found is True or (not isinstance(found, bool) and await found):
                return loop.time() - began
            await asyncio.sleep(0.01)

"""Updates that were dealt with are forgotten after a week, and not before."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.compose import open_house
from bot.settings import Settings
from bot.telegram.running import KEPT, _forget
from bot.upkeep import charged
from storage.inbox import NewUpdate
from tests.bot.staff import SECOND, HandClock


async def test_only_what_is_older_than_a_week_is_forgotten() -> None:
    """One update from just before the week goes; one from within it stays known."""
    clock = HandClock()
    async with open_house(Settings(database_url="memory:"), clock=clock) as house:
        for key, age in (("old", KEPT + SECOND), ("young", KEPT - SECOND)):
            at = (clock.now() - age).isoformat(timespec="milliseconds")
            (kept,) = await house.store.inbox.accept([NewUpdate(key, "1", b"{}", at)])
            await house.store.ledger.append(done=kept.id)
        task = asyncio.create_task(_forget(house, charged(house.store.replicas)))
        await asyncio.wait([task], timeout=0.05)
        task.cancel()
        now = clock.now().isoformat(timespec="milliseconds")
        known = await house.store.inbox.accept([NewUpdate("young", "1", b"{}", now)])
        assert known == ()
        assert await house.store.inbox.accept([NewUpdate("old", "1", b"{}", now)]) != ()
    assert timedelta(days=7) == KEPT

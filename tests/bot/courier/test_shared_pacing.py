"""One send budget and one pause for several processes on one PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.pacing import UNPACED, Pace, Rate
from bot.shared_pacing import SharedBudget
from storage.opening import Store
from storage.pace import Meter, Paces
from tests.storage.neighbours import neighbours, until

HOURLY = Pace(Rate(0.001, 1000, 500), Rate(0.001, 1000, 500), Rate(3600.0, 2, 2))
FIVE = Pace(Rate(3600.0, 5, 3), Rate(0.001, 1000, 500), Rate(0.001, 100, 100))
"""Five cards in a chat, or three notices, and then one an hour."""


@pytest.fixture
async def stores(postgres_url: str) -> AsyncIterator[list[Store]]:
    """Three processes."""
    async with neighbours(postgres_url, 3) as found:
        yield found


def budget(store: Store, pace: Pace) -> SharedBudget:
    """A budget that this process keeps with the others."""
    assert store.pace is not None
    return SharedBudget(pace, store.pace, store.replicas)


async def test_a_burst_is_that_of_all_together(stores: list[Store]) -> None:
    """Thirty cards for one chat from three processes: five pass, and another chat is free."""
    budgets = [budget(store, FIVE) for store in stores]
    waits = [await budgets[turn % 3].claim(1) for turn in range(30)]
    assert sum(wait == 0 for wait in waits) == 5
    assert min(wait for wait in waits if wait) > 3500
    assert await budgets[0].claim(2) == 0


async def test_notices_leave_a_part_of_the_burst_to_cards(stores: list[Store]) -> None:
    """Three notices pass whichever process sends them; then cards still have two places."""
    budgets = [budget(store, FIVE) for store in stores]
    for turn in range(3):
        async with asyncio.timeout(20):  # not `wait_for`: the place is for this very task
            await budgets[turn].ready(1)
        assert await budgets[turn].claim(1) == 0  # the place that was kept
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(budgets[0].ready(1), 1)
    assert [await budgets[turn].claim(1) == 0 for turn in range(3)] == [True, True, False]


async def test_notices_have_a_rate_of_their_own(stores: list[Store]) -> None:
    """Two to one person, from any process, and then none for an hour."""
    budgets = [budget(store, HOURLY) for store in stores]
    for turn in range(2):
        await asyncio.wait_for(budgets[turn].ready(7), 20)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(budgets[2].ready(7), 1)


async def test_many_notices_at_once_ask_one_after_the_other(stores: list[Store]) -> None:
    """Sixty that wait for the rate over all cost a few hundred questions, and not thousands."""
    slow = Pace(Rate(0.001, 1000, 500), Rate(0.02, 2, 2), Rate(0.001, 1000, 500))
    budgets = [budget(store, slow) for store in stores]
    asked = 0

    def counting(paces: Paces) -> Paces:
        class Counting:
            pause, paused = paces.pause, paces.paused

            async def claim(self, meters: Sequence[Meter]) -> float:
                nonlocal asked
                asked += 1
                return await paces.claim(meters)

        return Counting()

    for one in budgets:
        one._paces = counting(one._paces)
    async with asyncio.timeout(60):
        await asyncio.gather(*(budgets[chat % 3].ready(chat) for chat in range(60)))
    assert 60 <= asked < 300


@pytest.mark.parametrize("pace", [FIVE, UNPACED], ids=["paced", "unpaced"])
async def test_a_pause_is_kept_by_all(stores: list[Store], pace: Pace) -> None:
    """Within milliseconds by those that run, from the start by those that begin meanwhile."""
    first, second, third = [budget(store, pace) for store in stores]
    assert await second.claim(1) == 0
    first.pause(30)
    assert 25 < await first.claim(1) <= 30
    await until(lambda: second._left() > 25, 20)
    assert 25 < await second.claim(1) <= 30
    await first.close()
    late = budget(stores[2], pace)
    assert await late.claim(9) == 0 or pace is FIVE
    await late.begin()
    assert 25 < await late.claim(1) <= 30
    assert third._left() > 25


async def test_without_the_database_each_keeps_to_its_own_budget(
    stores: list[Store], caplog: pytest.LogCaptureFixture
) -> None:
    """Cards still go out, at the pace of one process; that it is so is said once."""
    alone = budget(stores[0], FIVE)
    await stores[0].close()
    assert [await alone.claim(1) == 0 for _ in range(7)] == [True] * 5 + [False] * 2
    said = [one.message for one in caplog.records if "shared send budget" in one.message]
    assert len(said) == 1

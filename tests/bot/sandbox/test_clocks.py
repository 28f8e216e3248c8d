"""Virtual time: sleepers wake at their own moments, in order, and only when the clock moves."""

import asyncio

from bot.sandbox import VirtualTime


async def test_sleepers_wake_in_order_at_their_own_moments() -> None:
    """A sleeper that goes back to sleep during one advance wakes again within it."""
    time = VirtualTime(0)
    woken: list[tuple[str, float]] = []

    async def nap(name: str, *spans: float) -> None:
        for span in spans:
            await time.sleep(span)
            woken.append((name, time.now()))

    tasks = [asyncio.ensure_future(nap("a", 2, 2)), asyncio.ensure_future(nap("b", 3))]
    await asyncio.sleep(0)
    await time.advance(10)
    await asyncio.gather(*tasks)
    assert woken == [("a", 2), ("b", 3), ("a", 4)]
    assert time.now() == 10


async def test_a_sleep_counts_from_the_call() -> None:
    """The clock may move between the call and the first await."""
    time = VirtualTime(0)
    sleeping = time.sleep(5)
    await time.advance(5)
    await asyncio.wait_for(sleeping, 1)

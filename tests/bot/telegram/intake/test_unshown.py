"""What came last is waited for until it is shown, and no longer than is allowed."""

from __future__ import annotations

import asyncio

from bot.telegram.unshown import Unshown, shows


async def waits(unshown: Unshown) -> bool:
    """Whether something is still waited for; a moment is enough to find out."""
    waiting = asyncio.create_task(unshown.none(60))
    for _ in range(5):
        await asyncio.sleep(0)
    ended = waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])
    return not ended


async def test_all_that_came_last_is_waited_for() -> None:
    """One of two shown is not enough; a second sign of the same one does nothing."""
    unshown = Unshown()
    assert not await waits(unshown)
    unshown.begin([1, 2])
    unshown.end(1)
    unshown.end(1)
    assert await waits(unshown)
    unshown.end(2)
    assert not await waits(unshown)


async def test_what_came_before_is_not_waited_for_any_more() -> None:
    """An update that nobody ever shows holds nothing up for long: the next ones count alone."""
    unshown = Unshown()
    unshown.begin([1])
    unshown.begin([2])
    unshown.end(2)
    assert not await waits(unshown)
    unshown.begin([3])
    unshown.begin([])
    assert not await waits(unshown)


async def test_the_wait_ends_in_time() -> None:
    """Whoever is not shown in time is left to be shown later."""
    unshown = Unshown()
    unshown.begin([1])
    async with asyncio.timeout(5):
        await unshown.none(0.01)
    assert await waits(unshown)


async def test_what_is_shown_counts_for_the_update_that_is_handled_there() -> None:
    """In the task that handles it, in those that it begins, and nowhere else."""
    unshown = Unshown()
    unshown.begin([1, 2, 3])

    async def show() -> None:
        shows()

    async def handle(row: int) -> None:
        unshown.handling(row)
        await asyncio.create_task(show())

    shows()  # a notice that nobody tapped for
    await asyncio.gather(handle(1), handle(2))
    assert await waits(unshown)
    await asyncio.create_task(handle(3))
    assert not await waits(unshown)

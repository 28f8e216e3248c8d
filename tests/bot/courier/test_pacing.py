"""The send budget: bursts pass, then the pace holds; a pause holds for everybody."""

from __future__ import annotations

import asyncio

from bot.pacing import PATIENCE, TELEGRAM, UNPACED, Budget


class Hours:
    """A time that passes while somebody sleeps; every sleep is a step of one task."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        """Seconds since the beginning."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.time += seconds


def _budget() -> tuple[Hours, Budget]:
    hours = Hours()
    return hours, Budget(TELEGRAM, hours.now, hours.sleep)


async def test_a_burst_passes_and_then_one_a_second() -> None:
    """The fastest thumb is let through sixty edits; what comes after it waits for its second."""
    hours, budget = _budget()
    for _ in range(TELEGRAM.chat.burst):
        assert await budget.claim(1) == 0
    assert hours.time == 0
    assert await budget.claim(1) == 0
    assert round(hours.time, 3) == 1


async def test_whoever_would_wait_long_is_told_how_long() -> None:
    """A pause is not waited for: the seconds left are the answer, and nothing is counted."""
    hours, budget = _budget()
    budget.pause(40)
    assert await budget.claim(1) == 40
    hours.time = 39.5
    assert await budget.claim(1) == 0  # half a second is within patience
    assert hours.time == 40
    assert PATIENCE == 1.0


async def test_a_later_shorter_pause_does_not_end_a_longer_one() -> None:
    """The longest pause that was asked for is kept."""
    _, budget = _budget()
    budget.pause(40)
    budget.pause(2)
    assert await budget.claim(1) == 40


async def test_thirty_a_second_over_all() -> None:
    """Many chats at once pass in a burst of two seconds' worth; after it, thirty a second."""
    hours, budget = _budget()
    for chat in range(TELEGRAM.overall.burst + 90):
        assert await budget.claim(chat) == 0
    assert 2.9 < hours.time < 3.1


async def test_notices_to_one_chat_keep_the_published_pace() -> None:
    """Three at once, then one a second, though a thumb may be faster there."""
    hours, budget = _budget()
    for _ in range(13):
        await budget.ready(1)
    assert round(hours.time, 3) == 10


async def test_cards_go_before_notices() -> None:
    """However many notices wait, half of the burst over all is left to cards."""
    hours, budget = _budget()
    for chat in range(200):
        await budget.ready(chat)
    began = hours.time
    for chat in range(TELEGRAM.overall.burst - TELEGRAM.overall.calm):
        assert await budget.claim(1_000 + chat) == 0
    assert hours.time == began


async def test_a_place_that_was_kept_needs_no_second_one() -> None:
    """The call that a notice waited for is counted once, and only for that chat."""
    hours, budget = _budget()

    async def notice() -> None:
        await budget.ready(1)
        assert await budget.claim(1) == 0  # the place that was kept
        assert await budget.claim(1) == 0  # one more, as a card that must be drawn anew

    await asyncio.create_task(notice())
    for _ in range(TELEGRAM.chat.burst - 2):
        assert await budget.claim(1) == 0
    assert hours.time == 0
    await budget.claim(1)
    assert hours.time > 0


async def test_a_pause_that_began_meanwhile_holds_for_a_kept_place_too() -> None:
    """Between keeping the place and the call somebody was told to pause: nothing is sent."""
    _, budget = _budget()

    async def notice() -> None:
        await budget.ready(1)
        budget.pause(7)
        assert await budget.claim(1) == 7

    await asyncio.create_task(notice())


async def test_without_a_pace_only_pauses_count() -> None:
    """A Bot API without limits is not held up, but what it asks for is done."""
    hours = Hours()
    budget = Budget(UNPACED, hours.now, hours.sleep)
    for _ in range(1_000):
        await budget.ready(1)
        assert await budget.claim(1) == 0
    assert hours.time == 0
    budget.pause(3)
    assert await budget.claim(1) == 3

"""Two intakes on one PostgreSQL: a person has one order, whichever process hears the tap."""

from __future__ import annotations

from bot.telegram.intake import Intake
from tests.bot.telegram.intake.parts import HandClock, Recorder, payloads, settled, tap
from tests.storage.neighbours import neighbours


async def test_an_update_waits_for_those_that_another_process_kept(postgres_url: str) -> None:
    """Taps that alternate between two processes are handled in their order, told of them or not."""
    async with neighbours(postgres_url) as (first, second):
        handler = Recorder(first)
        # Nobody listens to what the processes tell each other: what was kept must do.
        intakes = [
            Intake(first, handler, HandClock()),
            Intake(second, Recorder(second), HandClock()),
        ]
        for number in range(9):
            await intakes[number % 2].take([tap(number)])
        await settled(first)
        assert await payloads(first, "1001") == [f"tap:q{number}" for number in range(9)]
        assert handler.keys == [f"tap:q{number}" for number in range(9)]

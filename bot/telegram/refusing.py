"""Refusals in the conversation: what somebody known may not do is kept, and done with."""

from __future__ import annotations

from bot.gate import Gate
from bot.telegram.speaker import Speaker
from flows.policy import Action


async def refuse(gate: Gate, speaker: Speaker, action: Action, about: str) -> None:
    """Keep the refusal; one that cannot be told from another is not kept twice."""
    if await gate.refused(speaker.actor(), action, about, speaker.update):
        speaker.turn.done = True

"""The contract of the card places: which message shows a screening. Not part of the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from storage.limits import LARGEST_ID, check_name, check_number


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """A card on somebody's screen, and the version of the stream it was drawn from."""

    chat: int
    message_id: int
    drawn_version: int


def check_place(stream: str, card: DrawnCard) -> None:
    """Refuse a place that some backend could not keep; raises BadEntry."""
    check_name("stream name", stream)
    check_number("chat", card.chat, -LARGEST_ID)
    check_number("message", card.message_id, 0)
    check_number("drawn version", card.drawn_version, 0)


class Cards(Protocol):
    """Remembers where the card of each stream stands in each chat."""

    async def card(self, stream: str, chat: int) -> int | None:
        """The message that shows the stream in a chat, or None."""
        ...

    async def put_card(self, stream: str, chat: int, message_id: int, drawn_version: int) -> None:
        """Remember it, in place of the one before. Raises BadEntry."""
        ...

    async def drawn(self, stream: str) -> tuple[DrawnCard, ...]:
        """Every card of a stream, by chat."""
        ...

"""The places of the cards in memory."""

from __future__ import annotations

from storage.cards import DrawnCard, check_place


class MemoryCards:
    """Keeps the contract `storage.cards.Cards`."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, int], DrawnCard] = {}

    async def card(self, stream: str, chat: int) -> int | None:
        """See `Cards.card`."""
        drawn = self._drawn.get((stream, chat))
        return None if drawn is None else drawn.message_id

    async def put_card(self, stream: str, chat: int, message_id: int, drawn_version: int) -> None:
        """See `Cards.put_card`."""
        place = DrawnCard(chat, message_id, drawn_version)
        check_place(stream, place)
        self._drawn[stream, chat] = place

    async def drawn(self, stream: str) -> tuple[DrawnCard, ...]:
        """See `Cards.drawn`."""
        found = (card for (name, _), card in self._drawn.items() if name == stream)
        return tuple(sorted(found, key=lambda card: card.chat))

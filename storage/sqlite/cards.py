"""The places of the cards in a SQLite file."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from storage.cards import DrawnCard, check_place
from storage.sqlite.file import SqliteFile
from storage.sqlite.statements import CARDS

KEPT: Final = 4_096
"""Streams whose places are at hand: one process writes, and each tap asks for them."""


class SqliteCards:
    """Keeps the contract `storage.cards.Cards`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._known: OrderedDict[str, tuple[DrawnCard, ...]] = OrderedDict()
        self._changes = 0

    async def card(self, stream: str, chat: int) -> int | None:
        """See `Cards.card`."""
        drawn = await self.drawn(stream)
        return next((place.message_id for place in drawn if place.chat == chat), None)

    async def put_card(self, stream: str, chat: int, message_id: int, drawn_version: int) -> None:
        """See `Cards.put_card`."""
        check_place(stream, DrawnCard(chat, message_id, drawn_version))
        await self._file.write(
            lambda db: CARDS.put_card(
                db,
                stream=stream,
                chat=chat,
                message_id=message_id,
                drawn_version=drawn_version,
            ),
            lambda _: self._changed(stream),
        )

    async def drawn(self, stream: str) -> tuple[DrawnCard, ...]:
        """See `Cards.drawn`."""
        known = self._known.get(stream)
        if known is not None and not self._file.closed:
            return known
        before = self._changes
        found = await self._file.read(
            lambda db: tuple(DrawnCard(*row) for row in CARDS.drawn(db, stream=stream))
        )
        if self._file.alone and self._changes == before:
            self._keep(stream, found)
        return found

    def _changed(self, stream: str) -> None:
        self._changes += 1  # what is being read just now may be older
        self._known.pop(stream, None)

    def _keep(self, stream: str, found: tuple[DrawnCard, ...]) -> None:
        self._known[stream] = found
        if len(self._known) > KEPT:
            self._known.popitem(last=False)

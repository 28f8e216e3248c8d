"""The places of the cards in a SQLite file."""

from __future__ import annotations

from storage.cards import DrawnCard, check_place
from storage.sqlite.file import SqliteFile
from storage.sqlite.statements import CARDS


class SqliteCards:
    """Keeps the contract `storage.cards.Cards`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    async def card(self, stream: str, chat: int) -> int | None:
        """See `Cards.card`."""
        return await self._file.read(lambda db: CARDS.card(db, stream=stream, chat=chat))

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
            )
        )

    async def drawn(self, stream: str) -> tuple[DrawnCard, ...]:
        """See `Cards.drawn`."""
        return await self._file.read(
            lambda db: tuple(DrawnCard(*row) for row in CARDS.drawn(db, stream=stream))
        )

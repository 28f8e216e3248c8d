"""The places of the cards in a PostgreSQL database."""

from __future__ import annotations

from storage.cards import DrawnCard, check_place
from storage.postgres.connection import Connection
from storage.postgres.database import PostgresDatabase
from storage.postgres.statements import CARDS


class PostgresCards:
    """Keeps the contract `storage.cards.Cards`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def card(self, stream: str, chat: int) -> int | None:
        """See `Cards.card`."""
        return await self._database.read(lambda db: CARDS.card(db, stream=stream, chat=chat))

    async def put_card(self, stream: str, chat: int, message_id: int, drawn_version: int) -> None:
        """See `Cards.put_card`."""
        check_place(stream, DrawnCard(chat, message_id, drawn_version))
        await self._database.write(
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

        async def work(db: Connection) -> tuple[DrawnCard, ...]:
            return tuple([DrawnCard(*row) async for row in CARDS.drawn(db, stream=stream)])

        return await self._database.read(work)

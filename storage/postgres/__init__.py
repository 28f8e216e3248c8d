"""The parts in a PostgreSQL database: any number of processes may write."""

from storage.postgres.cards import PostgresCards
from storage.postgres.database import PostgresDatabase
from storage.postgres.inbox import PostgresInbox
from storage.postgres.keys import PostgresKeys
from storage.postgres.ledger import PostgresLedger
from storage.postgres.moving import PostgresSide
from storage.postgres.outbox import PostgresOutbox
from storage.postgres.pace import PostgresPace
from storage.postgres.pins import PostgresPins
from storage.postgres.survey import survey

__all__ = [
    "PostgresCards",
    "PostgresDatabase",
    "PostgresInbox",
    "PostgresKeys",
    "PostgresLedger",
    "PostgresOutbox",
    "PostgresPace",
    "PostgresPins",
    "PostgresSide",
    "survey",
]

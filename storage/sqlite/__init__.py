"""The ledger, inbox and outbox in one SQLite file: one host, one process that writes."""

from storage.sqlite.file import SqliteFile
from storage.sqlite.ledger import SqliteLedger

__all__ = ["SqliteFile", "SqliteLedger"]

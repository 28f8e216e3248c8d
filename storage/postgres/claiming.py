"""Who may write: every writer beside the others, or one alone while the house is moved.

The claim is an advisory lock of the session. It ends with the connection, so a process that was
killed holds nothing.
"""

from __future__ import annotations

import asyncio
from typing import Final

from storage.errors import StorageUnavailable, Trouble
from storage.postgres.connection import Connection
from storage.postgres.statements import SCHEMA

NAMESPACE: Final = 0x5343_5201
"""The first half of every advisory lock of this software but those below; any number will do."""

WRITERS: Final = NAMESPACE + 1
PINS: Final = NAMESPACE + 2
REPLICAS: Final = NAMESPACE + 3
DUTIES: Final = NAMESPACE + 4
CLAIMS: Final = NAMESPACE + 5

TRIES: Final = 20
SECONDS_BETWEEN: Final = 0.1
"""PostgreSQL may take a moment to notice that a process was killed."""


async def claim(db: Connection, *, alone: bool) -> None:
    """Claim the right to write for as long as the connection lives.

    Raises StorageUnavailable when somebody else is in the way.
    """
    if not alone:
        if not await SCHEMA.claim_beside_others(db, writers=WRITERS):
            raise StorageUnavailable("the database is being moved", Trouble.BEING_MOVED)
        return
    for _ in range(TRIES):
        if await SCHEMA.claim_alone(db, writers=WRITERS):
            return
        await asyncio.sleep(SECONDS_BETWEEN)
    raise StorageUnavailable("the database is in use: somebody else writes to it", Trouble.IN_USE)

"""What can be found out about a server, beside the processes that write to it."""

from __future__ import annotations

import asyncpg

from storage.address import InPostgres
from storage.postgres.connection import (
    READING,
    REQUIRED,
    SECONDS_FOR_A_STATEMENT,
    SECONDS_TO_CONNECT,
)
from storage.postgres.faults import translated
from storage.postgres.statements import SCHEMA
from storage.survey import ServerSurvey


async def survey(address: InPostgres) -> ServerSurvey:
    """Ask a server how it is set; nothing is changed. Raises StorageError."""
    with translated():
        db = await asyncpg.connect(
            address.dsn,
            timeout=SECONDS_TO_CONNECT,
            command_timeout=SECONDS_FOR_A_STATEMENT,
            server_settings=dict(READING),
        )
        try:
            found = {name: await SCHEMA.setting(db, name=name) for name in REQUIRED}
            said = tuple(f"{name}={value}" for name, value in found.items())
            wrong = (
                one
                for one, (name, value) in zip(said, found.items(), strict=True)
                if value != REQUIRED[name][0]
            )
            return ServerSurvey(
                shown=address.shown,
                version=await SCHEMA.setting(db, name="server_version"),
                settings=said,
                differing=next(wrong, ""),
                standby=await SCHEMA.is_standby(db),
            )
        finally:
            await db.close()

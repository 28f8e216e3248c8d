"""Brings a database to the newest form: forward only, each step whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from storage.errors import NewerDatabase, StorageUnavailable, Trouble
from storage.postgres.claiming import NAMESPACE
from storage.postgres.connection import Connection
from storage.postgres.statements import FOLDER, SCHEMA

MIGRATIONS: Final = FOLDER / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the form, from the file `0001_name.sql`."""

    version: int
    name: str
    sql: str


def known_migrations(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """The steps in order; raises ValueError when their numbers do not run 1, 2, 3."""
    steps = tuple(_read(path) for path in sorted(folder.glob("*.sql")))
    if [step.version for step in steps] != list(range(1, len(steps) + 1)):
        raise ValueError("the migrations are not numbered 1, 2, 3 and so on")
    return steps


def _read(path: Path) -> Migration:
    number, _, name = path.stem.partition("_")
    return Migration(int(number), name, path.read_text(encoding="utf-8"))


async def form_of(db: Connection, steps: Sequence[Migration]) -> int:
    """The form of the database, 0 when it is empty; nothing is written.

    Raises NewerDatabase, or StorageUnavailable for another software's database.
    """
    if await SCHEMA.is_empty(db):
        return 0
    if not await SCHEMA.has_versions(db):
        raise StorageUnavailable("this is the database of another software", Trouble.FOREIGN)
    found = await SCHEMA.current_version(db)
    if found > len(steps):
        raise NewerDatabase(found, len(steps))
    return found


async def migrate(db: Connection, now: Callable[[], str], steps: Sequence[Migration]) -> None:
    """Apply the steps that the database has not had; a step that fails leaves no trace.

    Of several processes that start at once one applies a step and the others find it applied.
    """
    while await form_of(db, steps) < len(steps):
        async with db.transaction():
            await SCHEMA.wait_for_migrations(db, form=NAMESPACE)
            form = await form_of(db, steps)
            if form < len(steps):
                await _apply(db, steps[form], now())


async def _apply(db: Connection, step: Migration, applied_at: str) -> None:
    if step.version == 1:
        await SCHEMA.create_versions(db)
    await db.execute(step.sql)
    await SCHEMA.record_version(db, version=step.version, name=step.name, applied_at=applied_at)

"""Brings a file to the newest form: forward only, each step whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from storage.errors import NewerDatabase, StorageUnavailable, Trouble
from storage.sqlite.statements import FOLDER, SCHEMA

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


def form_of(db: sqlite3.Connection, steps: Sequence[Migration]) -> int:
    """The form of the file, 0 when it is empty; nothing is written.

    Raises NewerDatabase, or StorageUnavailable for another software's database.
    """
    if SCHEMA.is_empty(db):
        return 0
    if not SCHEMA.has_versions(db):
        raise StorageUnavailable("this is the database of another software", Trouble.FOREIGN)
    found = SCHEMA.current_version(db)
    if found > len(steps):
        raise NewerDatabase(found, len(steps))
    return found


def migrate(db: sqlite3.Connection, now: Callable[[], str], steps: Sequence[Migration]) -> None:
    """Apply the steps that the file has not had; a step that fails leaves no trace."""
    for step in steps[form_of(db, steps) :]:
        db.execute("BEGIN IMMEDIATE")
        try:
            _apply(db, step, now())
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


def _apply(db: sqlite3.Connection, step: Migration, applied_at: str) -> None:
    if step.version == 1:
        SCHEMA.create_versions(db)
    for statement in _statements(step.sql):
        db.execute(statement)
    SCHEMA.record_version(db, version=step.version, name=step.name, applied_at=applied_at)


def _statements(sql: str) -> Iterator[str]:
    # executescript would commit first, and the step would no longer be whole.
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""

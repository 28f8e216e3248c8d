"""The statements in the .sql files are those that the code names."""

from __future__ import annotations

import inspect

import aiosql
import pytest

from storage.sqlite import statements


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("schema", statements.SchemaStatements),
        ("ledger", statements.LedgerStatements),
        ("inbox", statements.InboxStatements),
        ("outbox", statements.OutboxStatements),
        ("cards", statements.CardStatements),
        ("pins", statements.PinStatements),
        ("keys", statements.KeyStatements),
        ("scratch", statements.ScratchStatements),
    ],
)
def test_each_statement_is_typed_as_it_is_written(name: str, typed: type) -> None:
    """Neither a name nor a parameter is missing on either side."""
    loaded = aiosql.from_path(statements.FOLDER / f"{name}.sql", "sqlite3")
    written = {
        found: set(getattr(loaded, found).parameters or ())
        for found in loaded.available_queries
        if not found.endswith("_cursor")
    }
    named = {
        found: set(inspect.signature(getattr(typed, found)).parameters) - {"self", "db"}
        for found in vars(typed)
        if not found.startswith("_")
    }
    assert written == named

"""Fixtures of the storage tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.opening import Store, open_store, sqlite_store
from storage.sqlite import SqliteFile
from tests.storage.samples import now

pytest.register_assert_rewrite(
    "tests.storage.ledger_contract",
    "tests.storage.inbox_contract",
    "tests.storage.outbox_contract",
    "tests.storage.pins_contract",
    "tests.storage.keys_contract",
    "tests.storage.replicas_contract",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A place for a database, in a folder that is not there yet."""
    return tmp_path / "record" / "ledger.db"


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[Store]:
    """An open store in a new SQLite file."""
    store = sqlite_store(await SqliteFile.open(path, now))
    yield store
    await store.close()


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[Store]:
    """An open store in a new database of a real PostgreSQL."""
    store = await open_store(postgres_url, now)
    yield store
    await store.close()


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """A place for a file."""
    return f"sqlite:///{tmp_path}/one/ledger.db"


@pytest.fixture
def other_url(tmp_path: Path) -> str:
    """Another place for a file."""
    return f"sqlite:///{tmp_path}/two/ledger.db"

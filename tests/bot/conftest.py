"""What every test of the bot room may ask for."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.texts import ALL
from bot.texts.shape import Texts
from storage.ledger import Ledger
from storage.memory import MemoryLedger
from storage.opening import Store, memory_store, open_store
from tests.bot.cases import AT

pytest.register_assert_rewrite("tests.storage.ledger_contract")

# The same examples at every run, unless SEARCH=1 asks for new ones; nothing is kept on disc.
settings.register_profile(
    "bot",
    deadline=None,
    database=None,
    derandomize=os.environ.get("SEARCH") != "1",
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("bot")


@pytest.fixture(params=["en", "fr"])
def texts(request: pytest.FixtureRequest) -> Texts:
    """The words of each language in turn."""
    return ALL[str(request.param)]


@pytest.fixture(params=["memory", "sqlite"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    """An empty ledger of each kind in turn."""
    if request.param == "memory":
        yield MemoryLedger()
        return
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    yield store.ledger
    await store.close()


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store of each kind in turn: a ledger with its outbox."""
    if request.param == "memory":
        yield memory_store()
        return
    opened = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    yield opened
    await opened.close()

"""What all tiers share: one real PostgreSQL for the session, a database of one's own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.postgres_server import Shared, create, drop, shared_server, stop_shared

ON_A_WORKER = "PYTEST_XDIST_WORKER"


@pytest.fixture(scope="session")
def postgres_shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """The server of this session, started when the first test asks for it."""
    base = tmp_path_factory.getbasetemp()
    if ON_A_WORKER in os.environ:
        return shared_server(base.parent, os.getppid())
    return shared_server(base, os.getpid())


@pytest.fixture
async def postgres_url(postgres_shared: Shared) -> AsyncIterator[str]:
    """A new database in the newest form, empty."""
    url = await create(postgres_shared.url, postgres_shared.template)
    yield url
    await drop(url)


@pytest.fixture
async def bare_postgres_url(postgres_shared: Shared) -> AsyncIterator[str]:
    """A new database without a single table."""
    url = await create(postgres_shared.url)
    yield url
    await drop(url)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the server once every worker is done."""
    if ON_A_WORKER not in os.environ:
        factory = getattr(session.config, "_tmp_path_factory", None)
        base: Path | None = getattr(factory, "_basetemp", None)
        if base is not None:
            stop_shared(base)

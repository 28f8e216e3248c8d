"""What every tier of the tests has: a real PostgreSQL, and the fixture to report a promise."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest

from tests.postgres_server import Shared, create, drop, shared_server, stop_shared
from tests.promises.report import SCALE, Promise

ON_A_WORKER = "PYTEST_XDIST_WORKER"
_PASSED = pytest.StashKey[bool]()
CANARIES = ("canary_canary", "canary-canary-canary", "canary-webhook-secret")
"""Parts of the tokens and secrets with which bots run in the tests."""

OURS = ("bot", "storage", "asyncio")
"""Loggers of what runs; a test that tries the redaction itself logs under a name of its own."""

QUIET = ("telegram", "aiohttp", "httpx")
"""Libraries that `bot.telegram.redact` lets speak from WARNING on, since below they tell all."""


class Canary(logging.Handler):
    """Looks at every line that is logged, by whatever test, before anything redacts it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.hits: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note where a secret would have come out, with the levels that the product sets."""
        room = record.name.partition(".")[0]
        if room in OURS or (room in QUIET and record.levelno >= logging.WARNING):
            line = self.format(record)
            if any(canary in line for canary in CANARIES):
                self.hits.append(f"{record.name}, {record.filename}:{record.lineno}")


@pytest.fixture(autouse=True)
def canary() -> Iterator[Canary]:
    """Fail any test during which a token or a secret was logged."""
    found = Canary()
    logging.getLogger().addHandler(found)
    yield found
    logging.getLogger().removeHandler(found)
    assert found.hits == [], "a secret was logged"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that reports a promise, wherever it stands, for `make promises`."""
    for item in items:
        if "promise" in getattr(item, "fixturenames", ()):
            item.add_marker("reports")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test itself has passed: what a failed one found is not kept."""
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
    return report


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Iterator[Promise]:
    """Report a row of docs/promises.md: `promise(4, "320 taps, 0 lost", seed=SEED)`."""
    found = Promise(request.node.nodeid)
    yield found
    if found.found and SCALE == 1 and request.node.stash.get(_PASSED, False):
        found.keep()


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

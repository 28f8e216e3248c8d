"""Connections behave alike on Python's own loop and on the one that the process runs on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from bot.telegram.server import Server
from tests.bot.telegram.site.parts import LIMITS, Echo, Line, Listening


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Each test of this folder runs once on each."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def site() -> Echo:
    """A site that answers at once."""
    return Echo()


@pytest.fixture
async def listening(site: Echo) -> AsyncIterator[Listening]:
    """The site listens."""
    server = Server(site, LIMITS, "127.0.0.1", 0)
    yield Listening(server, await server.start())
    await server.stop()


@pytest.fixture
async def line(listening: Listening) -> AsyncIterator[Line]:
    """Somebody has called it."""
    line = await listening.call()
    yield line
    line.writer.close()

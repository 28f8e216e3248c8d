"""Fixtures of the intake's tests: both stores, a clock, a loopback Bot API and a line to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Phone, Sandbox
from bot.telegram.line import Line
from bot.telegram.meters import Meters
from bot.telegram.request import WireRequest
from storage.opening import Store, memory_store, open_store
from tests.bot.telegram.intake.parts import AT, TOKEN, HandClock, Recorder


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Each kind of store in turn."""
    if request.param == "memory":
        yield memory_store()
        return
    opened = await open_store(f"sqlite:///{tmp_path / 'kept' / 'screening.db'}", lambda: AT)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> HandClock:
    """A clock that only the test moves."""
    return HandClock()


@pytest.fixture
def recorder(store: Store) -> Recorder:
    """A handler that records one event per update."""
    return Recorder(store)


@pytest.fixture
def meters() -> Meters:
    """Counters of the test's own."""
    return Meters()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A running loopback Bot API whose token is a canary."""
    async with Sandbox(token=TOKEN) as running:
        yield running


@pytest.fixture
async def phone(sandbox: Sandbox) -> Phone:
    """A person who has pressed START, which the bot has not heard of yet."""
    phone = sandbox.phone(1001, "Ines", "en")
    await phone.start()
    sandbox.queue.clear()
    return phone


@pytest.fixture
async def request_() -> AsyncIterator[WireRequest]:
    """An open request object."""
    async with WireRequest() as opened:
        yield opened


@pytest.fixture
def line(sandbox: Sandbox, request_: WireRequest) -> Line:
    """A line to the sandbox."""
    return Line(request_, f"{sandbox.base_url}{TOKEN}")

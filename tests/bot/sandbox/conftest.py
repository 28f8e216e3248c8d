from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Phone, Sandbox, VirtualTime
from tests.bot.sandbox.caller import Caller


@pytest.fixture
def time() -> VirtualTime:
    """A clock that only the test moves."""
    return VirtualTime()


@pytest.fixture
async def sandbox(time: VirtualTime) -> AsyncIterator[Sandbox]:
    """A running sandbox on virtual time."""
    async with Sandbox(clock=time.now, sleep=time.sleep) as running:
        yield running


@pytest.fixture
async def call(sandbox: Sandbox) -> AsyncIterator[Caller]:
    """A caller with the right token."""
    async with aiohttp.ClientSession() as session:
        yield Caller(sandbox, session)


@pytest.fixture
async def phone(sandbox: Sandbox) -> Phone:
    """A person who has pressed START, which the bot has not heard of yet."""
    phone = sandbox.phone(1001, "Ines", "en")
    await phone.start()
    sandbox.queue.clear()
    return phone

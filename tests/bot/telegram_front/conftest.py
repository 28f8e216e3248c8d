"""Fixtures of the front's tests: a clinic, and the people who work in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.opening import memory_store
from tests.bot.telegram_front.clinic import INVESTIGATOR, ON_CALL, Clinic, opened
from tests.bot.telegram_front.robot import Robot


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    """The bot at one site, with nobody let in yet."""
    async with opened(memory_store()) as found:
        yield found


@pytest.fixture
async def ines(clinic: Clinic) -> Robot:
    """An investigator who reads English."""
    return await clinic.person(1001, "Ines", INVESTIGATOR)


@pytest.fixture
async def marc(clinic: Clinic) -> Robot:
    """An investigator who reads French."""
    return await clinic.person(1002, "Marc", INVESTIGATOR, "fr")


@pytest.fixture
async def olive(clinic: Clinic) -> Robot:
    """On call, and reads English."""
    return await clinic.person(1003, "Olive", ON_CALL)

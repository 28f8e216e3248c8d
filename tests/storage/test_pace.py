"""The shared pace: several processes count on the same meters, and keep the same pauses."""

from __future__ import annotations

import asyncio

import pytest

from storage.opening import Store
from storage.pace import Meter, Paces
from storage.postgres import pace
from tests.postgres_server import on
from tests.storage.neighbours import neighbours

ALL, CHAT = Meter("all", 0.001, 1.0), Meter("chat/1", 3600.0, 3600.0 * 2)
"""A burst of three in a chat, and then one in an hour."""


def paces(store: Store) -> Paces:
    """The pace of a store that shares one."""
    assert store.pace is not None
    return store.pace


async def test_a_burst_is_counted_over_all_processes(postgres_url: str) -> None:
    """Of ten calls at once from three processes three pass, and the others hear how long."""
    async with neighbours(postgres_url, 3) as stores:
        await paces(stores[0]).claim([ALL])  # the row that all wait for is there
        waits = await asyncio.gather(
            *(paces(stores[turn % 3]).claim([ALL, CHAT]) for turn in range(10))
        )
        assert sum(wait == 0 for wait in waits) == 3
        assert all(3500 < wait <= 3600 for wait in waits if wait)


async def test_a_refused_call_counts_on_no_meter(postgres_url: str) -> None:
    """Whoever waits for one chat does not slow another down."""
    async with neighbours(postgres_url, 1) as (store,):
        slow = Meter("all", 100.0, 300.0)
        full = Meter("chat/2", 100.0, 0.0)
        assert await paces(store).claim([slow, full]) == 0
        for _ in range(5):
            assert await paces(store).claim([slow, full]) > 0
        assert await paces(store).claim([slow, Meter("chat/3", 100.0, 0.0)]) == 0


async def test_a_meter_comes_to_rest_with_time(postgres_url: str) -> None:
    """After the seconds that were named one more call passes."""
    async with neighbours(postgres_url) as (first, second):
        meter = Meter("chat/4", 60.0, 0.0)
        assert await paces(first).claim([meter]) == 0
        assert 0 < await paces(second).claim([meter]) <= 60
        await on(postgres_url, "UPDATE pace SET rests_at = rests_at - interval '1 minute'")
        assert await paces(second).claim([meter]) == 0


async def test_meters_at_rest_are_forgotten(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was written to once leaves no row for ever."""
    monkeypatch.setattr(pace, "FORGETS_EVERY", 3)
    async with neighbours(postgres_url, 1) as (store,):
        await paces(store).claim([ALL, Meter("chat/1", 3600.0, 3600.0)])
        await paces(store).claim([ALL, Meter("chat/2", 0.001, 1.0)])
        await on(postgres_url, "UPDATE pace SET rests_at = rests_at - interval '2 minutes'")
        await paces(store).claim([ALL])
        rows = await on(postgres_url, "SELECT name FROM pace ORDER BY name")
        assert [name for (name,) in rows] == ["all", "chat/1"]


async def test_a_pause_holds_for_all(postgres_url: str) -> None:
    """The longest stands, nothing is counted meanwhile, and whoever begins later knows of it."""
    async with neighbours(postgres_url) as (first, second):
        assert await paces(first).paused() == 0
        await paces(first).pause(30)
        await paces(second).pause(10)
        assert 25 < await paces(second).claim([Meter("chat/5", 1.0, 0.0)]) <= 30
        assert 25 < await paces(second).paused() <= 30

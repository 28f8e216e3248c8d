"""What holds for a process alone with its database, whichever it is; each backend inherits this."""

from __future__ import annotations

import asyncio

import pytest

from storage.opening import Store
from storage.replicas import Duty, Topic
from tests.storage.samples import update


class ReplicasContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    async def test_a_duty_is_taken_kept_and_given_back(self, store: Store) -> None:
        """Whoever asks first has it until it is given back."""
        assert not store.replicas.holds(Duty.POLL)
        assert await store.replicas.take(Duty.POLL)
        assert await store.replicas.take(Duty.POLL)
        assert store.replicas.holds(Duty.POLL)
        assert not store.replicas.holds(Duty.UPKEEP)
        await store.replicas.give_back(Duty.POLL)
        assert not store.replicas.holds(Duty.POLL)
        await store.replicas.give_back(Duty.POLL)

    async def test_joining_twice_is_joining_once(self, store: Store) -> None:
        """And what was accepted before waits all the same."""
        rows = await store.inbox.accept([update("a")])
        await store.replicas.join()
        await store.replicas.join()
        assert await store.inbox.undone() == rows
        assert not rows[0].elsewhere

    async def test_nothing_is_elsewhere(self, store: Store) -> None:
        """Every lane is this process's own, also after those at rest were released."""
        await store.inbox.accept([update("a"), update("b", lane="person-2")])
        assert await store.replicas.elsewhere() == frozenset()
        await store.replicas.release()
        assert len(await store.inbox.undone()) == 2

    async def test_nobody_hears_oneself(self, store: Store) -> None:
        """What is told is for others."""
        heard: list[str] = []
        await store.replicas.join()
        store.replicas.hear(Topic.PAUSE, heard.append)
        store.replicas.tell(Topic.PAUSE, "5")
        await asyncio.sleep(0.05)
        assert heard == []

"""The store in memory keeps every contract."""

from __future__ import annotations

import pytest

from storage.memory import (
    MemoryCards,
    MemoryInbox,
    MemoryKeys,
    MemoryLedger,
    MemoryOutbox,
    MemoryPins,
)
from storage.opening import Store
from tests.storage.inbox_contract import InboxContract
from tests.storage.keys_contract import KeysContract
from tests.storage.ledger_contract import LedgerContract
from tests.storage.outbox_contract import CardsContract, OutboxContract
from tests.storage.pins_contract import PinsContract
from tests.storage.replicas_contract import ReplicasContract
from tests.storage.samples import KINDS


def _store() -> Store:
    inbox, outbox = MemoryInbox(), MemoryOutbox()
    ledger = MemoryLedger(inbox, outbox, KINDS)
    return Store(ledger, inbox, outbox, MemoryCards(), MemoryPins(), MemoryKeys(ledger))


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def store(self) -> Store:
        return _store()


class TestMemoryInbox(InboxContract):
    @pytest.fixture
    def store(self) -> Store:
        return _store()


class TestMemoryOutbox(OutboxContract):
    @pytest.fixture
    def store(self) -> Store:
        return _store()


class TestMemoryCards(CardsContract):
    @pytest.fixture
    def store(self) -> Store:
        return _store()


class TestMemoryPins(PinsContract):
    @pytest.fixture
    def store(self) -> Store:
        return _store()


class TestMemoryKeys(KeysContract):
    @pytest.fixture
    def store(self) -> Store:
        return _store()


class TestMemoryReplicas(ReplicasContract):
    @pytest.fixture
    def store(self) -> Store:
        return _store()

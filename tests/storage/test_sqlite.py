"""The store in a SQLite file keeps every contract."""

from __future__ import annotations

import pytest

from storage.opening import Store
from tests.storage.inbox_contract import InboxContract
from tests.storage.keys_contract import KeysContract
from tests.storage.ledger_contract import LedgerContract
from tests.storage.outbox_contract import CardsContract, OutboxContract
from tests.storage.pins_contract import PinsContract
from tests.storage.replicas_contract import ReplicasContract


class TestSqliteLedger(LedgerContract):
    @pytest.fixture
    def store(self, sqlite: Store) -> Store:
        return sqlite


class TestSqliteInbox(InboxContract):
    @pytest.fixture
    def store(self, sqlite: Store) -> Store:
        return sqlite


class TestSqliteOutbox(OutboxContract):
    @pytest.fixture
    def store(self, sqlite: Store) -> Store:
        return sqlite


class TestSqliteCards(CardsContract):
    @pytest.fixture
    def store(self, sqlite: Store) -> Store:
        return sqlite


class TestSqlitePins(PinsContract):
    @pytest.fixture
    def store(self, sqlite: Store) -> Store:
        return sqlite


class TestSqliteKeys(KeysContract):
    @pytest.fixture
    def store(self, sqlite: Store) -> Store:
        return sqlite


class TestSqliteReplicas(ReplicasContract):
    @pytest.fixture
    def store(self, sqlite: Store) -> Store:
        return sqlite

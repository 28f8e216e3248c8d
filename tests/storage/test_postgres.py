"""The store in a PostgreSQL database keeps every contract."""

from __future__ import annotations

import pytest

from storage.opening import Store
from tests.storage.inbox_contract import InboxContract
from tests.storage.keys_contract import KeysContract
from tests.storage.ledger_contract import LedgerContract
from tests.storage.outbox_contract import CardsContract, OutboxContract
from tests.storage.pins_contract import PinsContract
from tests.storage.replicas_contract import ReplicasContract


class TestPostgresLedger(LedgerContract):
    @pytest.fixture
    def store(self, postgres: Store) -> Store:
        return postgres


class TestPostgresInbox(InboxContract):
    @pytest.fixture
    def store(self, postgres: Store) -> Store:
        return postgres


class TestPostgresOutbox(OutboxContract):
    @pytest.fixture
    def store(self, postgres: Store) -> Store:
        return postgres


class TestPostgresCards(CardsContract):
    @pytest.fixture
    def store(self, postgres: Store) -> Store:
        return postgres


class TestPostgresPins(PinsContract):
    @pytest.fixture
    def store(self, postgres: Store) -> Store:
        return postgres


class TestPostgresKeys(KeysContract):
    @pytest.fixture
    def store(self, postgres: Store) -> Store:
        return postgres


class TestPostgresReplicas(ReplicasContract):
    @pytest.fixture
    def store(self, postgres: Store) -> Store:
        return postgres

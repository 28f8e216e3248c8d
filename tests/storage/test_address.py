"""Addresses of databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.address import InFile, InMemory, parse_address
from storage.errors import StorageUnavailable
from storage.opening import open_ledger, open_store
from tests.storage.samples import batch, now


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///ledger.db", "ledger.db"),
        ("sqlite:///var/ledger.db", "var/ledger.db"),
        ("sqlite:////var/lib/ledger.db", "/var/lib/ledger.db"),
        ("sqlite:///with%20space.db", "with space.db"),
    ],
)
def test_a_file_is_named_by_three_slashes(url: str, path: str) -> None:
    """A fourth slash makes the path absolute."""
    assert parse_address(url) == InFile(Path(path))


def test_memory_is_named() -> None:
    """A store that is not kept has to be asked for by name."""
    assert parse_address("memory:") == InMemory()


@pytest.mark.parametrize("url", ["postgresql://u:secret@host/db", "postgres://host/db"])
def test_postgresql_is_not_supported_yet(url: str) -> None:
    """The error says so in words, and repeats no password."""
    with pytest.raises(StorageUnavailable, match="PostgreSQL is not supported") as caught:
        parse_address(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ledger.db",
        "sqlite:///",
        "sqlite://ledger.db",
        "sqlite:///:memory:",
        "sqlite:///ledger.db?mode=ro",
        "sqlite:///a%00b",
        "mysql://u:secret@host/db",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    """No guess is made, and no password is repeated."""
    with pytest.raises(StorageUnavailable) as caught:
        parse_address(url)
    assert "secret" not in str(caught.value)


async def test_an_address_opens_its_store(tmp_path: Path) -> None:
    """Both sorts of address lead to a ledger that works; the file is still there afterwards."""
    memory = await open_ledger("memory:", now)
    await memory.append(batch("a", 0, b"1"))
    await memory.close()
    url = f"sqlite:///{tmp_path}/new/ledger%20one.db"
    store = await open_store(url, now)
    await store.ledger.append(batch("a", 0, b"1"))
    await store.close()
    again = await open_ledger(url, now, writing=False)
    assert len(await again.read("a")) == 1
    await again.close()

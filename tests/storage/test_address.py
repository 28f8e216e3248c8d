"""Addresses of databases."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from storage.address import InFile, InMemory, InPostgres, parse_address, secrets_of
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


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:secret@host/db", "postgresql://host/db"),
        ("postgres://u:secret@host:5433/db?sslmode=require", "postgresql://host:5433/db"),
        ("postgresql:///db?host=/var/run/postgresql", "postgresql:///db"),
        ("postgresql://u:se%23cret@[::1]/db", "postgresql://[::1]/db"),
    ],
)
def test_a_server_is_named_and_its_password_is_not_shown(url: str, shown: str) -> None:
    """What is shown holds neither the user nor the password, however it is printed."""
    address = parse_address(url)
    assert isinstance(address, InPostgres)
    assert (address.dsn, address.shown) == (url, shown)
    assert "cret" not in f"{address} {address!r}"


def test_a_password_is_known_to_whoever_keeps_it_out_of_logs() -> None:
    """As it is written in the address and as it is meant."""
    assert secrets_of("postgresql://u:se%23cret@host/db") == ("se%23cret", "se#cret")
    assert secrets_of("postgresql://host/db") == secrets_of("sqlite:///a.db") == ()
    assert secrets_of("postgresql://[u:secret@host/db") == ()


async def test_without_its_driver_postgresql_is_one_clear_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A site that installed no driver is told which one."""
    for name in [name for name in sys.modules if name.startswith("storage.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StorageUnavailable, match=r"install trial-screening-bot\[postgres\]"):
        await open_store("postgresql://host/db", now)


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
        "postgresql+asyncpg://u:secret@host/db",
        "postgresql://u:secret@host",
        "postgresql://u:secret@host/a/b",
        "postgresql://u:secret@host:port/db",
        "postgresql://u:secret@host/db#x",
        "postgresql://u:secret@host/d%00b",
        "postgresql://u:secret@host/db?fsync=off",
        "postgresql://u:secret@host/db?sslmode",
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

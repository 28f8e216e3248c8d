"""The address of a database, as a setting gives it.

sqlite:///relative/path.db     a file, from the working folder
sqlite:////absolute/path.db    a file, from the root
postgresql://user:password@host/name    a database on a PostgreSQL server
memory:                        nothing is kept
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from storage.errors import StorageUnavailable, Trouble

SQLITE: Final = "sqlite:///"
POSTGRES: Final = ("postgresql://", "postgres://")
OPTIONS: Final = frozenset({"host", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl"})
"""What may follow the question mark: any other word would become a setting of the session."""


@dataclass(frozen=True, slots=True)
class InMemory:
    """A store that ends with the process."""


@dataclass(frozen=True, slots=True)
class InFile:
    """A store in one SQLite file."""

    path: Path


@dataclass(frozen=True, slots=True)
class InPostgres:
    """A store in a database of a PostgreSQL server; only `shown` may be shown to anybody."""

    dsn: str = field(repr=False)
    shown: str


Address = InMemory | InFile | InPostgres


def parse_address(url: str) -> Address:
    """What an address names; raises StorageUnavailable for any that is not understood."""
    if url == "memory:":
        return InMemory()
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        return _file(url.removeprefix(SQLITE))
    if url.startswith(POSTGRES):
        return _postgres(url)
    # The address may hold a password: it is not repeated.
    raise StorageUnavailable(
        "the database address must be sqlite:///path/to/file.db, "
        "postgresql://user:password@host/name or memory:",
        Trouble.ADDRESS,
    )


def secrets_of(url: str) -> tuple[str, ...]:
    """What of an address stands in no log: its password, as it is written and as it is meant."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return ()
    return (password, unquote(password)) if password else ()


def _file(name: str) -> InFile:
    if "?" in name or "#" in name or "\x00" in unquote(name):
        raise StorageUnavailable("the database address takes a path and nothing else")
    if name == ":memory:":
        raise StorageUnavailable("for a database in memory the address is memory:")
    return InFile(Path(unquote(name)))


def _postgres(url: str) -> InPostgres:
    bad = StorageUnavailable(
        "the database address must be postgresql://user:password@host/name", Trouble.ADDRESS
    )
    try:
        parts = urlsplit(url)
        host = _host(parts)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError:
        raise bad from None
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name or "\x00" in unquote(url) or parts.fragment:
        raise bad
    if not options.keys() <= OPTIONS:
        known = ", ".join(sorted(OPTIONS))
        raise StorageUnavailable(
            f"after the ? of the database address stand {known} or nothing", Trouble.OPTIONS, known
        )
    return InPostgres(url, f"postgresql://{host}/{name}")


def _host(parts: SplitResult) -> str:
    """The server without the user and the password; raises ValueError for a bad port."""
    name = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"[{name}]{port}" if ":" in name else f"{name}{port}"

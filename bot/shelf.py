"""The protocols at hand: those that are shipped, and those that the ledger keeps word for word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from flows.events import Actor, Happened, ProtocolAdopted
from flows.protocol.load import fingerprint, load_protocol
from flows.rulebook import Rulebook
from storage.errors import LedgerBroken
from storage.ledger import Append, Ledger
from storage.mapper import to_entry, to_event


class UnknownProtocol(Exception):
    """No protocol of that name is shipped."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


def shipped_names() -> tuple[str, ...]:
    """The trials whose protocol file comes with the product."""
    folder = files("flows") / "protocols"
    names = (item.name for item in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def shipped_file(trial: str) -> bytes:
    """The protocol file of a trial, as it is shipped.

    Raises:
        UnknownProtocol: there is none of that name.

    """
    if trial not in shipped_names():
        raise UnknownProtocol(trial, shipped_names())
    return (files("flows") / "protocols" / f"{trial}.yaml").read_bytes()


def stream_of(trial: str) -> str:
    """The stream that keeps a trial's protocol files."""
    return f"protocol/{trial}"


class Shelf:
    """Rulebooks by trial and by fingerprint; each file is read once."""

    def __init__(self, ledger: Ledger, current: Mapping[str, bytes] | None = None) -> None:
        self._ledger = ledger
        self._files = dict(current or {})
        self._books: dict[str, Rulebook] = {}
        self._adopted: set[str] = set()

    def current(self, trial: str) -> Rulebook:
        """The version of a trial's protocol under which new screenings begin.

        Raises:
            UnknownProtocol: there is none of that name.

        """
        raw = self._files.setdefault(trial, shipped_file(trial))
        return self._book(raw)

    async def adopt(self, book: Rulebook, now: datetime, by: Actor) -> None:
        """Keep the book's file in the ledger, unless it is there already."""
        if book.sha256 in self._adopted:
            return
        trial = book.protocol.id
        entries = await self._ledger.read(stream_of(trial))
        known = {_adopted(to_event(entry)).sha256 for entry in entries}
        if book.sha256 not in known:
            text = self._files[trial].decode()
            event = ProtocolAdopted(trial, book.protocol.version, book.sha256, text)
            new = to_entry(Happened(event, now, by))
            batch = Append(stream_of(trial), len(entries), (new,), now.isoformat())
            await self._ledger.append(batch)
        self._adopted.add(book.sha256)

    async def book(self, trial: str, sha256: str) -> Rulebook:
        """The rulebook with this fingerprint: a screening finishes under the version it began with.

        Raises:
            LedgerBroken: the ledger does not hold that file.

        """
        if sha256 not in self._books:
            await self.adopted(trial)
        if sha256 not in self._books:
            raise LedgerBroken(f"the protocol file {sha256[:12]}… of {trial} is not in the ledger")
        return self._books[sha256]

    async def adopted(self, trial: str) -> tuple[Rulebook, ...]:
        """Every version of a trial's protocol that the ledger keeps, the oldest first."""
        entries = await self._ledger.read(stream_of(trial))
        return tuple(self._book(_adopted(to_event(entry)).text.encode()) for entry in entries)

    def _book(self, raw: bytes) -> Rulebook:
        sha256 = fingerprint(raw)
        if sha256 not in self._books:
            self._books[sha256] = _made_ready(raw)
        return self._books[sha256]


@lru_cache(maxsize=8)
def _made_ready(raw: bytes) -> Rulebook:
    """A file made ready once per process: reading one takes a fifth of a second."""
    return Rulebook(load_protocol(raw), fingerprint(raw))


def _adopted(happened: Happened) -> ProtocolAdopted:
    if not isinstance(happened.event, ProtocolAdopted):
        raise LedgerBroken(f"{happened.event.kind} stands in a protocol's stream")
    return happened.event

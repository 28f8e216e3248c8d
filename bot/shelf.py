"""The protocols at hand: those that are shipped, and those that the ledger keeps word for word."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from flows.events import Actor, Happened, ProtocolAdopted
from flows.protocol.fault import ProtocolFaults
from flows.protocol.load import fingerprint, load_protocol
from flows.rulebook import Rulebook
from storage.errors import LedgerBroken, VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry, to_event

LONGEST_ID: Final = 32
"""Characters in the id of a trial: beside it a button, of 64 bytes at most, says what it does."""


class UnknownProtocol(Exception):
    """No protocol of that name is shipped."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


class Unusable(Enum):
    """Why a protocol file of one's own cannot be used."""

    UNREADABLE = "unreadable"
    FAULTY = "faulty"
    TWICE = "twice"
    """Another file of the installation is of the same trial."""


class BadProtocolFile(Exception):
    """A protocol file that the settings name cannot be used; `faults` says what is wrong in it."""

    def __init__(self, path: str, why: Unusable, faults: str = "") -> None:
        super().__init__(path)
        self.path, self.why, self.faults = path, why, faults


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


def protocol_files(names: Iterable[str]) -> dict[str, bytes]:
    """The protocol files of an installation, by the id of their trial, in the order of the names.

    A name is that of a shipped protocol, or the path of a file of one's own (`.yaml`, `.yml`).

    Raises:
        UnknownProtocol: a name is neither.
        BadProtocolFile: a file cannot be read or used, or is of the same trial as another.

    """
    found: dict[str, bytes] = {}
    for name in names:
        own = name.endswith((".yaml", ".yml"))
        raw = _own_file(name) if own else shipped_file(name)
        trial = _trial_of(name, raw) if own else name
        if trial in found:
            raise BadProtocolFile(name, Unusable.TWICE)
        found[trial] = raw
    return found


def _own_file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError):
        raise BadProtocolFile(path, Unusable.UNREADABLE) from None


def _trial_of(path: str, raw: bytes) -> str:
    try:
        trial = _made_ready(raw).protocol.id
    except ProtocolFaults as error:
        faults = "; ".join(map(str, error.faults))
        raise BadProtocolFile(path, Unusable.FAULTY, faults) from None
    if len(trial) > LONGEST_ID:
        fault = f"id: expected at most {LONGEST_ID} characters"
        raise BadProtocolFile(path, Unusable.FAULTY, fault)
    return trial


def stream_of(trial: str) -> str:
    """The stream that keeps a trial's protocol files."""
    return f"protocol/{trial}"


class Shelf:
    """Rulebooks by trial and by fingerprint; each file is read once.

    `trials` are those that the installation serves, in order: those of `current`, where it is
    given, else all that are shipped.
    """

    def __init__(self, ledger: Ledger, current: Mapping[str, bytes] | None = None) -> None:
        self._ledger = ledger
        self._files = dict(current or {})
        self.trials = tuple(self._files) or shipped_names()
        self._books: dict[str, Rulebook] = {}
        self._adopted: set[str] = set()
        self._adopting = Lock()

    def current(self, trial: str) -> Rulebook:
        """The version of a trial's protocol under which new screenings begin.

        Raises:
            UnknownProtocol: there is none of that name.

        """
        if trial not in self._files:
            self._files[trial] = shipped_file(trial)
        return self._book(self._files[trial])

    def read(self) -> None:
        """Make the protocols ready now: whoever screens first need not wait for it."""
        for trial in self.trials:
            self.current(trial)

    def acronym(self, trial: str) -> str:
        """What people call a trial; its id, where its protocol is no longer at hand."""
        try:
            return self.current(trial).protocol.acronym
        except UnknownProtocol:
            return trial.upper()

    async def adopt(self, book: Rulebook, now: datetime, by: Actor) -> None:
        """Keep the book's file in the ledger, unless it is there already."""
        if book.sha256 in self._adopted:
            return
        # One at a time: the many who begin after a start would each write out the whole file.
        async with self._adopting:
            await self._keep(book, now, by)

    async def _keep(self, book: Rulebook, now: datetime, by: Actor) -> None:
        stream = stream_of(book.protocol.id)
        while book.sha256 not in self._adopted:
            entries = await self._ledger.read(stream)
            known = {_adopted(to_event(entry)).sha256 for entry in entries}
            if book.sha256 not in known:
                text = self._files[book.protocol.id].decode()
                event = ProtocolAdopted(book.protocol.id, book.protocol.version, book.sha256, text)
                new = to_entry(Happened(event, now, by))
                try:
                    await self._ledger.append(Append(stream, len(entries), (new,), now.isoformat()))
                except VersionConflict:
                    continue  # somebody else adopts it at this moment, here or in another process
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

"""The inspection bundle: what an inspector asks for, from the ledger into one folder or file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import BinaryIO, Final, cast

from bot.checkpoints import Kept
from bot.pages.dossier import Made, index_of
from bot.printing import Printer
from bot.shelf import stream_of as protocol_stream
from bot.subjects import Subjects
from bot.tables import TABLES, Scope, Tables
from bot.texts.shape import Texts
from flows.events import Mode, ProtocolAdopted
from flows.rulebook import Rulebook
from flows.tallies import Row
from storage.checkpoint import Verifier
from storage.exports.bundle import Bundle
from storage.exports.dossier_index import index_html
from storage.exports.form import NotSound
from storage.exports.ledger_lines import SCRIPT, ledger_line
from storage.exports.origin import release
from storage.exports.record_document import RecordDocument
from storage.exports.table import SUFFIXES, begin_table
from storage.ledger import Head, Ledger
from storage.mapper import to_event

Print = Callable[[RecordDocument], bytes]
"""Sets a record; handed in, since what sets it is a large library."""

_FOLDERS: Final = {Mode.SCREENING: "records", Mode.QUICK_CHECK: "quick-checks"}
_AT_ONCE: Final = 500
"""Rows of a table that are written together."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a bundle is made from. The register has caught up; `head` is where it stood then.

    `stored` is the ledger as it is stored, where the whole of it goes into the bundle.
    """

    ledger: Ledger
    printer: Printer
    subjects: Subjects
    tables: Tables
    book: Rulebook
    checkpoints: tuple[Kept, ...]
    verifier: Verifier | None
    head: Head
    at: datetime
    stored: Ledger | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """How many records and how many files a bundle holds."""

    records: int
    files: int


class Dossier:
    """Writes one bundle."""

    def __init__(self, source: Source, scope: Scope, texts: Texts, print_: Print) -> None:
        self._source, self._scope = source, scope
        self._texts, self._print = texts, print_
        self._rows = {mode: self._attempts(mode) for mode in _FOLDERS}

    @property
    def steps(self) -> int:
        """How many times `write` will tell that it goes on."""
        return sum(map(len, self._rows.values())) + len(TABLES)

    async def write(self, bundle: Bundle, tell: Callable[[], None]) -> Written:
        """Everything but the check, which is the bundle's own.

        Raises:
            NotSound: a file is not what it has to be, or two do not agree.
            StorageError: the ledger cannot be read.

        """
        for mode, folder in _FOLDERS.items():
            for row in self._rows[mode]:
                document = await self._source.printer.document(row.line.number, self._texts)
                bundle.put(f"{folder}/{row.line.number}.pdf", self._print(document))
                tell()
        for name in TABLES:
            await self._table(bundle, name)
            tell()
        await self._protocols(bundle)
        self._checkpoints(bundle)
        if self._source.stored is not None:
            await self._ledger(bundle, self._source.stored)
        return self._indexed(bundle)

    def _attempts(self, mode: Mode) -> tuple[Row, ...]:
        return self._source.subjects.rows(self._scope.trial, mode, self._scope.sites)

    async def _table(self, bundle: Bundle, name: str) -> None:
        """One table for spreadsheets and for programs, from one reading."""
        rows, columns = 0, TABLES[name].columns
        with ExitStack() as held:
            files = {end: _held(held) for end in SUFFIXES}
            tables = [begin_table(end, file, name, columns) for end, file in files.items()]
            async for part in _parts(self._source.tables.rows(name, self._scope)):
                rows += len(part)
                for table in tables:
                    table.write(part)
            for table in tables:
                table.finish()
            for end, file in files.items():
                file.seek(0)
                bundle.copy(f"tables/{name}{end}", file)
        records = len(self._rows[Mode.SCREENING])
        if name == "screening-log" and rows != records:
            raise NotSound(f"{name} has {rows} rows for {records} records")

    async def _protocols(self, bundle: Bundle) -> None:
        """Each file word for word: its digest is the one that the records name."""
        for entry in await self._source.ledger.read(protocol_stream(self._scope.trial)):
            event = to_event(entry).event
            assert isinstance(event, ProtocolAdopted)
            name = f"protocols/{event.trial}-{entry.version}-{event.sha256[:12]}.yaml"
            bundle.put(name, event.text.encode())
            if bundle.items[-1].sha256 != event.sha256:
                raise NotSound(f"{name} is not the file that was adopted")

    def _checkpoints(self, bundle: Bundle) -> None:
        for number, one in enumerate(self._source.checkpoints, 1):
            name = f"checkpoints/{number:05}-{one.day}"
            bundle.put(f"{name}.txt", one.text.encode())
            if one.stamp is not None:
                bundle.put(f"{name}.tsr", one.stamp)
        if self._source.verifier is not None:
            bundle.put("checkpoints/verifier.txt", f"{self._source.verifier.line}\n".encode())

    async def _ledger(self, bundle: Bundle, stored: Ledger) -> None:
        with bundle.file("ledger/events.jsonl") as out:
            async for entry in stored.walk():
                out.write(ledger_line(entry))
        bundle.put("ledger/verify_ledger.py", SCRIPT.read_bytes())

    def _indexed(self, bundle: Bundle) -> Written:
        items = bundle.items
        counts = {mode: len(rows) for mode, rows in self._rows.items()}
        made = Made(
            sites=tuple(self._scope.sites or ()),
            head=self._source.head,
            at=self._source.at,
            software=release(),
            counts=counts,
        )
        index = index_of(self._source.book, made, items, self._texts)
        with bundle.file("index.html") as out:
            for part in index_html(index, items):
                out.write(part)
        bundle.sums()
        return Written(sum(counts.values()), len(bundle.items))


def _held(held: ExitStack) -> BinaryIO:
    """A file that is gone with its name: XLSX goes back to the beginning of its own."""
    return cast(BinaryIO, held.enter_context(TemporaryFile()))


async def _parts(
    rows: AsyncIterator[tuple[str, ...]],
) -> AsyncIterator[list[tuple[str, ...]]]:
    """The rows, some hundreds at a time."""
    waiting: list[tuple[str, ...]] = []
    async for cells in rows:
        waiting.append(cells)
        if len(waiting) == _AT_ONCE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting

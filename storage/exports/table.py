"""A table as CSV or as XLSX, a row at a time: the same cells, all of them text, in both.

CSV is RFC 4180 in UTF-8 without a byte-order mark: a mark would stand in the first column's name
for whoever reads it by program. XLSX has its head frozen and the columns named above each sheet.
It holds no formula, no link, no date that a spreadsheet would turn into another, and the same rows
give the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO, Final, Protocol

from storage.exports.cells import Cells, harmless

SUFFIXES: Final = (".csv", ".xlsx")
"""How the name of a table's file may end."""

LONGEST_SHEET: Final = 1_048_576
"""Rows of a sheet, its head among them (ECMA-376 as Excel reads it); a longer table goes on in
another sheet."""

LONGEST_CELL: Final = 32_767
"""Characters of a cell (as Excel reads it); what is longer is cut and says so."""

CUT: Final = " […]"
"""At the end of a cell that was cut."""

_MADE: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - the format has no zone, and no file a date
_NARROWEST, _WIDEST = 8, 40
"""Characters that a column is wide: as its head, and never so wide that a phone shows one alone."""


class Table(Protocol):
    """A table that is being written into an open file."""

    def write(self, rows: Iterable[Cells]) -> None:
        """Write rows at the end."""
        ...

    def finish(self) -> None:
        """Write what comes at the end; the file stays open."""
        ...


class CsvTable:
    """Keeps the contract `Table`."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self._file = file
        self.write([tuple(columns)])

    def write(self, rows: Iterable[Cells]) -> None:
        """See `Table.write`."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
        self._file.write(text.getvalue().encode())

    def finish(self) -> None:
        """See `Table.finish`."""


class XlsxTable:
    """Keeps the contract `Table`; rows that were written are on the disk, and not in memory."""

    def __init__(
        self, file: BinaryIO, name: str, columns: Sequence[str], longest: int = LONGEST_SHEET
    ) -> None:
        from xlsxwriter import Workbook  # noqa: PLC0415 - only whoever asks for it waits for it

        self._book = Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"created": _MADE})
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._text = self._book.add_format({"num_format": "@"})
        self._name, self._columns, self._longest = name, tuple(columns), longest
        self._sheets = 0
        self._begin_sheet()

    def write(self, rows: Iterable[Cells]) -> None:
        """See `Table.write`."""
        for row in rows:
            if self._next == self._longest:
                self._begin_sheet()
            for column, cell in enumerate(row):
                if cell:
                    self._sheet.write_string(self._next, column, fitted(harmless(cell)))
            self._next += 1

    def finish(self) -> None:
        """See `Table.finish`."""
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for column, head in enumerate(self._columns):
            width = min(_WIDEST, max(_NARROWEST, len(head) + 2))
            self._sheet.set_column(column, column, width, self._text)
            self._sheet.write_string(0, column, head, self._head)
        self._next = 1


def fitted(cell: str) -> str:
    """The cell as a sheet can hold it."""
    return cell if len(cell) <= LONGEST_CELL else f"{cell[: LONGEST_CELL - len(CUT)]}{CUT}"


def begin_table(suffix: str, file: BinaryIO, name: str, columns: Sequence[str]) -> Table:
    """A table in the format that the end of a file's name asks for, one of `SUFFIXES`."""
    return CsvTable(file, columns) if suffix == ".csv" else XlsxTable(file, name, columns)


def csv_bytes(columns: Sequence[str], rows: Iterable[Cells]) -> bytes:
    """A short table as CSV, whole."""
    out = io.BytesIO()
    CsvTable(out, columns).write(rows)
    return out.getvalue()

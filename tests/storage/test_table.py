"""Tables as files: the same harmless cells as CSV and as XLSX, read back by another library."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from storage.exports.cells import Cells, Days, harmless
from storage.exports.table import CUT, LONGEST_CELL, SUFFIXES, XlsxTable, begin_table, fitted

COLUMNS = ("number", "about", "new")
PARIS = ZoneInfo("Europe/Paris")


def written(suffix: str, *rows: Cells) -> bytes:
    """A whole table as a file."""
    out = io.BytesIO()
    table = begin_table(suffix, out, "audit-trail", COLUMNS)
    table.write(rows)
    table.finish()
    return out.getvalue()


def read_xlsx(raw: bytes) -> list[list[list[str]]]:
    """The cells of each sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    return [
        [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    ]


def part(raw: bytes, name: str) -> str:
    """One of the files that an XLSX is made of."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return packed.read(name).decode()


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(st.text(min_size=1), st.text(), st.text(min_size=1)), max_size=8))
def test_both_formats_hold_the_same_cells(rows: list[Cells]) -> None:
    """Whatever was in them: cell by cell, and no cell is a formula, a number or a date."""
    shown = [row for row in rows if any(map(harmless, row))]
    said = list(csv.reader(io.StringIO(written(".csv", *shown).decode(), newline="")))
    (sheet,) = read_xlsx(written(".xlsx", *shown))
    width = max(len(row) for row in sheet)
    assert sheet == [row[:width] for row in said]
    assert not any(cell for row in said for cell in row[width:])


def test_no_cell_is_run_or_turned_into_another() -> None:
    """Formulas, links, and texts that look like numbers or days stay the text that they are."""
    hostile = ("=1+1", "http://example.org", "1E5", "2026-03-10", "007", "TRUE")
    raw = written(".xlsx", *[(cell, cell, cell) for cell in hostile])
    sheet = part(raw, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count('t="inlineStr"') == 3 * (len(hostile) + 1)
    (rows,) = read_xlsx(raw)
    assert [row[0] for row in rows[1:]] == ["'=1+1", *hostile[1:]]


def test_the_head_stays_in_sight() -> None:
    """Frozen, and every column at least as wide as its name."""
    sheet = part(written(".xlsx", ("N", "a", "b")), "xl/worksheets/sheet1.xml")
    assert 'ySplit="1"' in sheet
    assert 'state="frozen"' in sheet


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_rows_give_the_same_bytes(suffix: str) -> None:
    """No file says when it was made; other rows give other bytes."""
    one = written(suffix, ("N", "é", "x"))
    assert one == written(suffix, ("N", "é", "x"))
    assert one != written(suffix, ("N", "é", "y"))


def test_a_long_table_goes_on_in_another_sheet() -> None:
    """Each with its head, and no row is lost."""
    out = io.BytesIO()
    table = XlsxTable(out, "audit-trail", COLUMNS, longest=4)
    rows = [(str(place), "a", "b") for place in range(8)]
    table.write(rows)
    table.finish()
    sheets = read_xlsx(out.getvalue())
    assert [sheet[0] for sheet in sheets] == [list(COLUMNS)] * 3
    assert [len(sheet) - 1 for sheet in sheets] == [3, 3, 2]
    assert [tuple(row) for sheet in sheets for row in sheet[1:]] == rows


def test_a_cell_that_no_sheet_can_hold_is_cut_and_says_so() -> None:
    """In XLSX alone: the CSV has it whole."""
    long = "x" * (LONGEST_CELL + 1)
    (rows,) = read_xlsx(written(".xlsx", ("N", "a", long)))
    assert rows[1][2] == fitted(long)
    assert rows[1][2].endswith(CUT)
    assert len(rows[1][2]) == LONGEST_CELL
    assert fitted(long[1:]) == long[1:]
    assert long in written(".csv", ("N", "a", long)).decode()


AT = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
"""Already the eleventh in Paris."""


def test_inside_the_site_moments_are_told_twice() -> None:
    """In UTC and by the clock of the site, which may be a day ahead."""
    days = Days(PARIS, date(2026, 3, 10), dates=True)
    assert (days.utc(AT), days.moment(AT)) == ("2026-03-10T23:30:00Z",) * 2
    assert days.local(AT) == "2026-03-11T00:30:00+01:00"
    assert days.day(date(2026, 3, 9)) == "2026-03-09"
    assert days.partial("2025-11") == "2025-11"
    assert (days.utc(None), days.local(None), days.moment(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("2026-03-10", "D1"),
        ("2026-03-09", "D-1"),
        ("2026-03-12", "D3"),
        ("2026-03", "M0"),
        ("2025-11", "M-4"),
        ("2026", "Y0"),
        ("2019", "Y-7"),
        ("unknown", "unknown"),
        ("< 10", "< 10"),
        ("", ""),
    ],
)
def test_outside_the_site_days_are_counted(text: str, counted: str) -> None:
    """From the first day, which is D1; months and years from its own; codes stay."""
    days = Days(PARIS, date(2026, 3, 10), dates=False)
    assert days.partial(text) == counted
    assert harmless(counted) == counted


def test_outside_the_site_a_moment_has_no_day_but_the_count() -> None:
    """By the clock of the site; there is no UTC, from which the zone could be told."""
    days = Days(PARIS, date(2026, 3, 10), dates=False)
    assert (days.utc(AT), days.local(AT), days.moment(AT)) == ("", "D2 00:30:00", "D2 00:30:00")

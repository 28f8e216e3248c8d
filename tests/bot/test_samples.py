"""The samples in docs are what the code writes today, and each opens in another library."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from bot.tables import TABLES
from bot.texts import ALL
from storage.exports.chart import Kind
from tests.bot.samples import tables

DOCS = Path(__file__).parents[2] / "docs"
SAMPLES = sorted(one.name for one in (DOCS / "samples").glob("*.csv"))


async def test_the_tables_are_those_that_are_written_now() -> None:
    """Byte for byte; `make samples` writes them anew."""
    written = await tables(".csv")
    kept = {name: (DOCS / "samples" / name).read_bytes() for name in written}
    assert written == kept


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sheet_has_the_cells_of_its_csv(name: str) -> None:
    """Read by a library that did not write it, cell by cell."""
    raw = (DOCS / "samples" / name).read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(raw, newline="")))
    book = CalamineWorkbook.from_path(DOCS / "samples" / name.replace(".csv", ".xlsx"))
    assert len(book.sheet_names) == 1
    assert book.get_sheet_by_index(0).to_python() == rows
    assert len(rows) > 1


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", list(ALL))
def test_each_picture_is_there_in_both_languages(kind: Kind, language: str) -> None:
    """As wide as a phone shows it without making it smaller."""
    with Image.open(DOCS / "pictures" / f"{kind.value}-{language}.png") as shown:
        assert shown.format == "PNG"
        assert shown.width == 1080


@pytest.mark.parametrize("name", list(TABLES))
def test_the_page_of_tables_names_every_column(name: str) -> None:
    """In the section of its table, and no column that there is not."""
    page = (DOCS / "tables.md").read_text(encoding="utf-8")
    section = page.split(f"## {name}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(" ".join(cells).replace("`", "").split()) == sorted(TABLES[name].columns)

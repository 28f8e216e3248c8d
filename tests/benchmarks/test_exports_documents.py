"""Documents: records and forms a second, and that memory stays flat however many there are."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import pytest

from bot.pages.form_document import form_document
from bot.texts import ALL
from storage.exports.bundle import bundle_at
from storage.exports.dossier_index import Index, index_html
from storage.exports.record_document import RecordDocument
from storage.exports.typesetting import form_pdf, record_pdf
from tests.benchmarks.memory import most_resident
from tests.benchmarks.speed.parts import note
from tests.bot.cases import AT, lysyme
from tests.bot.gallery import cases
from tests.bot.paper import document_of

pytestmark = pytest.mark.benchmark

RECORDS = 240
LARGEST_MB = 200.0
"""Of a process that sets records, one after the other."""

LARGEST_GROWTH_MB = 12.0
"""From the first half of the records to the second: what was set is let go of."""

FILES = 100_000
LARGEST_BUNDLE_MB = 120.0
"""A ZIP of so many files, beyond what the process had."""

_OTHER_PROCESS = """
from tests.benchmarks.test_exports_documents import {name}
{name}({about})
"""


def megabytes() -> float:
    """The most memory that this process has had."""
    return most_resident()


def numbered(document: RecordDocument, at: int) -> RecordDocument:
    """The same record under another number, so that nothing of it was set before."""
    assert document.code is not None
    number = f"{at:04d}-TEST"
    title = document.title.replace(document.number, number)
    code = replace(document.code, number=number, text=f"{document.code.text[:-5]}{at:05d}")
    return replace(document, number=number, title=title, code=code)


def set_records() -> None:
    """Records of every sort, one after the other."""
    found = [document_of(case, ALL["en"]) for case in cases().values()]
    record_pdf(found[0])
    began, used, size, half = perf_counter(), process_time(), 0, 0.0
    for at in range(RECORDS):
        size += len(record_pdf(numbered(found[at % len(found)], at)))
        if at == RECORDS // 2:
            half = megabytes()
    wall, cpu, most = perf_counter() - began, process_time() - used, megabytes()
    sys.stdout.write(
        f"{RECORDS / wall:.1f} records/s ({RECORDS / cpu:.1f} of one processor), "
        f"{size / RECORDS / 1000:.0f} kB each, {most:.0f} MB, {most - half:.1f} MB more in the "
        "second half\n"
    )
    note("record as PDF", RECORDS / cpu, "documents a second, on one core")
    assert most < LARGEST_MB
    assert most - half < LARGEST_GROWTH_MB


def bundle_many(folder: str) -> None:
    """A ZIP of very many small files, with its index."""
    before, began = megabytes(), perf_counter()
    index = Index("en", "t", (), (), "v", (), ("a", "b", "c"), (("records", "r"),))
    with bundle_at(Path(folder) / "many.zip") as bundle:
        for at in range(FILES):
            bundle.put(f"records/{at:09d}.pdf", b"%PDF-")
        with bundle.file("index.html") as out:
            for part in index_html(index, bundle.items):
                out.write(part)
        bundle.sums()
    grown, seconds = megabytes() - before, perf_counter() - began
    sys.stdout.write(
        f"{FILES / seconds:.0f} files/s written, indexed and read back, {grown:.0f} MB more\n"
    )
    assert grown < LARGEST_BUNDLE_MB


def _apart(name: str, about: str = "") -> None:
    """In a process of its own: memory that was used is never seen to be given back."""
    code = _OTHER_PROCESS.format(name=name, about=about)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    sys.stdout.write(f"\n{done.stdout}")
    assert done.returncode == 0, done.stderr


def test_records_a_second() -> None:
    """However many are set, memory stays where it was after the first."""
    _apart("set_records")


def test_a_bundle_of_very_many_files(tmp_path: Path) -> None:
    """What is kept of a file is its name and its digest."""
    _apart("bundle_many", repr(str(tmp_path)))


def test_forms_a_second() -> None:
    """The blank form, both languages in turn."""
    documents = [form_document(lysyme(), AT, texts) for texts in ALL.values()]
    record = [len(form_pdf(document)) for document in documents]
    used = process_time()
    for document in documents * 3:
        form_pdf(replace(document, at=document.at.replace(minute=len(record))))
        record.append(0)
    rate = 6 / (process_time() - used)
    sys.stdout.write(f"\n{rate:.1f} forms/s of one processor, {record[0] / 1000:.0f} kB\n")
    note("blank form as PDF", rate, "documents a second, on one core")
    assert record[0]

"""`screening export`: a whole file or none, in a format that is asked for by name."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from bot.cli import screening
from bot.cli.export import FORMATS
from bot.tables import TABLES
from bot.texts.shape import Texts
from flows.subjects import Subject
from storage.exports.form import About, NotSound


def run(*words: str, typed: str = "") -> Result:
    """One command."""
    return CliRunner().invoke(screening, words, input=typed)


@pytest.fixture
def excluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a screening that was excluded at the first criterion."""
    monkeypatch.chdir(tmp_path)
    typed = run("chat", typed="17\n/finish\n").output
    return str(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", typed)[-1])


class Refuses:
    """An export whose own check refuses the first screening."""

    def __init__(self, file: BinaryIO, about: About) -> None:
        file.write(b"half")

    def add(self, subject: Subject) -> int:
        """Never sound."""
        raise NotSound(f"{subject.number}: no such code")

    def finish(self) -> int:
        """Never reached."""
        return 0


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("dates", [True, False])
def test_each_table_is_written_as_csv_and_as_xlsx(
    excluded: str, texts: Texts, name: str, dates: bool
) -> None:
    """The same cells, read by another library; a sentence that says how many rows."""
    words = ("--lang", texts.language, *(["--dates"] if dates else []))
    said = run("export", name, "table.csv", *words).output
    rows = list(csv.reader(io.StringIO(Path("table.csv").read_text(), newline="")))
    assert tuple(rows[0]) == TABLES[name].columns
    assert said == f"{texts.tables.written('table.csv', len(rows) - 1)}\n"
    assert run("export", name, "table.XLSX", *words).exit_code == 0
    book = CalamineWorkbook.from_path("table.XLSX")
    assert book.sheet_names == [name]
    assert book.get_sheet_by_index(0).to_python() == rows


def test_the_trail_tells_who_did_what_and_when(excluded: str) -> None:
    """Received and stored, in UTC and by the clock of the site; every field in the detail."""
    assert run("export", "audit-trail", "trail.csv", "--dates").exit_code == 0
    rows = list(csv.DictReader(io.StringIO(Path("trail.csv").read_text(), newline="")))
    mine = [row for row in rows if row["number"] == excluded]
    assert [row["event"] for row in mine[:2]] == ["screening-opened", "answer-given"]
    assert [int(row["version"]) for row in mine] == list(range(1, len(mine) + 1))
    answer = mine[1]
    assert (answer["about"], answer["old"], answer["new"]) == ("age_years", "", "< 18")
    for column in ("received", "stored"):
        utc, site = answer[f"{column}_utc"], answer[f"{column}_site"]
        assert datetime.fromisoformat(utc) == datetime.fromisoformat(site)
    assert json.loads(answer["detail"]) == {"input": "age_years", "value": "< 18"}


@pytest.mark.parametrize("name", ["table", "table.txt", "table.xlsx.zip"])
def test_another_format_of_a_table_is_refused(excluded: str, texts: Texts, name: str) -> None:
    """One sentence, before anything is read."""
    failed = run("export", "screening-log", name, "--lang", texts.language)
    assert (failed.exit_code, failed.output.count("\n")) == (2, 1)
    assert texts.tables.bad_name(name) in failed.output


def test_nothing_is_left_of_an_export_that_is_refused(
    excluded: str, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that was there stays as it was, and the sentence names the fault."""
    monkeypatch.setitem(FORMATS, "audit-trail", f"{__name__}:Refuses")
    Path("trail.csv").write_text("before")
    failed = run("export", "audit-trail", "trail.csv", "--lang", texts.language)
    assert failed.exit_code == 2
    assert texts.exports.not_sound(f"{excluded}: no such code") in failed.output
    assert Path("trail.csv").read_text() == "before"
    assert not list(Path().glob(".export-*"))


def test_a_folder_that_is_not_there(excluded: str, texts: Texts) -> None:
    """One sentence, and no file."""
    failed = run("export", "audit-trail", "no/trail.csv", "--lang", texts.language)
    assert failed.exit_code == 2
    assert "no/trail.csv" in failed.output

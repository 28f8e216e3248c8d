"""`screening export`: a whole file or none, in a format that is asked for by name."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner, Result

from bot.cli import screening
from bot.cli.export import FORMATS
from bot.texts.shape import Texts
from flows.subjects import Subject
from storage.exports.audit_trail import COLUMNS
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


def test_the_trail_is_written_whole(excluded: str, texts: Texts) -> None:
    """A row for each event, and a sentence that says how many."""
    said = run("export", "audit-trail", "trail.csv", "--lang", texts.language).output
    rows = list(csv.reader(Path("trail.csv").read_text().splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == [excluded] * (len(rows) - 1)
    assert [row[5] for row in rows[1:3]] == ["screening-opened", "answer-given"]
    assert said == f"{texts.exports.written('trail.csv', 1, len(rows) - 1)}\n"


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

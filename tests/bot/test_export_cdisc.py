"""`screening export` in the formats of CDISC, from the command line to the file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pyreadstat

from bot.texts.shape import Texts
from tests.bot.test_export_cli import excluded, run

__all__ = ["excluded"]


def test_every_format_from_the_command_line(excluded: str, texts: Texts) -> None:
    """One sentence each, with as many rows as the file holds."""
    for name, rows in {
        "sdtm-ti-json": 20,
        "sdtm-ie-json": 1,
        "sdtm-ti-xpt": 20,
        "sdtm-ie-xpt": 1,
        "usdm": 19,
    }.items():
        said = run("export", name, name, "--lang", texts.language).output
        assert said == f"{texts.exports.written(name, 1, rows)}\n"
    (row,) = json.loads(Path("sdtm-ie-json").read_text())["rows"]
    columns, _ = pyreadstat.read_xport("sdtm-ie-xpt", output_format="dict")
    assert [columns[name][0] for name in columns] == row
    assert row[2].endswith(excluded)


def test_odm_of_a_conversation_in_the_terminal(excluded: str) -> None:
    """Somebody at the terminal is in no directory, and is a user all the same."""
    assert run("export", "odm", "record.xml").exit_code == 0
    top = ET.parse("record.xml").getroot()
    kept = {"o": "http://www.cdisc.org/ns/odm/v2.0"}
    (subject,) = top.findall(".//o:SubjectData", kept)
    assert subject.get("SubjectKey") == excluded
    users = {one.get("OID") for one in top.findall(".//o:User", kept)}
    assert {one.get("UserOID") for one in top.iterfind(".//o:UserRef", kept)} <= users


def test_quick_checks_have_no_exceptions(excluded: str) -> None:
    """IE is of screenings: a list of another kind has no row."""
    said = run("export", "sdtm-ie-json", "ie.json", "--kind", "quick-check")
    assert said.exit_code == 0
    assert json.loads(Path("ie.json").read_text())["rows"] == []


def test_the_libraries_come_only_with_their_format() -> None:
    """Neither the bot nor another format pays for `odmlib`."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, bot.cli, bot.cli.export, storage.exports.sdtm.as_xpt;"
            "print([one for one in sys.modules if one.startswith('odmlib')])",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout == "[]\n"

"""`screening record` and `screening verify --code`: a print that the ledger confirms or denies."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import screening
from bot.compose import open_house
from bot.settings import Settings
from bot.texts.shape import Texts
from storage.record_code import RecordCode, read_code
from tests.bot.archive import Archive
from tests.bot.paper import faults_in, pages_of, qr_of, squeezed


def run(*words: str, typed: str = "") -> Result:
    """One command."""
    return CliRunner().invoke(screening, words, input=typed)


@pytest.fixture
def excluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a screening that was excluded at the first criterion."""
    monkeypatch.chdir(tmp_path)
    typed = run("chat", typed="17\n/finish\n").output
    return str(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", typed)[-1])


def printed(number: str, *more: str) -> RecordCode:
    """The code of the print of a record."""
    assert run("record", number, "r.pdf", *more).exit_code == 0
    (found,) = qr_of(Path("r.pdf").read_bytes())
    code = read_code(found)
    assert code is not None
    return code


def verified(code: RecordCode, texts: Texts) -> Result:
    """What the ledger says of a code."""
    return run("verify", "--code", code.text, "--lang", texts.language)


def test_a_record_is_written_and_confirmed(excluded: str, texts: Texts) -> None:
    """A whole PDF/A, whose code says which record it is, and the ledger agrees."""
    said = run("record", excluded.lower(), "record.pdf", "--lang", texts.language)
    made = Path("record.pdf").read_bytes()
    assert said.output == f"{texts.documents.written('record.pdf', len(made))}\n"
    assert list(faults_in(made)) == []
    assert squeezed(texts.records.heading(excluded)) in squeezed(next(pages_of(made)).text)
    code = printed(excluded)
    found = verified(code, texts)
    assert found.exit_code == 0
    unsigned = texts.documents.stood["unsigned"]
    assert texts.documents.code_agrees(excluded, code.events, unsigned) in found.output
    assert not list(Path().glob(".export-*"))


def test_an_old_print_is_still_true_and_said_to_be_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: Texts
) -> None:
    """What was printed stays so; how much has happened since is told."""
    monkeypatch.chdir(tmp_path)
    number = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", run("chat", typed="45\n/pause\n").output)[-1]
    code = printed(number)
    run("chat", "--resume", number, typed="/stop\nyes\n")
    found = verified(code, texts)
    assert found.exit_code == 0
    assert (
        texts.documents.moved_on(2) in found.output or texts.documents.moved_on(1) in found.output
    )


def test_a_print_that_the_ledger_does_not_hold_is_denied(excluded: str, texts: Texts) -> None:
    """Another number, more events, another event, another record: a sentence each, exit code 1."""
    code, words = printed(excluded), texts.documents.untrue
    for planted, why in (
        (replace(code, number="0000-0000"), "UNKNOWN"),
        (replace(code, events=code.events + 1), "AHEAD"),
        (replace(code, digest="0" * 64), "OTHER_EVENT"),
        (replace(code, position=code.position + 1), "OTHER_EVENT"),
        (replace(code, record_sha256="0" * 64), "OTHER_RECORD"),
    ):
        denied = verified(planted, texts)
        assert denied.exit_code == 1
        assert words[why](planted.number) in denied.output


def test_a_ledger_that_was_changed_confirms_nothing(excluded: str, texts: Texts) -> None:
    """The chain is walked first: where it breaks, no print is confirmed."""
    code = printed(excluded)
    with closing(sqlite3.connect(Path("data") / "screening.db")) as db, db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET payload = x'00' WHERE position = 2")
    found = verified(code, texts)
    assert found.exit_code == 1
    assert texts.documents.stood["unsigned"] not in found.output


def test_of_an_erased_screening_what_stays_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: Texts
) -> None:
    """Marked so, without one answer; an earlier print is confirmed as far as that is possible."""
    monkeypatch.chdir(tmp_path)

    async def make() -> str:
        async with open_house(Settings()) as house:
            return await Archive(house.store).excluded()

    number = asyncio.run(make())
    before = printed(number)
    assert run("erase", number, "--reason", "entered-in-error", typed=f"{number}\n").exit_code == 0
    assert run("record", number, "after.pdf", "--lang", texts.language).exit_code == 0
    made = Path("after.pdf").read_bytes()
    text = squeezed("".join(page.text for page in pages_of(made)))
    assert list(faults_in(made)) == []
    assert squeezed(texts.documents.marks["erased"]) in text
    assert squeezed(texts.erasure.gone) in text
    assert squeezed(texts.records.criteria) not in text
    found = verified(before, texts)
    assert found.exit_code == 0
    assert texts.documents.code_erased(number) in found.output


def test_what_cannot_be_printed_is_one_sentence(excluded: str, texts: Texts) -> None:
    """A bad number, an unknown one, a bad name, a folder that is not there, a bad code."""
    language = ("--lang", texts.language)
    for words, sentence in (
        (("record", "1234", "r.pdf"), texts.commands.bad_number("1234")),
        (("record", "0000-0000", "r.pdf"), texts.commands.unknown_number("0000-0000")),
        (("record", excluded, "r.txt"), texts.documents.bad_name("r.txt")),
        (("record", excluded, "no/r.pdf"), "no/r.pdf"),
        (("verify", "--code", "SCREENING"), texts.documents.bad_code),
    ):
        failed = run(*words, *language)
        assert failed.exit_code == 2
        assert sentence in failed.output
    assert not list(Path().glob("*.pdf"))


_IMPORTS = """
import sys
import bot.cli.records, bot.cli.serve, bot.cli.verify, bot.telegram.front
print([name for name in ("typst", "segno") if name in sys.modules])
"""


def test_only_who_prints_waits_for_what_sets_the_page() -> None:
    """Neither the bot nor `show` nor `verify` loads it."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTS], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

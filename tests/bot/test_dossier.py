"""The inspection bundle: all of the record, each file with its digest, and means to verify it."""

from __future__ import annotations

import asyncio
import csv
import json
import re
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import bot.cli.dossier
from bot.checkpoints import Checkpoints, kept
from bot.cli import screening
from bot.compose import open_house
from bot.desk import Desk
from bot.dossier import Dossier, Source
from bot.printing import Printer
from bot.register import Register
from bot.settings import Settings
from bot.shelf import Shelf
from bot.subjects import Subjects
from bot.tables import TABLES, Scope, Tables
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.cases import FollowUp
from flows.events import Mode
from flows.log import Line
from flows.tallies import Criteria, flow
from storage.checkpoint import Signer
from storage.exports.bundle import bundle_at
from storage.exports.form import NotSound
from storage.exports.ledger_lines import SCRIPT
from storage.exports.record_document import RecordDocument
from storage.ledger import Ledger
from storage.stamp import Stamped, ask_for, check_stamp, read_roots
from tests.bot.archive import Archive
from tests.bot.paper import faults_in, pages_of, squeezed
from tests.bot.staff import HandClock
from tests.bot.trails import record
from tests.bot.tsa import authority

SIGNER = Signer(bytes(range(32)))


def run(*words: str, typed: str = "") -> Result:
    """One command."""
    return CliRunner().invoke(screening, words, input=typed)


def bare(document: RecordDocument) -> bytes:
    """In place of a set page: the number, and each criterion with what was found."""
    lines = [document.number, *(f"{one.id} {one.outcome}" for one in document.criteria)]
    return "\n".join(lines).encode()


async def source_of(ledger: Ledger) -> Source:
    """What a bundle over a ledger in memory is made from."""
    clock, shelf, register = HandClock(), Shelf(ledger), Register(ledger)
    await register.catch_up()
    desk = Desk(ledger, shelf, clock, None)  # type: ignore[arg-type]  # draws no number
    checkpoints = await kept(ledger)
    return Source(
        ledger=ledger,
        printer=Printer(ledger, desk, register, checkpoints),
        subjects=Subjects(desk, register, shelf),
        tables=Tables(ledger, register, desk, shelf, clock),
        book=shelf.current("lysyme"),
        checkpoints=checkpoints,
        verifier=SIGNER.verifier,
        head=await ledger.head(),
        at=clock.now(),
        stored=ledger,
    )


async def written(ledger: Ledger, target: Path, scope: Scope | None = None) -> int:
    """A bundle with bare records; how often it told that it went on."""
    source, told = await source_of(ledger), Counter[str]()
    dossier = Dossier(source, scope or Scope("lysyme", dates=True), ALL["en"], bare)
    with bundle_at(target) as bundle:
        await dossier.write(bundle, lambda: told.update(["step"]))
    assert told["step"] == dossier.steps
    return told["step"]


@pytest.mark.parametrize("seed", range(6))
async def test_the_records_agree_with_the_log_and_the_flow(tmp_path: Path, seed: int) -> None:
    """One record for each attempt, quick checks apart, no practice; the ledger's own counts."""
    ledger, target = await record(25, seed), tmp_path / "bundle"
    await written(ledger, target)
    source = await source_of(ledger)
    rows = source.subjects.rows("lysyme")
    counts = flow(rows, Criteria.of(source.book.protocol))
    numbers = {one.stem for one in (target / "records").iterdir()}
    with (target / "tables" / "screening-log.csv").open(newline="") as file:
        logged = [row["number"] for row in csv.DictReader(file)]
    assert len(numbers) == counts.attempts == len(logged)
    assert numbers == set(logged) == {row.line.number for row in rows}
    checks = {one.stem for one in (target / "quick-checks").glob("*")}
    assert checks == {row.line.number for row in source.subjects.rows("lysyme", Mode.QUICK_CHECK)}
    practised = source.subjects.rows("lysyme", Mode.PRACTICE)
    assert not (numbers | checks) & {row.line.number for row in practised}
    for row in rows:
        printed = (target / "records" / f"{row.line.number}.pdf").read_text().splitlines()
        assert printed[0] == row.line.number
        assert _failed(printed) >= _failing(row.line)


def _failing(line: Line) -> set[str]:
    return set(line.failing) if line.stands == "ineligible" else set()


def _failed(printed: list[str]) -> set[str]:
    return {line.split()[0] for line in printed[1:] if line.endswith(" fail")}


async def test_every_file_is_in_the_index_and_in_the_sums(tmp_path: Path) -> None:
    """With the digest that it has; the protocol's is the one that the records name."""
    ledger, target = await record(8, 1), tmp_path / "bundle"
    await written(ledger, target)
    found = {
        one.relative_to(target).as_posix(): sha256(one.read_bytes()).hexdigest()
        for one in target.rglob("*")
        if one.is_file()
    }
    sums = dict(line.split("  ")[::-1] for line in (target / "SHA256SUMS").read_text().splitlines())
    assert sums == {name: digest for name, digest in found.items() if name != "SHA256SUMS"}
    page = (target / "index.html").read_text()
    rows = dict(re.findall(r'<a href="([^"]+)">.*?<code>([0-9a-f]{64})</code>', page))
    assert rows == {
        name: digest for name, digest in sums.items() if name not in ("index.html", "SHA256SUMS")
    }
    head = await ledger.head()
    assert head.digest.hex() in page
    tables = {name for name in found if name.startswith("tables/")}
    assert tables == {f"tables/{name}{end}" for name in TABLES for end in (".csv", ".xlsx")}
    (protocol,) = (name for name in found if name.startswith("protocols/"))
    assert found[protocol] == Shelf(ledger).current("lysyme").sha256


async def test_only_the_sites_that_are_asked_for(tmp_path: Path) -> None:
    """Neither a record nor a row of another one."""
    ledger, target = await record(25, 3), tmp_path / "bundle"
    await written(ledger, target, Scope("lysyme", sites=("LY",), dates=True))
    source = await source_of(ledger)
    wanted = {row.line.number for row in source.subjects.rows("lysyme", sites=("LY",))}
    others = {row.line.number for row in source.subjects.rows("lysyme", sites=("HM",))}
    assert wanted
    assert {one.stem for one in (target / "records").iterdir()} == wanted
    with (target / "tables" / "audit-trail.csv").open(newline="") as file:
        told = {row["number"] for row in csv.DictReader(file)} - {""}
    assert told <= wanted
    assert not told & others


async def test_tables_that_do_not_agree_with_the_records_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row too few in the log: nothing is written."""
    whole = Subjects.rows
    monkeypatch.setattr(
        Tables, "_attempts", lambda self, scope: whole(self._subjects, scope.trial)[1:]
    )
    with pytest.raises(NotSound, match="screening-log"):
        await written(await record(8, 1), tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def _walked(folder: Path, *checkpoints: str) -> tuple[int, str]:
    """What the script in the bundle says, in a Python that sees nothing of this software."""
    command = [sys.executable, "-I", "ledger/verify_ledger.py", "ledger/events.jsonl", *checkpoints]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


async def test_the_ledger_can_be_walked_without_this_software(tmp_path: Path) -> None:
    """It holds together and with its checkpoint; a change, a cut and another head are noticed."""
    ledger, target = await record(8, 2), tmp_path / "bundle"
    register, clock = Register(ledger), HandClock()
    keeper = Checkpoints(ledger, register, clock, SIGNER)
    text = await keeper.sign()
    assert isinstance(text, str)
    await keeper.keep_stamp(text, authority().answer(ask_for(text).body))
    await written(ledger, target)
    (note,) = (target / "checkpoints").glob("0*.txt")
    stamped = check_stamp(
        note.with_suffix(".tsr").read_bytes(), note.read_text(), read_roots(authority().pem)
    )
    assert isinstance(stamped, Stamped)
    page = (target / "index.html").read_text()
    for step in ("checkpoint", "stamp", "ledger"):
        assert ALL["en"].dossier.steps[step] in page
    assert f"-in checkpoints/{note.stem}.tsr" in page
    name, head = f"checkpoints/{note.name}", await ledger.head()
    assert _walked(target, name) == (
        0,
        f"sound: {head.position} events, head {head.digest.hex()}\n",
    )
    assert SIGNER.verifier.line in (target / "checkpoints" / "verifier.txt").read_text()
    events = target / "ledger" / "events.jsonl"
    lines = events.read_text().splitlines()
    events.write_text("\n".join(lines[:-4]) + "\n")
    assert _walked(target, name)[0] == 1
    changed = {**json.loads(lines[4]), "recorded_at": "2026-03-10T09:00:00+00:00"}
    events.write_text("\n".join([*lines[:4], json.dumps(changed), *lines[5:]]) + "\n")
    assert _walked(target) == (1, "the chain breaks at event 5\n")
    assert _walked(target, "nothing.txt")[0] == 1
    assert SCRIPT.read_bytes() == (target / "ledger" / "verify_ledger.py").read_bytes()


@pytest.fixture
def numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The numbers of a screening of every sort, in a database under the current folder."""
    monkeypatch.chdir(tmp_path)

    async def make() -> dict[str, str]:
        async with open_house(Settings()) as house:
            archive = Archive(house.store)
            made = {
                "signed": await archive.signed(),
                "excluded": await archive.excluded(),
                "check": await archive.screened(Mode.QUICK_CHECK),
                "practice": await archive.screened(Mode.PRACTICE),
                "erased": await archive.excluded(),
            }
            await archive.followed_up(made["signed"], FollowUp.CONSENTED)
            return made

    made = asyncio.run(make())
    erased = made["erased"]
    assert run("erase", erased, "--reason", "entered-in-error", typed=f"{erased}\n").exit_code == 0
    return made


def test_the_bundle_is_written_as_a_folder(numbers: dict[str, str], texts: Texts) -> None:
    """Real records of every sort, the erased one with what stays; nothing of practice."""
    said = run("dossier", "bundle", "--ledger", "--lang", texts.language)
    target = Path("bundle")
    files = [one for one in target.rglob("*") if one.is_file()]
    assert said.output == f"{texts.dossier.written('bundle', len(files), 4)}\n"
    for name in ("signed", "excluded", "erased"):
        made = (target / "records" / f"{numbers[name]}.pdf").read_bytes()
        assert list(faults_in(made)) == []
        text = squeezed("".join(page.text for page in pages_of(made)))
        assert squeezed(texts.records.heading(numbers[name])) in text
        assert (squeezed(texts.documents.marks["erased"]) in text) == (name == "erased")
    with (target / "tables" / "audit-trail.csv").open(newline="") as file:
        gone = [row for row in csv.DictReader(file) if row["number"] == numbers["erased"]]
    assert {row["event"] for row in gone} == {"screening-erased"}
    assert (target / "quick-checks" / f"{numbers['check']}.pdf").exists()
    assert not list(target.rglob(f"*{numbers['practice']}*"))
    page = (target / "index.html").read_text()
    for step in ("sums", "record", "ledger"):
        assert texts.dossier.steps[step] in page.replace("&#x27;", "'")
    for folder in ("records", "quick-checks", "tables", "protocols", "ledger"):
        assert texts.dossier.folders[folder] in page.replace("&#x27;", "'")
    assert _walked(target)[0] == 0
    assert not list(Path().glob(".export-*"))


def test_a_file_or_a_new_folder_and_nothing_else(numbers: dict[str, str], texts: Texts) -> None:
    """A ZIP takes the place of another; a folder is never written into."""
    language = ("--lang", texts.language)
    assert run("dossier", "bundle.zip", *language).exit_code == 0
    assert run("dossier", "bundle.zip", *language).exit_code == 0
    Path("bundle").mkdir()
    failed = run("dossier", "bundle", *language)
    assert failed.exit_code == 2
    assert texts.dossier.exists("bundle") in failed.output
    missing = run("dossier", "no/bundle.zip", *language)
    assert missing.exit_code == 2
    assert "no/bundle.zip" in missing.output


def test_a_bundle_that_is_refused_leaves_nothing(
    numbers: dict[str, str], texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One record that is not sound is enough; the sentence names it."""

    def refuse(document: RecordDocument) -> bytes:
        raise NotSound(f"{document.number}: not what was signed")

    monkeypatch.setattr(bot.cli.dossier, "record_pdf", refuse)
    failed = run("dossier", "bundle", "--lang", texts.language)
    assert failed.exit_code == 2
    said = [texts.exports.not_sound(f"{one}: not what was signed") for one in numbers.values()]
    assert any(sentence in failed.output for sentence in said)
    assert not Path("bundle").exists()
    assert not list(Path().glob(".export-*"))


def test_nothing_of_a_patient_is_in_it_that_must_not_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exact age beyond the limits and a body surface were typed: only the bands come out."""
    monkeypatch.chdir(tmp_path)
    run("chat", typed="83\n/finish\n")
    young = run("chat", typed="1\n45\nD-3\nD-2\n1\n1\n7\n/pause\n").output
    run("dossier", "bundle")
    pages = [
        page for one in Path("bundle/records").iterdir() for page in pages_of(one.read_bytes())
    ]
    text = " ".join(page.text for page in pages)
    assert "> 75" in text
    assert "< 10" in text, young
    assert not re.search(r"\b83 years|= 83\b|\b7 %|= 7\b", text)
    with Path("bundle/tables/audit-trail.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"> 75", "< 10"} <= {row["new"] for row in rows}
    for row in rows:
        assert not {row["old"], row["new"]} & {"83", "7"}
        assert not re.search(r'"value":"?(83|7)\b', row["detail"])

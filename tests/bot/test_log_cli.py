"""The log, the flow and the trail of a case at the command line."""

from __future__ import annotations

import asyncio
import csv
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import screening
from bot.compose import open_house
from bot.desk import Along
from bot.drawing import Drawer
from bot.enrolment import Enrolment, Recorded
from bot.register import Register
from bot.settings import Settings
from bot.texts import ALL
from bot.texts.shape import Texts
from flows.cases import FollowUp, FollowUpRecorded
from flows.events import Actor, Role
from storage.exports.chart import Kind
from storage.exports.screening_log import COLUMNS

HEADS = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}


def run(*words: str, typed: str = "") -> Result:
    """One command."""
    return CliRunner().invoke(screening, words, input=typed)


def screened(typed: str) -> str:
    """A screening in the terminal; the number."""
    return str(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", run("chat", typed=typed).output)[-1])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def excluded(folder: Path) -> str:
    """A screening that was excluded at the first criterion, and left at that."""
    return screened("17\n/finish\n")


async def follow_up(folder: Path, number: str) -> None:
    """Somebody records that the patient was enrolled in error."""
    async with open_house(Settings(_env_file=None)) as house:
        ledger = house.store.ledger
        enrolment = Enrolment(ledger, Register(ledger), house.clock)
        by, step = (
            Actor("P-7", Role.COORDINATOR),
            FollowUpRecorded(number, FollowUp.ENROLLED_IN_ERROR),
        )
        assert isinstance(await enrolment.record(step, 0, 15, by, Along()), Recorded)


def test_the_log_is_printed_in_both_languages(excluded: str, texts: Texts) -> None:
    """One line an attempt, under a head."""
    printed = run("log", "--lang", texts.language).output.split("\n")
    assert printed[0].split() == list(texts.log.head)
    assert printed[1].startswith(excluded)
    assert texts.records.verdicts["ineligible"] in printed[1]
    assert len(printed) == 3


def test_an_empty_log_is_a_log(folder: Path, texts: Texts) -> None:
    """Only practice was done: a sentence, a head without rows, and a picture of zeros."""
    run("chat", "--practice", typed="17\n")
    assert run("log", "--lang", texts.language).output == f"{texts.records.list_empty}\n"
    assert run("log", "--csv").output.strip() == ",".join(COLUMNS)
    assert run("log", "--kind", "practice").output.count("\n") == 2
    assert run("funnel", "flow.png").exit_code == 0


def test_the_csv_goes_to_the_output_or_to_a_file(excluded: str, folder: Path) -> None:
    """The same bytes, with the line ends of RFC 4180 and no mark before them."""
    shown = run("log", "--csv").stdout_bytes
    assert run("log", "--csv", "log.csv").exit_code == 0
    written = (folder / "log.csv").read_bytes()
    assert shown == written
    assert written.startswith(b"number,kind,")
    assert written.count(b"\r\n") == 2
    (row,) = csv.DictReader(written.decode().splitlines())
    assert (row["number"], row["verdict"], row["first_failing"]) == (excluded, "ineligible", "I1")
    assert (row["reasons"], row["outcome"], row["counted"]) == ("first_only", "excluded", "yes")
    assert "17" not in (row["first_failing"], *row.values())


@pytest.mark.parametrize("kind", list(HEADS))
def test_the_flow_is_drawn_in_each_format(excluded: str, folder: Path, kind: str) -> None:
    """By the end of the name, whatever its case."""
    done = run("funnel", f"flow.{kind.upper()}", "--lang", "fr")
    assert done.exit_code == 0, done.output
    assert (folder / f"flow.{kind.upper()}").read_bytes().startswith(HEADS[kind])


@pytest.mark.parametrize("name", ["flow", "flow.gif", "flow.png.zip"])
def test_another_format_is_refused_in_one_sentence(folder: Path, texts: Texts, name: str) -> None:
    """Before anything is read."""
    done = run("funnel", name, "--lang", texts.language)
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert texts.flow.bad_name(name) in done.output


@pytest.mark.parametrize("words", [("log", "--csv", "no/where.csv"), ("funnel", "no/where.png")])
def test_a_file_that_cannot_be_written_is_one_sentence(
    excluded: str, words: tuple[str, ...]
) -> None:
    """And nothing is half-written."""
    done = run(*words)
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert words[-1] in done.output


def test_a_picture_that_cannot_be_drawn_is_one_sentence(
    excluded: str, folder: Path, monkeypatch: pytest.MonkeyPatch, texts: Texts
) -> None:
    """The program that draws is not there."""
    monkeypatch.setattr("bot.cli.chart.Drawer", lambda: Drawer("storage.exports.nowhere"))
    done = run("funnel", "flow.png", "--lang", texts.language)
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert texts.flow.no_drawing in done.output
    assert not (folder / "flow.png").exists()


def test_the_record_shows_what_was_done_beside_it(excluded: str, folder: Path) -> None:
    """After the trail of the screening that of its case, in both languages."""
    assert ALL["en"].case.heading not in run("show", excluded).output
    asyncio.run(follow_up(folder, excluded))
    for language, texts in ALL.items():
        shown = run("show", excluded, "--lang", language).output
        trail = shown.partition(texts.case.heading)[2]
        assert texts.case.events["follow-up-recorded"] in trail
        assert texts.duty.steps[FollowUp.ENROLLED_IN_ERROR] in trail
        assert f"P-7 ({texts.records.roles[Role.COORDINATOR]})" in trail
    assert run("log", "--csv").output.count("enrolled_in_error") == 1


def test_a_closed_trial_is_refused_in_the_terminal_too(excluded: str, folder: Path) -> None:
    """One sentence; practice goes on."""

    async def close() -> None:
        async with open_house(Settings(_env_file=None)) as house:
            ledger = house.store.ledger
            enrolment = Enrolment(ledger, Register(ledger), house.clock)
            await enrolment.close("lysyme", 0, Actor("P-9", Role.ADMINISTRATOR), Along())

    asyncio.run(close())
    done = run("chat", typed="17\n")
    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert ALL["en"].remarks.trial_closed in done.output
    assert run("chat", "--practice", typed="17\n").exit_code == 0


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("suffix", list(HEADS))
def test_each_picture_is_drawn_in_each_format(excluded: str, kind: Kind, suffix: str) -> None:
    """`chart flow` and `funnel` write the same file."""
    name = f"{kind.value}.{suffix}"
    done = run("chart", kind.value, name, "--lang", "fr")
    assert (done.exit_code, done.output) == (0, f"{name}\n")
    assert Path(name).read_bytes().startswith(HEADS[suffix])
    if kind is Kind.FLOW and suffix == "svg":
        assert run("funnel", "other.svg", "--lang", "fr").exit_code == 0
        said = [re.sub(r"\d\d:\d\d", "", Path(one).read_text()) for one in (name, "other.svg")]
        assert said[0].count("<path") == said[1].count("<path") > 10


def test_a_picture_that_there_is_not(excluded: str) -> None:
    """One sentence with those that there are."""
    done = run("chart", "pie", "pie.png")
    assert done.exit_code == 2
    assert "recruitment" in done.output

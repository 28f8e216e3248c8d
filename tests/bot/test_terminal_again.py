"""The same patient again in the terminal, and a patient who may be the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import screening
from bot.texts import ALL
from bot.texts.shape import Texts

NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
WAITING = "45\nD-4\nD-2\n1\n1\n5\n" + "1\n" * 16
"""A man whose detached area is still below the limit, to his end card."""


class Desk:
    """A folder with a database, and the command line in one language."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def run(self, *words: str, typed: str = "", code: int = 0) -> str:
        """What a command says; its complaint when it fails."""
        found: Result = CliRunner().invoke(
            screening, [*words, "--lang", self.texts.language], input=typed
        )
        assert found.exit_code == code, found.output
        return " ".join(found.output.split())

    def chat(self, *words: str, typed: str = "", code: int = 0) -> str:
        """A chat; the number that was said last."""
        return str(NUMBER.findall(self.run("chat", *words, typed=typed, code=code))[-1])

    def listed(self) -> set[str]:
        """Every screening there is."""
        return set(NUMBER.findall(self.run("list")))


@pytest.fixture
def desk(texts: Texts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    return Desk(texts)


def plain(text: str) -> str:
    """As it is read, whatever the lines."""
    return " ".join(text.split())


def test_another_attempt_carries_over_and_says_so(desk: Desk) -> None:
    """Which attempt it is, how much came over, and in the review what."""
    words = desk.texts.again
    first = desk.chat(typed=WAITING)
    shown = desk.run("chat", "--again", first, typed="46\n/review\n")
    assert plain(words.begun(first, 3)) in shown
    assert "→ 46" in shown
    assert shown.count(f"({words.carried})") == 3
    assert plain(words.attempt(2, first)) in shown
    second = str(NUMBER.findall(shown)[-1])
    record = desk.run("show", second)
    assert plain(words.attempt(2, first)) in record
    assert "→ 46" in record
    assert record.count(desk.texts.records.events["answer-carried"]) == 3
    assert plain(words.has_later(second)) in desk.run("show", first)


def test_a_third_attempt_stands_after_the_second_alone(desk: Desk) -> None:
    """The first has a later attempt already; the second can be followed once it has ended."""
    words = desk.texts.again
    first = desk.chat(typed=WAITING)
    second = desk.chat("--again", first, typed="17\n/finish\n")
    refused = desk.run("chat", "--again", first, code=2)
    assert plain(words.there_is(second)) in refused
    shown = desk.run("chat", "--again", second)
    third = str(NUMBER.findall(shown)[-1])
    assert plain(words.attempt(3, second)) in desk.run("show", third)
    assert plain(words.not_again) in desk.run("chat", "--again", third, code=2)
    assert desk.listed() == {first, second, third}


@pytest.mark.parametrize("number", ["7K3F-9QXV", "7K3F-9QXW", "nonsense"])
def test_a_number_that_is_none_is_one_sentence(desk: Desk, number: str) -> None:
    """Unknown, with a wrong check character, or no number at all."""
    said = desk.run("chat", "--again", number, code=2)
    words = desk.texts.commands
    assert plain(words.bad_number(number)) in said or plain(words.unknown_number(number)) in said


@pytest.mark.parametrize(("typed", "opened"), [("1", 2), ("another", 2), ("3", 1), ("", 1)])
def test_a_patient_who_may_be_the_same_is_asked_about(desk: Desk, typed: str, opened: int) -> None:
    """By number or word; whoever says nothing has opened nothing."""
    first = desk.chat(typed="45\n")
    shown = desk.run("chat", typed=f"{typed}\n" if typed else "")
    words = desk.texts.again
    assert plain(words.same(0, first, "terminal")) in shown.replace(" ! ", " ")
    assert (plain(words.cancelled) in shown) is (opened == 1)
    assert len(desk.listed()) == opened


def test_the_same_patient_leads_to_that_screening(desk: Desk) -> None:
    """Its open question, and no second screening; a word that is no choice is asked again."""
    first = desk.chat(typed="45\n")
    shown = desk.run("chat", typed="perhaps\n2\n")
    assert desk.texts.commands.not_a_button(3) in shown
    assert NUMBER.findall(shown)[-1] == first
    assert desk.listed() == {first}


def test_who_says_so_beforehand_is_not_asked(desk: Desk) -> None:
    """--another, a quick check and practice open at once."""
    desk.chat(typed="45\n")
    for words in (("--another",), ("--check",), ("--practice",)):
        shown = desk.run("chat", *words, typed="45\n")
        assert plain(desk.texts.again.another) not in shown


def test_no_query_is_one_sentence_and_one_line_of_csv(desk: Desk) -> None:
    """Nothing was asked so far."""
    desk.chat(typed="45\n")
    assert desk.run("queries") == plain(desk.texts.queries.none)
    assert desk.run("queries", "--csv").count(",") == len(ALL) * 4

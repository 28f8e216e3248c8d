"""Several trials at the command line: which one is meant, and what each command then reads."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main, screening
from bot.settings import BadSettings, read_settings
from bot.shelf import LONGEST_ID, BadProtocolFile, Shelf, UnknownProtocol, protocol_files
from bot.texts import ALL
from bot.texts.shape import Texts
from storage.memory import MemoryLedger
from tests.flows.trial_files import LYSYME, SECOND

KNOWN = "lysyme, second"
NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, for two trials: one that is shipped, and one of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRIALS", f"lysyme, {SECOND}")
    return tmp_path


def run(*words: str, typed: str = "") -> Result:
    """One command."""
    return CliRunner().invoke(screening, words, input=typed)


def said(*words: str, texts: Texts | None = None) -> str:
    """What a command says when all is well."""
    language = ("--lang", texts.language) if texts else ()
    done = run(*words, *language)
    assert done.exit_code == 0, done.output
    return done.output.rstrip("\n")


def refused(*words: str, texts: Texts | None = None) -> str:
    """The one sentence of a command that does nothing."""
    language = ("--lang", texts.language) if texts else ()
    done = run(*words, *language)
    assert done.exit_code == 2, done.output
    return done.output.rstrip("\n").removeprefix("Error: ")


def screened(trial: str, typed: str) -> str:
    """A screening in the terminal; the number."""
    return str(NUMBER.findall(run("chat", "--trial", trial, typed=typed).output)[-1])


# --- which trials there are -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({}, ("lysyme",)),
        ({"TRIAL": "lysyme"}, ("lysyme",)),
        ({"TRIAL": ""}, ("lysyme",)),
        ({"TRIALS": " lysyme , own/second.yaml "}, ("lysyme", "own/second.yaml")),
    ],
)
def test_an_old_setting_goes_on(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variables: dict[str, str],
    names: tuple[str, ...],
) -> None:
    """TRIAL names the one trial, as it always did; TRIALS names several."""
    monkeypatch.chdir(tmp_path)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert read_settings().trial_names == names


@pytest.mark.parametrize("value", [",", "lysyme,lysyme", " "])
def test_trials_are_named_once_each(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """No name, or one twice, is refused by the name of the variable."""
    monkeypatch.setenv("TRIALS", value)
    with pytest.raises(BadSettings) as caught:
        read_settings()
    assert caught.value.names == ["TRIALS"]


def test_two_settings_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of the two was meant is not guessed."""
    monkeypatch.setenv("TRIAL", "lysyme")
    monkeypatch.setenv("TRIALS", "lysyme")
    with pytest.raises(BadSettings) as caught:
        read_settings()
    assert caught.value.names == ["TRIAL, TRIALS"]


def test_files_are_known_by_the_trial_that_is_in_them(tmp_path: Path) -> None:
    """Shipped ones by name, one's own by path, in the order of the setting."""
    files = protocol_files([str(SECOND), "lysyme"])
    assert files == {"second": SECOND.read_bytes(), "lysyme": LYSYME.read_bytes()}
    shelf = Shelf(MemoryLedger(), files)
    assert shelf.trials == ("second", "lysyme")
    assert [shelf.acronym(one) for one in (*shelf.trials, "gone")] == ["SECOND", "LYSYME", "GONE"]
    assert Shelf(MemoryLedger()).trials == ("lysyme",)


def test_a_file_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    """A later version of the same trial."""
    own = tmp_path / "mine.yaml"
    own.write_bytes(LYSYME.read_bytes() + b"# mine\n")
    assert Shelf(MemoryLedger(), protocol_files([str(own)])).trials == ("lysyme",)
    assert protocol_files([str(own)])["lysyme"] != LYSYME.read_bytes()
    with pytest.raises(BadProtocolFile):
        protocol_files([str(own), "lysyme"])


def test_a_protocol_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unknown, unreadable, faulty, twice the same trial, or an id that no button has room for."""
    (tmp_path / "bad.yaml").write_text("format: 1\n")
    (tmp_path / "again.yaml").write_bytes(SECOND.read_bytes() + b"# again\n")
    long = b"id: " + b"s" * (LONGEST_ID + 1) + b"\n"
    (tmp_path / "long.yaml").write_bytes(SECOND.read_bytes().replace(b"id: second\n", long))
    monkeypatch.chdir(tmp_path)
    for trials, words in (
        ("nothing", ALL["en"].commands.unknown_protocol("nothing", "lysyme")),
        ("gone.yaml", ALL["en"].commands.no_such_file("gone.yaml")),
        ("bad.yaml", "bad.yaml: "),
        (f"{SECOND},again.yaml", f"again.yaml: {ALL['en'].trials.twice}"),
        ("long.yaml", f"long.yaml: id: expected at most {LONGEST_ID} characters"),
    ):
        monkeypatch.setenv("TRIALS", trials)
        monkeypatch.setattr("sys.argv", ["screening", "list"])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith(f"screening: {words}")
    assert not (tmp_path / "data").exists()
    with pytest.raises(UnknownProtocol):
        protocol_files(["nothing"])


# --- which one is meant -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("log",),
        ("queries",),
        ("funnel", "x.svg"),
        ("chart", "reasons", "x.svg"),
        ("export", "odm", "x.xml"),
        ("export", "screening-log", "x.csv"),
        ("dossier", "x"),
    ],
    ids=" ".join,
)
def test_a_list_is_of_one_trial_that_is_named(
    folder: Path, texts: Texts, words: tuple[str, ...]
) -> None:
    """Where there are several, none is chosen for whoever asks."""
    screened("second", "0.9\n/finish\n")
    assert refused(*words, texts=texts) == texts.trials.say_which(KNOWN)
    unknown = refused(*words, "--trial", "third", texts=texts)
    assert unknown == texts.trials.unknown("third", KNOWN)
    assert not (folder / words[-1]).exists()


def test_a_screening_is_for_the_trial_that_is_named(folder: Path, texts: Texts) -> None:
    """In the terminal too; nothing is made before that is said."""
    assert refused("chat", texts=texts) == texts.trials.say_which(KNOWN)
    assert not (folder / "data").exists()
    shown = run("chat", "--trial", "second", "--lang", texts.language, typed="").output
    assert "SECOND · " in shown


def test_each_trial_has_its_own_log_and_exports(folder: Path) -> None:
    """No row of another trial, whatever is asked for."""
    numbers = {"lysyme": screened("lysyme", "17\n/finish\n")}
    numbers["second"] = screened("second", "0.9\n/finish\n")
    for trial, other in (("lysyme", "second"), ("second", "lysyme")):
        printed = said("log", "--trial", trial)
        rows = list(csv.DictReader(said("log", "--csv", "--trial", trial).splitlines()))
        said("export", "audit-trail", f"{trial}.csv", "--trial", trial)
        said("funnel", f"{trial}.svg", "--trial", trial)
        trail = Path(f"{trial}.csv").read_text(encoding="utf-8")
        assert len(rows) == 1
        for text in (printed, str(rows), trail):
            assert numbers[trial] in text
            assert numbers[other] not in text
    assert set(NUMBER.findall(said("list"))) == set(numbers.values())


def test_with_one_trial_nothing_has_to_be_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only one is meant, whichever it is."""
    monkeypatch.setenv("TRIALS", str(SECOND))
    assert "SECOND · " in run("chat", typed="0.9\n/finish\n").output
    assert NUMBER.search(said("log"))
    assert said("queries") == ALL["en"].queries.none


# --- sites and people -------------------------------------------------------------------------


@pytest.fixture
def site(folder: Path) -> None:
    """A site that takes part in both trials."""
    said("site", "add", "HM", "--name", "Henri Mondor", "--timezone", "Europe/Paris")


def add(*words: str) -> tuple[str, ...]:
    """The words that add Ann as an investigator."""
    who = ("--telegram-id", "1001", "--name", "Ann", "--role", "investigator", "--site", "HM")
    return ("people", "add", *who, *words)


@pytest.mark.usefixtures("site")
def test_a_role_is_given_for_one_trial_or_for_all(texts: Texts) -> None:
    """Which must be said where there are several; the delegation log shows it."""
    assert refused(*add(), texts=texts) == texts.trials.say_which_or_all(KNOWN)
    assert "HM, SECOND" in said(*add("--trial", "second"), texts=texts)
    assert f"HM, {texts.trials.every}" in said(*add("--trial", "all"), texts=texts)
    assert refused(*add("--trial", "third"), texts=texts) == texts.trials.unknown("third", KNOWN)
    head, *rows = said("people", "list", texts=texts).splitlines()
    assert texts.people.people_head[5] in head
    assert [" second " in row for row in rows] == [True, False]
    assert [texts.trials.every in row for row in rows] == [False, True]


@pytest.mark.usefixtures("site")
def test_the_line_that_ends_is_named_where_there_are_several(texts: Texts) -> None:
    """The only one ends without a word about its trial."""
    person = said(*add("--trial", "second")).split()[0]
    said(*add("--trial", "lysyme"))
    words = ("people", "revoke", person, "--role", "investigator", "--site", "HM")
    assert refused(*words, texts=texts) == texts.trials.several_lines("second, lysyme")
    assert "HM, LYSYME" in said(*words, "--trial", "lysyme", texts=texts)
    assert refused(*words, "--trial", "all") == ALL["en"].people.plain[_not_held()]
    assert "HM, SECOND" in said(*words, texts=texts)
    assert said("people", "list", texts=texts) == texts.people.no_people
    alone = refused("people", "revoke", person, "--trial", "second", texts=texts)
    assert alone == texts.people.both_or_neither


def _not_held() -> type:
    return next(one for one in ALL["en"].people.plain if one.__name__ == "NotHeld")


@pytest.mark.usefixtures("site")
def test_a_site_takes_part_in_the_trials_that_are_named(texts: Texts) -> None:
    """Until then in all; nobody gets a role there in another."""
    assert texts.trials.every in said("site", "list", texts=texts)
    done = said("site", "trials", "HM", "lysyme", texts=texts)
    assert done == texts.trials.site_takes_part("HM", "lysyme")
    assert said("site", "list", texts=texts).endswith("lysyme")
    no = refused(*add("--trial", "second"), texts=texts)
    assert no == texts.trials.not_taking_part("HM", "second")
    for words in ((), ("lysyme", "--all")):
        assert refused("site", "trials", "HM", *words, texts=texts) == texts.trials.these_or_all
    no = refused("site", "trials", "HM", "third", texts=texts)
    assert no == texts.trials.unknown("third", KNOWN)
    every = said("site", "trials", "HM", "--all", texts=texts)
    assert every == texts.trials.site_takes_part("HM", texts.trials.every)


@pytest.mark.usefixtures("site")
def test_a_trial_may_be_told_of_otherwise(texts: Texts) -> None:
    """Its own minutes; the site's are those of every other."""
    said("site", "duty", "HM", "--escalate", "30")
    shown = said("site", "duty", "HM", "--escalate", "5", "--trial", "second", texts=texts)
    assert shown.startswith("SECOND · ")
    assert texts.duty.times(5, 8) in shown
    assert texts.duty.times(30, 8) in said("site", "duty", "HM", texts=texts)
    assert texts.duty.times(30, 8) in said("site", "duty", "HM", "--trial", "lysyme", texts=texts)
    for words in ((), ("--escalate", "7")):
        no = refused("site", "duty", "HM", "--trial", "third", *words, texts=texts)
        assert no == texts.trials.unknown("third", KNOWN)

"""`screening site` and `screening people`, as typed on the machine."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storage.sqlite.place import Claim
from tests.acceptance.process import DATABASE, Ran, run

pytestmark = pytest.mark.acceptance

SITE = ("site", "add", "HM", "--name", "Henri Mondor", "--timezone", "Europe/Paris")
ADD = ("people", "add", "--telegram-id", "1001", "--name", "Ann Lee", "--site", "HM")
PERSON = re.compile(r"P-[0-9A-Z]{6}")
HEAD = ["person", "name", "Telegram", "role", "site", "trial", "from", "until", "state"]
HELP = {"site": ("add", "list", "trials", "duty"), "people": ("add", "list", "revoke")}


def good(ran: Ran) -> str:
    """What a command that did its work says."""
    assert (ran.code, ran.err) == (0, ""), ran
    return ran.out


def refused(ran: Ran) -> str:
    """The one line of a command that did nothing."""
    assert ran.code == 2, ran
    assert ran.out == ""
    assert ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err
    return ran.err


def events_in(folder: Path) -> int:
    """How many events the database holds."""
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        return int(db.execute("SELECT count(*) FROM events").fetchone()[0])


@pytest.fixture(scope="module")
def began(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one site, made once."""
    folder = tmp_path_factory.mktemp("began")
    assert good(run(folder, *SITE)) == "Site HM added: Henri Mondor (Europe/Paris).\n"
    return folder


@pytest.fixture
def folder(began: Path, tmp_path: Path) -> Path:
    """A folder whose database has one site."""
    shutil.copytree(began, tmp_path, dirs_exist_ok=True)
    return tmp_path


@contextmanager
def in_use(path: Path) -> Iterator[None]:
    """The database as it is while the bot runs."""
    claim = Claim(path)
    try:
        yield
    finally:
        claim.release()


def test_a_site_and_its_people(folder: Path) -> None:
    """Add a site, somebody with two roles, list them, end one role, then let them out."""
    said = good(run(folder, *ADD, "--role", "administrator"))
    (ann,) = PERSON.findall(said)
    assert said == f"{ann} added: Ann Lee, administrator at HM.\n"
    period = ("--from", "2026-01-01", "--until", "2199-12-31")
    said = good(run(folder, *ADD, "--role", "on-call", *period))
    assert said == f"{ann}, Ann Lee: on-call staff at HM.\n"
    assert "HM    Henri Mondor  Europe/Paris" in good(run(folder, "site", "list"))
    head, first, second = good(run(folder, "people", "list")).splitlines()
    assert head.split() == HEAD
    assert re.split(r"  +", first)[:5] == [ann, "Ann Lee", "1001", "administrator", "HM"]
    assert re.split(r"  +", first)[-2:] == ["until revoked", "current"]
    assert second.endswith("2026-01-01  2199-12-31     current")
    one_role = ("people", "revoke", ann.lower(), "--role", "on-call", "--site", "HM")
    assert good(run(folder, *one_role)) == f"{ann}, Ann Lee, is no longer on-call staff at HM.\n"
    assert "Nobody else would administer HM" in refused(run(folder, "people", "revoke", ann))
    out = good(run(folder, "people", "revoke", ann, "--force", "--lang", "fr"))
    assert out == f"{ann}, Ann Lee, n'a plus aucun rôle ni accès.\n"
    assert good(run(folder, "people", "list")).startswith("Nobody holds a role.")
    assert good(run(folder, "people", "list", "--all")).rstrip().endswith("revoked")
    assert "The chain holds: 6 events" in good(run(folder, "verify"))


def test_periods_that_are_over_or_to_come(folder: Path) -> None:
    """A future role is listed as such; past ones only with --all."""
    assert "is over already" in refused(
        run(folder, *ADD, "--role", "monitor", "--from", "2020-01-01", "--until", "2020-12-31")
    )
    good(run(folder, *ADD, "--role", "monitor", "--from", "2199-01-01"))
    assert (
        good(run(folder, "people", "list")).rstrip().endswith("2199-01-01  until revoked  not yet")
    )


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (SITE, "Site HM exists already: Henri Mondor."),
        (("site", "add", "hm", *SITE[3:]), "'hm' is not a site code"),
        (("site", "add", "SL", *SITE[3:6], "Europe/Nowhere"), "'Europe/Nowhere'"),
        (("site", "add", "SL", "--name", "a" * 81, *SITE[5:]), "1 to 80 characters"),
        (("site", "add", "SL"), "Missing option '--name'"),
        ((*ADD, "--role", "doctor"), "'doctor'"),
        ((*ADD, "--role", "monitor", "--site", "XX"), "No site has the code 'XX'."),
        ((*ADD, "--role", "monitor", "--name", " \u200b"), "1 to 80 characters"),
        ((*ADD, "--role", "monitor", "--telegram-id", "0"), "expected a positive number"),
        ((*ADD, "--role", "monitor", "--telegram-id", "ann"), "'ann'"),
        ((*ADD, "--role", "monitor", "--from", "1/3/2026"), "expected YYYY-MM-DD"),
        ((*ADD, "--role", "monitor", "--until", "2026-02-30"), "'2026-02-30' is not a day"),
        ((*ADD, "--role", "monitor", "--until", "9999-12-31"), "from 2000 to 2199"),
        (
            (*ADD, "--role", "monitor", "--from", "2150-02-01", "--until", "2150-01-01"),
            "ends before it begins",
        ),
        (("people", "revoke", "P-NOBODY"), "Nobody has the id 'P-NOBODY'."),
        (("people", "revoke", "P-NOBODY", "--role", "monitor"), "--role and --site go together"),
    ],
)
def test_whatever_is_wrong_is_one_clear_line(
    folder: Path, words: tuple[str, ...], named: str
) -> None:
    """Exit code 2, one sentence that names what was wrong, and nothing recorded."""
    assert named in refused(run(folder, *words))
    assert events_in(folder) == 1


def test_a_running_bot_keeps_its_database(folder: Path) -> None:
    """What writes says what to do instead; what reads goes on reading."""
    with in_use(folder / DATABASE):
        for language, stop in (("en", "Stop the bot first"), ("fr", "Arrêtez-le d'abord")):
            said = refused(run(folder, *ADD, "--role", "monitor", "--lang", language))
            assert stop in said
            assert "/people" in said
            assert "/invite" in said
        assert "Henri Mondor" in good(run(folder, "site", "list"))
        assert "Nobody holds a role" in good(run(folder, "people", "list"))


def test_other_faults_of_the_database_are_told_apart(tmp_path: Path) -> None:
    """A wrong address is not taken for a running bot."""
    said = refused(run(tmp_path, *SITE, settings={"DATABASE_URL": "mysql://nowhere"}))
    assert "The database cannot be used" in said
    assert "/people" not in said


@pytest.mark.parametrize("group", HELP)
def test_the_help_names_every_command(tmp_path: Path, group: str) -> None:
    """`--help` lists what there is and creates nothing."""
    said = good(run(tmp_path, group, "--help"))
    assert all(re.search(rf"^  {command} ", said, re.MULTILINE) for command in HELP[group])
    assert list(tmp_path.iterdir()) == []


def test_reading_creates_nothing(tmp_path: Path) -> None:
    """A list of what is not there makes no database."""
    assert "does not exist yet" in refused(run(tmp_path, "people", "list"))
    assert list(tmp_path.iterdir()) == []

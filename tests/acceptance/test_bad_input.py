"""Whatever is wrong is one clear line and exit code 2; nothing is lost or half-written."""

from __future__ import annotations

import ctypes
import resource
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.acceptance.process import DATABASE, Ran, run

pytestmark = pytest.mark.acceptance

SET = '{"case": 1, "date_of_screening": "%s", "answers": {%s}}\n'
DAY = "2026-03-10"


def refused(ran: Ran, *named: str) -> None:
    """One line on the error stream, exit code 2, no trace of Python."""
    assert ran.code == 2, ran
    assert ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err
    for part in named:
        assert part in ran.err, ran.err


BAD_SETS = [
    ("this is not JSON\n", "expected one JSON object"),
    ('{"case": 1\n', "expected one JSON object"),
    ("[]\n", "expected an object"),
    (
        SET % (DAY, '"diagnosis": "maybe"'),
        "diagnosis: expected a code; or one of: confirmed, ruled_out, suspected, unknown",
    ),
    (SET % (DAY, '"shoe_size": 43'), "unknown input 'shoe_size'"),
    (SET % (DAY, '"age_years": NaN'), "expected one JSON object"),
    (SET % (DAY, '"bsa_max_d0_d10_pct": Infinity'), "expected one JSON object"),
    (SET % (DAY, '"age_years": 45.5'), "age_years: "),
    (SET % (DAY, '"age_years": 45.0'), "age_years: "),
    (SET % (DAY, '"age_years": "45"'), "age_years: "),
    (SET % (DAY, '"age_years": true'), "age_years: "),
    (SET % (DAY, '"index_date": "last Tuesday"'), "index_date: expected a day, YYYY-MM-DD"),
    (
        SET % (DAY, '"malignancy_last_active": "2016-3"'),
        "malignancy_last_active: expected YYYY, YYYY-MM or YYYY-MM-DD; or one of: unknown",
    ),
    (SET % (DAY, '"bsa_max_d0_d10_pct": 101'), "; or one of: not_measured, unknown"),
    (SET % (DAY, '"index_date": "2026-02-30"'), "index_date: expected a day"),
    (SET % ("yesterday", ""), "'date_of_screening' to be a day, YYYY-MM-DD"),
    (SET % ("2026-W11-2", ""), "'date_of_screening' to be a day, YYYY-MM-DD"),
    ('{"case": 1, "date_of_screening": "2026-03-10", "answers": {}, "x": 1}\n', "unknown key 'x'"),
    (SET % (DAY, '"diagnosis": "confirmed\\u0000"'), "NUL characters are not allowed"),
    (SET % (DAY, '"diagnosis": "\x00"'), "NUL characters are not allowed"),
    (SET % (DAY, '"age_years": 45, "age_years": 76'), "expected one JSON object"),
    (SET % (DAY, '"judgements": {"I2": "perhaps"}'), "judgements: "),
    ('{"case": 1, "date_of_screening": "2026-03-10"}\n', "'answers' to be an object"),
    ("[" * 100_000 + "\n", "expected one JSON object"),
    ("9" * 5000 + "\n", "expected one JSON object"),
]


def test_each_bad_answer_set_is_named_by_its_line(tmp_path: Path) -> None:
    """The line, the field and what is expected, one line each; nothing is stored anywhere."""
    lines = "".join(line for line, _ in BAD_SETS)
    found = run(tmp_path, "determine", "--protocol", "lysyme", typed=lines)
    assert found.code == 2
    said = found.err.splitlines()
    assert len(said) == len(BAD_SETS), found.err
    for number, (line, (_, named)) in enumerate(zip(said, BAD_SETS, strict=True), start=1):
        assert line.startswith(f"screening: line {number}: ")
        assert named in line
    assert list(tmp_path.iterdir()) == []


def test_bytes_that_are_no_text_are_named_too(tmp_path: Path) -> None:
    """A file in another encoding is refused, not guessed at."""
    refused(run(tmp_path, "determine", "--protocol", "lysyme", typed=b"\xff\xfe{}\n"), "line 1")


@pytest.mark.parametrize(
    "words",
    [
        ("chat", "--trial", "no-such"),
        ("determine", "--protocol", "no-such"),
        ("protocol", "show", "no-such"),
    ],
    ids=" ".join,
)
def test_an_unknown_protocol_is_named_with_those_that_are_known(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Nothing is made before the trial is known."""
    refused(run(tmp_path, *words), "no-such", "lysyme")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("show", "7K3F-9QXW"),
        ("chat", "--resume", "7K3F-9QXW"),
        ("verify",),
        ("no-such-command",),
        ("chat", "--no-such-option"),
        ("chat", "--lang", "de"),
        ("protocol", "check", "nothing.yaml"),
        ("protocol", "check", "."),
        ("show", "\udcff"),
    ],
    ids=repr,
)
def test_words_that_mean_nothing_are_one_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A number, an option or a file that is not there; no database is made for it."""
    refused(run(tmp_path, *words))
    assert list(tmp_path.iterdir()) == []


def test_broken_yaml_is_named_by_its_line(tmp_path: Path) -> None:
    """The file, the line and what is wrong, by every command that reads one."""
    (tmp_path / "bad.yaml").write_text("format: 1\nid: [lysyme\n", encoding="utf-8")
    for words in (
        ("protocol", "check", "bad.yaml"),
        ("protocol", "show", "bad.yaml"),
        ("determine", "--protocol", "bad.yaml"),
    ):
        refused(run(tmp_path, *words), "bad.yaml", "line")


@pytest.mark.parametrize("settings", [{"LANGUAGE": "de"}, {"DATABASE_URL": "mysql://x"}], ids=repr)
def test_a_bad_setting_is_named(tmp_path: Path, settings: dict[str, str]) -> None:
    """Before anything is made."""
    refused(run(tmp_path, "chat", settings=settings))
    assert list(tmp_path.iterdir()) == []


SPOKEN = [
    "45.5",
    "45,5",
    "NaN",
    "-1",
    "1e2",
    "\x00",
    "45\x00",
    "forty-five",
    "unknown_code",
    "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
    "9" * 5000,
    "é" * 3000,
    "%s %d {}",
    "/nonsense",
    "/",
]


def test_nonsense_in_a_conversation_is_answered_and_not_recorded(tmp_path: Path) -> None:
    """At a number, a day and a choice: each is one sentence, and the question stays."""
    nonsense = [*SPOKEN, "last Tuesday"]
    lines = [*nonsense, "45", *nonsense, "D-4", "D-2", *nonsense, "/quit"]
    chat = run(tmp_path, "chat", typed=lines)
    assert (chat.code, chat.err) == (0, "")
    assert chat.out.count("\n! ") >= 3 * len(nonsense)
    assert run(tmp_path, "show", chat.number).out.count("answered:") == 3
    assert run(tmp_path, "verify").code == 0


def test_bytes_that_are_no_text_do_not_end_a_conversation(tmp_path: Path) -> None:
    """A stray byte is a wrong answer, not a crash."""
    chat = run(tmp_path, "chat", typed=b"\xff\xfe\n45\n")
    assert chat.code == 0, chat.err
    assert "Index date" in chat.out


def test_a_database_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    """Neither read nor written: use the later version."""
    number = run(tmp_path, "chat", typed=["45"]).number
    database = tmp_path / DATABASE
    with sqlite3.connect(database) as db:
        (table,) = db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%version%'"
        ).fetchone()
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        values = {"version": 99, "name": "later"}
        row = [values.get(column, "2027-01-01") for column in columns]
        db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
    db.close()
    before = sha256(database.read_bytes()).hexdigest()
    for words in (("chat",), ("show", number), ("verify",)):
        refused(run(tmp_path, *words), "form 99", "later version")
    assert sha256(database.read_bytes()).hexdigest() == before


def _obeying_permissions() -> None:
    """Root passes over a folder's permissions: take that power from the process first."""
    drop_from_bounding_set, override, search = 24, 1, 2
    libc = ctypes.CDLL(None)
    for capability in (override, search):
        libc.prctl(drop_from_bounding_set, capability)


def test_a_folder_that_cannot_be_written_is_said_to_be(tmp_path: Path) -> None:
    """No half-made database is left behind."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    refused(run(closed, "chat", before=_obeying_permissions), "cannot be written")
    assert list(closed.iterdir()) == []


def test_a_place_under_a_file_is_no_place(tmp_path: Path) -> None:
    """The path of the database runs through a plain file."""
    (tmp_path / "data").write_text("", encoding="utf-8")
    refused(run(tmp_path, "chat"))
    assert (tmp_path / "data").read_text(encoding="utf-8") == ""


def _with_room_for(size: int) -> Callable[[], None]:
    def limit() -> None:
        # Python ignores SIGXFSZ: writing past the limit fails with EFBIG, as on a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_a_full_disk_is_said_and_earlier_answers_stay(tmp_path: Path) -> None:
    """The card does not move on over an answer that is not stored; with room it goes on."""
    begun = run(tmp_path, "chat", typed=["45"])
    full = run(
        tmp_path,
        "chat",
        "--resume",
        begun.number,
        typed=["D-4", "D-2", "1", "1", "22", *["1"] * 12],
        before=_with_room_for(60_000),
    )
    assert full.code == 0, full.err
    assert full.err == ""
    assert "! Not saved" in full.out
    assert run(tmp_path, "verify").code == 0
    record = run(tmp_path, "show", begun.number).out
    assert "age_years = 45 years" in record
    again = run(tmp_path, "chat", "--resume", begun.number, typed=["D-4"])
    assert again.code == 0


def test_a_full_disk_when_beginning_leaves_nothing_half_made(tmp_path: Path) -> None:
    """With room for nothing the start fails in one line; with room it works."""
    refused(run(tmp_path, "chat", before=_with_room_for(8192)))
    assert run(tmp_path, "chat", typed=["45"]).code == 0
    assert run(tmp_path, "verify").code == 0

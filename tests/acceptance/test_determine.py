"""`screening determine` in a real process: right, in order, as it comes, and nothing stored."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.acceptance.process import ROOT, run, start
from tests.flows.random_answers import random_sets
from tests.flows.reference import determine

pytestmark = pytest.mark.acceptance

EXAMPLES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    (ROOT / "tests" / "flows" / "data" / "examples.yaml").read_text(encoding="utf-8")
)["examples"]
LYSYME = ("determine", "--protocol", "lysyme")


def line(case: object, day: str, answers: object) -> str:
    """One answer set."""
    data = {"case": case, "date_of_screening": day, "answers": answers}
    return json.dumps(data, default=str)


def said(out: str) -> list[dict[str, Any]]:
    """The determinations, one a line."""
    return [json.loads(one) for one in out.splitlines()]


def test_the_worked_examples_come_out_as_they_should(tmp_path: Path) -> None:
    """Every field of every example, in the order in which they were sent; nothing is stored."""
    asked = [line(one["case"], one["date_of_screening"], one["answers"]) for one in EXAMPLES]
    found = run(tmp_path, *LYSYME, typed=asked)
    assert said(found.out) == [{"case": one["case"], **one["expect"]} for one in EXAMPLES]
    # A contradiction is a determination, "invalid", not a fault of the line.
    assert (found.code, found.err) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_protocol_may_be_given_as_a_file(tmp_path: Path) -> None:
    """A path to the same file gives the same determinations."""
    one = EXAMPLES[0]
    asked = [line(one["case"], one["date_of_screening"], one["answers"])]
    path = ROOT / "flows" / "protocols" / "lysyme.yaml"
    found = run(tmp_path, "determine", "--protocol", str(path), typed=asked)
    assert said(found.out)[0]["determination"] == "eligible"


def test_two_thousand_random_sets_in_their_order(tmp_path: Path) -> None:
    """Plausible to impossible sets are determined as the second implementation does."""
    sets = list(random_sets(11, 2_000))
    asked = [line(place, day, answers) for place, (day, answers) in enumerate(sets)]
    found = run(tmp_path, *LYSYME, typed=asked)
    answered = said(found.out)
    assert [one.pop("case") for one in answered] == list(range(2_000))
    assert answered == [determine(day, answers) for day, answers in sets]
    assert found.code == 2  # some of them hold codes that do not exist
    assert all(one.startswith("screening: line ") for one in found.err.splitlines())


@pytest.mark.parametrize(
    ("case", "back"),
    [
        ("1.50", "1.5"),
        ("0.1", "0.1"),
        ("7", "7"),
        ("1E5", "100000.0"),
        ("1e400", '"1E+400"'),
        ('"1.50"', '"1.50"'),
        ('{"a": [1.50, null]}', '{"a": [1.5, null]}'),
    ],
)
def test_the_case_comes_back_as_it_was(tmp_path: Path, case: str, back: str) -> None:
    """A number stays a number; one that no JSON reader could hold comes back as its text."""
    asked = f'{{"case": {case}, "date_of_screening": "2026-03-10", "answers": {{}}}}\n'
    found = run(tmp_path, *LYSYME, typed=asked)
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(f'{{"case": {back}, ')
    json.loads(found.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_a_line_is_answered_before_the_next_is_sent(tmp_path: Path) -> None:
    """It can stand behind a pipe that waits for each answer."""
    process = start(tmp_path, *LYSYME)
    assert process.stdin is not None
    assert process.stdout is not None
    for place in range(3):
        process.stdin.write(line(place, "2026-03-10", {"age_years": 76}) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["case"] == place
    process.communicate()
    assert process.returncode == 0


def test_a_bad_line_does_not_keep_the_others_from_being_answered(tmp_path: Path) -> None:
    """It is named by its number, empty lines are passed over, and the exit code tells."""
    good = line("a", "2026-03-10", {})
    found = run(tmp_path, *LYSYME, typed=[good, "", "{", "   ", good, '{"case": 1, "case": 2}'])
    assert len(said(found.out)) == 2
    numbers = [one.split(":")[1].strip() for one in found.err.splitlines()]
    assert numbers == ["line 3", "line 6"]
    assert found.code == 2


@pytest.mark.parametrize("typed", ["", "\n\n", "\r\n"])
def test_nothing_in_is_nothing_out(tmp_path: Path, typed: str) -> None:
    """No line is no fault."""
    found = run(tmp_path, *LYSYME, typed=typed)
    assert (found.code, found.out, found.err) == (0, "", "")


def test_a_last_line_without_its_end_is_answered(tmp_path: Path) -> None:
    """The input may end without a line break, and its lines may end as on Windows."""
    one = line("a", "2026-03-10", {})
    found = run(tmp_path, *LYSYME, typed=f"{one}\r\n{one}")
    assert (found.code, len(said(found.out))) == (0, 2)


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    """`| head -1` leaves no traceback behind."""
    process = start(tmp_path, *LYSYME)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    one = line("a", "2026-03-10", {}) + "\n"
    process.stdin.write(one)
    process.stdin.flush()
    assert process.stdout.readline()
    process.stdout.close()
    try:
        process.stdin.write(one * 500)
        process.stdin.close()
    except BrokenPipeError:
        pass
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    process.stdin.close()
    assert process.wait(30) != -9


def test_it_is_no_more_than_a_filter(tmp_path: Path) -> None:
    """Shells can chain it: what one process writes, another reads."""
    one = line("é", "2026-03-10", {})
    found = run(tmp_path, *LYSYME, typed=[one])
    done = subprocess.run(
        ["cat"], input=found.out, capture_output=True, text=True, check=True, timeout=10
    )
    assert said(done.stdout)[0]["case"] == "é"

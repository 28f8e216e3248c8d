"""The screening log as CSV: harmless cells, and rows that add up to the flow."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.cases import DeclineReason, FollowUp
from flows.events import Mode
from flows.tallies import CONFIDENTIAL, Criteria, flow, log_rows
from storage.exports.cells import harmless
from storage.exports.screening_log import COLUMNS, log_csv
from tests.flows.logs import Log, book, case_of, logs, step
from tests.flows.test_tallies import HIDDEN, line
from tests.promises.report import Promise

CRITERIA = Criteria.of(book().protocol)

CELLS, SEED = 10_000, 20260310
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read(raw: bytes) -> list[dict[str, str]]:
    """The rows as a spreadsheet's author would read them."""
    return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))


def table(log: Log, mode: Mode = Mode.SCREENING) -> list[dict[str, str]]:
    """The rows of a log."""
    return read(log_csv(log_rows(log.lines, log.cases, mode), CRITERIA))


@given(log=logs())
def test_the_rows_add_up_to_the_flow(log: Log) -> None:
    """Every number of the picture can be counted again in the CSV."""
    rows, found = table(log), flow(log_rows(log.lines, log.cases), CRITERIA)
    people = [row for row in rows if row["counted"] == "yes"]
    assert (len(rows), len(people)) == (found.attempts, found.screened)
    outcomes = Counter(row["outcome"] for row in people)
    assert outcomes["enrolled"] == found.enrolled
    assert outcomes["excluded"] == found.excluded
    assert outcomes["undecided"] == found.undecided
    excluded = [row for row in people if row["outcome"] == "excluded"]
    reasons = Counter(row["first_failing"] for row in excluded if row["first_failing"])
    assert {name: reasons[name] for name, _ in found.reasons} == dict(found.reasons)
    waiting = Counter(row["waiting"] for row in people)
    assert {what: waiting[what.value] for what, _ in found.waiting} == dict(found.waiting)
    declined = Counter(
        row["declined"] or DeclineReason.NOT_STATED.value
        for row in excluded
        if not row["first_failing"]
    )
    assert {why: declined[why.value] for why, _ in found.declined} == dict(found.declined)
    assert sum(row["verdict"] == "eligible" for row in people) == found.eligible
    first_only = [row for row in excluded if row["reasons"] == "first_only"]
    assert len(first_only) == found.first_only


@given(log=logs())
def test_each_attempt_is_a_row_that_names_the_one_before(log: Log) -> None:
    """By number, and the last attempt of each patient is the one that counts."""
    rows = {row["number"]: row for row in table(log)}
    earlier = {one.number: one.earlier or "" for one in log.lines}
    assert all(row["earlier"] == earlier[number] for number, row in rows.items())
    assert all(int(row["attempt"]) >= 1 for row in rows.values())


@given(log=logs())
def test_no_cell_holds_a_confidential_criterion(log: Log) -> None:
    """Nor what could be taken for a formula; whatever was answered stands nowhere."""
    for mode in Mode:
        for row in table(log, mode):
            for cell in row.values():
                assert not HIDDEN & set(cell.split())
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert row["first_failing"] in ("", CONFIDENTIAL, *CRITERIA.named)


def test_quick_checks_are_a_list_of_their_own() -> None:
    """Asked for, they are all there, and none of them counts."""
    log = Log((line("A", mode=Mode.QUICK_CHECK), line("B")), {})
    assert [row["number"] for row in table(log)] == ["B"]
    (row,) = table(log, Mode.QUICK_CHECK)
    assert (row["number"], row["kind"], row["counted"]) == ("A", "quick_check", "no")


def test_a_row_in_full() -> None:
    """Every column as records.md asks for it, times in UTC, codes and no words."""
    case = case_of("A", step(FollowUp.DECLINED, DeclineReason.RISK, "A"))
    first, second = line("A", protocol="v1", signed_by="P-1"), line("B", "ineligible", earlier="A")
    rows = table(Log((first, second), {"A": case}))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0] | {"opened": "", "determined_at": "", "signed_at": ""} == {
        **dict.fromkeys(COLUMNS, ""),
        "number": "A",
        "kind": "screening",
        "site": "HM",
        "trial": "lysyme",
        "protocol_version": "v1",
        "verdict": "eligible",
        "signer": "P-1",
        "status": "declined",
        "declined": "risk",
        "outcome": "excluded",
        "attempt": "1",
        "counted": "no",
    }
    assert rows[0]["opened"] == "2026-03-10"
    assert (rows[1]["first_failing"], rows[1]["reasons"]) == ("I2", "first_only")
    assert rows[1]["failing"] == "I2"
    assert (rows[1]["earlier"], rows[1]["attempt"], rows[1]["counted"]) == ("A", "2", "yes")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+33", "'+33"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("  =1", "'  =1"),
        ("\x00=1", "'=1"),
        ("a\nb\u2028c", "a b c"),
        ("a\u202eb\u200f", "ab"),
        ('É, "x" 7K3F-9QXV', 'É, "x" 7K3F-9QXV'),
        ("", ""),
    ],
)
def test_a_cell_is_made_harmless(cell: str, kept: str) -> None:
    """An apostrophe before a formula; no NUL, no line break, nothing that turns the writing."""
    assert harmless(cell) == kept


@given(cell=st.text())
def test_any_text_is_made_harmless_and_comes_back(cell: str) -> None:
    """Written and read again it is the same cell, and no spreadsheet takes it for a formula."""
    clean = harmless(cell)
    assert not clean.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not clean.lstrip().startswith(("=", "+", "-", "@"))
    assert not set(clean) & set("\x00\n\r\t\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")
    out = io.StringIO(newline="")
    csv.writer(out).writerow([clean, "x"])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [clean, "x"]
    assert harmless(clean) == clean


def test_ten_thousand_hostile_cells(promise: Promise) -> None:
    """Formulas, NUL, line breaks and bidi controls in every place: none survives as one."""
    draw, hostile = random.Random(SEED), "=+-@\t\r\n\x00\u202e\u2066\u2028 aé1,;\"'"
    cells = ["".join(draw.choices(hostile, k=draw.randrange(1, 12))) for _ in range(CELLS)]
    raw = sum(cell.startswith(FORMULA) for cell in cells)
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell)] for cell in cells)
    back = [row[0] if row else "" for row in csv.reader(io.StringIO(out.getvalue(), newline=""))]
    assert back == [harmless(cell) for cell in cells]
    assert not [cell for cell in back if cell.startswith(FORMULA)]
    figure = f"{CELLS:,} hostile cells: 0 that a spreadsheet would run, round trip equal"
    promise(30, figure, control=f"as they came: {raw:,} would be run", seed=SEED)
    assert raw > CELLS / 10

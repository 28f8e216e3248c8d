"""Cells that are only text, and the table of queries made of them."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.cases import QueryAnswer, QueryReason
from flows.queries import Tally
from storage.exports.cells import defused, restored, table
from storage.exports.queries import CONFIDENTIAL, HEAD, queries_csv

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
ARMED = ("=", "+", "-", "@", "\t", "\r", "\n")


@pytest.mark.parametrize("text", [f"{sign}1+cmd|' /C calc'!A0" for sign in ARMED])
def test_a_formula_is_only_text(text: str) -> None:
    """Whatever could begin one stands after an apostrophe."""
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\x00=1", "\u202e=1", "\u200b@SUM(A1)", "\x1f\x00-1"])
def test_what_cannot_be_seen_hides_no_formula(text: str) -> None:
    """Controls and marks of direction go first, and what then stands in front is looked at."""
    assert defused(text).startswith("'")


@given(TEXT)
def test_no_cell_begins_a_formula_and_each_reads_back(text: str) -> None:
    """Whatever is written: harmless, and the same text but for what cannot be seen."""
    cell = defused(text)
    assert not cell.startswith(ARMED)
    assert defused(restored(cell)) == cell


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_a_table_reads_back(rows: list[tuple[str, str]]) -> None:
    """Commas, quotes and line ends inside cells do not move the others."""
    raw = table(("a", "b"), rows).decode()
    read = list(csv.reader(io.StringIO(raw, newline="")))
    assert read == [["a", "b"], *([defused(one) for one in row] for row in rows)]


def test_queries_are_one_row_for_each_criterion_and_reason() -> None:
    """Counts of answers by code; what must not be named is one row without a name."""
    answers = ((QueryAnswer.AS_WORDED, 1), (QueryAnswer.WILL_CALL, 2))
    tallies = [
        Tally("lysyme", "I3", QueryReason.UNCLEAR, 4, answers),
        Tally("=trial", None, QueryReason.SOURCE, 1, ()),
    ]
    read = list(csv.reader(io.StringIO(queries_csv(tallies).decode(), newline="")))
    assert read == [
        list(HEAD),
        ["lysyme", "I3", "unclear", "4", "1", "1", "0", "0", "2"],
        ["'=trial", CONFIDENTIAL, "source", "1", "1", "0", "0", "0", "0"],
    ]

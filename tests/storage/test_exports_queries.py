"""The table of queries as CSV."""

from __future__ import annotations

import csv
import io

from flows.cases import QueryAnswer, QueryReason
from flows.queries import Tally
from storage.exports.queries import CONFIDENTIAL, HEAD, queries_csv


def test_queries_are_one_row_for_each_criterion_and_reason() -> None:
    """Counts of answers by code; what must not be named is one row; no cell is a formula."""
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

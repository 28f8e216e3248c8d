"""The queries about criteria: how often what was asked, and how it was answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flows.cases import QueryAnswer
from flows.queries import Tally
from storage.exports.cells import Cells
from storage.exports.table import csv_bytes

HEAD: Final = ("trial", "criterion", "reason", "queries", "open", *QueryAnswer)

CONFIDENTIAL: Final = "confidential"
"""In place of the criteria that must not be named outside the record, all together."""


def queries_csv(tallies: Iterable[Tally]) -> bytes:
    """One row for each trial, criterion and reason. Codes, so that it reads alike everywhere."""
    return csv_bytes(HEAD, map(query_cells, tallies))


def query_cells(one: Tally) -> Cells:
    """How often one thing was asked about one criterion, and how it was answered."""
    answers = dict(one.answers)
    counts = (one.asked, one.open, *(answers.get(answer, 0) for answer in QueryAnswer))
    about = (one.trial, one.criterion or CONFIDENTIAL, one.reason.value)
    return (*about, *map(str, counts))

"""The queries about criteria as CSV: how often what was asked, and how it was answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flows.cases import QueryAnswer
from flows.queries import Tally
from storage.exports.cells import table

HEAD: Final = ("trial", "criterion", "reason", "queries", "open", *QueryAnswer)

CONFIDENTIAL: Final = "confidential"
"""In place of the criteria that must not be named outside the record, all together."""


def queries_csv(tallies: Iterable[Tally]) -> bytes:
    """One row for each trial, criterion and reason. Codes, so that it reads alike everywhere."""
    rows = []
    for one in tallies:
        answers = dict(one.answers)
        counts = [one.asked, one.open, *(answers.get(answer, 0) for answer in QueryAnswer)]
        about = (one.trial, one.criterion or CONFIDENTIAL, one.reason)
        rows.append((*about, *map(str, counts)))
    return table(HEAD, rows)

"""The queries about criteria as CSV: how often what was asked, and how it was answered."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from flows.cases import QueryAnswer
from flows.queries import Tally
from storage.exports.screening_log import harmless

HEAD: Final = ("trial", "criterion", "reason", "queries", "open", *QueryAnswer)

CONFIDENTIAL: Final = "confidential"
"""In place of the criteria that must not be named outside the record, all together."""


def queries_csv(tallies: Iterable[Tally]) -> bytes:
    """One row for each trial, criterion and reason. Codes, so that it reads alike everywhere."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for one in tallies:
        answers = dict(one.answers)
        counts = (one.asked, one.open, *(answers.get(answer, 0) for answer in QueryAnswer))
        about = (one.trial, one.criterion or CONFIDENTIAL, one.reason.value)
        writer.writerow([harmless(str(cell)) for cell in (*about, *counts)])
    return out.getvalue().encode()

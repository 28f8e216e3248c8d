"""The screening log, for a spreadsheet or a statistician: one row an attempt.

A head in English codes; times are UTC, or days from the opening where the log leaves the site. No
answer, no name, and no confidential criterion by its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from flows.steps import contradictions
from flows.tallies import Criteria, Row
from storage.exports.cells import Cells, Days
from storage.exports.table import csv_bytes

COLUMNS: Final = (
    "number",
    "kind",
    "opened",
    "site",
    "trial",
    "protocol_version",
    "verdict",
    "first_failing",
    "reasons",
    "failing",
    "determined_at",
    "signed_at",
    "signer",
    "status",
    "declined",
    "contradictions",
    "outcome",
    "waiting",
    "attempt",
    "earlier",
    "counted",
)


def log_csv(rows: Sequence[Row], criteria: Criteria) -> bytes:
    """The log as CSV, as the site reads it."""
    return csv_bytes(COLUMNS, (log_cells(row, criteria, days_of(row)) for row in rows))


def days_of(row: Row, *, dates: bool = True) -> Days:
    """How the days of an attempt are written: counted from the day on which it was opened."""
    return Days(ZoneInfo(row.line.time_zone), row.line.day, dates)


def log_cells(row: Row, criteria: Criteria, days: Days) -> Cells:
    """The verdict that stands, and what contradicts the order of its steps."""
    line, case = row.line, row.case
    ineligible = line.stands == "ineligible"
    last = case.steps[-1] if case.steps else None
    return (
        line.number,
        line.mode.value,
        days.day(line.day),
        line.site,
        line.trial,
        line.protocol,
        line.stands or "",
        criteria.reason(line),
        ("complete" if line.every_reason else "first_only") if ineligible else "",
        " ".join(criteria.reasons(line)),
        days.moment(line.determined_at),
        days.moment(line.signed_at),
        line.signed_by,
        last.status.value if last else "",
        last.declined.value if last and last.declined else "",
        " ".join(one.value for one in contradictions(line, case)),
        row.fate.value,
        row.waiting.value if row.waiting else "",
        str(row.attempt),
        line.earlier or "",
        "yes" if row.counted else "no",
    )

"""The screening log as CSV, for a spreadsheet or a statistician: one row an attempt.

RFC 4180 with a header in English codes, UTF-8 without a byte-order mark: every cell is ASCII as
far as this software writes it, and a mark would stand in the first column's name for whoever
reads it by program. Times are UTC. No answer, no name, and no confidential criterion by its id.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from flows.steps import contradictions
from flows.tallies import Criteria, Row

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

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""


def log_csv(rows: Sequence[Row], criteria: Criteria) -> bytes:
    """The log; of each row the verdict that stands, and what contradicts the order of its steps."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in _cells(row, criteria)] for row in rows)
    return out.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell as text and nothing else: no control characters, and never the start of a formula.

    What would be taken for a formula gets an apostrophe before it; NUL, line breaks and signs that
    turn the direction of writing go.
    """
    clean = "".join(
        " " if character in "\r\n\t\v\f\x85\u2028\u2029" else character
        for character in cell
        if character in "\r\n\t\v\f\x85\u2028\u2029"
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    begins = cell.lstrip()[:1] in _FORMULA if cell.strip() else False
    return f"'{clean}" if begins or clean.startswith(_FORMULA) else clean


def _cells(row: Row, criteria: Criteria) -> tuple[str, ...]:
    line, case = row.line, row.case
    ineligible = line.stands == "ineligible"
    last = case.steps[-1] if case.steps else None
    return (
        line.number,
        line.mode.value,
        line.day.isoformat(),
        line.site,
        line.trial,
        line.protocol,
        line.stands or "",
        criteria.reason(line),
        ("complete" if line.every_reason else "first_only") if ineligible else "",
        _moment(line.determined_at),
        _moment(line.signed_at),
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


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""

"""The audit trail as CSV: one row for each thing that happened to a screening, in order.

Old and new value, who in which role, when it was received, and why (ICH E6(R3) 4.2.2; EMA,
Guideline on computerised systems, 2023, A6.2). Codes, so that it reads alike everywhere.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC
from typing import BinaryIO, Final

from flows.events import Happened
from flows.subjects import Subject
from storage.exports.form import About
from storage.exports.screening_log import harmless
from storage.mapper import fields_of

COLUMNS: Final = (
    "number",
    "version",
    "received",
    "person",
    "role",
    "event",
    "about",
    "old",
    "new",
    "reason",
)


class AuditTrail:
    """Keeps the contract `storage.exports.form.Export`."""

    def __init__(self, file: BinaryIO, about: About) -> None:
        self._file, self._about = file, about
        self._write([COLUMNS])

    def add(self, subject: Subject) -> int:
        """See `Export.add`; of an erased screening no row is left."""
        rows = [
            self._row(subject, version, happened)
            for version, happened in enumerate(subject.history, 1)
        ]
        self._write(rows)
        return len(rows)

    def finish(self) -> int:
        """See `Export.finish`."""
        return 0

    def _row(self, subject: Subject, version: int, happened: Happened) -> tuple[str, ...]:
        said = fields_of(happened.event)
        about = said.get("input") or said.get("criterion") or ""
        new = said.get("value", said.get("verdict", ""))
        return (
            subject.number,
            str(version),
            f"{happened.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            happened.by.person,
            happened.by.role.value,
            happened.event.kind,
            *(str(cell or "") for cell in (about, said.get("old"), new, said.get("reason"))),
        )

    def _write(self, rows: Iterable[tuple[str, ...]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
        self._file.write(text.getvalue().encode())

"""Dates: as they are inside the site, and as offsets from the opening where a file leaves it.

An offset is in the precision that was kept: days, months or years. It stands in the extension
`cqf-relativeDateTime`, which FHIR 4.0.1 and 5.0.0 allow on every element, and which takes the
place of the value. It counts from the first event of the screening's trail, its opening: 0 is the
same day, -1 the day before. The opening itself, and an erased screening, of whose trail nothing is
left, have no date at all (`masked`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from flows.log import Line
from storage.exports.fhir.elements import Json, absent, reference

RELATIVE: Final = "http://hl7.org/fhir/StructureDefinition/cqf-relativeDateTime"
_UNITS: Final = {4: "a", 7: "mo", 10: "d"}
"""UCUM units by the length of an ISO date."""


@dataclass(frozen=True, slots=True)
class Days:
    """Writes the dates of one screening, as they are or as offsets."""

    line: Line
    dates: bool

    def opening(self, key: str) -> Json:
        """The moment from which all others are counted, under its key."""
        return (
            self.moment(key, self.line.opened_at) if self.dates else {f"_{key}": absent("masked")}
        )

    def moment(self, key: str, at: datetime) -> Json:
        """A moment under its key: to the second in UTC, or the day's offset."""
        if self.dates:
            return {key: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        return self._offset(key, at.astimezone(ZoneInfo(self.line.time_zone)).date().isoformat())

    def day(self, key: str, day: str) -> Json:
        """A day, a month or a year (ISO) under its key, or its offset."""
        return {key: day} if self.dates else self._offset(key, day)

    def _offset(self, key: str, day: str) -> Json:
        if self.line.erased_at is not None:
            return {f"_{key}": absent("masked")}
        unit = _UNITS[len(day)]
        offset = {
            "value": _passed(self.line.day, day),
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        }
        parts = [
            {"url": "target", "valueReference": reference("AuditEvent", f"{self.line.number}-1")},
            {"url": "targetPath", "valueString": "AuditEvent.recorded"},
            {"url": "relationship", "valueCode": "after-start"},
            {"url": "offset", "valueDuration": offset},
        ]
        return {f"_{key}": {"extension": [{"url": RELATIVE, "extension": parts}]}}


def _passed(since: date, day: str) -> int:
    """Whole days, months or years from one day to another; the calendar's, negative before."""
    if len(day) == 10:
        return (date.fromisoformat(day) - since).days
    years = int(day[:4]) - since.year
    return years if len(day) == 4 else 12 * years + int(day[5:7]) - since.month

"""The audit trail as a table: one row for each event of the ledger, in its order.

Old and new value, who in which role, when it was received and stored, and why (ICH E6(R3) 4.2.2;
EMA, Guideline on computerised systems, 2023, A6.2); `detail` holds every field of the event.
Codes, so that it reads alike everywhere.

Outside the site the trail holds what is about screenings, and no more: what was done about people
and the machine has a calendar of its own, by which the days could be told. Of a screening that a
confidential criterion excludes the answers are left out as well, since where the questions
stopped tells which criterion it was; so are the places in the ledger, which would say how many.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flows.events import Happened, Mode
from flows.log import Line
from flows.trail import Value, change_of
from storage.exports.cells import Cells, Days
from storage.exports.form import NotSound
from storage.exports.outside import ANSWERS, Veil, said_by, shown
from storage.ledger import Entry
from storage.mapper import to_event

COLUMNS: Final = (
    "position",
    "number",
    "stream",
    "version",
    "site",
    "event",
    "person",
    "role",
    "received_utc",
    "received_site",
    "stored_utc",
    "stored_site",
    "about",
    "old",
    "new",
    "reason",
    "detail",
)

_ABOUT: Final = ("screening/", "case/", "notices/", "erasure/")
"""Streams that go on with a screening number; one of notices may go on with a person instead."""


@dataclass(frozen=True, slots=True)
class Told:
    """Which events the trail tells of, and how.

    `lines` are all screenings of the ledger, of which those of `trial` and `mode` at `sites` (None:
    at all) are told; with screenings goes, inside the site, what is about none. `veils` are what
    each version of the protocol hides, `withheld` the screenings whose answers stay behind.
    """

    trial: str
    mode: Mode
    sites: Collection[str] | None
    dates: bool
    zone: ZoneInfo
    lines: Mapping[str, Line]
    zones: Mapping[str, str]
    veils: Mapping[str, Veil] = field(default_factory=dict)
    withheld: Collection[str] = ()

    def line(self, number: str) -> Line | None:
        """The screening, if it is told of."""
        line = self.lines.get(number)
        if line is None or line.trial != self.trial or line.mode is not self.mode:
            return None
        return line if self.sites is None or line.site in self.sites else None

    def beside(self, happened: Happened) -> str | None:
        """The site of an event about no screening, "" for one about no site; None: not told of."""
        event = happened.event
        site, trial = getattr(event, "site", "") or "", getattr(event, "trial", "") or self.trial
        if not self.dates or self.mode is not Mode.SCREENING or trial != self.trial:
            return None
        return site if self.sites is None or site in self.sites else None

    def veil(self, line: Line | None) -> Veil:
        """What must not be named of a screening; nothing is hidden inside the site.

        Raises:
            NotSound: it is not known what its version of the protocol hides.

        """
        if line is None or self.dates:
            return Veil()
        if line.protocol not in self.veils:
            raise NotSound(f"{line.number}: protocol {line.protocol} is not known")
        return self.veils[line.protocol]


class AuditTrail:
    """Makes rows of entries, which must come in the order of the ledger, all of them."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._before: dict[str, dict[str, Value]] = {}
        self._last: Entry | None = None

    def row(self, entry: Entry) -> Cells | None:
        """The row of an entry; None where it is not told of, or erased.

        Raises:
            NotSound: the entry does not follow the one before.
            LedgerBroken: it cannot be read.

        """
        self._follows(entry)
        number = _number(entry.stream)
        line = self._told.line(number) if number else None
        if entry.erased or (number and line is None):
            return None
        happened = to_event(entry)
        site = line.site if line else self._told.beside(happened)
        if site is None or (number in self._told.withheld and isinstance(happened.event, ANSWERS)):
            return None
        return self._cells(entry, happened, line, site)

    def _follows(self, entry: Entry) -> None:
        last, self._last = self._last, entry
        place = last.position + 1 if last else 1
        if entry.position != place or (last and entry.previous != last.digest):
            raise NotSound(f"event {entry.position} of the ledger does not follow the one before")

    def _cells(self, entry: Entry, happened: Happened, line: Line | None, site: str) -> Cells:
        told, veil = self._told, self._told.veil(line)
        days, event = self._days(line, site, happened), happened.event
        stored = datetime.fromisoformat(entry.recorded_at)
        before = self._before.setdefault(entry.stream, {})
        change = change_of(happened, before)
        if not isinstance(event, ANSWERS):
            before[change.about] = change.new
        withheld = line is not None and line.number in told.withheld
        said = said_by(event, days, veil, withheld=withheld)
        detail = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return (
            str(entry.position) if told.dates else "",
            line.number if line else "",
            entry.stream if told.dates else entry.stream.partition("/")[0],
            str(entry.version) if told.dates else "",
            site,
            event.kind,
            happened.by.person,
            happened.by.role.value,
            days.utc(happened.at),
            days.local(happened.at),
            days.utc(stored),
            days.local(stored),
            *shown(change, event, days, veil),
            detail,
        )

    def _days(self, line: Line | None, site: str, happened: Happened) -> Days:
        if line is not None:
            return Days(ZoneInfo(line.time_zone), line.day, self._told.dates)
        known = self._told.zones.get(site)
        zone = ZoneInfo(known) if known else self._told.zone
        return Days(zone, happened.at.astimezone(zone).date(), self._told.dates)


def _number(stream: str) -> str:
    """The screening that a stream is about; "" where it is about none."""
    kind, _, name = stream.partition("/")
    return name if f"{kind}/" in _ABOUT and not name.startswith("-") else ""

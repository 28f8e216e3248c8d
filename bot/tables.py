"""The tables of a trial's record, each read from the ledger a row at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.desk import Desk
from bot.queries import Queries
from bot.register import Register
from bot.shelf import Shelf
from bot.subjects import Subjects
from flows.delegations import DelegationLine, delegation_lines
from flows.events import DeterminationMade, Mode
from flows.log import Line
from flows.queries import tallies
from flows.tallies import Criteria, Fate, Row
from storage.exports import audit_trail, delegation_log, enrolment_log, queries, screening_log
from storage.exports.cells import Cells, Days
from storage.exports.outside import Veil
from storage.exports.screening_log import days_of
from storage.exports.sound import sound
from storage.ledger import Ledger
from storage.mapper import to_event


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the record: a trial, what was screened for, the sites (None: all).

    With `dates` the table stays at the site. Without, days are counted, and nothing is said of a
    single confidential criterion.
    """

    trial: str
    mode: Mode = Mode.SCREENING
    sites: Collection[str] | None = None
    dates: bool = False


Rows: TypeAlias = AsyncIterator[Cells]


class Tables:
    """Makes the rows of each table. The register must have caught up with the ledger."""

    def __init__(
        self, ledger: Ledger, register: Register, desk: Desk, shelf: Shelf, clock: Clock
    ) -> None:
        self._ledger, self._register = ledger, register
        self._desk, self._shelf, self._clock = desk, shelf, clock
        self._subjects = Subjects(desk, register, shelf)

    async def rows(self, name: str, scope: Scope) -> Rows:
        """The rows of one of `TABLES`, without its head.

        Raises:
            NotSound: a row does not pass the check of its table.
            StorageError: the ledger cannot be read.

        """
        table = TABLES[name]
        async for cells in table.rows(self, scope):
            yield sound(table.columns, cells, dates=scope.dates)

    async def most(self, name: str, scope: Scope) -> int:
        """How many rows there are at most: so many events, or so many attempts."""
        if name == "audit-trail":
            return (await self._ledger.head()).position
        return len(self._attempts(scope))

    async def screening_log(self, scope: Scope) -> Rows:
        """One row an attempt."""
        criteria = Criteria.of(self._shelf.current(scope.trial).protocol)
        for row in self._attempts(scope):
            yield screening_log.log_cells(row, criteria, days_of(row, dates=scope.dates))

    async def enrolment_log(self, scope: Scope) -> Rows:
        """One row for each attempt after which somebody was enrolled."""
        for row in self._attempts(scope):
            if row.fate is Fate.ENROLLED:
                yield enrolment_log.enrolment_cells(row, days_of(row, dates=scope.dates))

    async def delegation_log(self, scope: Scope) -> Rows:
        """One row for each line that there ever was, in the order of delegation."""
        lines: list[DelegationLine] = []
        for stream in await self._ledger.streams("person/"):
            entries = await self._ledger.read(stream)
            lines += delegation_lines(to_event(entry) for entry in entries)
        zone, now = self._zone(scope), self._clock.now()
        lines = [line for line in lines if line.trial in (None, scope.trial)]
        lines.sort(key=lambda line: (line.at, line.person, line.site, line.role))
        first = min((min(line.at, line.since) for line in lines), default=now)
        days = Days(zone, first.astimezone(zone).date(), scope.dates)
        for line in lines:
            if scope.sites is None or line.site in scope.sites:
                yield delegation_log.delegation_cells(line, self._register.directory, days, now)

    async def audit_trail(self, scope: Scope) -> Rows:
        """One row for each event, in the order of the ledger."""
        veils = {} if scope.dates else await self._veils(scope)
        withheld = set() if scope.dates else await self._withheld(scope, veils)
        told = audit_trail.Told(
            trial=scope.trial,
            mode=scope.mode,
            sites=scope.sites,
            dates=scope.dates,
            zone=self._zone(scope),
            lines=self._lines(),
            zones={one.code: one.time_zone for one in self._register.directory.sites.values()},
            veils=veils,
            withheld=withheld,
        )
        trail = audit_trail.AuditTrail(told)
        async for entry in self._ledger.walk():
            cells = trail.row(entry)
            if cells is not None:
                yield cells

    async def criterion_queries(self, scope: Scope) -> Rows:
        """One row for each criterion and reason."""
        numbers = [row.line.number for row in self._attempts(scope)]
        asked = Queries(self._ledger, self._register, self._desk, self._clock)
        for one in tallies(await asked.of(numbers)):
            yield queries.query_cells(one)

    def _attempts(self, scope: Scope) -> tuple[Row, ...]:
        return self._subjects.rows(scope.trial, scope.mode, scope.sites)

    def _lines(self) -> dict[str, Line]:
        """All lines: one is looked at for each event, and none is read twice."""
        every = self._register.screenings.walk(lambda _: True)
        return {number: known.line for number, known in every if known.line}

    def _zone(self, scope: Scope) -> ZoneInfo:
        return self._shelf.current(scope.trial).zone

    async def _veils(self, scope: Scope) -> dict[str, Veil]:
        """By version; two files that bear the same one hide what either hides."""
        veils: dict[str, Veil] = {}
        for book in await self._subjects.books(scope.trial):
            version = book.protocol.version
            veils[version] = veils.get(version, Veil()) | Veil.of(book.protocol)
        return veils

    async def _withheld(self, scope: Scope, veils: Mapping[str, Veil]) -> set[str]:
        """The screenings that a confidential criterion has ever excluded."""
        found, lines = set(), self._lines()
        async for entry in self._ledger.walk():
            if entry.kind != DeterminationMade.kind or entry.erased:
                continue
            number = entry.stream.partition("/")[2]
            line = lines.get(number)
            if line is not None and line.trial == scope.trial:
                veil = veils.get(line.protocol, Veil())
                if veil.excludes(to_event(entry).event):
                    found.add(number)
        return found


@dataclass(frozen=True, slots=True)
class TableForm:
    """A table: its columns and who makes its rows."""

    columns: tuple[str, ...]
    rows: Callable[[Tables, Scope], Rows]


TABLES: Final[Mapping[str, TableForm]] = {
    "screening-log": TableForm(screening_log.COLUMNS, Tables.screening_log),
    "enrolment-log": TableForm(enrolment_log.COLUMNS, Tables.enrolment_log),
    "delegation-log": TableForm(delegation_log.COLUMNS, Tables.delegation_log),
    "audit-trail": TableForm(audit_trail.COLUMNS, Tables.audit_trail),
    "criterion-queries": TableForm(queries.HEAD, Tables.criterion_queries),
}
"""By name."""

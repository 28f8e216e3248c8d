"""A protocol made ready to be applied: its readers, tables and dates, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flows.answers import Reader, Refused, Value, screening_day
from flows.logic import Fact
from flows.matters import Asking, asking
from flows.protocol.check import NOT_APPLICABLE
from flows.protocol.model import Criterion, Deadline, Protocol, Row
from flows.rules import (
    Facts,
    Measured,
    Table,
    Test,
    compile_condition,
    compile_table,
    measure,
    remembering,
)


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A deadline or an advisory date: its day and whether it applies now."""

    deadline: Deadline
    day: Measured
    applies: Test | None

    def on(self, facts: Facts) -> date | None:
        """The day, when it can be told and applies."""
        if self.applies is not None and not self.applies(facts):
            return None
        span = self.day(facts)
        return span.day() if span is not None else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One criterion with its table and its deadlines, ready to be applied.

    `wanted` says what to ask for at it; `rows` is what its table says, remembered.
    """

    criterion: Criterion
    table: Table
    deadlines: tuple[NamedDate, ...]
    wanted: Asking
    rows: Callable[[Facts], tuple[Row, ...]]


class Rulebook:
    """One version of one trial's criteria, ready to be applied to patients.

    `sha256` is the fingerprint of the file it was read from, in hexadecimal.
    """

    def __init__(self, protocol: Protocol, sha256: str) -> None:
        self.protocol = protocol
        self.sha256 = sha256
        self.zone = ZoneInfo(protocol.time_zone)
        self.readers = {entry.id: Reader(entry) for entry in protocol.inputs}
        self.entries = tuple(_entry(criterion, self.readers) for criterion in protocol.criteria)
        self.criteria = {entry.criterion.id: entry for entry in self.entries}
        self.advisories = tuple(_named(deadline) for deadline in protocol.advisories)
        self._conditional = [
            (name, reader.applies) for name, reader in self.readers.items() if reader.applies
        ]
        self._homes = {
            entry.id: criterion for criterion in protocol.criteria for entry in criterion.inputs
        }
        self._derived = [
            (name, reader.applies, reader.entry.when_absent)
            for name, reader in self.readers.items()
            if reader.applies is not None or reader.entry.when_absent is not None
        ]
        self._refusing = [(name, one) for name, one in self.readers.items() if one.refusals]
        self._order = {name: place for place, name in enumerate(self.readers)}

    def in_order(self, names: frozenset[str] | set[str]) -> list[str]:
        """Inputs in protocol order."""
        return sorted(names, key=self._order.__getitem__)

    def place(self, name: str) -> int:
        """The place of an input in protocol order, from 0."""
        return self._order[name]

    def home(self, name: str) -> Criterion:
        """The criterion at which an input is asked."""
        return self._homes[name]

    def facts(self, answers: Mapping[str, Value], day: date, *, final: bool) -> dict[str, Fact]:
        """What the rules may read on that day.

        With `final`, an optional input that was not answered counts as its protocol says;
        without, it stays open, so that it can still be asked.
        """
        facts = screening_day(day)
        for name, value in answers.items():
            facts[name] = self.readers[name].fact(value)
        for name, applies, absent in self._derived:
            if name in facts:
                continue
            if applies is not None and applies(facts) is False:
                facts[name] = NOT_APPLICABLE
            elif final and absent is not None:
                facts[name] = absent
        return facts

    def applicable(self, facts: dict[str, Fact]) -> dict[str, Fact]:
        """The same facts, where an input that does not apply counts as `not_applicable`.

        Contradictions are looked for before this: it would hide an answer that should not be.
        """
        for name, applies in self._conditional:
            if applies(facts) is False:
                facts[name] = NOT_APPLICABLE
        return facts

    def contradictions(self, answers: Mapping[str, Value], facts: Facts) -> list[Refused]:
        """The given answers that cannot stand beside the others, in protocol order."""
        found = []
        for name, reader in self._refusing:
            if name in answers and (words := reader.contradiction(facts)):
                found.append(Refused(name, reader.expected, words))
        return found

    def clashing(self, answers: Mapping[str, Value], day: date) -> list[str]:
        """The answers that contradict the others, or are no longer asked for at all."""
        facts = self.facts(answers, day, final=False)
        names = {refused.input for refused in self.contradictions(answers, facts)}
        for name in answers:
            applies = self.readers[name].applies
            if applies is not None and applies(facts) is False:
                names.add(name)
        return self.in_order(names)


def _entry(criterion: Criterion, readers: Mapping[str, Reader]) -> Entry:
    deadlines = tuple(_named(deadline) for deadline in criterion.deadlines)
    table = compile_table(criterion.rule)
    wanted, rows = asking(criterion, table, readers), remembering(table.reads, table.possible)
    return Entry(criterion, table, deadlines, wanted, rows)


def _named(deadline: Deadline) -> NamedDate:
    applies = compile_condition(deadline.when) if deadline.when else None
    return NamedDate(deadline, measure(deadline.date), applies)

"""A protocol made ready to be applied: its readers, tables and dates, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flows.answers import Reader, Refused, Value, screening_day
from flows.logic import Fact
from flows.matters import Asking, asking, scope
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

    `wanted` says what to ask for at it; `rows` is what its table says, remembered. `scope` are
    the inputs that these two look at; it is `plain` when each of them counts as it was answered.
    """

    criterion: Criterion
    table: Table
    deadlines: tuple[NamedDate, ...]
    scope: frozenset[str]
    plain: bool
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
        derived = frozenset(name for name, *_ in self._derived)
        self.entries = tuple(_entry(one, self.readers, derived) for one in protocol.criteria)
        self.criteria = {entry.criterion.id: entry for entry in self.entries}
        self._refusing = [(name, one) for name, one in self.readers.items() if one.refusals]
        self._order = {name: place for place, name in enumerate(self.readers)}
        self._bears_on = {name: self._first_place(name) for name in self.readers}

    def in_order(self, names: frozenset[str] | set[str]) -> list[str]:
        """Inputs in protocol order."""
        return sorted(names, key=self._order.__getitem__)

    def place(self, name: str) -> int:
        """The place of an input in protocol order, from 0."""
        return self._order[name]

    def home(self, name: str) -> Criterion:
        """The criterion at which an input is asked."""
        return self._homes[name]

    def bears_on(self, name: str) -> int:
        """The place, from 0, of the first criterion that an answer to the input can touch."""
        return self._bears_on[name]

    def _first_place(self, name: str) -> int:
        """An answer touches what is looked at for a criterion, or whether that applies."""
        touched = {name}
        while more := {n for n, r in self.readers.items() if r.applies_by & touched} - touched:
            touched |= more
        places = (at for at, entry in enumerate(self.entries) if entry.scope & touched)
        return next(places, len(self.entries))

    def facts(self, answers: Mapping[str, Value], day: date, *, final: bool) -> dict[str, Fact]:
        """What the rules may read on that day.

        With `final`, an optional input that was not answered counts as its protocol says;
        without, it stays open, so that it can still be asked.
        """
        return self.derived(self.given(answers, day), final=final)

    def given(self, answers: Mapping[str, Value], day: date) -> dict[str, Fact]:
        """What was answered, and the date of screening, and nothing that follows from them."""
        given = screening_day(day)
        for name, value in answers.items():
            given[name] = self.readers[name].fact(value)
        return given

    def derived(self, given: Facts, *, final: bool) -> dict[str, Fact]:
        """The same with what follows from it; see `facts`."""
        facts = {**given}
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

    def contradictions(self, answers: Container[str], facts: Facts) -> list[Refused]:
        """The answers to these inputs that cannot stand beside the others, in protocol order."""
        found = []
        for name, reader in self._refusing:
            if name in answers and (words := reader.contradiction(facts)):
                found.append(Refused(name, reader.expected, words))
        return found

    def clashing(self, given: Facts) -> list[str]:
        """The answers that contradict the others, or are no longer asked for at all.

        In protocol order.
        """
        facts = self.derived(given, final=False)
        names = {refused.input for refused in self.contradictions(given, facts)}
        names |= {
            name for name, applies in self._conditional if name in given and applies(facts) is False
        }
        return self.in_order(names)


def _entry(criterion: Criterion, readers: Mapping[str, Reader], derived: frozenset[str]) -> Entry:
    table = compile_table(criterion.rule)
    looked_at = scope(table, readers)
    return Entry(
        criterion=criterion,
        table=table,
        deadlines=tuple(_named(deadline) for deadline in criterion.deadlines),
        scope=looked_at,
        plain=looked_at.isdisjoint(derived),
        wanted=asking(criterion, table, readers),
        rows=remembering(table.reads, table.possible),
    )


def _named(deadline: Deadline) -> NamedDate:
    applies = compile_condition(deadline.when) if deadline.when else None
    return NamedDate(deadline, measure(deadline.date), applies)

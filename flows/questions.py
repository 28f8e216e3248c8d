"""What to ask next: in protocol order, each input once, and only while it can still matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from flows.answers import Value
from flows.determination import Finding, found_in
from flows.protocol.model import Outcome
from flows.rulebook import Entry, Rulebook
from flows.rules import Facts


@dataclass(frozen=True, slots=True)
class AskInput:
    """Ask for one input; `criterion` is the one that needs it now."""

    criterion: str
    input: str


@dataclass(frozen=True, slots=True)
class AskJudgement:
    """All facts are known and the text does not decide: ask for the investigator's judgement."""

    criterion: str


@dataclass(frozen=True, slots=True)
class FirstExclusion:
    """The first failing criterion in protocol order: asking stops here."""

    criterion: str


@dataclass(frozen=True, slots=True)
class AllAsked:
    """Nothing is left that could be asked and would matter."""


Step: TypeAlias = AskInput | AskJudgement | FirstExclusion | AllAsked


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a walk may begin: what was answered, as facts of one day, and what they settle.

    `settled` are the findings of the first criteria in protocol order: nothing is left to be
    asked there, and none of them ends the walk.
    """

    day: date
    given: Facts
    settled: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, book: Rulebook, answers: Mapping[str, Value], day: date) -> Ground:
        """Before the first criterion."""
        return cls(day, book.given(answers, day))

    def answered(self, book: Rulebook, name: str, value: Value | None) -> Ground:
        """After another answer to one input (None: it was set aside).

        What stands before the first criterion that the answer bears on stays settled.
        """
        given = {other: fact for other, fact in self.given.items() if other != name}
        if value is not None:
            given[name] = book.readers[name].fact(value)
        return Ground(self.day, given, self.settled[: book.bears_on(name)])

    def judged(self, book: Rulebook, criterion: str) -> Ground:
        """After another judgement of one criterion."""
        return replace(self, settled=self.settled[: list(book.criteria).index(criterion)])


@dataclass(frozen=True, slots=True)
class Walk:
    """How far the criteria have been walked: what comes next, and what was found on the way.

    `ground` is where another walk may begin, as long as its day lasts.
    """

    step: Step
    findings: tuple[Finding, ...]
    ground: Ground


def walk(
    book: Rulebook,
    ground: Ground,
    judgements: Mapping[str, Outcome | None],
    *,
    past_exclusions: bool = False,
) -> Walk:
    """Walk the criteria in protocol order, from the ground on, until something must be asked.

    A judgement of None was deferred: it is not asked for again, and stays undetermined.
    With `past_exclusions` a failing criterion does not end the walk.
    """
    settled = [*ground.settled]

    def stop(step: Step, *found: Finding) -> Walk:
        passed = tuple(settled)
        return Walk(step, (*passed, *found), Ground(ground.day, ground.given, passed))

    for entry in book.entries[len(settled) :]:
        name = entry.criterion.id
        if wanted := entry.wanted(_as_asked(book, entry, ground.given)):
            return stop(AskInput(name, wanted))
        rows = entry.rows(_as_found(book, entry, ground.given))
        found = found_in(entry, rows, judgements.get(name))
        if found.outcome is Outcome.JUDGEMENT and name not in judgements:
            return stop(AskJudgement(name))
        if found.outcome is Outcome.FAIL and not past_exclusions:
            return stop(FirstExclusion(name), found)
        settled.append(found)
    return stop(AllAsked())


def _as_asked(book: Rulebook, entry: Entry, given: Facts) -> Facts:
    """The facts for what to ask at a criterion: an optional input is still open."""
    return given if entry.plain else book.applicable(book.derived(given, final=False))


def _as_found(book: Rulebook, entry: Entry, given: Facts) -> Facts:
    """The facts for its finding: an optional input that was not answered counts as such."""
    return given if entry.plain else book.applicable(book.derived(given, final=True))


def offered(book: Rulebook, name: str, given: Facts) -> list[str]:
    """The codes of an input that can stand beside the answers already given, in file order."""
    reader = book.readers[name]
    if not reader.refusals:
        return [*reader.options]
    others = {other: fact for other, fact in given.items() if other != name}
    facts = book.derived(others, final=False)
    return [code for code in reader.options if reader.allows(code, facts)]

"""From answers to a determination: one finding a criterion, one verdict over all of them.

The precedence is the product's: invalid > ineligible > eligible > not yet > pending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flows.answers import Value
from flows.protocol.model import Outcome, Row
from flows.rulebook import Entry, Rulebook
from flows.rules import Facts, settled


class Verdict(StrEnum):
    """What a determination says."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    NOT_YET = "not_yet"
    PENDING = "pending"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the answers say about one criterion.

    `outcome` is about the patient's way through: `pass` for an inclusion criterion that is met
    and for an exclusion criterion that is not. `judged` when a recorded judgement decided.
    """

    criterion: str
    outcome: Outcome
    open_until: str | None = None
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Determination:
    """A dated verdict over all criteria, in protocol order; `day` is the day it holds for."""

    day: date
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    deadlines: tuple[tuple[str, date], ...] = ()
    invalid_inputs: tuple[str, ...] = ()
    rejected_judgements: tuple[str, ...] = ()

    def having(self, *outcomes: Outcome) -> tuple[str, ...]:
        """The criteria with one of these outcomes, in protocol order."""
        return tuple(found.criterion for found in self.findings if found.outcome in outcomes)

    @property
    def failing(self) -> tuple[str, ...]:
        """The criteria that exclude."""
        return self.having(Outcome.FAIL)

    @property
    def undetermined(self) -> tuple[str, ...]:
        """The criteria that are still open, those waiting for a judgement included."""
        return self.having(Outcome.UNDETERMINED, Outcome.JUDGEMENT)


def find(entry: Entry, facts: Facts, judgement: Outcome | None = None) -> Finding:
    """The finding for one criterion.

    A recorded judgement counts only where the rule asks for one: it replaces no fact, no pass
    and no fail.
    """
    return found_in(entry, entry.table.possible(facts), judgement)


def found_in(entry: Entry, rows: tuple[Row, ...], judgement: Outcome | None) -> Finding:
    """The finding that the possible rows of a criterion amount to; see `find`."""
    outcome = settled(rows)
    name = entry.criterion.id
    if outcome is Outcome.JUDGEMENT and judgement is not None:
        return Finding(name, judgement, judged=True)
    open_until = rows[0].open_until if outcome is Outcome.UNDETERMINED and len(rows) == 1 else None
    return Finding(name, outcome, open_until)


def determine(
    book: Rulebook,
    answers: Mapping[str, Value],
    judgements: Mapping[str, Outcome],
    day: date,
) -> Determination:
    """The determination that these answers give on that day, with every criterion assessed.

    Answers are accepted ones (`Reader.accept`); contradictions among them make it invalid.
    """
    facts = book.facts(answers, day, final=True)
    if invalid := book.contradictions(answers, facts):
        names = tuple(refused.input for refused in invalid)
        return Determination(day, Verdict.INVALID, invalid_inputs=names)
    facts = book.applicable(facts)
    findings = tuple(
        find(entry, facts, judgements.get(entry.criterion.id)) for entry in book.entries
    )
    return Determination(
        day=day,
        verdict=_verdict(findings),
        findings=findings,
        deadlines=_deadlines(book, findings, facts),
        rejected_judgements=tuple(
            found.criterion
            for found in findings
            if found.criterion in judgements and not found.judged
        ),
    )


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    outcomes = {found.outcome for found in findings}
    if Outcome.FAIL in outcomes:
        return Verdict.INELIGIBLE
    if outcomes == {Outcome.PASS}:
        return Verdict.ELIGIBLE
    waiting = [found for found in findings if found.outcome is not Outcome.PASS]
    if all(found.open_until for found in waiting):
        return Verdict.NOT_YET
    return Verdict.PENDING


def _deadlines(
    book: Rulebook, findings: tuple[Finding, ...], facts: Facts
) -> tuple[tuple[str, date], ...]:
    return tuple(
        (named.deadline.name, day)
        for entry, found in zip(book.entries, findings, strict=True)
        if found.outcome is Outcome.UNDETERMINED
        for named in entry.deadlines
        if (day := named.on(facts))
    )

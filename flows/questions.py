"""What to ask next: in protocol order, each input once, and only while it can still matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from flows.answers import Value
from flows.determination import Finding, found_in
from flows.protocol.model import Outcome
from flows.rulebook import Rulebook


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
class Walk:
    """How far the criteria have been walked: what comes next, and what was found on the way."""

    step: Step
    findings: tuple[Finding, ...]


def walk(
    book: Rulebook,
    answers: Mapping[str, Value],
    judgements: Mapping[str, Outcome | None],
    day: date,
    *,
    past_exclusions: bool = False,
) -> Walk:
    """Walk the criteria in protocol order until something must be asked.

    A judgement of None was deferred: it is not asked for again, and stays undetermined.
    With `past_exclusions` a failing criterion does not end the walk.
    """
    openly = book.applicable(book.facts(answers, day, final=False))
    finally_ = book.applicable(book.facts(answers, day, final=True))
    findings: list[Finding] = []
    for entry in book.entries:
        name = entry.criterion.id
        if wanted := entry.wanted(openly):
            return Walk(AskInput(name, wanted), tuple(findings))
        found = found_in(entry, entry.rows(finally_), judgements.get(name))
        if found.outcome is Outcome.JUDGEMENT and name not in judgements:
            return Walk(AskJudgement(name), tuple(findings))
        findings.append(found)
        if found.outcome is Outcome.FAIL and not past_exclusions:
            return Walk(FirstExclusion(name), tuple(findings))
    return Walk(AllAsked(), tuple(findings))


def offered(book: Rulebook, name: str, answers: Mapping[str, Value], day: date) -> list[str]:
    """The codes of an input that can stand beside the answers already given, in file order."""
    others = {other: value for other, value in answers.items() if other != name}
    facts = book.facts(others, day, final=False)
    reader = book.readers[name]
    options = (*reader.entry.choices, *reader.entry.non_answers)
    return [option.code for option in options if reader.allows(option.code, facts)]

"""Queries about criteria, over all cases: which are open, and how often what is asked.

Four in five recruiters report unclear criteria: what they ask is collected per criterion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.cases import QueryAnswer, QueryReason
from flows.follow_up import Case, Query


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and where it stands: the case's number, and its place among the case's queries."""

    number: str
    place: int
    query: Query

    @property
    def open(self) -> bool:
        """Whether nobody has answered it."""
        return self.query.answer is None


@dataclass(frozen=True, slots=True)
class Named:
    """A query as it may be told: `criterion` is None where it must not be named."""

    asked: Asked
    trial: str
    criterion: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one thing was asked about one criterion, and what was answered how often.

    `criterion` is None for all those together that must not be named.
    """

    trial: str
    criterion: str | None
    reason: QueryReason
    asked: int
    answers: tuple[tuple[QueryAnswer, int], ...]

    @property
    def open(self) -> int:
        """How many have no answer yet."""
        return self.asked - sum(count for _, count in self.answers)


def all_asked(cases: Iterable[Case]) -> list[Asked]:
    """Every query of these cases, the oldest first."""
    found = [
        Asked(case.number, place, query)
        for case in cases
        for place, query in enumerate(case.queries)
    ]
    return sorted(found, key=lambda one: one.query.at)


def waits(case: Case, criterion: str, reason: QueryReason, by: str) -> bool:
    """Whether the same person has asked the same before, and has no answer yet."""
    return any(
        (one.criterion, one.reason, one.by, one.answer) == (criterion, reason, by, None)
        for one in case.queries
    )


def askers(case: Case, criterion: str) -> list[str]:
    """Who has asked about a criterion and has no answer yet, each once."""
    waiting = (one.by for one in case.queries if one.criterion == criterion and one.answer is None)
    return list(dict.fromkeys(waiting))


def tallies(found: Iterable[Named]) -> Iterator[Tally]:
    """Per trial, criterion and reason: inclusion, exclusion, then those without a name."""
    queries: dict[tuple[str, str | None], list[Query]] = {}
    for one in found:
        queries.setdefault((one.trial, one.criterion), []).append(one.asked.query)
    for trial, criterion in sorted(queries, key=_order):
        for reason in QueryReason:
            asked = [one for one in queries[trial, criterion] if one.reason is reason]
            if asked:
                answers = Counter(one.answer for one in asked if one.answer is not None)
                counted = tuple((one, answers[one]) for one in QueryAnswer if answers[one])
                yield Tally(trial, criterion, reason, len(asked), counted)


def _order(about: tuple[str, str | None]) -> tuple[str, bool, bool, int]:
    """Criteria are called `I1`…`I99` and `E1`…`E99`."""
    trial, criterion = about
    if criterion is None:
        return trial, True, True, 0
    return trial, False, criterion.startswith("E"), int(criterion[1:])

"""Queries over all cases: which are open, who waits, and how often what was asked."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce

from flows.cases import (
    CaseEvent,
    CriterionQueried,
    CriterionQueryAnswered,
    QueryAnswer,
    QueryReason,
)
from flows.follow_up import Case, evolve_case
from flows.queries import Named, all_asked, askers, tallies, waits
from tests.flows.robot import START

UNCLEAR, SOURCE = QueryReason.UNCLEAR, QueryReason.SOURCE


def case(number: str, *told: tuple[str, CaseEvent]) -> Case:
    """A case after what some people did, a minute apart."""
    events = [
        (by, event, START + timedelta(minutes=place)) for place, (by, event) in enumerate(told)
    ]
    return reduce(lambda was, one: evolve_case(was, one[1], one[0], one[2]), events, Case(number))


def asked(number: str, criterion: str, reason: QueryReason = UNCLEAR) -> CriterionQueried:
    """A query."""
    return CriterionQueried(number, criterion, reason)


def answered(number: str, criterion: str) -> CriterionQueryAnswered:
    """Its answer."""
    return CriterionQueryAnswered(number, criterion, QueryAnswer.SEE_HELP)


def test_the_oldest_comes_first_with_its_place_in_its_case() -> None:
    """Over all cases; a case keeps the places of its queries for good."""
    first = case("A", ("p1", asked("A", "I1")), ("p1", asked("A", "I3")))
    second = case("B", ("p2", asked("B", "I1")))
    found = all_asked([second, first])
    assert [(one.number, one.place) for one in found] == [("B", 0), ("A", 0), ("A", 1)]
    assert all(one.open for one in found)


def test_the_same_waits_until_it_is_answered() -> None:
    """By the same person, about the same criterion, for the same reason."""
    found = case("A", ("p1", asked("A", "I1")))
    assert waits(found, "I1", UNCLEAR, "p1")
    assert not waits(found, "I1", UNCLEAR, "p2")
    assert not waits(found, "I1", SOURCE, "p1")
    assert not waits(found, "I2", UNCLEAR, "p1")
    done = case("A", ("p1", asked("A", "I1")), ("c", answered("A", "I1")))
    assert not waits(done, "I1", UNCLEAR, "p1")


def test_everybody_who_waits_for_the_answer_is_found_once() -> None:
    """Not whoever asked about something else, nor whoever has an answer already."""
    found = case(
        "A",
        ("p0", asked("A", "I1")),
        ("c", answered("A", "I1")),
        ("p1", asked("A", "I1")),
        ("p2", asked("A", "I1", SOURCE)),
        ("p1", asked("A", "I1", SOURCE)),
        ("p3", asked("A", "E6")),
    )
    assert askers(found, "I1") == ["p1", "p2"]


def test_counts_stand_in_the_order_of_the_criteria_and_add_up() -> None:
    """Inclusion before exclusion, by number; those without a name last; answers by kind."""
    told = [("p1", asked("A", name)) for name in ("E10", "E2", "I10", "I2", "I2")]
    done = case("A", *told, ("c", answered("A", "I2")), ("p1", asked("A", "I2", SOURCE)))
    named = [
        Named(one, "t", None if one.query.criterion == "E10" else one.query.criterion)
        for one in all_asked([done])
    ]
    found = list(tallies(named))
    assert [(one.criterion, one.reason, one.asked, one.open) for one in found] == [
        ("I2", UNCLEAR, 2, 0),
        ("I2", SOURCE, 1, 1),
        ("I10", UNCLEAR, 1, 1),
        ("E2", UNCLEAR, 1, 1),
        (None, UNCLEAR, 1, 1),
    ]
    assert found[0].answers == ((QueryAnswer.SEE_HELP, 2),)
    assert sum(one.asked for one in found) == len(named)

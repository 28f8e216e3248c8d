"""Who is told about a case, and who next: the chain, whatever the site looks like."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.duty import Duties as NoDuties
from flows.duty import RotaSet, SiteDuty, evolve_duties, on_duty
from flows.telling import Roster, coordinators_left, next_step, steps
from flows.trials import Where

A, B, C, PI, DR, ADA = "c-a", "c-b", "c-c", "i-pi", "i-dr", "a-1"


def at_site(*coordinators: str, **known: Any) -> Roster:
    """Who could be told at a site with two investigators and one administrator."""
    return Roster(coordinators, investigators=(PI, DR), administrators=(ADA,), **known)


def test_without_a_rota_all_coordinators_come_at_once() -> None:
    """Then the principal investigator alone."""
    assert steps(at_site(A, B, principal=PI)) == ((A, B), (PI,))


def test_with_a_rota_one_after_the_other() -> None:
    """Whoever follows the case, then those on duty in order, then the others together."""
    roster = at_site(A, B, C, "c-d", on_duty=(C, A), rota=True, follower=B)
    assert steps(roster) == ((B,), (C,), (A,), ("c-d",), (PI, DR))


def test_who_coordinates_no_more_is_not_told() -> None:
    """A rota or a follower of the past names nobody today."""
    roster = at_site(A, on_duty=(C, A), rota=True, follower=B, principal=PI)
    assert steps(roster) == ((A,), (PI,))


def test_a_principal_investigator_who_left_is_replaced_by_the_others() -> None:
    """By the site's investigators, and where there are none by its administrators."""
    assert steps(at_site(A, principal="gone"))[-1] == (PI, DR)
    assert steps(Roster((A,), principal="gone", administrators=(ADA,)))[-1] == (ADA,)


def test_a_site_where_nobody_was_set_up_has_no_chain() -> None:
    """With a named principal investigator, or a rota of people who left, it has."""
    assert steps(at_site()) == ()
    assert steps(at_site(principal=PI)) == ((PI,),)
    assert steps(at_site(rota=True)) == ((ADA,),)


PERSONS = st.sampled_from([f"p-{place}" for place in range(6)])
SEVERAL = st.lists(PERSONS, unique=True, max_size=4).map(tuple)
ROSTERS = st.builds(
    Roster,
    coordinators=SEVERAL,
    on_duty=SEVERAL,
    rota=st.booleans(),
    follower=st.none() | PERSONS,
    principal=st.none() | PERSONS,
    investigators=SEVERAL,
    administrators=SEVERAL,
)


@given(st.lists(ROSTERS, min_size=1, max_size=8))
def test_whatever_changes_nobody_is_told_twice_and_it_ends(rosters: list[Roster]) -> None:
    """Each step tells somebody new or ends; at the end every coordinator of then was told."""
    told: list[str] = []
    for turn in range(30):
        roster = rosters[min(turn, len(rosters) - 1)]
        step = next_step(roster, told)
        assert not set(step) & set(told)
        told += step
        if not step and turn >= len(rosters):
            assert not coordinators_left(roster, told)
            assert not steps(roster) or set(steps(roster)[-1]) <= set(told)
            return
    raise AssertionError("it does not end")


@given(ROSTERS)
def test_the_chain_holds_each_person_once_but_for_the_last_step(roster: Roster) -> None:
    """All coordinators are in it, and before the last step nobody else."""
    chain = steps(roster)
    middle = chain if chain == (roster.coordinators,) else chain[:-1]
    people = [person for step in middle for person in step]
    assert len(people) == len(set(people))
    if roster.coordinators:
        assert set(roster.coordinators) <= {one for step in chain for one in step}
        assert set(people) <= set(roster.coordinators)


def test_shifts_are_hours_of_the_day() -> None:
    """All day, by day, and over midnight; the last hour is outside."""
    shifts = ((A, 0, 24), (B, 8, 20), (C, 20, 8))
    duty = evolve_duties(NoDuties(), RotaSet("HM", shifts)).at(Where("HM", "lysyme"))
    assert on_duty(duty, 7) == (A, C)
    assert on_duty(duty, 8) == on_duty(duty, 19) == (A, B)
    assert on_duty(duty, 20) == on_duty(duty, 0) == (A, C)
    assert on_duty(SiteDuty(), 8) == ()

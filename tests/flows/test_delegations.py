"""The delegation log: what the directory forgets, it keeps."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from flows.administration import LineState
from flows.delegations import DelegationLine, Ending, delegation_lines
from flows.events import Actor, Happened, Role
from flows.people import (
    DelegationRevoked,
    Directory,
    LanguageChosen,
    PeopleEvent,
    PersonAdded,
    PersonRevoked,
    RoleDelegated,
    evolve_directory,
)
from tests.flows.robot import START

TRIALS = (None, "lysyme", "other")
ROLES, SITES, PEOPLE = (Role.INVESTIGATOR, Role.COORDINATOR), ("HM", "LY"), ("p1", "p2")
_HOURS = st.integers(-5, 30)
_EVENTS: st.SearchStrategy[PeopleEvent] = st.one_of(
    st.builds(
        lambda person, role, site, since, until, trial: RoleDelegated(
            person,
            role,
            site,
            START + timedelta(hours=since),
            None if until is None else START + timedelta(hours=since + until),
            trial,
        ),
        st.sampled_from(PEOPLE),
        st.sampled_from(ROLES),
        st.sampled_from(SITES),
        _HOURS,
        st.one_of(st.none(), st.integers(1, 40)),
        st.sampled_from(TRIALS),
    ),
    st.builds(
        DelegationRevoked,
        st.sampled_from(PEOPLE),
        st.sampled_from(ROLES),
        st.sampled_from(SITES),
        st.sampled_from(TRIALS),
    ),
    st.builds(PersonRevoked, st.sampled_from(PEOPLE)),
    st.builds(LanguageChosen, st.sampled_from(PEOPLE), st.just("fr")),
)


def possible(events: list[PeopleEvent]) -> list[PeopleEvent]:
    """Without what the administration refuses: nothing is delegated to somebody who is out."""
    out: set[str] = set()
    kept = []
    for event in events:
        person = getattr(event, "person", "")
        if person not in out:
            kept.append(event)
        if isinstance(event, PersonRevoked):
            out.add(person)
    return kept


def happened(events: list[PeopleEvent]) -> list[Happened]:
    """An hour apart."""
    by = Actor("boss", Role.ADMINISTRATOR)
    return [Happened(one, START + timedelta(hours=at), by) for at, one in enumerate(events)]


@given(events=st.lists(_EVENTS, max_size=25))
def test_what_stands_in_the_log_is_what_the_directory_holds(events: list[PeopleEvent]) -> None:
    """At every moment afterwards; and there are as many lines as delegations were made."""
    events = possible(events)
    lines = delegation_lines(happened(events))
    assert len(lines) == sum(isinstance(one, RoleDelegated) for one in events)
    known: list[PeopleEvent] = [PersonAdded(one, one, 1) for one in PEOPLE]
    directory = reduce(lambda was, one: evolve_directory(was, one, "boss"), known, Directory())
    directory = reduce(lambda was, one: evolve_directory(was, one, "boss"), events, directory)
    now = START + timedelta(hours=30)
    current = {
        (line.person, line.role, line.site, line.trial)
        for line in lines
        if line.state(now) is LineState.CURRENT
    }
    held = {
        (one.person, *line.line)
        for one in directory.people.values()
        for line in one.delegations
        if line.current(now)
    }
    assert current == held


def test_each_ending_is_told_with_who_and_when() -> None:
    """Replaced by a longer one, revoked, out with the person, and one that stands."""
    role, site = Role.INVESTIGATOR, "HM"
    lines = delegation_lines(
        happened(
            [
                RoleDelegated("p1", role, site, START, None),
                RoleDelegated("p1", role, site, START, START + timedelta(days=9)),
                DelegationRevoked("p1", role, site),
                RoleDelegated("p2", role, site, START, None),
                RoleDelegated("p1", Role.MONITOR, site, START, None),
                PersonRevoked("p2"),
            ]
        )
    )
    endings = [(line.person, line.ending, line.ended_by) for line in lines]
    assert endings == [
        ("p1", Ending.REPLACED, "boss"),
        ("p1", Ending.REVOKED, "boss"),
        ("p2", Ending.PERSON_REVOKED, "boss"),
        ("p1", None, ""),
    ]
    assert [line.ended_at for line in lines[:2]] == [START + timedelta(hours=n) for n in (1, 2)]
    assert lines[-1].state(START + timedelta(days=1)) is LineState.CURRENT


def test_the_time_of_a_line_goes_by() -> None:
    """Before, within and after; ended is ended, whatever a clock says."""
    later = START + timedelta(hours=2)
    line = DelegationLine("p", Role.MONITOR, "HM", START, later, "b", START)
    states = [line.state(START + timedelta(hours=hour)) for hour in (-1, 0, 2)]
    assert states == [LineState.FUTURE, LineState.CURRENT, LineState.OVER]

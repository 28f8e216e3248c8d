"""What an administrator may decide about duty, and what a coordinator about their own digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows.administration import CONSOLE
from flows.duty import (
    DigestChosen,
    Duties,
    PrincipalInvestigatorNamed,
    RotaSet,
    Shift,
    SiteTimesSet,
    evolve_duties,
)
from flows.events import Actor, Role
from flows.outcomes import AlreadySo, No, NotAllowed, TryAgain, UnknownPerson, UnknownSite
from flows.people import (
    Directory,
    PersonAdded,
    PersonRevoked,
    RoleDelegated,
    SiteAdded,
    evolve_directory,
)
from flows.rostering import (
    MOST_SHIFTS,
    BadHour,
    BadHours,
    BadMinutes,
    Change,
    NotAt,
    TooManyShifts,
    Wish,
    change,
    choose_digest,
    moved_up,
    without,
)
from flows.trials import Where

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
CORA, CARL, PIA, ADA, EVE = "P-CORA", "P-CARL", "P-PIA", "P-ADA", "P-EVE"
ROLES = {
    CORA: Role.COORDINATOR,
    CARL: Role.COORDINATOR,
    PIA: Role.INVESTIGATOR,
    ADA: Role.ADMINISTRATOR,
}
DAY, NIGHT = Shift(CORA, 8, 20), Shift(CARL, 20, 8)


def directory() -> Directory:
    """A site with two coordinators, an investigator, an administrator; Eve left."""
    found = evolve_directory(Directory(), SiteAdded("HM", "Henri Mondor", "Europe/Paris"), "x")
    for place, (person, role) in enumerate({**ROLES, EVE: Role.COORDINATOR}.items()):
        for event in (
            PersonAdded(person, person, place + 1),
            RoleDelegated(person, role, "HM", NOW, None),
        ):
            found = evolve_directory(found, event, "x")
    return evolve_directory(found, PersonRevoked(EVE), "x")


def wish(by: str = ADA, role: Role = Role.ADMINISTRATOR, duties: Duties | None = None) -> Wish:
    """Somebody wishes something now."""
    return Wish(directory(), duties or Duties(), Actor(by, role), NOW)


def test_a_whole_change_is_three_events() -> None:
    """Rota, principal investigator and times; what is so already is left out."""
    wanted = Change((DAY, NIGHT), principal=PIA, minutes=5, morning=6)
    made = change(wish(), Where("HM"), wanted)
    assert made == (
        RotaSet("HM", ((CORA, 8, 20), (CARL, 20, 8))),
        PrincipalInvestigatorNamed("HM", PIA),
        SiteTimesSet("HM", 5, 6),
    )
    assert not isinstance(made, No)
    duties = Duties()
    for event in made:
        duties = evolve_duties(duties, event)
    assert change(wish(duties=duties), Where("HM"), wanted) == AlreadySo()
    assert change(wish(duties=duties), Where("HM"), replace(wanted, minutes=10)) == (
        SiteTimesSet("HM", 10, 6),
    )


@pytest.mark.parametrize(
    ("wanted", "no"),
    [
        (Change((Shift("P-NOBODY", 0, 24),)), UnknownPerson("P-NOBODY")),
        (Change((Shift(EVE, 0, 24),)), UnknownPerson(EVE)),
        (Change((Shift(PIA, 0, 24),)), NotAt(PIA, Role.COORDINATOR, "HM")),
        (Change((Shift(CORA, 8, 8),)), BadHours(8, 8)),
        (Change((Shift(CORA, 24, 8),)), BadHours(24, 8)),
        (Change((Shift(CORA, 8, 25),)), BadHours(8, 25)),
        (Change((Shift(CORA, 8, 0),)), BadHours(8, 0)),
        (Change((DAY,) * (MOST_SHIFTS + 1)), TooManyShifts()),
        (Change(principal=CORA), NotAt(CORA, Role.INVESTIGATOR, "HM")),
        (Change(minutes=0), BadMinutes(0)),
        (Change(minutes=1441), BadMinutes(1441)),
        (Change(morning=24), BadHour(24)),
        (Change(morning=-1), BadHour(-1)),
        (Change((DAY,), seen=(NIGHT,)), TryAgain()),
        (Change((DAY,), principal="P-NOBODY"), UnknownPerson("P-NOBODY")),
        (Change(), AlreadySo()),
    ],
)
def test_each_fault_has_a_no_of_its_own(wanted: Change, no: No) -> None:
    """With one fault in it, nothing of a change is made."""
    assert change(wish(), Where("HM"), wanted) == no


def test_only_the_sites_administrator_or_the_console_may() -> None:
    """Whoever else wishes it, and at an unknown site."""
    for person, role in ROLES.items():
        made = change(wish(person, role), Where("HM"), Change((DAY,)))
        assert isinstance(made, NotAllowed) is (person != ADA)
    assert change(wish("P-NOBODY"), Where("HM"), Change((DAY,))) == NotAllowed()
    console = wish(CONSOLE, Role.ADMINISTRATOR)
    assert not isinstance(change(console, Where("HM"), Change((DAY,))), No)
    assert change(console, Where("XX"), Change((DAY,))) == UnknownSite("XX")


def test_a_digest_is_a_coordinators_own() -> None:
    """An hour of the day, or none; nobody else has one."""
    assert choose_digest(wish(CORA, Role.COORDINATOR), 7) == (DigestChosen(CORA, 7),)
    assert choose_digest(wish(CORA, Role.COORDINATOR), None) == (DigestChosen(CORA, None),)
    assert choose_digest(wish(CORA, Role.COORDINATOR), 8) == AlreadySo()
    assert choose_digest(wish(CORA, Role.COORDINATOR), 24) == BadHour(24)
    assert choose_digest(wish(PIA, Role.INVESTIGATOR), 7) == NotAllowed()
    assert choose_digest(wish("P-NOBODY"), 7) == NotAllowed()


def test_lines_move_up_and_go() -> None:
    """The first stays where it is; a place that is none changes nothing."""
    rota = (DAY, NIGHT, Shift(CORA, 0, 24))
    assert moved_up(rota, 1) == (NIGHT, DAY, rota[2])
    assert moved_up(rota, 2) == (DAY, rota[2], NIGHT)
    assert moved_up(rota, 0) == moved_up(rota, 3) == rota
    assert without(rota, 1) == (DAY, rota[2])
    assert without(rota, 9) == rota

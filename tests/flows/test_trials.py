"""Several trials at several sites: each role counts in its own, and in no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import administration, inviting
from flows.administration import CONSOLE, Account, Asked, Granted
from flows.duty import (
    Duties,
    DutyEvent,
    PrincipalInvestigatorNamed,
    RotaSet,
    Shift,
    SiteDuty,
    SiteTimesSet,
    evolve_duties,
)
from flows.events import PEOPLES_ROLES, Actor, Mode, Role
from flows.outcomes import (
    AlreadySo,
    LastAdministrator,
    No,
    NotAllowed,
    NotHeld,
    NotTakingPart,
    UnknownTrial,
)
from flows.people import (
    Delegation,
    DelegationRevoked,
    Directory,
    PeopleEvent,
    Person,
    PersonAdded,
    RoleDelegated,
    SiteAdded,
    evolve_directory,
)
from flows.policy import Action, allowed
from flows.rostering import Change, NotAt, Wish, change
from flows.trials import Where
from tests.promises.report import Promise

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LONG_AGO, LATER = NOW - timedelta(days=30), NOW + timedelta(days=30)
SITES, TRIALS = ("HM", "LY"), ("lysyme", "second", "third")
PLACES = tuple(Where(site, trial) for site, trial in product(SITES, TRIALS))
BOSS = Actor(CONSOLE, Role.ADMINISTRATOR)
Line = tuple[Role, str, str | None]


def directory(*lines: Line, person: str = "P-ANN", trials: tuple[str, ...] = ()) -> Directory:
    """Two sites, of which HM takes part in `trials`, and a person who holds these roles."""
    events: list[PeopleEvent] = [
        SiteAdded("HM", "Henri Mondor", "Europe/Paris", trials),
        SiteAdded("LY", "Lyon Sud", "Europe/Paris"),
        PersonAdded(person, person.title(), 1001),
        *(RoleDelegated(person, role, site, LONG_AGO, None, of) for role, site, of in lines),
    ]
    return reduce(lambda was, event: evolve_directory(was, event, CONSOLE), events, Directory())


def asked(known: Directory, by: Actor = BOSS) -> Asked:
    """Somebody wishes something now."""
    return Asked(known, by, NOW, TRIALS)


# --- what a role is for -----------------------------------------------------------------------

HELD = st.lists(
    st.tuples(
        st.sampled_from(PEOPLES_ROLES), st.sampled_from(SITES), st.sampled_from([None, *TRIALS])
    ),
    max_size=6,
)


@given(HELD, st.sampled_from(PLACES))
def test_a_role_counts_in_its_trial_at_its_site(held: list[Line], where: Where) -> None:
    """What is held there is held there or in all trials of the site, and nothing else is."""
    person = directory(*held).people["P-ANN"]
    expected = {role for role, site, of in held if site == where.site and of in (None, where.trial)}
    assert person.roles_at(where, NOW) == expected
    assert person.roles(NOW) == {role for role, _, _ in held}


def test_the_matrix_of_trials_and_sites(promise: Promise) -> None:
    """Role by action by mode by own or other site by own or other trial: only the own ones."""
    own, cells = Where("HM", "lysyme"), 0
    for role, action, mode in product(PEOPLES_ROLES, Action, (None, *Mode)):
        person = directory((role, "HM", "lysyme")).people["P-ANN"]
        for where in PLACES:
            expected = allowed(action, {role}, mode) if where == own else False
            assert allowed(action, person.roles_at(where, NOW), mode) is expected
            cells += 1
    promise(22, f"{cells} cells of role, action, mode, site and trial: other trials are refused")


def test_all_trials_of_a_site_are_not_one_of_them() -> None:
    """What is for all trials of a site needs a role in all of them."""
    one = directory((Role.ADMINISTRATOR, "HM", "lysyme")).people["P-ANN"]
    every = directory((Role.ADMINISTRATOR, "HM", None)).people["P-ANN"]
    assert one.roles_at(Where("HM"), NOW) == frozenset()
    assert every.roles_at(Where("HM"), NOW) == {Role.ADMINISTRATOR}
    assert one.works(Role.ADMINISTRATOR, Where("HM"), NOW)
    assert not one.works(Role.ADMINISTRATOR, Where("HM", "second"), NOW)


# --- who gives roles, and for what ------------------------------------------------------------


def granted(outcome: object) -> Granted[object]:
    """What was granted."""
    assert isinstance(outcome, Granted), outcome
    return outcome


def wanted(of: str | None, site: str = "HM", until: datetime | None = None) -> Delegation:
    """The role of an investigator from now on."""
    return Delegation(Role.INVESTIGATOR, site, NOW, until, of)


@pytest.mark.parametrize(
    ("mine", "of", "may"),
    [
        (None, None, True),
        (None, "second", True),
        ("lysyme", "lysyme", True),
        ("lysyme", "second", False),
        ("lysyme", None, False),
    ],
)
def test_nobody_gives_more_than_they_administer(
    mine: str | None, of: str | None, may: bool
) -> None:
    """Adding, delegating, inviting and ending: in one's own trials, and in all only with all."""
    known = directory((Role.ADMINISTRATOR, "HM", mine))
    known = evolve_directory(known, PersonAdded("P-BOB", "Bob", 1002), CONSOLE)
    line = RoleDelegated("P-BOB", Role.MONITOR, "HM", LONG_AGO, None, of)
    known = evolve_directory(known, line, CONSOLE)
    ann = asked(known, Actor("P-ANN", Role.ADMINISTRATOR))
    link, account = inviting.Link("s", "f" * 64), Account("P-NEW", 1003, "New")
    for made in (
        administration.add_person(ann, account, wanted(of)),
        administration.delegate(ann, "P-BOB", wanted(of)),
        administration.revoke_delegation(ann, "P-BOB", Role.MONITOR, Where("HM", of)),
        administration.revoke_person(ann, "P-BOB"),
        inviting.invite(ann, link, Role.MONITOR, Where("HM", of), 1),
    ):
        assert isinstance(made, Granted) is may
        assert may or made == NotAllowed()


def test_a_role_is_for_a_trial_that_the_site_takes_part_in() -> None:
    """An unknown trial, and one in which the site takes no part, each with a no of its own."""
    known = directory(trials=("lysyme",))
    link = inviting.Link("s", "f" * 64)
    for made in (
        administration.delegate(asked(known), "P-ANN", wanted("fourth")),
        inviting.invite(asked(known), link, Role.MONITOR, Where("HM", "fourth"), 1),
        administration.set_trials(asked(known), "HM", ("lysyme", "fourth")),
    ):
        assert made == UnknownTrial("fourth")
    made = administration.delegate(asked(known), "P-ANN", wanted("second"))
    assert made == NotTakingPart("HM", "second")
    for of, site in (("lysyme", "HM"), ("second", "LY"), (None, "HM")):
        granted(administration.delegate(asked(known), "P-ANN", wanted(of, site)))


def test_an_invitation_lets_in_to_its_trial() -> None:
    """From the link to the line of the delegation log."""
    known, link = directory(), inviting.Link("s", "f" * 64)
    made = granted(inviting.invite(asked(known), link, Role.MONITOR, Where("HM", "second"), 1))
    known = evolve_directory(known, made.events[0], CONSOLE)
    used = granted(inviting.use(asked(known), link, 1002, "Bob"))
    known = evolve_directory(known, used.events[0], link.invitation)
    let_in = granted(inviting.confirm(asked(known), link.invitation, "P-BOB"))
    assert RoleDelegated("P-BOB", Role.MONITOR, "HM", NOW, None, "second") in let_in.events


def test_each_trial_has_a_line_of_its_own() -> None:
    """One is replaced and ended without the others."""
    known = directory((Role.INVESTIGATOR, "HM", "lysyme"), (Role.INVESTIGATOR, "HM", "second"))
    made = granted(administration.delegate(asked(known), "P-ANN", wanted("second", until=LATER)))
    known = evolve_directory(known, made.events[0], CONSOLE)
    lines = {one.trial: one.until for one in known.people["P-ANN"].delegations}
    assert lines == {"lysyme": None, "second": LATER}
    where = Where("HM", "lysyme")
    ended = granted(
        administration.revoke_delegation(asked(known), "P-ANN", Role.INVESTIGATOR, where)
    )
    assert ended.events == (DelegationRevoked("P-ANN", Role.INVESTIGATOR, "HM", "lysyme"),)
    known = evolve_directory(known, ended.events[0], CONSOLE)
    assert [one.trial for one in known.people["P-ANN"].delegations] == ["second"]
    for of in ("lysyme", "third", None):
        made_no = administration.revoke_delegation(
            asked(known), "P-ANN", Role.INVESTIGATOR, Where("HM", of)
        )
        assert made_no == NotHeld()


@pytest.mark.parametrize(
    ("wide_until", "until", "so"),
    [(None, None, True), (None, LATER, True), (LATER, LATER, True), (LATER, None, False)],
)
def test_what_is_held_in_all_trials_is_held_in_each(
    wide_until: datetime | None, until: datetime | None, so: bool
) -> None:
    """A narrower line is made only where it reaches further in time."""
    known = directory()
    wide = RoleDelegated("P-ANN", Role.INVESTIGATOR, "HM", LONG_AGO, wide_until)
    known = evolve_directory(known, wide, CONSOLE)
    made = administration.delegate(asked(known), "P-ANN", wanted("second", until=until))
    assert (made == AlreadySo()) is so


def test_no_trial_is_left_without_an_administrator() -> None:
    """Whoever administers one trial does not stand in for the others; for their own they do."""
    known = directory((Role.ADMINISTRATOR, "HM", None), person="P-ALL")
    known = evolve_directory(known, PersonAdded("P-ONE", "One", 1002), CONSOLE)
    line = RoleDelegated("P-ONE", Role.ADMINISTRATOR, "HM", LONG_AGO, None, "lysyme")
    known = evolve_directory(known, line, CONSOLE)
    assert administration.revoke_person(asked(known), "P-ALL") == LastAdministrator(("HM",))
    made = granted(administration.revoke_person(asked(known), "P-ONE"))
    assert made.relies_on == ("P-ALL",)
    both = RoleDelegated("P-ALL", Role.ADMINISTRATOR, "HM", LONG_AGO, None, "second")
    known = evolve_directory(known, both, CONSOLE)
    narrow = Where("HM", "second")
    granted(administration.revoke_delegation(asked(known), "P-ALL", Role.ADMINISTRATOR, narrow))


def test_a_site_takes_part_in_what_is_said_and_only_the_console_says_it() -> None:
    """A list, or none for all trials; people and roles stay as they are."""
    known = directory((Role.ADMINISTRATOR, "HM", None))
    ann = Actor("P-ANN", Role.ADMINISTRATOR)
    assert administration.set_trials(asked(known, ann), "HM", ()) == NotAllowed()
    assert administration.set_trials(asked(known), "HM", ()) == AlreadySo()
    made = granted(administration.set_trials(asked(known), "HM", ("second", "second")))
    known = evolve_directory(known, made.events[0], CONSOLE)
    assert [known.takes_part(Where("HM", one)) for one in TRIALS] == [False, True, False]
    assert known.takes_part(Where("HM"))
    assert known.takes_part(Where("LY", "lysyme"))
    assert not known.takes_part(Where("XX", "lysyme"))
    assert known.people["P-ANN"].roles_at(Where("HM", "lysyme"), NOW) == {Role.ADMINISTRATOR}


# --- who is told ------------------------------------------------------------------------------


def duties(*events: DutyEvent) -> Duties:
    """The duties after these events."""
    return reduce(evolve_duties, events, Duties())


def test_a_trial_may_have_a_duty_of_its_own() -> None:
    """What is set for it comes before what is set for the site; the rest is the site's."""
    known = duties(
        RotaSet("HM", (("P-1", 8, 20),)),
        SiteTimesSet("HM", 30, 7),
        PrincipalInvestigatorNamed("HM", "P-PI"),
        PrincipalInvestigatorNamed("HM", "P-PI2", "second"),
        RotaSet("HM", (), "second"),
    )
    site = SiteDuty((Shift("P-1", 8, 20),), "P-PI", 30, 7)
    assert known.at(Where("HM")) == known.at(Where("HM", "lysyme")) == site
    assert known.at(Where("HM", "second")) == SiteDuty((), "P-PI2", 30, 7)
    assert known.at(Where("LY", "second")) == SiteDuty()
    known = evolve_duties(known, SiteTimesSet("HM", 5, 6, "second"))
    assert known.at(Where("HM", "second")) == SiteDuty((), "P-PI2", 5, 6)
    assert known.at(Where("HM")) == site


def test_on_duty_is_who_works_in_the_trial() -> None:
    """On the site's own rota may be anybody who coordinates one of its trials."""
    known = directory((Role.COORDINATOR, "HM", "lysyme"))
    boss, rota = Wish(known, Duties(), BOSS, NOW), Change((Shift("P-ANN", 8, 20),))
    for of, so in ((None, True), ("lysyme", True), ("second", False)):
        made = change(boss, Where("HM", of), rota)
        assert (made == NotAt("P-ANN", Role.COORDINATOR, "HM", of)) is not so
        assert isinstance(made, No) is not so
    assert change(boss, Where("HM", "second"), Change(minutes=5)) == (
        SiteTimesSet("HM", 5, 8, "second"),
    )


def test_whoever_administers_one_trial_sets_the_duty_of_that_one() -> None:
    """Not that of the site, which all of its trials share, and not that of another trial."""
    known = directory((Role.ADMINISTRATOR, "HM", "lysyme"))
    wish = Wish(known, Duties(), Actor("P-ANN", Role.ADMINISTRATOR), NOW)
    for of, may in (("lysyme", True), (None, False), ("second", False)):
        made = change(wish, Where("HM", of), Change(minutes=5))
        assert (made == NotAllowed()) is not may
    closed = Wish(directory(trials=("lysyme",)), Duties(), BOSS, NOW)
    assert change(closed, Where("HM", "second"), Change(minutes=5)) == NotTakingPart("HM", "second")


def test_a_person_who_is_out_works_nowhere() -> None:
    """In no trial, at no site."""
    ann = Person("P-ANN", "Ann", 1, (wanted(None),), revoked=True)
    assert not any(ann.roles_at(where, NOW) for where in (*PLACES, Where("HM")))
    assert not ann.works(Role.INVESTIGATOR, Where("HM"), NOW)

"""Who is in, where, in which role, at exact moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from flows.administration import LineState, state_of
from flows.events import Role
from flows.names import LONGEST_NAME, clean_name, short_name
from flows.people import (
    Delegation,
    DelegationRevoked,
    Directory,
    Invitation,
    InvitationConfirmed,
    InvitationMade,
    InvitationUsed,
    InvitationWithdrawn,
    LanguageChosen,
    PeopleEvent,
    Person,
    PersonAdded,
    PersonRevoked,
    RoleDelegated,
    Site,
    SiteAdded,
    evolve_directory,
)
from flows.trials import Where

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
END = START + timedelta(days=30)
TICK = timedelta(microseconds=1)
HM = SiteAdded("HM", "Henri Mondor", "Europe/Paris")
ANN = PersonAdded("P-ANN", "Ann", 1001)
BOB = PersonAdded("P-BOB", "Bob", 1002)


def line(
    person: str = "P-ANN",
    role: Role = Role.INVESTIGATOR,
    site: str = "HM",
    since: datetime = START,
    until: datetime | None = END,
) -> RoleDelegated:
    """A line of the delegation log."""
    return RoleDelegated(person, role, site, since, until)


def fold(*events: PeopleEvent, by: str = "console") -> Directory:
    """The directory after these events."""
    return reduce(lambda was, event: evolve_directory(was, event, by), events, Directory())


def test_nobody_is_in_by_default() -> None:
    """An empty directory knows nobody and gives nobody a role."""
    empty = fold()
    assert (dict(empty.sites), dict(empty.people), dict(empty.invitations)) == ({}, {}, {})
    assert empty.by_telegram(1001) is None
    assert empty.holding(Role.ADMINISTRATOR, Where("HM", "lysyme"), START) == ()


def test_a_person_without_a_line_has_no_role() -> None:
    """To be known is not to be allowed anything."""
    assert fold(HM, ANN).people["P-ANN"].roles(START) == frozenset()


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (START - TICK, False),
        (START, True),
        (END - TICK, True),
        (END, False),
        (END + TICK, False),
    ],
)
def test_a_line_holds_from_its_first_moment_to_just_before_its_last(
    at: datetime, held: bool
) -> None:
    """The first moment is inside, the last one is outside, to the microsecond."""
    known = fold(HM, ANN, line())
    person = known.people["P-ANN"]
    assert (Role.INVESTIGATOR in person.roles(at)) == held
    assert (person.roles_at(Where("HM", "lysyme"), at) == {Role.INVESTIGATOR}) == held
    assert person.sites(at, Role.INVESTIGATOR) == (("HM",) if held else ())
    assert (person in known.holding(Role.INVESTIGATOR, Where("HM", "lysyme"), at)) == held


def test_a_line_without_an_end_holds_until_revoked() -> None:
    """Without `until` the role lasts."""
    person = fold(HM, ANN, line(until=None)).people["P-ANN"]
    assert person.roles(START + timedelta(days=36500)) == {Role.INVESTIGATOR}


def test_a_role_holds_at_its_own_site_alone() -> None:
    """A role at one site gives nothing at another."""
    person = fold(HM, ANN, line(), line(role=Role.MONITOR, site="SL")).people["P-ANN"]
    assert person.roles_at(Where("HM", "lysyme"), START) == {Role.INVESTIGATOR}
    assert person.roles_at(Where("SL", "lysyme"), START) == {Role.MONITOR}
    assert person.roles_at(Where("XX", "lysyme"), START) == frozenset()
    assert person.roles(START) == {Role.INVESTIGATOR, Role.MONITOR}
    assert person.sites(START, Role.MONITOR) == ("SL",)
    assert person.sites(START, Role.INVESTIGATOR, Role.MONITOR) == ("HM", "SL")


def test_a_site_with_two_roles_is_named_once() -> None:
    """Sites come without repeats."""
    person = fold(ANN, line(), line(role=Role.ON_CALL)).people["P-ANN"]
    assert person.sites(START, Role.INVESTIGATOR, Role.ON_CALL) == ("HM",)


def test_a_new_line_takes_the_place_of_the_old_one() -> None:
    """There is one line for a role at a site."""
    later = END + timedelta(days=5)
    person = fold(ANN, line(), line(until=later)).people["P-ANN"]
    assert person.delegations == (Delegation(Role.INVESTIGATOR, "HM", START, later),)


def test_a_revoked_role_is_gone_and_the_others_stay() -> None:
    """A delegation that ends takes nothing else with it."""
    person = fold(
        ANN,
        line(),
        line(role=Role.ON_CALL),
        line(site="SL"),
        DelegationRevoked("P-ANN", Role.INVESTIGATOR, "HM"),
    ).people["P-ANN"]
    assert person.roles_at(Where("HM", "lysyme"), START) == {Role.ON_CALL}
    assert person.roles_at(Where("SL", "lysyme"), START) == {Role.INVESTIGATOR}


def test_whoever_is_out_has_nothing_left() -> None:
    """Revocation ends every role, present and future, and the account is a stranger's again."""
    known = fold(
        ANN, line(), line(role=Role.ON_CALL, since=END, until=None), PersonRevoked("P-ANN")
    )
    person = known.people["P-ANN"]
    assert person.revoked
    assert person.delegations == ()
    assert (person.roles(START), person.roles(END)) == (frozenset(), frozenset())
    assert person.sites(START, *Role) == ()
    assert known.by_telegram(1001) is None
    assert known.name_of("P-ANN") == "Ann"


def test_a_line_after_revocation_gives_nothing() -> None:
    """Nothing brings back whoever is out; they are added as somebody new."""
    known = fold(ANN, PersonRevoked("P-ANN"), line(until=None))
    assert known.people["P-ANN"].roles(START) == frozenset()
    again = evolve_directory(known, PersonAdded("P-NEW", "Ann", 1001), "console")
    found = again.by_telegram(1001)
    assert found is not None
    assert found.person == "P-NEW"


def test_revoking_one_leaves_the_other() -> None:
    """Two administrators of a site: one goes, the other is still found."""
    roles = [line(name, Role.ADMINISTRATOR) for name in ("P-ANN", "P-BOB")]
    known = fold(ANN, BOB, *roles, PersonRevoked("P-ANN"))
    assert [
        one.person for one in known.holding(Role.ADMINISTRATOR, Where("HM", "lysyme"), START)
    ] == ["P-BOB"]


def test_the_fold_does_not_change_what_it_was_given() -> None:
    """An earlier directory stays what it was."""
    before = fold(HM, ANN, line())
    evolve_directory(before, PersonRevoked("P-ANN"), "console")
    assert before.people["P-ANN"].roles(START) == {Role.INVESTIGATOR}


def test_sites_languages_and_names_are_kept() -> None:
    """What was said last about a site, a language and a name is what is known."""
    known = fold(HM, ANN, LanguageChosen("P-ANN", "fr"), LanguageChosen("P-ANN", "en"))
    assert known.sites["HM"] == Site("HM", "Henri Mondor", "Europe/Paris")
    assert known.people["P-ANN"] == Person("P-ANN", "Ann", 1001, language="en")
    assert known.name_of("P-XXX") == "P-XXX"


def test_an_invitation_is_made_used_and_closed() -> None:
    """It remembers who made it and who opened it, and closes when confirmed or withdrawn."""
    made = InvitationMade("i1", "ab" * 32, Role.ON_CALL, "HM", END)
    used = InvitationUsed("i1", 1003, "Cleo")
    start = Invitation("i1", "ab" * 32, Role.ON_CALL, "HM", END, "P-ANN")
    assert fold(made, by="P-ANN").invitations["i1"] == start
    opened = fold(made, used, by="P-ANN").invitations["i1"]
    assert (opened.used_by, opened.used_name, opened.closed) == (1003, "Cleo", False)
    assert fold(made, used, InvitationConfirmed("i1", "P-1")).invitations["i1"].closed
    assert fold(made, InvitationWithdrawn("i1")).invitations["i1"].closed


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (START - TICK, LineState.FUTURE),
        (START, LineState.CURRENT),
        (END - TICK, LineState.CURRENT),
        (END, LineState.OVER),
    ],
)
def test_a_line_stands_as_the_clock_says(at: datetime, state: LineState) -> None:
    """Not yet, current, over: at the same exact moments as the roles."""
    assert state_of(Delegation(Role.MONITOR, "HM", START, END), at) is state


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Ann \t Lee\n", "Ann Lee"),
        ("A\u202enn\u2066", "Ann"),
        ("A\x00n\x1bn\u200b\u200f", "Ann"),
        ("Ann\ud800", "Ann"),
        ("\u2800\u3164 \u200d", ""),
        ("Zoe\u0308", "Zo\u00eb"),
        ("Ann\u2028Lee", "Ann Lee"),
        ("\u0410\u043d\u043d\u0430 \u674e", "\u0410\u043d\u043d\u0430 \u674e"),
    ],
)
def test_a_name_holds_nothing_that_cannot_be_seen(text: str, clean: str) -> None:
    """Control, bidi and blank characters go; letters of any script stay."""
    assert clean_name(text) == clean


def test_a_long_name_is_cut() -> None:
    """What Telegram sends is never too long, and never ends in a space."""
    assert short_name("a" * 500) == "a" * LONGEST_NAME
    assert short_name("a" * (LONGEST_NAME - 1) + " b") == "a" * (LONGEST_NAME - 1)

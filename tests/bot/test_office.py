"""The office: sites, people and delegations as audited events, and every no as a value."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.office import known_zone
from flows.events import PEOPLES_ROLES, Actor, Role
from flows.outcomes import (
    AlreadySo,
    BadAccount,
    BadCode,
    BadLanguage,
    BadName,
    BadPeriod,
    BadZone,
    Delegated,
    DelegationEnded,
    LanguageSet,
    LastAdministrator,
    NewSite,
    No,
    NotAllowed,
    NotHeld,
    PersonOut,
    SiteExists,
    StillHeld,
    UnknownPerson,
    UnknownSite,
)
from flows.people import Delegation, PersonAdded, RoleDelegated, Site
from flows.trials import Where
from storage.errors import AlreadyDone
from storage.inbox import NewUpdate
from storage.ledger import Ledger
from storage.mapper import to_event
from storage.opening import Store, memory_store, open_store
from tests.bot.cases import AT
from tests.bot.staff import BOSS, HOUR, SECOND, Staff

SITE = Site("HM", "Henri Mondor", "Europe/Paris")


@pytest.fixture
async def staff(ledger: Ledger) -> Staff:
    """An office with one site."""
    staff = Staff(ledger)
    await staff.site()
    return staff


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A whole store of each kind, for what the inbox has to say."""
    if request.param == "memory":
        yield memory_store()
        return
    store = await open_store(f"sqlite:///{tmp_path}/record.db", AT.isoformat)
    yield store
    await store.close()


async def test_a_site_is_added_once(staff: Staff) -> None:
    """The second time the site that is there is shown, and nothing is recorded."""
    await staff.register.catch_up()
    assert staff.register.directory.sites["HM"] == SITE
    again = await staff.office.add_site("HM", "Other", "Europe/London", by=BOSS)
    assert again == SiteExists(SITE)
    assert await staff.count() == 1


@pytest.mark.parametrize(
    ("code", "name", "zone", "no"),
    [
        ("hm", "Name", "Europe/Paris", BadCode("hm")),
        ("H", "Name", "Europe/Paris", BadCode("H")),
        ("H" * 11, "Name", "Europe/Paris", BadCode("H" * 11)),
        ("H-M", "Name", "Europe/Paris", BadCode("H-M")),
        ("\u0397\u039c", "Name", "Europe/Paris", BadCode("\u0397\u039c")),
        ("HM\n", "Name", "Europe/Paris", BadCode("HM\n")),
        ("SL", "", "Europe/Paris", BadName()),
        ("SL", "  ", "Europe/Paris", BadName()),
        ("SL", "a\x07b", "Europe/Paris", BadName()),
        ("SL", "a\u202eb", "Europe/Paris", BadName()),
        ("SL", "a" * 81, "Europe/Paris", BadName()),
        ("SL", "Name", "Europe/Pari", BadZone("Europe/Pari")),
        ("SL", "Name", "../etc/passwd", BadZone("../etc/passwd")),
        ("SL", "Name", "", BadZone("")),
    ],
)
async def test_a_site_that_cannot_be(staff: Staff, code: str, name: str, zone: str, no: No) -> None:
    """A wrong code, name or time zone is named, and nothing is recorded."""
    assert await staff.office.add_site(code, name, zone, by=BOSS) == no
    assert await staff.count() == 1


@pytest.mark.parametrize(("code", "name"), [("A1", "x"), ("0123456789", "\u00c9" * 80)])
async def test_the_shortest_and_the_longest_site(staff: Staff, code: str, name: str) -> None:
    """The bounds themselves are inside."""
    made = await staff.office.add_site(code, name, "UTC", by=BOSS)
    assert made == NewSite(Site(code, name, "UTC"))


def test_files_beside_the_zones_are_no_zones() -> None:
    """What a system keeps in the folder of time zones is not all of IANA."""
    assert known_zone("America/Argentina/Buenos_Aires")
    assert not known_zone("localtime")


async def test_only_the_console_adds_a_site(staff: Staff) -> None:
    """An administrator of one site does not make another."""
    ann = await staff.administrator()
    made = await staff.office.add_site("SL", "Saint-Louis", "Europe/Paris", by=ann)
    assert made == NotAllowed()


async def test_a_new_person_is_added_in_one_transaction(staff: Staff) -> None:
    """The account, its name and its first role are recorded together, with who did it."""
    made = await staff.office.add_person(1001, " Ann\u202e  Lee ", Role.ON_CALL, "HM", by=BOSS)
    assert isinstance(made, Delegated)
    line = Delegation(Role.ON_CALL, "HM", AT, None)
    assert (made.name, made.delegation, made.new) == ("Ann Lee", line, True)
    happened = [to_event(entry) async for entry in staff.ledger.walk(1)]
    assert [one.event for one in happened] == [
        PersonAdded(made.person, "Ann Lee", 1001),
        RoleDelegated(made.person, Role.ON_CALL, "HM", AT, None),
    ]
    assert {(one.by, one.at) for one in happened} == {(BOSS, AT)}
    assert (await staff.person(made.person)).roles_at(Where("HM", "lysyme"), AT) == {Role.ON_CALL}


async def test_a_known_account_gets_one_more_role(staff: Staff) -> None:
    """The person stays the same, under the name that was given first."""
    first = await staff.add(1001, Role.ON_CALL)
    made = await staff.office.add_person(1001, "Other", Role.INVESTIGATOR, "HM", by=BOSS)
    assert isinstance(made, Delegated)
    assert (made.person, made.name, made.new) == (first, "N1001", False)
    assert (await staff.person(first)).roles(AT) == {Role.ON_CALL, Role.INVESTIGATOR}


async def test_whoever_was_let_out_comes_back_as_somebody_new(staff: Staff) -> None:
    """The old id stays out; the account gets a new one."""
    first = await staff.add(1001, Role.ON_CALL)
    assert isinstance(await staff.office.revoke_person(first, by=BOSS), PersonOut)
    second = await staff.add(1001, Role.MONITOR)
    assert first != second
    assert (await staff.person(second)).roles(AT) == {Role.MONITOR}
    assert (await staff.person(first)).roles(AT) == frozenset()


@pytest.mark.parametrize(
    ("account", "name", "site", "days", "no"),
    [
        (0, "Ann", "HM", None, BadAccount()),
        (-1001, "Ann", "HM", None, BadAccount()),
        (2**52, "Ann", "HM", None, BadAccount()),
        (1001, "\u200b", "HM", None, BadName()),
        (1001, "a" * 81, "HM", None, BadName()),
        (1001, "Ann", "XX", None, UnknownSite("XX")),
        (1001, "Ann", "HM", (0, 0), BadPeriod()),
        (1001, "Ann", "HM", (5, 2), BadPeriod()),
        (1001, "Ann", "HM", (-5, 0), BadPeriod()),
    ],
)
async def test_a_person_who_cannot_be_added(
    staff: Staff, account: int, name: str, site: str, days: tuple[int, int] | None, no: No
) -> None:
    """A wrong account, name, site or period is said, and nothing is recorded."""
    since, until = (AT + timedelta(days=day) for day in days) if days else (None, None)
    made = await staff.office.add_person(account, name, Role.MONITOR, site, since, until, by=BOSS)
    assert made == no
    assert await staff.count() == 1


async def test_a_role_holds_for_its_period(staff: Staff) -> None:
    """From the first moment until just before the last."""
    until = AT + HOUR
    made = await staff.office.add_person(1001, "Ann", Role.MONITOR, "HM", AT, until, by=BOSS)
    assert isinstance(made, Delegated)
    person = await staff.person(made.person)
    assert [bool(person.roles(at)) for at in (AT - SECOND, AT, until - SECOND, until)] == [
        False,
        True,
        True,
        False,
    ]


async def test_the_same_role_twice_is_nothing_new(staff: Staff) -> None:
    """A repeated wish records nothing."""
    ann = await staff.add(1001, Role.MONITOR)
    before = await staff.count()
    staff.clock.at += HOUR
    assert await staff.office.delegate(ann, Role.MONITOR, "HM", by=BOSS) == AlreadySo()
    assert await staff.count() == before


async def test_a_role_that_is_prolonged_keeps_its_beginning(staff: Staff) -> None:
    """A new end does not move the first day."""
    ann = await staff.add(1001, Role.MONITOR)
    staff.clock.at += HOUR
    made = await staff.office.delegate(ann, Role.MONITOR, "HM", until=AT + 9 * HOUR, by=BOSS)
    old = Delegation(Role.MONITOR, "HM", AT, None)
    new = Delegation(Role.MONITOR, "HM", AT, AT + 9 * HOUR)
    assert made == Delegated(ann, "N1001", new, instead=old)
    assert (await staff.person(ann)).delegations == (new,)


async def test_a_later_period_does_not_end_the_present_one(staff: Staff) -> None:
    """A line that would leave a gap is refused while the old one holds."""
    ann = await staff.add(1001, Role.MONITOR)
    await staff.office.delegate(ann, Role.MONITOR, "HM", until=AT + HOUR, by=BOSS)
    later = AT + 5 * HOUR
    made = await staff.office.delegate(ann, Role.MONITOR, "HM", later, by=BOSS)
    assert made == StillHeld(Delegation(Role.MONITOR, "HM", AT, AT + HOUR))
    staff.clock.at += HOUR
    assert isinstance(
        await staff.office.delegate(ann, Role.MONITOR, "HM", later, by=BOSS), Delegated
    )


async def test_one_role_ends_and_the_others_stay(staff: Staff) -> None:
    """Revoking a role takes that role, at that site, and is said once."""
    ann = await staff.add(1001, Role.MONITOR)
    await staff.add(1001, Role.ON_CALL)
    office = staff.office
    ended = await office.revoke_delegation(ann, Role.MONITOR, "HM", by=BOSS)
    assert ended == DelegationEnded(ann, "N1001", Role.MONITOR, "HM")
    assert (await staff.person(ann)).roles(AT) == {Role.ON_CALL}
    assert await office.revoke_delegation(ann, Role.MONITOR, "HM", by=BOSS) == NotHeld()


async def test_nobody_who_is_not_there_can_be_changed(staff: Staff) -> None:
    """An unknown person, and one who is out, are no longer anybody."""
    ann = await staff.add(1001, Role.MONITOR)
    await staff.office.revoke_person(ann, by=BOSS)
    office = staff.office
    for person in (ann, "P-NOBODY"):
        no = UnknownPerson(person)
        assert await office.revoke_person(person, by=BOSS) == no
        assert await office.delegate(person, Role.MONITOR, "HM", by=BOSS) == no
        assert await office.revoke_delegation(person, Role.MONITOR, "HM", by=BOSS) == no
        assert await office.choose_language(person, "fr", by=BOSS) == no


async def test_the_last_administrator_stays_unless_forced(staff: Staff) -> None:
    """A site does not lose its last administrator by mistake."""
    ann = await staff.administrator()
    office, no = staff.office, LastAdministrator(("HM",))
    assert await office.revoke_person(ann.person, by=BOSS) == no
    assert await office.revoke_person(ann.person, by=ann) == no
    role = Role.ADMINISTRATOR
    assert await office.revoke_delegation(ann.person, role, "HM", by=BOSS) == no
    assert isinstance(await office.revoke_person(ann.person, by=BOSS, force=True), PersonOut)


async def test_one_of_two_administrators_may_go(staff: Staff) -> None:
    """With somebody left, the other may leave, and then not the one left."""
    ann, bob = await staff.administrator(1001), await staff.administrator(1002)
    assert isinstance(await staff.office.revoke_person(ann.person, by=bob), PersonOut)
    assert await staff.office.revoke_person(bob.person, by=bob) == LastAdministrator(("HM",))


async def test_an_administrator_in_future_is_none_yet(staff: Staff) -> None:
    """Who is to administer a site tomorrow does not do so today."""
    ann = await staff.administrator()
    role, tomorrow = Role.ADMINISTRATOR, AT + 24 * HOUR
    await staff.office.add_person(1002, "Bob", role, "HM", tomorrow, by=BOSS)
    assert await staff.office.revoke_person(ann.person, by=ann) == LastAdministrator(("HM",))


@pytest.mark.parametrize("role", [role for role in PEOPLES_ROLES if role is not Role.ADMINISTRATOR])
async def test_nobody_else_administers(staff: Staff, role: Role) -> None:
    """Whoever is no administrator changes nothing, whatever role they say they speak in."""
    ann = await staff.add(1001, role)
    office, before = staff.office, await staff.count()
    for by in (Actor(ann, role), Actor(ann, Role.ADMINISTRATOR), Actor("P-NOBODY", role)):
        assert await office.add_person(1002, "Bob", role, "HM", by=by) == NotAllowed()
        assert await office.delegate(ann, Role.ADMINISTRATOR, "HM", by=by) == NotAllowed()
        assert await office.revoke_delegation(ann, role, "HM", by=by) == NotAllowed()
        assert await office.revoke_person(ann, by=by) == NotAllowed()
        assert await office.invite(role, Where("HM"), by=by) == NotAllowed()
    assert await staff.count() == before


async def test_an_administrator_acts_at_their_own_site(staff: Staff) -> None:
    """Another site's people are left alone, and so is whoever works at both."""
    await staff.site("SL")
    ann = await staff.administrator()
    theirs, both = await staff.add(1002, Role.MONITOR, "SL"), await staff.add(1003, Role.MONITOR)
    await staff.add(1003, Role.MONITOR, "SL")
    office, no = staff.office, NotAllowed()
    assert await office.add_person(1004, "Dan", Role.MONITOR, "SL", by=ann) == no
    assert await office.revoke_delegation(theirs, Role.MONITOR, "SL", by=ann) == no
    assert await office.revoke_person(theirs, by=ann) == no
    assert await office.revoke_person(both, by=ann) == no
    ended = await office.revoke_delegation(both, Role.MONITOR, "HM", by=ann)
    assert isinstance(ended, DelegationEnded)


async def test_an_administrator_speaks_as_one(staff: Staff) -> None:
    """What is recorded names the role that allowed it."""
    ann = await staff.administrator()
    as_monitor = Actor(ann.person, Role.MONITOR)
    assert await staff.office.invite(Role.MONITOR, Where("HM"), by=as_monitor) == NotAllowed()


async def test_a_delegation_that_is_over_allows_nothing(staff: Staff) -> None:
    """The administrator's own time counts to the moment."""
    made = await staff.office.add_person(
        1001, "Ann", Role.ADMINISTRATOR, "HM", until=AT + HOUR, by=BOSS
    )
    assert isinstance(made, Delegated)
    ann = Actor(made.person, Role.ADMINISTRATOR)
    staff.clock.at = AT + HOUR - SECOND
    assert isinstance(
        await staff.office.add_person(1002, "Bob", Role.MONITOR, "HM", by=ann), Delegated
    )
    staff.clock.at = AT + HOUR
    assert await staff.office.add_person(1003, "Cy", Role.MONITOR, "HM", by=ann) == NotAllowed()


async def test_a_person_chooses_a_language(staff: Staff) -> None:
    """Each for oneself, in a language that there is, once."""
    ann = await staff.add(1001, Role.MONITOR)
    me, office = Actor(ann, Role.MONITOR), staff.office
    assert await office.choose_language(ann, "fr", by=me) == LanguageSet(ann, "fr")
    assert (await staff.person(ann)).language == "fr"
    assert await office.choose_language(ann, "fr", by=me) == AlreadySo()
    assert await office.choose_language(ann, "de", by=me) == BadLanguage("de")
    assert await office.choose_language(ann, "en", by=BOSS) == NotAllowed()


async def test_the_update_is_done_with_the_events_or_not_at_all(store: Store) -> None:
    """One transaction for both; a no leaves the update to whoever handed it in."""
    staff = Staff(store.ledger)
    (update,) = await store.inbox.accept([NewUpdate("1", "p", b"{}", AT.isoformat())])
    refused = await staff.office.add_site("hm", "x", "UTC", by=BOSS, done=update.id)
    assert isinstance(refused, No)
    assert (await store.inbox.counts()).undone == 1
    await staff.office.add_site("HM", "x", "UTC", by=BOSS, done=update.id)
    assert (await store.inbox.counts()).undone == 0
    with pytest.raises(AlreadyDone):
        await staff.office.add_site("SL", "x", "UTC", by=BOSS, done=update.id)
    assert await staff.count() == 1

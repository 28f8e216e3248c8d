"""Two who administer at the same moment: the ledger decides, and nobody is passed over unseen."""

from __future__ import annotations

import asyncio

from flows.events import Actor, Role
from flows.outcomes import Delegated, LastAdministrator, NotAllowed, TryAgain
from storage.ledger import Ledger
from tests.bot.cases import AT
from tests.bot.staff import BOSS, Rival, Staff


async def test_two_last_administrators_cannot_let_each_other_out(ledger: Ledger) -> None:
    """Of two revocations at the same moment only one comes through."""
    rival = Rival(ledger)
    one, two = Staff(rival), Staff(ledger)
    await two.site()
    ann, bob = await two.administrator(1001), await two.administrator(1002)
    rival.first.append(lambda: two.office.revoke_person(ann.person, by=BOSS))
    assert await one.office.revoke_person(bob.person, by=BOSS) == LastAdministrator(("HM",))
    assert (await one.person(bob.person)).roles(AT) == {Role.ADMINISTRATOR}
    assert (await one.person(ann.person)).revoked


async def test_nothing_is_recorded_after_ones_own_revocation(ledger: Ledger) -> None:
    """A wish that was being carried out when its speaker was let out comes to nothing."""
    rival = Rival(ledger)
    one, two = Staff(rival), Staff(ledger)
    await two.site()
    ann = await two.administrator()
    rival.first.append(lambda: two.office.revoke_person(ann.person, by=BOSS, force=True))
    made = await one.office.add_person(1002, "Bob", Role.MONITOR, "HM", by=ann)
    assert made == NotAllowed()
    await one.register.catch_up()
    assert one.register.directory.by_telegram(1002) is None


async def test_one_account_added_by_two_at_once_is_one_person(ledger: Ledger) -> None:
    """Whoever comes second finds the account known, and gives it the other role."""
    rival = Rival(ledger)
    one, two = Staff(rival), Staff(ledger)
    await two.site()
    rival.first.append(lambda: two.add(1001, Role.MONITOR))
    made = await one.office.add_person(1001, "Ann", Role.ON_CALL, "HM", by=BOSS)
    assert isinstance(made, Delegated)
    assert not made.new
    assert rival.tries == 2
    assert len(one.register.directory.people) == 1
    assert (await one.person(made.person)).roles(AT) == {Role.MONITOR, Role.ON_CALL}


async def test_many_who_add_one_account_at_once_make_one_person(ledger: Ledger) -> None:
    """Thirty wishes in flight, thirty answers, one person."""
    staff = Staff(ledger)
    await staff.site()
    made = await asyncio.gather(
        *(staff.office.add_person(1001, "Ann", Role.MONITOR, "HM", by=BOSS) for _ in range(30))
    )
    assert sum(isinstance(one, Delegated) for one in made) == 1
    await staff.register.catch_up()
    assert len(staff.register.directory.people) == 1


async def test_after_two_defeats_it_is_said_and_nothing_recorded(ledger: Ledger) -> None:
    """Whoever is overtaken twice is asked to try again."""
    rival = Rival(ledger)
    one, two = Staff(rival), Staff(ledger)
    await two.site()
    ann = await two.add(1001, Role.MONITOR)
    me = Actor(ann, Role.MONITOR)
    rival.first += [
        lambda: two.office.choose_language(ann, "fr", by=me),
        lambda: two.office.choose_language(ann, "en", by=me),
    ]
    made = await one.office.delegate(ann, Role.ON_CALL, "HM", by=BOSS)
    assert made == TryAgain()
    assert rival.tries == 2
    assert (await one.person(ann)).roles(AT) == {Role.MONITOR}


async def test_after_one_defeat_it_is_done_on_what_then_holds(ledger: Ledger) -> None:
    """Somebody else's change to the same person does not lose this one, nor the other way."""
    rival = Rival(ledger)
    one, two = Staff(rival), Staff(ledger)
    await two.site()
    ann = await two.add(1001, Role.MONITOR)
    me = Actor(ann, Role.MONITOR)
    rival.first.append(lambda: two.office.choose_language(ann, "fr", by=me))
    made = await one.office.delegate(ann, Role.ON_CALL, "HM", by=BOSS)
    assert isinstance(made, Delegated)
    person = await one.person(ann)
    assert person.language == "fr"
    assert person.roles(AT) == {Role.MONITOR, Role.ON_CALL}

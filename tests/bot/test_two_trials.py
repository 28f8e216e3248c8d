"""Two trials at one site, without a front: who is told, who signs, and what is opened where."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.clock import RandomNumbers
from bot.daily import digests, may_read
from bot.desk import Along, Desk, Handled, PermissionChanged
from bot.gate import Gate
from bot.notices import DAILY, TARGET, VERDICT, owed
from bot.shelf import Shelf
from flows.commands import GiveAnswer
from flows.duty import PrincipalInvestigatorNamed, RotaSet
from flows.events import Actor, Happened, Mode, Role
from flows.questions import AskInput
from flows.replies import TargetNotice
from flows.trials import Where
from storage.ledger import Append, Ledger
from storage.mapper import to_entry
from storage.opening import Store
from tests.bot.cases import AT
from tests.bot.staff import BOSS, Staff
from tests.bot.telegram_front.two_trials import ANSWERS
from tests.flows.trial_files import LYSYME, SECOND

FILES = {"lysyme": LYSYME.read_bytes(), "second": SECOND.read_bytes()}
FIRST, OTHER = Where("HM", "lysyme"), Where("HM", "second")


class House:
    """A site with people in one trial or in both, and a desk that owes notices."""

    def __init__(self, ledger: Ledger) -> None:
        self.staff = Staff(ledger)
        shelf = Shelf(ledger, FILES)
        self.register, self.clock = self.staff.register, self.staff.clock
        self.desk = Desk(ledger, shelf, self.clock, RandomNumbers(), self.register)
        self.office = self.staff.office = type(self.staff.office)(
            ledger, self.register, self.clock, RandomNumbers(), shelf.trials
        )
        self.ledger = ledger

    async def add(self, account: int, role: Role, trial: str | None, site: str = "HM") -> str:
        """Somebody with a role; the id."""
        made = await self.office.add_person(
            account, f"N{account}", role, site, by=BOSS, trial=trial
        )
        await self.register.catch_up()
        return str(getattr(made, "person"))  # noqa: B009 - a no has none

    async def conclude(self, trial: str, by: str) -> Handled:
        """Screen somebody for a trial to a verdict."""
        actor = Actor(by, Role.INVESTIGATOR)
        made = await self.desk.open(trial, "HM", Mode.SCREENING, "en", actor, "Europe/Paris")
        while isinstance(step := made.screening.walk(AT.date()).step, AskInput):
            command = GiveAnswer(step.input, ANSWERS[trial][step.input])
            made = await self.desk.handle(made.screening.number, command, actor)
        await self.register.catch_up()
        return made

    async def decree(self, *events: RotaSet | PrincipalInvestigatorNamed) -> None:
        """What was decided about duty at the site."""
        new = tuple(to_entry(Happened(event, AT, BOSS)) for event in events)
        version = len(await self.ledger.read("duty/HM"))
        await self.ledger.append(Append("duty/HM", version, new, AT.isoformat()))
        await self.register.catch_up()


@pytest.fixture
async def house(ledger: Ledger) -> House:
    """The site is there; nobody is."""
    made = House(ledger)
    await made.staff.site()
    return made


async def test_a_case_goes_along_the_people_of_its_trial(house: House) -> None:
    """One rota for the site: of each trial those of it are told who work there, in its order."""
    lena = await house.add(1, Role.COORDINATOR, "lysyme")
    cleo = await house.add(2, Role.COORDINATOR, "second")
    ann = await house.add(3, Role.INVESTIGATOR, "lysyme")
    ada = await house.add(4, Role.ADMINISTRATOR, None)
    await house.decree(
        RotaSet("HM", ((cleo, 0, 24), (lena, 0, 24))), PrincipalInvestigatorNamed("HM", ann)
    )
    roster = house.register.roster("-", FIRST, AT)
    assert (roster.coordinators, roster.investigators) == ((lena,), (ann,))
    assert (roster.administrators, roster.principal, roster.on_duty) == ((ada,), ann, (cleo, lena))
    other = house.register.roster("-", OTHER, AT)
    assert (other.coordinators, other.investigators) == ((cleo,), ())


async def test_verdicts_and_targets_are_told_in_their_trial(store: Store) -> None:
    """To the coordinators of it, at every site that takes part in it, and to nobody else."""
    house = House(store.ledger)
    await house.staff.site()
    await house.staff.site("LY")
    await house.office.set_trials("LY", ("second",), by=BOSS)
    lena = await house.add(1, Role.COORDINATOR, "lysyme")
    cleo = await house.add(2, Role.COORDINATOR, "second")
    every = await house.add(3, Role.COORDINATOR, None, "LY")
    ann = await house.add(4, Role.INVESTIGATOR, None)
    for trial in FILES:
        await house.conclude(trial, ann)
    due = await store.outbox.due("9999", 100)
    told = [one.recipient for one in due if one.kind == VERDICT]
    assert told == [lena, cleo]
    for where, people in ((FIRST, [lena]), (OTHER, [cleo, every])):
        found = owed([TargetNotice("7K3F-9QXV", 3, 3)], where, 1, AT, house.register)
        assert [one.recipient for one in found if one.kind == TARGET] == people


async def test_a_digest_is_of_one_trial(house: House) -> None:
    """Whoever coordinates two reads two; one with nothing to say is left out."""
    cora = await house.add(1, Role.COORDINATOR, None)
    lena = await house.add(2, Role.COORDINATOR, "lysyme")
    ann = await house.add(3, Role.INVESTIGATOR, None)
    numbers = {trial: (await house.conclude(trial, ann)).screening.number for trial in FILES}
    people = house.register.directory.people
    read = {
        person: {
            json.loads(one.body)["trial"]: json.loads(one.body)["unsigned"]
            for one in digests(house.register, people[person], "2026-03-11/8", AT)
        }
        for person in (cora, lena, ann)
    }
    assert read[cora] == {trial: [number] for trial, number in numbers.items()}
    assert read[lena] == {"lysyme": [numbers["lysyme"]]}
    assert read[ann] == {}
    keys = [one.key for one in digests(house.register, people[cora], "2026-03-11/8", AT)]
    assert set(keys) == {f"{DAILY}/{cora}/2026-03-11/8/{trial}" for trial in FILES}


async def test_a_digest_is_read_by_whoever_still_follows_all_of_it(house: House) -> None:
    """The role ended after it was owed: it is not given out. An older one names no trial."""
    await house.staff.site("LY")
    cora = await house.add(1, Role.COORDINATOR, "second")
    await house.add(1, Role.COORDINATOR, "second", "LY")
    body = {"trial": "second", "sites": ["HM", "LY"]}
    known = house.register.directory.people
    assert may_read(known[cora], body, AT)
    assert not may_read(known[cora], {**body, "trial": "lysyme"}, AT)
    assert may_read(known[cora], {}, AT)
    await house.office.revoke_delegation(cora, Role.COORDINATOR, "LY", by=BOSS, trial="second")
    await house.register.catch_up()
    known = house.register.directory.people
    assert not may_read(known[cora], body, AT)
    assert may_read(known[cora], {}, AT)
    assert may_read(known[cora], {"trial": "second", "sites": ["HM"]}, AT)


async def test_the_principal_investigator_of_one_trial_signs_in_that_one(house: House) -> None:
    """The second trial leaves signing to its own principal investigator."""
    ann = await house.add(1, Role.INVESTIGATOR, None)
    bob = await house.add(2, Role.INVESTIGATOR, "second")
    await house.decree(PrincipalInvestigatorNamed("HM", ann, "lysyme"))
    made = {trial: (await house.conclude(trial, ann)).screening for trial in FILES}
    people, sign = house.register.directory.people, house.register.may_sign
    assert sign(people[ann], made["lysyme"], AT)
    assert not sign(people[bob], made["lysyme"], AT)
    assert not sign(people[ann], made["second"], AT)
    await house.decree(PrincipalInvestigatorNamed("HM", bob, "second"))
    assert sign(people[bob], made["second"], AT)
    assert not sign(people[ann], made["second"], AT)


async def test_nothing_is_opened_at_a_site_after_it_has_left_the_trial(house: House) -> None:
    """The site changed between the question and the transaction: nothing is recorded."""
    ann = await house.add(1, Role.INVESTIGATOR, None)
    gate = Gate(house.ledger, house.register, house.clock)
    along = Along(guards=(gate.unchanged("site/HM"),))
    await house.office.set_trials("HM", ("lysyme",), by=BOSS)
    by = Actor(ann, Role.INVESTIGATOR)
    with pytest.raises(PermissionChanged):
        await house.desk.open("second", "HM", Mode.SCREENING, "en", by, along=along)
    assert await house.ledger.streams("screening/") == ()


async def test_a_role_that_is_over_in_one_trial_goes_on_in_another(house: House) -> None:
    """Each line of the delegation log has its own end."""
    until = AT + timedelta(hours=1)
    made = await house.office.add_person(
        1, "Ann", Role.MONITOR, "HM", None, until, by=BOSS, trial="lysyme"
    )
    person = str(getattr(made, "person"))  # noqa: B009 - a no has none
    await house.add(1, Role.MONITOR, "second")
    known = house.register.directory.people[person]
    for at, first in ((AT, True), (until, False)):
        assert bool(known.roles_at(FIRST, at)) is first
        assert known.roles_at(OTHER, at) == {Role.MONITOR}

"""Whatever anybody asks for, they get no row outside their trials and sites.

Installations are drawn by lot: two or three trials, sites that take part in some of them, people
with any roles, screenings with verdicts, queries and rotas. Everybody then asks for everything
that can be asked for, and forges every button about every screening.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.clock import RandomNumbers
from bot.daily import digests
from bot.desk import Along, Desk
from bot.queries import Queries
from flows.answers import Value
from flows.cases import CriterionQueried, QueryReason
from flows.commands import GiveAnswer
from flows.duty import PrincipalInvestigatorNamed, RotaSet
from flows.events import PEOPLES_ROLES, Actor, Happened, Mode, Role
from flows.outcomes import Delegated, No
from flows.questions import AskInput
from storage.ledger import Append
from storage.mapper import to_entry
from storage.opening import memory_store
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import Clinic, opened
from tests.bot.telegram_front.robot import NUMBER, Robot
from tests.bot.telegram_front.two_trials import ANSWERS, BOOKS
from tests.flows.trial_files import LYSYME, SECOND
from tests.promises.report import Promise

THIRD = SECOND.read_bytes().replace(b"id: second\n", b"id: third\n").replace(b"SECOND", b"THIRD")
FILES = {"lysyme": LYSYME.read_bytes(), "second": SECOND.read_bytes(), "third": THIRD}
COMMANDS = ("open", "log", "queries", "people", "duty", "trial", "protocol", "invite", "digest")
FORGED = (
    "~o:{}",
    "~s:{}",
    "~case:{}:all.0",
    "~case:{}:all.0.2",
    "~step:{}:all.0:0:approached",
    "~fix:{}:all.0",
    "~t:{}",
    "~take:{}",
    "~over:{}:P-NOBODY",
    "~seen:verdict:{}",
    "~qcase:{}",
    "~qask:{}:0",
    "~qsay:{}:0:follow_text",
    "~double:same:HM:{}",
    "~double:go:HM:{}",
    "~ea:{}:retention",
    "~y:{}",
)
LISTS = ("~log:all.0", "~log:all.0.1", "~log:all.0.2", "~log:all.0.3", "~log:week.0.2")


@dataclass
class World:
    """What was drawn: who holds what, and where each screening belongs."""

    clinic: Clinic
    lot: random.Random
    trials: list[str]
    sites: dict[str, list[str]] = field(default_factory=dict)
    held: dict[int, list[tuple[Role, str, str | None]]] = field(default_factory=dict)
    robots: dict[int, Robot] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    toasts: dict[int, list[str]] = field(default_factory=dict)

    def has(self, account: int, site: str, trial: str, *roles: Role) -> bool:
        """Whether somebody was given one of these roles there; any, where none is named."""
        return any(
            at == site and of in (None, trial) and (not roles or role in roles)
            for role, at, of in self.held[account]
        )

    def theirs(self, account: int) -> set[str]:
        """The screenings of the trials and sites in which somebody has a role."""
        return {one for one, place in self.places.items() if self.has(account, *place)}


async def drawn(clinic: Clinic, seed: int, trials: list[str]) -> World:
    """An installation by lot."""
    world = World(clinic, random.Random(seed), trials)
    lot, office = world.lot, clinic.bot.office
    for code in ("HM", "LY", "NA")[: lot.randint(2, 3)]:
        if code != "HM":
            await clinic.site(code)
        part = lot.sample(trials, lot.randint(1, len(trials)))
        world.sites[code] = part
        await office.set_trials(code, tuple(part), by=BOSS)
    for account in range(3001, 3008):
        await _person(world, account)
    await clinic.bot.register.catch_up()
    for site, part in world.sites.items():
        for trial in part:
            await _duty(world, site, trial)
            for _ in range(lot.randint(1, 2)):
                await _screening(world, site, trial)
    return world


async def _person(world: World, account: int) -> None:
    """Somebody with one to three roles, some of them in all trials of a site."""
    lot = world.lot
    world.held[account] = []
    while not world.held[account] or (lot.random() < 0.5 and len(world.held[account]) < 3):
        site = lot.choice(list(world.sites))
        trial = lot.choice([*world.sites[site], None])
        role = lot.choice(PEOPLES_ROLES)
        made = await world.clinic.bot.office.add_person(
            account, f"Name{account}", role, site, by=BOSS, trial=trial
        )
        assert isinstance(made, Delegated | No)
        world.held[account].append((role, site, trial))
        if isinstance(made, Delegated):
            world.ids[account] = made.person
    robot = world.clinic.stranger(account, f"Name{account}", lot.choice(["en", "fr"]))
    await robot.command("/start")
    world.robots[account] = robot


async def _duty(world: World, site: str, trial: str) -> None:
    """A rota and a principal investigator among people of the site, whatever their trials are."""
    people = [one for one, held in world.held.items() if any(at == site for _, at, _ in held)]
    if not people or world.lot.random() < 0.4:
        return
    one = world.ids[world.lot.choice(people)]
    of = world.lot.choice([trial, None])
    events = (RotaSet(site, ((one, 0, 24),), of), PrincipalInvestigatorNamed(site, one, of))
    stream, ledger = f"duty/{site}", world.clinic.flaky
    now = world.clinic.clock.now()
    new = tuple(to_entry(Happened(event, now, BOSS)) for event in events)
    version = len(await ledger.read(stream))
    await ledger.append(Append(stream, version, new, now.isoformat()))
    await world.clinic.bot.register.catch_up()


async def _screening(world: World, site: str, trial: str) -> None:
    """A screening by some investigator there, or by one who has left; some of them concluded."""
    clinic, lot = world.clinic, world.lot
    able = [one for one in world.held if world.has(one, site, trial, Role.INVESTIGATOR)]
    by = Actor(world.ids[lot.choice(able)] if able else "P-GONE", Role.INVESTIGATOR)
    register = clinic.bot.register
    desk = Desk(clinic.flaky, clinic.house.shelf, clinic.clock, RandomNumbers(), register)
    mode = lot.choice([Mode.SCREENING, Mode.SCREENING, Mode.QUICK_CHECK])
    made = await desk.open(trial, site, mode, "en", by, "Europe/Paris")
    number = made.screening.number
    world.places[number] = (site, trial)
    answers: dict[str, Value] = dict(ANSWERS["lysyme" if trial == "lysyme" else "second"])
    while lot.random() < 0.97 and isinstance(
        step := made.screening.walk(made.screening.day(made.at)).step, AskInput
    ):
        made = await desk.handle(number, GiveAnswer(step.input, answers[step.input]), by)
    await register.catch_up()
    asked = CriterionQueried(number, "I1", lot.choice(list(QueryReason)))
    queries = Queries(clinic.flaky, register, desk, clinic.clock)
    await queries.ask(made.screening, asked, by, Along())
    await register.catch_up()


@pytest.fixture(params=[11, 12, 13])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """An installation by lot, with its people at their phones."""
    seed = int(request.param)
    trials = list(FILES)[: 2 + seed % 2]
    files = {one: FILES[one] for one in trials}
    async with opened(memory_store(), files=files) as clinic:
        yield await drawn(clinic, seed, trials)


async def test_nobody_gets_a_row_outside_their_trials_and_sites(
    world: World, promise: Promise
) -> None:
    """Lists, pages, buttons, forged buttons and notices, each read for numbers and for names."""
    clinic = world.clinic
    clinic.bot.courier.wake()
    for account, robot in world.robots.items():
        for name in COMMANDS:
            await robot.phone.send(f"/{name}")
        taps = [
            await robot.phone.tap_data(1, data)
            for data in (*LISTS, *(one.format(number) for one in FORGED for number in world.places))
        ]
        world.toasts[account] = [await robot.answered(tap) for tap in taps]
    await asyncio.gather(*(robot.phone.settled(quiet=0.3) for robot in world.robots.values()))
    assert await clinic.all_done()
    read = 0
    for account, robot in world.robots.items():
        allowed = world.theirs(account)
        for text in (*world.toasts[account], *everything(robot)):
            read += 1
            for number in NUMBER.findall(text):
                assert number in allowed or number not in world.places, (account, text)
    promise(22, f"{read} texts to people with roles by lot: 0 rows outside their trials and sites")


def everything(robot: Robot, since: int = 0) -> list[str]:
    """Every text and every label that somebody was sent."""
    found: list[str] = []
    for message in robot.phone.messages:
        if message.sender.is_bot and message.id > since:
            found += [message.text, *message.labels]
    return found


async def test_nobody_is_named_to_whoever_does_not_administer_them(world: World) -> None:
    """The people and the duty that an administrator is shown are those of their own trials."""
    for account, robot in world.robots.items():
        await robot.phone.settled(quiet=0.3)
        sent = [await robot.phone.send(f"/{name}") for name in ("people", "duty")]
        await robot.phone.settled(quiet=0.3)
        texts = everything(robot, since=sent[0].id)
        text = "\n".join(one for one in texts if not NUMBER.search(one))  # notices come as well
        for other in world.held:
            if other != account and f"Name{other}" in text:
                assert any(
                    world.has(account, site, trial, Role.ADMINISTRATOR)
                    and world.has(other, site, trial)
                    for site, part in world.sites.items()
                    for trial in part
                ), (account, other, text)


async def test_rosters_and_digests_are_of_the_trial_and_the_site(world: World) -> None:
    """Whoever would be told of a case has the role there; digests count what is followed."""
    register, now = world.clinic.bot.register, world.clinic.clock.now()
    accounts = {person: account for account, person in world.ids.items()}
    for number, (site, trial) in world.places.items():
        roster = register.roster(number, register.lines[number], now)
        for people, role in (
            (roster.coordinators, Role.COORDINATOR),
            (roster.investigators, Role.INVESTIGATOR),
            (roster.administrators, Role.ADMINISTRATOR),
        ):
            expected = {one for one in world.held if world.has(one, site, trial, role)}
            assert {accounts[one] for one in people} == expected
    for account, person in world.ids.items():
        known = register.directory.people[person]
        for notice in digests(register, known, "today", now):
            follows = {
                one
                for one, place in world.places.items()
                if world.has(account, *place, Role.COORDINATOR)
            }
            assert set(NUMBER.findall(notice.body.decode())) <= follows


def test_the_third_trial_is_a_trial_of_its_own() -> None:
    """The lots are drawn among files of different trials."""
    assert len(set(FILES.values())) == 3
    assert set(BOOKS) < set(FILES)

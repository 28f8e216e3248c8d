"""Who may sign: every role, delegation, site and stage, and nobody beside the ones allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Final

import pytest

from flows.answers import Value
from flows.commands import Finish, Pause, Stop
from flows.duty import PrincipalInvestigatorNamed
from flows.events import PEOPLES_ROLES, Actor, Happened, Mode, Role
from storage.frozen import fingerprint_of
from storage.ledger import Append
from storage.mapper import to_entry
from storage.opening import memory_store
from tests.bot.staff import BOSS
from tests.bot.telegram_front.clinic import INVESTIGATOR, Clinic
from tests.bot.telegram_front.robot import Robot
from tests.bot.telegram_front.signers import conclude, keypad, person_of, sign_first, signing
from tests.flows.trial_files import LYSYME

DELEGATIONS: Final = ("current", "not begun", "over", "revoked")
SITES: Final = ("HM", "LY")


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    """The bot at two sites, with a pepper."""
    async with signing(memory_store()) as found:
        await found.site("LY")
        yield found


@pytest.fixture
async def principals() -> AsyncIterator[Clinic]:
    """The bot at a site of a trial in which the principal investigator signs."""
    file = b"signed_by: principal_investigator\n" + LYSYME.read_bytes()
    async with signing(memory_store(), {"lysyme": file}) as found:
        yield found


@dataclass(frozen=True)
class Candidate:
    """Somebody who might want to sign."""

    robot: Robot
    role: Role
    delegation: str
    site: str


async def candidate(
    clinic: Clinic, telegram_id: int, role: Role, delegation: str, site: str
) -> Candidate:
    """Somebody with one delegation in one state, who also belongs to the site in another role."""
    now, day = clinic.clock.now(), timedelta(days=1)
    since, until = {
        "current": (now - day, now + day),
        "not begun": (now + day, None),
        "over": (now, now + timedelta(seconds=1)),
        "revoked": (now - day, None),
    }[delegation]
    office = clinic.bot.office
    made = await office.add_person(
        telegram_id, f"N{telegram_id}", role, site, since, until, by=BOSS
    )
    person = getattr(made, "person", "")
    assert person, made
    if delegation == "over":
        clinic.clock.at += timedelta(seconds=2)
    if delegation == "revoked":
        await office.revoke_delegation(person, role, site, by=BOSS, force=True)
    # Known at all: otherwise nothing but "a stranger" would be tested.
    other = Role.MONITOR if role is not Role.MONITOR else Role.COORDINATOR
    await office.add_person(telegram_id, f"N{telegram_id}", other, site, by=BOSS)
    robot = clinic.stranger(telegram_id, f"N{telegram_id}")
    await robot.command("/start")
    return Candidate(robot, role, delegation, site)


async def stages(clinic: Clinic, ines: Robot) -> dict[str, str]:
    """A screening in every stage and with every verdict: what it is, and its number."""
    found = {"signed": await conclude(ines)}
    await sign_first(ines)
    by = Actor(await person_of(clinic, 1001), INVESTIGATOR)
    desk = clinic.house.desk
    played: dict[str, dict[str, Value]] = {
        "eligible": {},
        "pending": {"hiv_serology": "pending"},
        "not yet": {"bsa_max_d0_d10_pct": 4},
        "excluded": {"consent": "refused"},
        "ineligible": {"consent": "refused"},
    }
    for name, changes in played.items():
        found[name] = await conclude(ines, changes)
    await desk.handle(found["ineligible"], Finish(), by)
    for name, command in (("asking", None), ("paused", Pause()), ("stopped", Stop())):
        opened = await desk.open("lysyme", "HM", Mode.SCREENING, "en", by)
        found[name] = opened.screening.number
        if command is not None:
            await desk.handle(found[name], command, by)
    await clinic.bot.register.catch_up()
    return found


SIGNABLE: Final = {"eligible", "ineligible"}


async def test_role_by_delegation_by_site_by_stage(clinic: Clinic) -> None:
    """Of all who ask, the keypad opens for current investigators of the site, and for a verdict."""
    ines = await clinic.person(1001, "Ines", INVESTIGATOR)
    numbers = await stages(clinic, ines)
    people = [
        await candidate(clinic, 2000 + place, role, delegation, site)
        for place, (role, delegation, site) in enumerate(product(PEOPLES_ROLES, DELEGATIONS, SITES))
    ]
    opened = 0
    for one, (stage, number) in product(people, numbers.items()):
        said = await one.robot.forge(f"~y:{number}", 1)
        holds = (one.role, one.delegation, one.site) == (INVESTIGATOR, "current", "HM")
        expected = holds and stage in SIGNABLE
        pad = keypad(one.robot)
        assert (pad is not None) is expected, (one, stage, said)
        if pad is not None:
            opened += 1
            sha256 = fingerprint_of(await clinic.house.desk.look(number))
            assert sha256[:16] in pad.text  # what is shown is what will be signed
            await one.robot.press(one.robot.texts.cards.cancel)
        elif not holds:
            assert said == one.robot.texts.chat.not_your_role
    assert opened == len(SIGNABLE)
    assert len(people) * len(numbers) == 5 * 4 * 2 * 9


async def named(clinic: Clinic, person: str) -> None:
    """The site names its principal investigator."""
    register = clinic.bot.register
    await register.catch_up()
    stream, at = "duty/HM", clinic.clock.now()
    new = to_entry(Happened(PrincipalInvestigatorNamed("HM", person), at, BOSS))
    batch = Append(stream, register.version(stream), (new,), at.isoformat())
    await clinic.flaky.append(batch)


async def test_a_trial_may_leave_it_to_the_principal_investigator(principals: Clinic) -> None:
    """Then another investigator of the site has no button and opens no keypad."""
    ines = await principals.person(1001, "Ines", INVESTIGATOR)
    marc = await principals.person(1002, "Marc", INVESTIGATOR)
    number = await conclude(ines)
    await named(principals, await person_of(principals, 1002))
    assert await ines.forge(f"~y:{number}", 1) == ines.texts.chat.not_your_role
    assert keypad(ines) is None
    await marc.forge(f"~y:{number}", 1)
    assert keypad(marc) is not None
    await conclude(ines)
    assert ines.texts.cards.sign not in ines.card.labels


async def test_another_is_named_while_the_keypad_is_open(principals: Clinic) -> None:
    """Whoever is no longer the principal investigator at the last key signs nothing."""
    ines = await principals.person(1001, "Ines", INVESTIGATOR)
    await principals.person(1002, "Marc", INVESTIGATOR)
    number = await conclude(ines)
    await named(principals, await person_of(principals, 1001))
    await ines.forge(f"~y:{number}", 1)
    await named(principals, await person_of(principals, 1002))
    for _ in range(2):
        for digit in "835017":
            pad = keypad(ines)
            assert pad is not None
            _, word = ines.data(digit)
            await ines.forge(word, pad.id)
    assert keypad(ines) is None
    assert "screening-signed" not in await principals.kinds(number)

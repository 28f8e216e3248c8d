"""From one coordinator to the next: on virtual time, with people who sleep or are out of reach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk import Along
from bot.notices import PASSED_ON, SIGNATURE, UNREACHABLE, UNSEEN, VERDICT
from flows.commands import HandOver
from flows.duty import DigestChosen, PrincipalInvestigatorNamed, RotaSet, SiteTimesSet
from flows.events import Actor, Mode, Role
from flows.trials import Where
from storage.opening import Store, memory_store
from tests.bot.staff import BOSS, HandClock
from tests.bot.ward import MINUTE, SITE, Ward


@pytest.fixture
async def ward(store: Store) -> Ward:
    """Two coordinators and a night watch on the rota, a principal investigator, a doctor."""
    return await staffed(Ward(store))


async def staffed(ward: Ward) -> Ward:
    """The people of these tests; none of them wants a digest."""
    await ward.staff.site()
    await ward.add("ada", Role.ADMINISTRATOR)
    await ward.add("ines", Role.INVESTIGATOR)
    pia = await ward.add("pia", Role.INVESTIGATOR)
    cora = await ward.add("cora", Role.COORDINATOR)
    carl = await ward.add("carl", Role.COORDINATOR)
    nina = await ward.add("nina", Role.COORDINATOR)
    await ward.decree(RotaSet(SITE, ((cora, 8, 20), (carl, 8, 20), (nina, 20, 8))))
    await ward.decree(PrincipalInvestigatorNamed(SITE, pia))
    for person in (cora, carl, nina):
        await ward.decree(DigestChosen(person, None), f"preference/{person}")
    return ward


def who(ward: Ward, name: str) -> str:
    """The id behind a name."""
    return next(person for person, known in ward.names.items() if known == name)


async def test_only_the_first_on_duty_is_told_and_seen_ends_it(ward: Ward) -> None:
    """Nobody else hears of it when it was seen within the time, and nobody later."""
    number = (await ward.conclude(who(ward, "ines"))).screening.number
    await ward.passes(14 * MINUTE)
    assert ward.heard() == [("cora", VERDICT)]
    await ward.see(number, who(ward, "cora"))
    await ward.passes(300 * MINUTE)
    assert ward.heard() == [("cora", VERDICT)]
    assert await ward.escalated(number) == []


async def test_silence_goes_on_to_the_next_after_fifteen_minutes_each(ward: Ward) -> None:
    """The second at 15 minutes, the others at 30, the principal investigator at 45, then all."""
    began = ward.clock.at
    number = (await ward.conclude(who(ward, "ines"))).screening.number
    await ward.passes(15 * MINUTE - timedelta(milliseconds=1))
    assert ward.heard() == [("cora", VERDICT)]
    await ward.passes(24 * 60 * MINUTE)
    assert [((one.at - began) // MINUTE, ward.names[one.who], one.kind) for one in ward.told] == [
        (0, "cora", VERDICT),
        (15, "carl", VERDICT),
        (30, "nina", VERDICT),
        (45, "pia", VERDICT),
        (60, "ines", UNSEEN),
        (60, "ada", UNSEEN),
    ]
    silent = [(name, "silent") for name in ("carl", "nina", "pia", "ines", "ada")]
    assert await ward.escalated(number) == silent
    assert {one.body["because"] for one in ward.told if one.kind == UNSEEN} == {"silent"}


async def test_seen_by_the_second_ends_it(ward: Ward) -> None:
    """Whoever comes after them sleeps on."""
    number = (await ward.conclude(who(ward, "ines"))).screening.number
    await ward.passes(20 * MINUTE)
    await ward.see(number, who(ward, "carl"))
    await ward.passes(24 * 60 * MINUTE)
    assert ward.heard() == [("cora", VERDICT), ("carl", VERDICT)]


async def test_taking_it_ends_it_and_the_follower_is_told_first(ward: Ward) -> None:
    """A case that somebody follows goes to them, whoever is on duty."""
    ines, carl = who(ward, "ines"), Actor(who(ward, "carl"), Role.COORDINATOR)
    number = (await ward.conclude(ines)).screening.number
    await ward.passes(16 * MINUTE)
    await ward.register.catch_up()
    assert await ward.cases.take(number, Where(SITE, "lysyme"), carl, Along()) == carl.person
    await ward.register.catch_up()
    await ward.desk.handle(number, HandOver(who(ward, "pia")), Actor(ines, Role.INVESTIGATOR))
    await ward.settle()
    assert ward.heard(VERDICT, PASSED_ON)[-1] == ("carl", PASSED_ON)


async def test_the_minutes_are_the_sites(ward: Ward) -> None:
    """Five, where the site chose five."""
    await ward.decree(SiteTimesSet(SITE, 5, 8))
    await ward.conclude(who(ward, "ines"))
    await ward.passes(5 * MINUTE)
    assert ward.heard() == [("cora", VERDICT), ("carl", VERDICT)]


async def test_at_night_the_night_watch_is_told(store: Store) -> None:
    """At 20:00 at the site the shift changes; also for a case that began before."""
    evening = datetime(2026, 3, 10, 18, 55, tzinfo=UTC)
    ward = await staffed(Ward(store, HandClock(evening)))
    await ward.conclude(who(ward, "ines"))
    await ward.passes(16 * MINUTE)
    assert ward.heard() == [("cora", VERDICT), ("nina", VERDICT)]


@pytest.mark.parametrize("month", [3, 10])
async def test_the_hours_are_those_of_the_site_when_the_clocks_change(
    store: Store, month: int
) -> None:
    """On the nights in which the hour changes, 20:00 and 8:00 are still local."""
    day = {3: 29, 10: 25}[month]
    morning = datetime(2026, month, day, 6, 30, tzinfo=UTC)
    ward = await staffed(Ward(store, HandClock(morning)))
    begun, admitted = f"2026-{month:02}-{day - 4}", f"2026-{month:02}-{day - 2}"
    await ward.conclude(who(ward, "ines"), index_date=begun, admission_date=admitted)
    await ward.settle()
    # 06:30 UTC is 08:30 in summer time (since two o'clock in March), 07:30 in winter time.
    assert ward.heard() == [("cora" if month == 3 else "nina", VERDICT)]


async def test_who_is_blocked_is_passed_over_within_a_minute(ward: Ward) -> None:
    """The next is told in the transaction that gives the first up."""
    ward.blocked.add(who(ward, "cora"))
    number = (await ward.conclude(who(ward, "ines"))).screening.number
    await ward.passes(MINUTE)
    assert ward.heard() == [("carl", VERDICT)]
    assert await ward.escalated(number) == [("carl", "unreachable")]
    kinds = [entry.kind for entry in await ward.store.ledger.read(f"notices/{number}")]
    assert kinds == ["notice-failed", "notice-sent"]
    await ward.passes(13 * MINUTE)
    assert ward.heard() == [("carl", VERDICT)]  # the first's timer does not hurry the second
    await ward.passes(2 * MINUTE)
    assert ward.heard() == [("carl", VERDICT), ("nina", VERDICT)]


async def test_when_all_are_blocked_everybody_above_is_told_at_once(ward: Ward) -> None:
    """The principal investigator, the owner and the administrator, within a minute."""
    ward.blocked |= {who(ward, name) for name in ("cora", "carl", "nina")}
    number = (await ward.conclude(who(ward, "ines"))).screening.number
    await ward.passes(MINUTE)
    assert sorted(ward.heard()) == [("ada", UNSEEN), ("ines", UNSEEN), ("pia", VERDICT)]
    assert {one.body["because"] for one in ward.told if one.kind == UNSEEN} == {"unreachable"}
    assert ("pia", "unreachable") in await ward.escalated(number)


@pytest.mark.parametrize("out", [1, 2, 3])
async def test_without_a_rota_the_others_know_who_cannot_be_reached(store: Store, out: int) -> None:
    """All are told at once; of those out of reach the others hear; with nobody left, all above."""
    ward = await staffed(Ward(store))
    await ward.decree(RotaSet(SITE, ()))
    names = ["cora", "carl", "nina"]
    ward.blocked |= {who(ward, name) for name in names[:out]}
    await ward.conclude(who(ward, "ines"))
    await ward.passes(MINUTE)
    left = names[out:]
    assert sorted(ward.heard(VERDICT)) == sorted((name, VERDICT) for name in (left or ["pia"]))
    assert {name for name, _ in ward.heard(UNREACHABLE)} == set(left)
    assert {name for name, _ in ward.heard(UNSEEN)} == (set() if left else {"ines", "ada"})


async def test_who_left_is_passed_over_like_who_is_blocked(ward: Ward) -> None:
    """Let out between the verdict and the message."""
    await ward.conclude(who(ward, "ines"))
    await ward.staff.office.revoke_person(who(ward, "cora"), by=BOSS)
    await ward.settle()
    assert ward.heard() == [("carl", VERDICT)]


async def test_a_restart_between_loses_no_step(store: Store) -> None:
    """What is in memory is gone after each minute; the chain goes on all the same."""
    ward = await staffed(Ward(store))
    await ward.conclude(who(ward, "ines"))
    for _ in range(65):
        await ward.passes(MINUTE)
        ward.start()
        await ward.keeper.begin()
    assert ward.heard() == [
        ("cora", VERDICT),
        ("carl", VERDICT),
        ("nina", VERDICT),
        ("pia", VERDICT),
        ("ines", UNSEEN),
        ("ada", UNSEEN),
    ]


async def test_an_outage_of_a_day_is_made_up_for(ward: Ward) -> None:
    """Timers that became due meanwhile run at the start, one step at a time."""
    await ward.conclude(who(ward, "ines"))
    await ward.settle()
    ward.clock.at += timedelta(days=1)
    ward.start()
    await ward.keeper.begin()
    await ward.settle()
    assert ward.heard() == [("cora", VERDICT), ("carl", VERDICT)]


async def test_quick_checks_are_told_and_practice_never(ward: Ward) -> None:
    """The same chain for a quick check; no notice and no timer for practice."""
    await ward.conclude(who(ward, "ines"), Mode.QUICK_CHECK)
    await ward.passes(15 * MINUTE)
    assert ward.heard() == [("cora", VERDICT), ("carl", VERDICT)]
    ward.told.clear()
    before = len(await ward.owed())
    await ward.conclude(who(ward, "ines"), Mode.PRACTICE, bsa_max_d0_d10_pct=4)
    assert len(await ward.owed()) == before


async def test_two_notices_about_a_case_are_seen_at_once(ward: Ward) -> None:
    """A second verdict while the first is unseen: one *seen* ends both chains."""
    ines = Actor(who(ward, "ines"), Role.INVESTIGATOR)
    number = (await ward.conclude(ines.person)).screening.number
    await ward.settle()
    await ward.desk.handle(number, HandOver(who(ward, "pia")), ines)
    await ward.settle()
    await ward.see(number, who(ward, "cora"))
    await ward.passes(300 * MINUTE)
    assert ward.heard(VERDICT, PASSED_ON) == [("cora", VERDICT), ("cora", PASSED_ON)]


NAMES = ("cora", "carl", "nina", "pia", "ada", "ines")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rota=st.booleans(),
    blocked=st.sets(st.sampled_from(NAMES)),
    seen=st.none() | st.tuples(st.sampled_from(NAMES[:4]), st.integers(0, 90)),
    restart=st.sets(st.integers(0, 90), max_size=3),
)
async def test_every_notice_ends_seen_or_at_the_end_of_the_chain(
    rota: bool, blocked: set[str], seen: tuple[str, int] | None, restart: set[int]
) -> None:
    """Whoever is blocked or asleep, whenever it restarts: no case stays silent."""
    ward = await staffed(Ward(memory_store()))
    if not rota:
        await ward.decree(RotaSet(SITE, ()))
    ward.blocked = {who(ward, name) for name in blocked}
    number = (await ward.conclude(who(ward, "ines"))).screening.number
    for minute in range(91):
        await ward.passes(MINUTE)
        if seen and minute == seen[1] and (seen[0], VERDICT) in ward.heard():
            await ward.see(number, who(ward, seen[0]))
        if minute in restart:
            ward.start()
            await ward.keeper.begin()
    case = ward.register.case(number)
    last = {name for name, _ in await ward.escalated(number)}
    assert case.attended_at is not None or {"ines", "ada"} <= last
    said = [(one.who, one.kind, str(one.body)) for one in ward.told]
    assert len(said) == len(set(said))
    assert SIGNATURE not in {one.kind for one in ward.told}
    assert "escalate" not in await ward.timers()

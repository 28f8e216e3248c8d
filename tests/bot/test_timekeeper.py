"""Reminders, windows that close and daily digests, on virtual time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.attempts import Attempts
from bot.desk import Along, Handled
from bot.notices import CLOSED, CLOSING, DAILY, PENDING, REMINDER, VERDICT
from bot.timers import DIGEST, EXPIRE, REMIND
from flows.cases import FollowUp, FollowUpRecorded
from flows.commands import GiveAnswer, HandOver, RemindMe, Stop
from flows.duty import DigestChosen, SiteTimesSet
from flows.events import Actor, Happened, Role
from flows.screening import Screening
from flows.trials import Where
from storage.ledger import Append
from storage.mapper import to_entry, to_event
from storage.opening import Store
from tests.bot.cases import AT
from tests.bot.staff import BOSS, HandClock
from tests.bot.ward import MINUTE, SITE, Ward

DAY = timedelta(days=1)
TODAY = AT.date()
LAST = date(2026, 3, 16)
"""The last day of the window of a man whose index date is 6 March."""
SMALL = {"bsa_max_d0_d10_pct": 4}


@pytest.fixture
async def ward(store: Store) -> Ward:
    """Two doctors, a coordinator who wants no digest, and an administrator."""
    return await staffed(Ward(store))


async def staffed(ward: Ward) -> Ward:
    """The people of these tests."""
    await ward.staff.site()
    for name, role in (
        ("ines", Role.INVESTIGATOR),
        ("marc", Role.INVESTIGATOR),
        ("cora", Role.COORDINATOR),
        ("ada", Role.ADMINISTRATOR),
    ):
        await ward.add(name, role)
    await ward.decree(DigestChosen(who(ward, "cora"), None), f"preference/{who(ward, 'cora')}")
    return ward


def who(ward: Ward, name: str) -> str:
    """The id behind a name."""
    return next(person for person, known in ward.names.items() if known == name)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment at the site in March, before the clocks change: one hour before UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


def said(ward: Ward, *kinds: str) -> list[tuple[int, str, str]]:
    """Which day (0 is the first), who, which kind: of these kinds, in order."""
    return [
        ((one.at.date() - TODAY).days, ward.names[one.who], one.kind)
        for one in ward.told
        if one.kind in kinds
    ]


async def kinds_of(ward: Ward, number: str) -> list[str]:
    """The kinds of a screening's events."""
    return [entry.kind for entry in await ward.store.ledger.read(f"screening/{number}")]


# --- several attempts ---------------------------------------------------------------------------


async def test_an_attempt_that_was_followed_by_another_reminds_nobody(ward: Ward) -> None:
    """The patient is followed in the later attempt: only that one is told about."""
    ines = Actor(who(ward, "ines"), Role.INVESTIGATOR)
    first = (await ward.conclude(ines.person, hiv_serology="pending")).screening.number
    opened = await Attempts(ward.desk, ward.register).again(first, "en", ines, Along())
    assert isinstance(opened, Handled)
    await ward.until(at(TODAY + 3 * DAY, 12))
    assert said(ward, REMINDER, PENDING) == []


# --- reminders ----------------------------------------------------------------------------------


async def test_the_owner_is_reminded_in_the_morning_of_the_usual_days(ward: Ward) -> None:
    """At eight at the site on days 1, 2, 4, 7, 14; the coordinators from the second on."""
    await ward.conclude(who(ward, "ines"), hiv_serology="pending")
    await ward.until(at(TODAY + 15 * DAY, 12))
    days = [1, 2, 4, 7, 14]
    assert said(ward, REMINDER) == [(day, "ines", REMINDER) for day in days]
    assert said(ward, PENDING)[::3] == [(day, "cora", PENDING) for day in days[1:]]
    first = next(one for one in ward.told if one.kind == REMINDER)
    assert first.at == at(TODAY + DAY, 8)


async def test_the_morning_is_the_sites_also_over_the_change_of_clocks(store: Store) -> None:
    """Seven o'clock at the site, before and after the last Sunday of March."""
    ward = await staffed(Ward(store, HandClock(datetime(2026, 3, 27, 9, tzinfo=UTC))))
    await ward.decree(SiteTimesSet(SITE, 15, 7))
    await ward.conclude(
        who(ward, "ines"),
        hiv_serology="pending",
        index_date="2026-03-23",
        admission_date="2026-03-25",
    )
    await ward.passes(5 * DAY)
    mornings = [one.at for one in ward.told if one.kind == REMINDER]
    assert mornings == [
        datetime(2026, 3, 28, 6, tzinfo=UTC),
        datetime(2026, 3, 29, 5, tzinfo=UTC),
        datetime(2026, 3, 31, 5, tzinfo=UTC),
    ]


async def test_the_chosen_day_takes_the_place_of_the_usual_ones(ward: Ward) -> None:
    """Remind me in three days: on that day, and then as usual."""
    ines = Actor(who(ward, "ines"), Role.INVESTIGATOR)
    number = (await ward.conclude(ines.person, hiv_serology="pending")).screening.number
    handled = await ward.desk.handle(number, RemindMe(TODAY + 3 * DAY), ines)
    assert [one.event.kind for one in handled.events] == ["reminder-set"]
    await ward.until(at(TODAY + 5 * DAY, 12))
    assert [day for day, _, _ in said(ward, REMINDER)] == [3, 4]


async def test_after_a_hand_over_the_new_owner_is_reminded(ward: Ward) -> None:
    """And the first no more."""
    ines = Actor(who(ward, "ines"), Role.INVESTIGATOR)
    number = (await ward.conclude(ines.person, hiv_serology="pending")).screening.number
    await ward.desk.handle(number, HandOver(who(ward, "marc")), ines)
    await ward.until(at(TODAY + DAY, 12))
    assert said(ward, REMINDER) == [(1, "marc", REMINDER)]


async def test_when_the_owner_left_the_coordinators_are_told_instead(ward: Ward) -> None:
    """On the first day already, and that nobody carries it."""
    await ward.conclude(who(ward, "ines"), hiv_serology="pending")
    await ward.staff.office.revoke_person(who(ward, "ines"), by=BOSS)
    await ward.until(at(TODAY + DAY, 8, 5))
    assert said(ward, REMINDER, PENDING) == [(1, "cora", PENDING)]
    assert next(one for one in ward.told if one.kind == PENDING).body["owner"] is None


async def test_when_the_owner_cannot_be_reached_the_coordinators_are_told(ward: Ward) -> None:
    """Whoever blocked the bot hears of no reminder."""
    await ward.conclude(who(ward, "ines"), hiv_serology="pending")
    ward.blocked.add(who(ward, "ines"))
    await ward.until(at(TODAY + DAY, 8, 5))
    assert said(ward, REMINDER, PENDING) == [(1, "cora", PENDING)]


async def test_what_is_settled_or_given_up_is_not_reminded_of(ward: Ward) -> None:
    """A result that arrived, and a screening that was stopped: their timers end without effect."""
    ines = Actor(who(ward, "ines"), Role.INVESTIGATOR)
    first = (await ward.conclude(ines.person, hiv_serology="pending")).screening.number
    second = (await ward.conclude(ines.person, hiv_serology="pending")).screening.number
    await ward.desk.handle(first, GiveAnswer("hiv_serology", "negative"), ines)
    await ward.desk.handle(second, Stop(), ines)
    await ward.until(at(TODAY + 3 * DAY, 12))
    assert said(ward, REMINDER, PENDING) == []
    assert await ward.timers() == []


async def test_somebody_who_is_faster_than_a_timer_is_not_reminded(ward: Ward) -> None:
    """The result arrives while the timer is looked at: nothing is said about what was before."""
    ines = Actor(who(ward, "ines"), Role.INVESTIGATOR)
    number = (await ward.conclude(ines.person, hiv_serology="pending")).screening.number
    looks: list[str] = []
    look = ward.desk.look

    async def slow(number: str) -> Screening:
        found = await look(number)
        if not looks:
            looks.append(number)
            await ward.desk.handle(number, GiveAnswer("hiv_serology", "negative"), ines)
        return found

    ward.desk.look = slow  # type: ignore[method-assign]
    await ward.until(at(TODAY + DAY, 12))
    assert looks == [number]
    assert said(ward, REMINDER, PENDING) == []
    assert not {REMIND, EXPIRE} & set(await ward.timers())


# --- windows ------------------------------------------------------------------------------------


async def test_the_last_two_mornings_of_a_window_are_told(ward: Ward) -> None:
    """Day nine and day ten of ten: the owner and the coordinators, with the day that it closes."""
    await ward.conclude(who(ward, "ines"), **SMALL)
    await ward.until(at(LAST, 12))
    closing = [one for one in ward.told if one.kind == CLOSING and ward.names[one.who] == "cora"]
    assert [(one.at, one.body["told_on"]) for one in closing] == [
        (at(LAST - DAY, 8), "2026-03-15"),
        (at(LAST, 8), "2026-03-16"),
    ]
    assert {(one.body["day"], one.body["length"]) for one in closing} == {("2026-03-16", 10)}
    mine = [one.body["closing"] for one in ward.told if one.kind == REMINDER]
    assert [bool(one) for one in mine] == [False, False, False, True, True]


async def test_a_window_closes_by_itself_at_midnight(ward: Ward) -> None:
    """An event of its own, a new verdict, the card drawn, coordinators and then the owner told."""
    number = (await ward.conclude(who(ward, "ines"), **SMALL)).screening.number
    midnight = at(LAST + DAY, 0)
    await ward.until(midnight - timedelta(milliseconds=1))
    assert "window-closed" not in await kinds_of(ward, number)
    await ward.until(midnight)
    assert (await kinds_of(ward, number))[-2:] == ["window-closed", "determination-made"]
    entries = await ward.store.ledger.read(f"screening/{number}")
    assert to_event(entries[-1]).by == Actor("timekeeper", Role.SYSTEM)
    assert ward.redrawn == [number]
    verdict = [one for one in ward.told if one.kind == VERDICT][-1]
    assert (ward.names[verdict.who], verdict.at) == ("cora", midnight)
    assert verdict.body["verdict"] == "ineligible"
    assert said(ward, CLOSED) == []
    await ward.until(at(LAST + DAY, 9))
    assert [(one.at, ward.names[one.who]) for one in ward.told if one.kind == CLOSED] == [
        (at(LAST + DAY, 8), "ines")
    ]
    assert not {REMIND, EXPIRE} & set(await ward.timers())


@pytest.mark.parametrize("days", [1, 30])
async def test_a_window_that_closed_during_an_outage_closes_at_the_start(
    ward: Ward, days: int
) -> None:
    """Stopped before the last day, started days later: once, and no reminder of what is over."""
    number = (await ward.conclude(who(ward, "ines"), **SMALL)).screening.number
    await ward.until(at(LAST - 2 * DAY, 12))
    ward.told.clear()
    ward.clock.at = at(LAST + days * DAY, 12)
    for _ in range(2):
        ward.start()
        await ward.keeper.begin()
        await ward.settle()
    assert (await kinds_of(ward, number)).count("window-closed") == 1
    assert said(ward, REMINDER, CLOSING, PENDING) == []
    assert len(said(ward, VERDICT, CLOSED)) == 2
    assert ward.redrawn == [number]


async def test_a_window_may_close_and_leave_the_case_open(ward: Ward) -> None:
    """The surface was never measured in time: the verdict stays, and the reminders go on."""
    small = {"bsa_max_d0_d10_pct": "not_measured"}
    number = (await ward.conclude(who(ward, "ines"), **small)).screening.number
    assert EXPIRE in await ward.timers()
    await ward.until(at(LAST + 10 * DAY, 12))
    made = (await ward.desk.look(number)).determination
    assert made is not None
    assert made.verdict == "pending"
    assert (await kinds_of(ward, number)).count("determination-made") == 1
    assert [day for day, _, _ in said(ward, REMINDER)] == [1, 2, 4, 5, 6, 7, 14]
    assert [one for one in await ward.timers() if one != DIGEST] == [REMIND]


async def test_what_an_earlier_version_left_is_followed_up(ward: Ward) -> None:
    """A screening without timers, as older databases hold it: they are owed at the start."""
    desk, ward.desk = (
        ward.desk,
        type(ward.desk)(
            ward.store.ledger,
            ward.desk._shelf,
            ward.clock,
            ward.desk._numbers,
        ),
    )
    number = (await ward.conclude(who(ward, "ines"), **SMALL)).screening.number
    ward.desk = desk
    for owed in ([], [EXPIRE, REMIND], [EXPIRE, REMIND]):
        assert sorted(one for one in await ward.timers() if one != DIGEST) == owed
        await ward.keeper.begin()
    await ward.until(at(LAST + DAY, 1))
    assert "window-closed" in await kinds_of(ward, number)


# --- digests ------------------------------------------------------------------------------------


async def daily(ward: Ward, hour: int | None = 8) -> None:
    """The coordinator wants the digest at this hour, chosen as the front has it chosen."""
    person = who(ward, "cora")
    await ward.decree(DigestChosen(person, hour), f"preference/{person}")
    await ward.keeper.begin()


async def test_once_a_day_the_coordinator_reads_how_it_stands(ward: Ward) -> None:
    """Counts and numbers, at eight; nothing on a day on which there is nothing to say."""
    await daily(ward)
    await ward.until(at(TODAY + DAY, 12))
    assert said(ward, DAILY) == []
    number = (await ward.conclude(who(ward, "ines"), **SMALL)).screening.number
    other = (await ward.conclude(who(ward, "ines"))).screening.number
    await ward.until(at(TODAY + 2 * DAY, 7, 59))
    assert said(ward, DAILY) == []
    await ward.until(at(TODAY + 2 * DAY, 12))
    assert said(ward, DAILY) == [(2, "cora", DAILY)]
    body = next(one.body for one in ward.told if one.kind == DAILY)
    assert body["waiting"] == [number]
    assert body["unsigned"] == [other]
    assert sorted(body["unseen"]) == sorted([number, other])
    assert (body["verdicts"], body["enrolled"], body["open"]) == (2, 0, 0)
    assert "answers" not in str(body)


async def test_what_was_taken_and_enrolled_is_in_it(ward: Ward) -> None:
    """Who follows what, and how many were enrolled since yesterday."""
    await daily(ward)
    number = (await ward.conclude(who(ward, "ines"))).screening.number
    cora = Actor(who(ward, "cora"), Role.COORDINATOR)
    await ward.register.catch_up()
    await ward.cases.take(number, Where(SITE, "lysyme"), cora, Along())
    await ward.until(at(TODAY + DAY, 8, 1))
    body = next(one.body for one in ward.told if one.kind == DAILY)
    assert body["taken"] == [[number, cora.person]]
    assert body["unseen"] == []
    now = ward.clock.now()
    entry = to_entry(Happened(FollowUpRecorded(number, FollowUp.ENROLLED), now, cora))
    await ward.store.ledger.append(Append(f"case/{number}", 1, (entry,), now.isoformat()))
    await ward.until(at(TODAY + 2 * DAY, 8, 1))
    body = [one.body for one in ward.told if one.kind == DAILY][-1]
    assert (body["enrolled"], body["taken"]) == (1, [])


async def test_the_digest_comes_once_whatever_restarts(ward: Ward) -> None:
    """A restart each quarter of an hour owes no second one."""
    await daily(ward)
    await ward.conclude(who(ward, "ines"), **SMALL)
    for _ in range(4 * 30):
        await ward.passes(15 * MINUTE)
        ward.start()
        await ward.keeper.begin()
    assert said(ward, DAILY) == [(1, "cora", DAILY)]
    assert (await ward.timers()).count(DIGEST) == 1


@pytest.mark.parametrize(("late", "comes"), [(2, True), (4, False)])
async def test_a_digest_that_is_hours_late_is_skipped(ward: Ward, late: int, comes: bool) -> None:
    """Two hours are still of use; after four the day has begun without it. The next is owed."""
    await daily(ward)
    await ward.conclude(who(ward, "ines"), **SMALL)
    await ward.settle()
    ward.told.clear()
    ward.clock.at = at(TODAY + DAY, 8 + late)
    ward.start()
    await ward.keeper.begin()
    await ward.settle()
    assert bool(said(ward, DAILY)) is comes
    await ward.until(at(TODAY + 2 * DAY, 9))
    assert said(ward, DAILY)[-1] == (2, "cora", DAILY)


async def test_another_hour_or_none_holds_at_once(ward: Ward) -> None:
    """The timer of the hour before ends without effect."""
    await daily(ward)
    await ward.conclude(who(ward, "ines"), **SMALL)
    await daily(ward, 18)
    await ward.until(at(TODAY + DAY, 12))
    assert [one.at for one in ward.told if one.kind == DAILY] == [at(TODAY, 18)]
    await daily(ward, None)
    await ward.until(at(TODAY + 3 * DAY, 12))
    assert len(said(ward, DAILY)) == 1
    assert DIGEST not in await ward.timers()


async def test_whoever_becomes_a_coordinator_gets_one_and_whoever_leaves_none(ward: Ward) -> None:
    """From the transaction that lets them in; after they left no timer goes on."""
    await ward.add("carl", Role.COORDINATOR)
    assert await ward.timers() == [DIGEST, DIGEST]  # the other wants none: hers does nothing
    await ward.conclude(who(ward, "ines"), **SMALL)
    await ward.until(at(TODAY + DAY, 9))
    assert said(ward, DAILY) == [(1, "carl", DAILY)]
    await ward.staff.office.revoke_person(who(ward, "carl"), by=BOSS)
    await ward.until(at(TODAY + 3 * DAY, 9))
    assert len(said(ward, DAILY)) == 1
    assert DIGEST not in await ward.timers()

"""Closed screenings out of memory: found, listed, counted and told of as if they were in it."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.closed import BATCH, ClosedScreenings, Known
from bot.known import NOTHING, KnownScreenings, rows_in
from bot.lists import Asked, just_opened, page_of
from bot.register import Register
from flows.again import perhaps_the_same
from flows.cases import (
    Because,
    CriterionQueried,
    CriterionQueryAnswered,
    NoticeEscalated,
    QueryAnswer,
    QueryReason,
)
from flows.digest import RECENT, digest
from flows.follow_up import Case, evolve_case
from flows.listing import Filter, Label, selected
from flows.log import Line
from flows.tallies import log_rows, recruited
from storage.errors import StorageFull, StorageReadOnly
from storage.memory import MemoryLedger
from tests.flows.logs import Log, logs
from tests.flows.robot import START
from tests.flows.test_tallies import line

HOURS = st.integers(0, 500)


def every(_: Label) -> bool:
    """All of them."""
    return True


def signed(number: str, **more: object) -> Line:
    """A line about which nothing is left to do."""
    return line(number, "eligible", complete=True, signed_at=START, **more)


def closed(number: str, **more: object) -> Known:
    """The same, as it is known."""
    return Known(signed(number, **more))


def spoilt(case: Case) -> Case:
    """The same case with everything that a case may hold."""
    number = case.number
    events = (
        CriterionQueried(number, "I2", QueryReason.UNCLEAR),
        CriterionQueryAnswered(number, "I2", QueryAnswer.AS_WORDED),
        CriterionQueried(number, "E3", QueryReason.SOURCE),
        NoticeEscalated(number, "p8", Because.SILENT, "verdict/N/3"),
    )
    for event in events:
        case = evolve_case(case, event, "p9", START)
    return case


def known_of(log: Log) -> KnownScreenings:
    """The log, kept as a register keeps it, each attempt linked to the one before."""
    screenings = KnownScreenings()
    for one in log.lines:
        screenings.keep(one.number, NOTHING, Known(one, log.cases[one.number], written=2))
    for one in log.lines:
        if one.earlier:
            was = screenings.get(one.earlier)
            screenings.keep(one.earlier, was, replace(was, later=one.number))
    return screenings


def linear(log: Log) -> Log:
    """The log, in which no two attempts follow the same one: of such it keeps the first."""
    seen: set[str] = set()
    lines = []
    for one in log.lines:
        lines.append(replace(one, earlier=None) if one.earlier in seen else one)
        seen.add(one.earlier or "")
    return replace(log, lines=tuple(lines))


@given(log=logs())
def test_what_was_put_away_comes_back_as_it_was(log: Log) -> None:
    """Lines in any state, and cases with everything that a case may hold."""
    away = ClosedScreenings()
    told = {one.number: Known(one, spoilt(log.cases[one.number]), 7, "N999") for one in log.lines}
    for number, known in told.items():
        away.put(number, known)
    assert dict(away.walk(every)) == told  # from the scratch
    assert {number: away.get(number) for number in told} == told
    assert away.get("N998") is None


@given(log=logs())
def test_a_log_is_walked_through_in_the_order_of_opening(log: Log) -> None:
    """Open and closed ones in one order, each once, whole or from a moment on."""
    screenings = known_of(log)
    lines = sorted(log.lines, key=lambda one: (one.opened_at, one.number))
    assert [known.line for _, known in screenings.walk(every)] == lines
    since = START + timedelta(hours=3)
    late = [one for one in lines if one.opened_at >= since]
    assert [known.line for _, known in screenings.walk(every, since)] == late
    assert screenings.open == {one.number: one for one in log.lines if one.open}


@given(log=logs(), wanted=st.sampled_from(Filter), size=st.integers(1, 4), hours=HOURS)
def test_the_pages_of_a_list_are_the_list(log: Log, wanted: Filter, size: int, hours: int) -> None:
    """Turned from the first to the last, and beyond it the last one again."""
    screenings, now = known_of(log), START + timedelta(hours=hours)
    asked = Asked(wanted, lambda _: True, now)
    expected = selected(log.lines, wanted, now)
    pages = max(1, -(-len(expected) // size))
    found = [page_of(screenings, asked, page, size) for page in range(pages + 1)]
    assert {one.count for one in found} == {len(expected)}
    assert [line for one in found[:pages] for line in one.lines] == expected
    assert found[-1] == found[-2]


def test_a_list_holds_no_line_of_another_place() -> None:
    """Neither what is open nor what is closed there, nor its number."""
    screenings = KnownScreenings()
    for place in range(40):
        number, site = f"N{place:03d}", ("HM", "LY")[place % 2]
        known = (
            Known(line(number, "pending", site=site)) if place < 8 else closed(number, site=site)
        )
        screenings.keep(number, NOTHING, known)
    for wanted in Filter:
        page = page_of(screenings, Asked(wanted, lambda what: what.site == "HM", START), 0, 30)
        assert {one.site for one in page.lines} <= {"HM"}
        assert page.count == len(page.lines)
    assert page.count == 20


@given(log=logs(), hours=HOURS)
def test_a_digest_finds_whatever_it_speaks_of(log: Log, hours: int) -> None:
    """Among a few it says the same as among all."""
    now, zone = START + timedelta(hours=hours), ZoneInfo("Europe/Paris")
    some = known_of(log).moved(every, now - RECENT)
    lines = [known.line for known in some.values() if known.line]
    cases = {number: known.case for number, known in some.items() if known.case}
    whole = sorted(log.lines, key=lambda one: (one.opened_at, one.number))
    assert digest(lines, cases, now, zone) == digest(whole, log.cases, now, zone)


def test_what_still_waits_is_told_of_however_old_it_is() -> None:
    """For its signature, or in an open case; what is done is not, unless it moved lately."""
    screenings = KnownScreenings()
    done = signed("N4", determined_at=START + timedelta(days=29))
    followed = Case("N3", follower="p9")
    told = {
        "N1": Known(signed("N1")),
        "N2": Known(line("N2", "eligible", complete=True)),
        "N3": Known(signed("N3"), followed),
        "N4": Known(done),
        "N5": Known(line("N5", "pending", opened_at=START)),
    }
    for number, known in told.items():
        screenings.keep(number, NOTHING, known)
    found = screenings.moved(every, START + timedelta(days=28))
    assert list(found) == ["N2", "N3", "N4", "N5"]


@given(log=logs())
def test_attempts_are_found_from_any_of_them(log: Log) -> None:
    """As many, and in the order, in which they follow one another."""
    log = linear(log)
    screenings = known_of(log)
    for one in log.lines:
        found = list(screenings.attempts(one.number))
        assert found.index(one.number) == (
            found.index(one.earlier) + 1 if one.earlier in found else 0
        )
        assert all(list(screenings.attempts(number)) == found for number in found)


@given(log=logs())
def test_the_target_is_counted_as_over_the_whole_log(log: Log) -> None:
    """From those who were enrolled alone, with every attempt over them."""
    log = linear(log)
    register = Register(MemoryLedger())
    register.screenings = known_of(log)
    register._enrolled = {number for number, case in log.cases.items() if case.steps}
    assert register.recruited("lysyme") == recruited(log.lines, log.cases, "lysyme")
    for one in log.lines:
        instead = log.cases | {one.number: Case(one.number)}
        expected = recruited(log.lines, instead, "lysyme")
        assert register.recruited("lysyme", Case(one.number)) == expected
    assert rows_in(dict(register.screenings.walk(every))) == log_rows(log.lines, log.cases)


@given(log=logs(), minutes=st.integers(-100, 100))
def test_one_that_was_opened_just_now_is_found_wherever_it_is(log: Log, minutes: int) -> None:
    """Open or closed; a clock that was set back hides none."""
    now = START + timedelta(hours=2, minutes=minutes)
    lines = sorted(log.lines, key=lambda one: (one.opened_at, one.number))
    found = just_opened(known_of(log), "lysyme", "HM", now)
    assert found == perhaps_the_same(lines, "lysyme", "HM", now)


def test_one_that_is_open_again_is_in_memory_and_nowhere_else() -> None:
    """It is walked through once, and closed again it is found as it then stands."""
    screenings = KnownScreenings()
    screenings.keep("N1", NOTHING, closed("N1"))
    assert list(screenings.open) == []
    again = Known(line("N1", "pending"), Case("N1"), 1)
    screenings.keep("N1", screenings.get("N1"), again)
    assert list(screenings.open) == ["N1"]
    assert list(screenings.walk(every)) == [("N1", again)]
    assert screenings.closed.count(every) == 0
    screenings.keep("N1", again, closed("N1", owner="p2"))
    assert list(screenings.walk(every)) == [("N1", closed("N1", owner="p2"))]
    assert screenings.open == {}


def test_nothing_of_one_that_is_forgotten_stays() -> None:
    """Neither in memory nor in the scratch, whichever of them it was in."""
    screenings = KnownScreenings()
    for number in ("N1", "N2"):
        screenings.keep(number, NOTHING, closed(number))
        screenings.closed.count(every)  # N1 is in the scratch now
    screenings.keep("N3", NOTHING, Known(line("N3", None)))
    for number in ("N1", "N2", "N3"):
        screenings.forget(number)
        assert screenings.get(number) == NOTHING
    assert list(screenings.walk(every)) == []


def test_without_room_they_stay_in_memory(caplog: pytest.LogCaptureFixture) -> None:
    """Each is still found, the log says why, lists say no, and later there is room again."""
    away = ClosedScreenings()
    away._scratch._db.execute("PRAGMA max_page_count = 12")
    with caplog.at_level(logging.ERROR):
        for place in range(2 * BATCH):
            away.put(f"N{place:04d}", closed(f"N{place:04d}"))
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "closed screenings stay in memory"
    ] * 2
    assert away.get("N0000") == closed("N0000")
    with pytest.raises(StorageFull):
        away.count(every)
    away._scratch._db.execute("PRAGMA max_page_count = 100000")
    assert away.count(every) == 2 * BATCH
    assert away.get("N0000") == closed("N0000")


def test_what_cannot_be_dropped_is_still_all_there() -> None:
    """As it stood last, so that whoever tries again begins from that."""
    screenings = KnownScreenings()
    screenings.keep("N1", NOTHING, closed("N1"))
    assert screenings.closed.count(every) == 1  # it is in the scratch now
    newer = replace(closed("N1", owner="p2"), later="N2")
    screenings.keep("N1", screenings.get("N1"), newer)
    for name, other in (("query_only = 1", newer), ("query_only = 0", NOTHING)):
        screenings.closed._scratch._db.execute(f"PRAGMA {name}")
        with pytest.raises(StorageReadOnly) if other is newer else nullcontext():
            screenings.forget("N1")
        assert screenings.get("N1") == other


def test_memory_holds_a_batch_of_them_at_most() -> None:
    """However many there are."""
    away = ClosedScreenings()
    for place in range(10 * BATCH + 5):
        away.put(f"N{place:05d}", closed(f"N{place:05d}"))
        assert len(away._last) < BATCH
    assert away.count(every) == 10 * BATCH + 5

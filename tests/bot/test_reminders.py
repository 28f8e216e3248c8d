"""When somebody is reminded: the usual days, the chosen day, the end of a window."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flows.commands import HandOver, LookAgain, Pause, RemindMe, Stop
from flows.events import Actor, Mode, Role
from flows.reminders import choices, closing_on, last_days, next_day, reminders, waits
from flows.replies import ClosedNotice, ClosingNotice, PendingNotice, ReminderNotice, VerdictNotice
from flows.screening import Screening
from tests.bot.cases import AT, MAN, NUMBER, Case

TODAY = AT.date()
DAY = timedelta(days=1)
LAST = date(2026, 3, 16)
"""The last day of the window that is open: the index date and ten days."""
SYSTEM = Actor("timekeeper", Role.SYSTEM)


def pending(mode: Mode = Mode.SCREENING) -> Case:
    """A serology is awaited; no window is open."""
    return Case(mode).answer({**MAN, "hiv_serology": "pending"})


def not_yet(mode: Mode = Mode.SCREENING) -> Case:
    """The body surface may still grow, until the window closes."""
    return Case(mode).answer({**MAN, "bsa_max_d0_d10_pct": 4})


def days(screening: Screening, until: date, after: date = TODAY) -> list[int]:
    """The days on which somebody is reminded, counted from today."""
    found = []
    while (day := next_day(screening, after)) is not None and day <= until:
        found.append((day - TODAY).days)
        after = day
    return found


def test_the_usual_days() -> None:
    """1, 2, 4, 7, and then every seventh."""
    assert days(pending().screening, TODAY + 30 * DAY) == [1, 2, 4, 7, 14, 21, 28]


def test_a_window_adds_the_day_before_its_last_and_the_last() -> None:
    """Day nine and day ten of ten, beside the usual days."""
    screening = not_yet().screening
    assert last_days(screening) == (LAST,)
    assert days(screening, LAST) == [1, 2, 4, 5, 6]
    closing = closing_on(screening, LAST - DAY)
    assert closing == ClosingNotice(NUMBER, "not_yet", LAST, LAST - DAY, 10)
    assert closing_on(screening, LAST) == ClosingNotice(NUMBER, "not_yet", LAST, LAST, 10)
    assert closing_on(screening, LAST - 2 * DAY) is None


def test_the_chosen_day_takes_the_place_of_the_usual_ones() -> None:
    """Until it has come; the window counts in any case, and then the usual days go on."""
    case = not_yet()
    assert case.tell(RemindMe(TODAY + 3 * DAY)).events
    assert days(case.screening, LAST) == [3, 4, 5, 6]
    case = pending()
    assert case.tell(RemindMe(TODAY + 9 * DAY)).events
    assert days(case.screening, TODAY + 30 * DAY) == [9, 14, 21, 28]


def test_whoever_carries_it_is_told_and_from_the_second_day_the_coordinators() -> None:
    """First the owner alone; later both; a closing window is told to both at once."""
    screening = pending().screening
    mine = ReminderNotice(NUMBER, "p-7", None)
    assert reminders(screening, TODAY + DAY, owned=True) == (mine,)
    late = PendingNotice(NUMBER, "pending", TODAY, "p-7")
    assert reminders(screening, TODAY + 2 * DAY, owned=True) == (mine, late)
    screening = not_yet().screening
    closing = closing_on(screening, LAST)
    assert reminders(screening, LAST, owned=True) == (
        ReminderNotice(NUMBER, "p-7", closing),
        closing,
    )


def test_without_its_owner_the_coordinators_are_told_at_once() -> None:
    """Whoever left is not reminded."""
    found = reminders(pending().screening, TODAY + DAY, owned=False)
    assert found == (PendingNotice(NUMBER, "pending", TODAY, None),)


def test_the_new_owner_is_reminded() -> None:
    """After a hand-over."""
    case = pending()
    case.tell(HandOver("p-9"))
    assert reminders(case.screening, TODAY + DAY, owned=True)[0] == ReminderNotice(
        NUMBER, "p-9", None
    )


def test_nobody_waits_for_what_is_settled_given_up_practised_or_only_checked() -> None:
    """Eligible, ineligible, stopped, practice, quick checks, open questions."""
    stopped = pending()
    stopped.tell(Stop())
    for case in (
        Case().answer(MAN),
        Case().answer({"age_years": 17}),
        Case().answer(MAN, until="consent"),
        pending(Mode.PRACTICE),
        not_yet(Mode.QUICK_CHECK),
        stopped,
    ):
        assert not waits(case.screening)
        assert next_day(case.screening, TODAY) is None
        assert reminders(case.screening, TODAY + DAY, owned=True) == ()


def test_a_paused_screening_is_brought_back_on_the_chosen_day_only() -> None:
    """Without a chosen day nobody asked to be reminded."""
    case = Case().answer(MAN, until="consent")
    case.tell(Pause())
    assert next_day(case.screening, TODAY) is None
    case.tell(RemindMe(TODAY + 2 * DAY))
    assert days(case.screening, TODAY + 60 * DAY) == [2]
    assert reminders(case.screening, TODAY + 2 * DAY, owned=True)[0] == ReminderNotice(
        NUMBER, "p-7", None
    )


def test_what_may_be_chosen() -> None:
    """Tomorrow, in two days, in three, and the last day of the window; never a day that is over."""
    assert choices(not_yet().screening, TODAY) == (
        TODAY + DAY,
        TODAY + 2 * DAY,
        TODAY + 3 * DAY,
        LAST,
    )
    assert choices(not_yet().screening, LAST) == tuple(LAST + n * DAY for n in (1, 2, 3))
    assert len(choices(pending().screening, TODAY)) == 3


def test_a_window_that_closes_by_itself_tells_the_owner() -> None:
    """The verdict goes to the coordinators, and whoever carries it hears of it as well."""
    case = not_yet()
    decision = case.tell(LookAgain(), datetime.combine(LAST + DAY, AT.timetz()), SYSTEM)
    assert [type(one) for one in decision.notices] == [VerdictNotice, ClosedNotice]
    assert decision.notices[1] == ClosedNotice(NUMBER, "p-7")
    assert not waits(case.screening)


@given(st.integers(0, 400), st.integers(1, 400))
def test_there_is_always_a_next_date(after: int, chosen: int) -> None:
    """Whatever day it is: a pending screening has one, later than today and within a week."""
    case = pending()
    case.tell(RemindMe(TODAY + chosen * DAY))
    today = TODAY + after * DAY
    day = next_day(case.screening, today)
    assert day is not None
    assert day > today
    assert day == TODAY + chosen * DAY or (day - today).days <= 7

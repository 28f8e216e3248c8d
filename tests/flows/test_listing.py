"""The filters of the log: each lets through what it says, the newest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given

from flows.events import Mode
from flows.listing import Filter, selected
from tests.flows.logs import Log, logs
from tests.flows.robot import START
from tests.flows.test_tallies import line


@given(log=logs())
def test_each_list_is_a_part_of_all(log: Log) -> None:
    """Nothing is in a list that is not in "all", nobody's practice is, and the order is one."""
    every = selected(log.lines, Filter.ALL, START)
    assert {one.number for one in every} == {
        one.number for one in log.lines if one.mode is not Mode.PRACTICE
    }
    assert [one.opened_at for one in every] == sorted(
        (one.opened_at for one in every), reverse=True
    )
    for name in Filter:
        found = selected(log.lines, name, START)
        assert found == [one for one in every if one in found]


def test_what_waits_for_a_result_is_pending() -> None:
    """Pending and not yet, until a correction or a stop; an eligible one waits for a signature."""
    lines = [
        line("A", "pending"),
        line("B", "not_yet"),
        line("C", "pending", stopped=True),
        line("D", "pending", unsettled=True),
        line("E"),
        line("F", signed_at=START),
        line("G", mode=Mode.QUICK_CHECK),
    ]
    assert {one.number for one in selected(lines, Filter.PENDING, START)} == {"A", "B"}
    assert {one.number for one in selected(lines, Filter.UNSIGNED, START)} == {"E"}


def test_this_week_begins_on_monday_at_the_site() -> None:
    """Sunday night in Paris is last week, a minute later is this week, whatever UTC says."""
    monday = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)  # 00:00 on Monday in Paris
    lines = [
        line("A", opened_at=monday - timedelta(minutes=1), time_zone="Europe/Paris"),
        line("B", opened_at=monday, time_zone="Europe/Paris"),
    ]
    assert [one.number for one in selected(lines, Filter.WEEK, START)] == ["B"]
    assert not selected(lines, Filter.WEEK, START + timedelta(days=7))

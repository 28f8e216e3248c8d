"""What a digest speaks of need not be looked for among all that was ever closed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from flows.digest import RECENT, digest, lasts, moved_at
from flows.events import Mode
from tests.flows.logs import Log, logs
from tests.flows.robot import START

PARIS = ZoneInfo("Europe/Paris")


@given(log=logs(), hours=st.integers(0, 600))
def test_a_digest_speaks_of_what_lasts_and_of_what_moved_lately(log: Log, hours: int) -> None:
    """Without all the others it says the same, whenever it is made."""
    now = START + timedelta(hours=hours)
    some = [
        one
        for one in log.lines
        if lasts(one, log.cases[one.number]) or moved_at(one, log.cases[one.number]) >= now - RECENT
    ]
    assert digest(some, log.cases, now, PARIS) == digest(log.lines, log.cases, now, PARIS)


@given(log=logs())
def test_what_is_open_lasts(log: Log) -> None:
    """Whatever somebody has still to do is told every day; quick checks and practice are not."""
    for one in log.lines:
        if one.open:
            assert lasts(one, log.cases[one.number]) is (one.mode is Mode.SCREENING)

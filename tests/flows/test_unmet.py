"""Criteria that somebody did not meet, as they are counted and as they may be shown."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from flows.tallies import CONFIDENTIAL, Criteria, log_rows
from flows.unmet import shown, unmet
from tests.flows.logs import Log, book, logs

CRITERIA = Criteria.of(book().protocol)


@given(log=logs())
def test_only_the_verdict_that_stands_of_the_last_attempt(log: Log) -> None:
    """What is unmet are the failing criteria of the log's own line, and nothing of anybody else."""
    for row in log_rows(log.lines, log.cases):
        found = unmet(row)
        assert found == (
            row.line.failing if row.counted and row.line.stands == "ineligible" else ()
        )
        assert not unmet(replace(row, counted=False))
        assert not unmet(replace(row, line=replace(row.line, unsettled=True)))


def test_confidential_ones_are_shown_as_one_and_last() -> None:
    """Their own place would tell which they are."""
    assert shown(("E2", "E3", "E4", "E5"), CRITERIA) == ("E2", "E5", CONFIDENTIAL)
    assert shown(("I1", "E5"), CRITERIA) == ("I1", "E5")
    assert shown((), CRITERIA) == ()

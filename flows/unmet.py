"""Criteria that somebody did not meet: what a verdict "ineligible" rests on, once a patient."""

from __future__ import annotations

from collections.abc import Iterable

from flows.tallies import CONFIDENTIAL, Criteria, Row


def unmet(row: Row) -> tuple[str, ...]:
    """The criteria not met in the verdict that stands, in protocol order.

    Of a patient only the last attempt counts. Where the screening stopped at the first exclusion
    this is that one alone: a criterion that was not asked about is not "not met". Nothing is left
    of an erased reason, and nothing said by a verdict that is in question or was given up.
    """
    if not row.counted or row.line.stands != "ineligible":
        return ()
    return row.line.failing


def shown(unmet: Iterable[str], criteria: Criteria) -> tuple[str, ...]:
    """The same, as it may leave the site: those that must not be named stand as one, the last."""
    found = tuple(unmet)
    named = tuple(one for one in found if one in criteria.named)
    return named if len(named) == len(found) else (*named, CONFIDENTIAL)

"""The delegation log: person, role, site, trial, from, until; who delegated, and how it ended.

Names stand in it: a signature bears one, and this is the list that says whose it is (ICH E6(R3)
4.2.3). Outside the site days are counted from the first line.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flows.delegations import DelegationLine
from flows.people import Directory
from storage.exports.cells import Cells, Days

COLUMNS: Final = (
    "person",
    "name",
    "role",
    "site",
    "trial",
    "from",
    "until",
    "state",
    "delegated_at",
    "delegated_by",
    "ended_at",
    "ended_by",
    "ending",
)

EVERY_TRIAL: Final = "all"
"""In place of a trial: the line is for all trials of its site; no trial has this id."""


def delegation_cells(
    line: DelegationLine, directory: Directory, days: Days, now: datetime
) -> Cells:
    """One line as it stands at a moment."""
    return (
        line.person,
        directory.name_of(line.person),
        line.role.value,
        line.site,
        line.trial or EVERY_TRIAL,
        days.moment(line.since),
        days.moment(line.until),
        line.state(now).value,
        days.moment(line.at),
        line.by,
        days.moment(line.ended_at),
        line.ended_by,
        line.ending.value if line.ending else "",
    )

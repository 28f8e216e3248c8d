"""The delegation log: every line that there ever was, and how it ended (ICH E6(R3) 2.3.3, 4.2.3).

The directory forgets what was revoked; the log does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from flows.administration import LineState, state_of
from flows.events import Happened, Role
from flows.people import Delegation, DelegationRevoked, PersonRevoked, RoleDelegated


class Ending(StrEnum):
    """How a line ended before its time."""

    REPLACED = "replaced"
    REVOKED = "revoked"
    PERSON_REVOKED = "person_revoked"


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """One line of the log: who delegated it and when, and who ended it, when and how.

    `since` and `until` are what was delegated (`until` None: until revoked), for one `trial` of
    the site or for all of them (None).
    """

    person: str
    role: Role
    site: str
    since: datetime
    until: datetime | None
    by: str
    at: datetime
    trial: str | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    ending: Ending | None = None

    def state(self, now: datetime) -> LineState:
        """How it stands at a moment."""
        if self.ended_at is not None:
            return LineState.REVOKED
        return state_of(Delegation(self.role, self.site, self.since, self.until, self.trial), now)

    @property
    def held(self) -> tuple[Role, str, str | None]:
        """Of each role, site and trial a person has one line at a time."""
        return self.role, self.site, self.trial


def delegation_lines(history: Iterable[Happened]) -> tuple[DelegationLine, ...]:
    """The lines of one person or of several, in the order in which they were delegated."""
    lines: list[DelegationLine] = []
    for happened in history:
        match happened.event:
            case RoleDelegated() as event:
                held = event.role, event.site, event.trial
                _end(lines, happened, event.person, Ending.REPLACED, held)
                lines.append(
                    DelegationLine(
                        event.person,
                        event.role,
                        event.site,
                        event.since,
                        event.until,
                        happened.by.person,
                        happened.at,
                        event.trial,
                    )
                )
            case DelegationRevoked() as event:
                held = event.role, event.site, event.trial
                _end(lines, happened, event.person, Ending.REVOKED, held)
            case PersonRevoked() as event:
                _end(lines, happened, event.person, Ending.PERSON_REVOKED)
            case _:
                pass
    return tuple(lines)


def _end(
    lines: list[DelegationLine],
    happened: Happened,
    person: str,
    ending: Ending,
    held: tuple[Role, str, str | None] | None = None,
) -> None:
    """End the lines of a person that have not ended: of a role at a site in a trial, or all."""
    for place, line in enumerate(lines):
        if line.person != person or line.ended_at is not None:
            continue
        if held in (None, line.held):
            lines[place] = replace(
                line, ended_at=happened.at, ended_by=happened.by.person, ending=ending
            )

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

    `since` and `until` are what was delegated (`until` None: until revoked).
    """

    person: str
    role: Role
    site: str
    since: datetime
    until: datetime | None
    by: str
    at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    ending: Ending | None = None

    def state(self, now: datetime) -> LineState:
        """How it stands at a moment."""
        if self.ended_at is not None:
            return LineState.REVOKED
        return state_of(Delegation(self.role, self.site, self.since, self.until), now)


def delegation_lines(history: Iterable[Happened]) -> tuple[DelegationLine, ...]:
    """The lines of one person or of several, in the order in which they were delegated."""
    lines: list[DelegationLine] = []
    for happened in history:
        match happened.event:
            case RoleDelegated() as event:
                _end(lines, happened, event.person, Ending.REPLACED, (event.role, event.site))
                lines.append(
                    DelegationLine(
                        event.person,
                        event.role,
                        event.site,
                        event.since,
                        event.until,
                        happened.by.person,
                        happened.at,
                    )
                )
            case DelegationRevoked() as event:
                _end(lines, happened, event.person, Ending.REVOKED, (event.role, event.site))
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
    held: tuple[Role, str] | None = None,
) -> None:
    """End those lines of a person that have not ended: of one role at one site, or all."""
    for place, line in enumerate(lines):
        if line.person != person or line.ended_at is not None:
            continue
        if held in (None, (line.role, line.site)):
            lines[place] = replace(
                line, ended_at=happened.at, ended_by=happened.by.person, ending=ending
            )

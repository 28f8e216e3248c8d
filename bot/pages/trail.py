"""A row of an audit trail, before it is set as a line of text or as a row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.texts.shape import Texts
from flows.events import Actor


@dataclass(frozen=True, slots=True)
class TrailRow:
    """What happened: `number` counts from 1, `when` at the site and in UTC, `who` in which role.

    `about` is the input or the criterion that it is about, by id; "" for neither.
    """

    number: int
    when: str
    who: str
    what: str
    about: str = ""

    @property
    def line(self) -> str:
        """The row as a line of text."""
        return f"  {self.number:>3}  {self.when}  {self.who}  {self.what}"


def both_times(at: datetime, zone: str, texts: Texts) -> str:
    """A moment at the site, and the same in UTC to the millisecond."""
    local = texts.records.moment(at.astimezone(ZoneInfo(zone)))
    return f"{local} ({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z)"


def who_text(by: Actor, texts: Texts) -> str:
    """A person by the pseudonymous id, with the role in which it was done."""
    return f"{by.person} ({texts.records.roles[by.role]})"


def what_text(what: str, detail: str, texts: Texts) -> str:
    """What happened, and what it says in particular, if anything."""
    return f"{what}{texts.colon if detail else ''}{detail}"

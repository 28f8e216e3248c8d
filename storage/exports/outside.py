"""What an event says, in values that JSON has; and what of it may leave the site.

Inside the site all of it is written. Outside no calendar date is left, in answers neither, and
nothing is said about a confidential criterion: its own name, its inputs, what was answered to
them, its judgement and its deadlines are all `confidential`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from flows.events import (
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
    Event,
    JudgementGiven,
)
from flows.protocol.model import InputType, Protocol
from flows.tallies import CONFIDENTIAL
from flows.trail import Change, Value
from storage.exports.cells import Days

ANSWERS: Final = (AnswerGiven, AnswerCarried, AnswerCorrected, AnswerSetAside, JudgementGiven)
"""What somebody said about the patient."""

_DATED: Final = (InputType.DATE, InputType.PARTIAL_DATE)
_LONG: Final = {"protocol-adopted": ("text",)}
"""Fields that are files of their own: the event's digest says which, and the ledger keeps them."""


_HOW_FAR: Final = ("assessed", "undetermined", "judgement_required", "deadlines")
"""Fields of a verdict from which the criterion could be told at which the questions stopped."""


@dataclass(frozen=True, slots=True)
class Veil:
    """What of one version of a protocol must not be named, and which answers are dates."""

    criteria: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    dated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, protocol: Protocol) -> Veil:
        """What it calls confidential, with everything that is asked and dated for it."""
        hidden = [one for one in protocol.criteria if one.confidential]
        criteria = frozenset(one.id for one in hidden)
        inputs = {entry.id for one in hidden for entry in one.inputs}
        deadlines = {deadline.name for one in hidden for deadline in one.deadlines}
        dated = frozenset(entry.id for entry in protocol.inputs if entry.type in _DATED)
        return cls(criteria, criteria | inputs | deadlines, dated)

    def __or__(self, other: Veil) -> Veil:
        """What either of two files hides."""
        return Veil(
            self.criteria | other.criteria, self.names | other.names, self.dated | other.dated
        )

    def excludes(self, event: Event) -> bool:
        """Whether it is a verdict that rests on a confidential criterion.

        Where the questions stopped then tells which one it was.
        """
        return isinstance(event, DeterminationMade) and not self.criteria.isdisjoint(event.failing)


def said_by(event: Event, days: Days, veil: Veil, *, withheld: bool = False) -> dict[str, Any]:
    """Every field of an event by its name.

    Of a screening whose answers are withheld it is not said either how far a verdict has looked.
    """
    left_out = (*_LONG.get(event.kind, ()), *(() if days.dates else ("protocol_version",)))
    if withheld and isinstance(event, DeterminationMade):
        left_out = (*left_out, *_HOW_FAR)
    names = [one.name for one in fields(event) if one.name not in left_out]  # type: ignore[arg-type]
    return {name: _field(event, name, days, veil) for name in names}


def shown(change: Change, event: Event, days: Days, veil: Veil) -> tuple[str, str, str, str]:
    """About what, old, new and why, as cells."""
    old, new = (
        _plain(_answered(event, value, days, veil), days, veil)
        for value in (change.old, change.new)
    )
    cells = (_plain(change.about, days, veil), old, new, _plain(change.reason, days, veil))
    about, before, after, reason = ("" if cell is None else str(cell) for cell in cells)
    return about, before, after, reason


def _field(event: Event, name: str, days: Days, veil: Veil) -> Any:
    value = getattr(event, name)
    if name in ("value", "old", "verdict"):
        value = _answered(event, value, days, veil)
    return _plain(value, days, veil)


def _answered(event: Event, value: Value, days: Days, veil: Veil) -> Value:
    """What was answered or judged, as far as it may be said."""
    if days.dates or value is None or not isinstance(event, ANSWERS):
        return value
    about = event.criterion if isinstance(event, JudgementGiven) else event.input
    if about in veil.names:
        return CONFIDENTIAL
    return days.partial(value) if about in veil.dated and isinstance(value, str) else value


def _plain(value: Any, days: Days, veil: Veil) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime():
            return days.moment(value)
        case date():
            return days.day(value)
        case tuple():
            found = [_plain(one, days, veil) for one in value]
            return found if days.dates else _as_one(found)
        case str() if not days.dates and value in veil.names:
            return CONFIDENTIAL
        case _:
            return value


def _as_one(found: list[Any]) -> list[Any]:
    """The confidential ones as one, at the end: how many they are and where says something."""
    named = [one for one in found if one != CONFIDENTIAL]
    return named if len(named) == len(found) else [*named, CONFIDENTIAL]

"""A screening: one run over one patient, as the fold of its events.

There is no other state. What the ledger holds is folded into this value, a command is decided
on it (`flows.decide`), and the new events are folded on in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Required, TypedDict
from zoneinfo import ZoneInfo

from flows.events import (
    AllReasonsRequested,
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
    Event,
    Happened,
    JudgementGiven,
    JudgementVerdict,
    Mode,
    QuickCheckPromoted,
    ReminderSet,
    ScreeningFinished,
    ScreeningHandedOver,
    ScreeningOpened,
    ScreeningPaused,
    ScreeningResumed,
    ScreeningSigned,
    ScreeningStopped,
    SignatureVoided,
    WindowClosed,
)
from flows.protocol.model import Outcome
from flows.questions import Ground, Walk, offered, walk
from flows.rulebook import Rulebook
from flows.rules import Facts
from flows.stages import Stage, Trigger, after


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that stands: what was signed, by whom and when."""

    signed: ScreeningSigned
    happened: Happened


@dataclass(frozen=True, slots=True)
class Screening:
    """Where one run over one patient stands.

    `version` counts its events. `day_opened` and every other calendar day is a day in the
    site's time zone. `owner` is the pseudonymous id of whoever carries it.
    `carried` are the inputs whose answers came over from an earlier attempt; `remind_on` is the
    day on which the owner chose to be reminded, until the next verdict.
    """

    book: Rulebook
    opened: ScreeningOpened
    opened_at: datetime
    owner: str
    mode: Mode
    stage: Stage = Stage.ASKING
    version: int = 1
    answers: Mapping[str, int | str] = field(default_factory=lambda: MappingProxyType({}))
    judgements: Mapping[str, JudgementVerdict] = field(default_factory=lambda: MappingProxyType({}))
    all_reasons: bool = False
    determination: DeterminationMade | None = None
    latest: datetime | None = None
    signature: Signature | None = None
    carried: frozenset[str] = frozenset()
    remind_on: date | None = None
    _ground: Ground | None = field(default=None, repr=False, compare=False)
    _walks: dict[date, Walk] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def number(self) -> str:
        """The screening number: random, without meaning."""
        return self.opened.number

    def day(self, now: datetime) -> date:
        """The calendar day at the site; never before that of the last event.

        A clock that was set back must not turn what was true into a contradiction.
        """
        return _day_at(max(now, self.latest or self.opened_at), self.opened.time_zone)

    def walk(self, day: date) -> Walk:
        """How far the criteria have been walked, and what comes next, on that day.

        It follows from the rest, which does not change: it is found once, and asked for by the
        decision and by the card. It goes on from where the one before the last event stood, as
        far as the event left that standing; on another day it begins with the first criterion.
        """
        found = self._walks.get(day)
        if found is None:
            start = self._ground
            if start is None or start.day != day:
                start = Ground.of(self.book, self.answers, day)
            found = walk(self.book, start, self.outcomes(), past_exclusions=self.all_reasons)
            self._walks.clear()
            self._walks[day] = found
        return found

    def given(self, day: date) -> Facts:
        """What was answered so far, as facts of that day."""
        return self.walk(day).ground.given

    def offered(self, name: str, day: date) -> list[str]:
        """The codes of an input that can stand beside the other answers, in file order."""
        return offered(self.book, name, self.given(day))

    def outcomes(self) -> dict[str, Outcome | None]:
        """The recorded judgements as outcomes; None where it was deferred."""
        return {
            criterion: None if verdict is JudgementVerdict.DEFERRED else Outcome(verdict.value)
            for criterion, verdict in self.judgements.items()
        }


@lru_cache(maxsize=256)
def _day_at(at: datetime, zone: str) -> date:
    """Asked for the same time by the decision, by what is due and by every part of a card."""
    return at.astimezone(ZoneInfo(zone)).date()


def begin(book: Rulebook, happened: Happened) -> Screening:
    """The screening that its first event opens."""
    event = happened.event
    if not isinstance(event, ScreeningOpened):
        raise ValueError(f"a screening begins with screening-opened, not {event.kind}")
    return Screening(
        book=book,
        opened=event,
        opened_at=happened.at,
        owner=happened.by.person,
        mode=event.mode,
    )


def fold(book: Rulebook, history: Iterable[Happened]) -> Screening:
    """The screening that a history of events amounts to."""
    events = iter(history)
    screening = begin(book, next(events))
    for happened in events:
        screening = evolve(screening, happened)
    return screening


def evolve(screening: Screening, happened: Happened) -> Screening:
    """The screening after one more event.

    Raises:
        NotLegal: the event cannot follow in this stage; the record is not one of ours.

    """
    latest = max(happened.at, screening.latest or screening.opened_at)
    changes = _changes(screening, happened)
    asking = changes["stage"] is Stage.ASKING
    # What is concluded is not walked any further; should it be opened again, it is from the first.
    ground = _left_standing(screening, happened.event) if asking else None
    version = screening.version + 1
    return replace(screening, version=version, latest=latest, _ground=ground, **changes)


def _left_standing(was: Screening, event: Event) -> Ground | None:
    """Where the next walk may begin: what the event leaves standing of the last one."""
    ground = was._ground
    for walked in was._walks.values():
        ground = walked.ground
    if ground is None:
        return None
    match event:
        case AnswerGiven() | AnswerCarried() | AnswerCorrected():
            return ground.answered(was.book, event.input, event.value)
        case AnswerSetAside(input=name):
            return ground.answered(was.book, name, None)
        case JudgementGiven(criterion=criterion):
            return ground.judged(was.book, criterion)
    return ground


class _Changes(TypedDict, total=False):
    """What an event changes, by the fields of a screening."""

    owner: str
    mode: Mode
    stage: Required[Stage]
    answers: Mapping[str, int | str]
    judgements: Mapping[str, JudgementVerdict]
    all_reasons: bool
    determination: DeterminationMade
    signature: Signature | None
    carried: frozenset[str]
    remind_on: date | None


def _changes(was: Screening, happened: Happened) -> _Changes:
    stage = was.stage
    match happened.event:
        case AnswerGiven(input=name, value=value):
            return {
                "stage": after(stage, Trigger.ANSWER),
                "answers": {**was.answers, name: value},
            }
        case AnswerCarried(input=name, value=value):
            return {
                "stage": after(stage, Trigger.CARRY),
                "answers": {**was.answers, name: value},
                "carried": was.carried | {name},
            }
        case AnswerCorrected(input=name, value=value):
            return {
                "stage": after(stage, Trigger.CORRECT),
                "answers": {**was.answers, name: value},
                "judgements": _judgements_without(was, name),
            }
        case AnswerSetAside(input=name):
            return {
                "stage": after(stage, Trigger.SET_ASIDE),
                "answers": {one: value for one, value in was.answers.items() if one != name},
                "judgements": _judgements_without(was, name),
            }
        case JudgementGiven(criterion=criterion, verdict=verdict):
            judgements = {**was.judgements, criterion: verdict}
            return {"stage": after(stage, Trigger.JUDGE), "judgements": judgements}
        case DeterminationMade() as made:
            trigger = Trigger.CONCLUDE if made.complete else Trigger.EXCLUDE
            return {"stage": after(stage, trigger), "determination": made, "remind_on": None}
        case _:
            return _moves(was, happened)


_MOVES: dict[type, Trigger] = {
    ScreeningFinished: Trigger.FINISH,
    ScreeningPaused: Trigger.PAUSE,
    ScreeningResumed: Trigger.RESUME,
    ScreeningStopped: Trigger.STOP,
    WindowClosed: Trigger.EXPIRE,
}


def _moves(was: Screening, happened: Happened) -> _Changes:
    """The events that move a screening on without saying anything about the patient."""
    stage = was.stage
    if trigger := _MOVES.get(type(happened.event)):
        return {"stage": after(stage, trigger)}
    match happened.event:
        case AllReasonsRequested():
            return {"stage": after(stage, Trigger.RECORD_ALL), "all_reasons": True}
        case QuickCheckPromoted():
            stage, person = after(stage, Trigger.PROMOTE), happened.by.person
            return {"stage": stage, "mode": Mode.SCREENING, "owner": person}
        case ScreeningHandedOver(to=person):
            return {"stage": after(stage, Trigger.HAND_OVER), "owner": person}
        case ScreeningSigned() as signed:
            return {
                "stage": after(stage, Trigger.SIGN),
                "signature": Signature(signed, happened),
            }
        case SignatureVoided():
            return {"stage": after(stage, Trigger.VOID), "signature": None}
        case ReminderSet(day=day):
            return {"stage": after(stage, Trigger.REMIND), "remind_on": day}
        case event:
            raise ValueError(f"{event.kind} cannot follow in a screening")


def _judgements_without(was: Screening, changed: str) -> dict[str, JudgementVerdict]:
    """A judgement was made on the facts of that moment: with a new fact it is asked again."""
    return {
        criterion: verdict
        for criterion, verdict in was.judgements.items()
        if changed not in was.book.criteria[criterion].table.reads
    }

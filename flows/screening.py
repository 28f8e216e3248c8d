"""A screening: one run over one patient, as the fold of its events.

There is no other state. What the ledger holds is folded into this value, a command is decided
on it (`flows.decide`), and the new events are folded on in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from flows.events import (
    AllReasonsRequested,
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
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
from flows.questions import Walk, walk
from flows.rulebook import Rulebook
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
    _walks: dict[date, Walk] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def number(self) -> str:
        """The screening number: random, without meaning."""
        return self.opened.number

    def day(self, now: datetime) -> date:
        """The calendar day at the site; never before that of the last event.

        A clock that was set back must not turn what was true into a contradiction.
        """
        now = max(now, self.latest or self.opened_at)
        return now.astimezone(ZoneInfo(self.opened.time_zone)).date()

    def walk(self, day: date) -> Walk:
        """How far the criteria have been walked, and what comes next, on that day.

        It follows from the rest, which does not change: it is found once, and asked for by the
        decision and by the card.
        """
        found = self._walks.get(day)
        if found is None:
            found = self._walks[day] = walk(
                self.book,
                self.answers,
                self.outcomes(),
                day,
                past_exclusions=self.all_reasons,
            )
        return found

    def outcomes(self) -> dict[str, Outcome | None]:
        """The recorded judgements as outcomes; None where it was deferred."""
        return {
            criterion: None if verdict is JudgementVerdict.DEFERRED else Outcome(verdict.value)
            for criterion, verdict in self.judgements.items()
        }


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
    return replace(_with(screening, happened), version=screening.version + 1, latest=latest)


def _with(was: Screening, happened: Happened) -> Screening:
    match happened.event:
        case AnswerGiven(input=name, value=value):
            return replace(_to(was, Trigger.ANSWER), answers={**was.answers, name: value})
        case AnswerCarried(input=name, value=value):
            carried = replace(_to(was, Trigger.CARRY), carried=was.carried | {name})
            return replace(carried, answers={**was.answers, name: value})
        case AnswerCorrected(input=name, value=value):
            return _without_judgements(
                replace(_to(was, Trigger.CORRECT), answers={**was.answers, name: value}), name
            )
        case AnswerSetAside(input=name):
            kept = {other: value for other, value in was.answers.items() if other != name}
            return _without_judgements(replace(_to(was, Trigger.SET_ASIDE), answers=kept), name)
        case JudgementGiven(criterion=criterion, verdict=verdict):
            judgements = {**was.judgements, criterion: verdict}
            return replace(_to(was, Trigger.JUDGE), judgements=judgements)
        case DeterminationMade() as made:
            trigger = Trigger.CONCLUDE if made.complete else Trigger.EXCLUDE
            return replace(_to(was, trigger), determination=made, remind_on=None)
        case _:
            return _moved(was, happened)


_MOVES: dict[type, Trigger] = {
    ScreeningFinished: Trigger.FINISH,
    ScreeningPaused: Trigger.PAUSE,
    ScreeningResumed: Trigger.RESUME,
    ScreeningStopped: Trigger.STOP,
}


def _moved(was: Screening, happened: Happened) -> Screening:
    """The events that move a screening on without saying anything about the patient."""
    if trigger := _MOVES.get(type(happened.event)):
        return _to(was, trigger)
    match happened.event:
        case AllReasonsRequested():
            return replace(_to(was, Trigger.RECORD_ALL), all_reasons=True)
        case QuickCheckPromoted():
            promoted = _to(was, Trigger.PROMOTE)
            return replace(promoted, mode=Mode.SCREENING, owner=happened.by.person)
        case ScreeningHandedOver(to=person):
            return replace(_to(was, Trigger.HAND_OVER), owner=person)
        case ScreeningSigned() as signed:
            return replace(_to(was, Trigger.SIGN), signature=Signature(signed, happened))
        case SignatureVoided():
            return replace(_to(was, Trigger.VOID), signature=None)
        case WindowClosed():
            return _to(was, Trigger.EXPIRE)
        case ReminderSet(day=day):
            return replace(_to(was, Trigger.REMIND), remind_on=day)
        case event:
            raise ValueError(f"{event.kind} cannot follow in a screening")


def _to(was: Screening, trigger: Trigger) -> Screening:
    stage = after(was.stage, trigger)
    return was if stage is was.stage else replace(was, stage=stage)


def _without_judgements(was: Screening, changed: str) -> Screening:
    """A judgement was made on the facts of that moment: with a new fact it is asked again."""
    kept = {
        criterion: verdict
        for criterion, verdict in was.judgements.items()
        if changed not in was.book.criteria[criterion].table.reads
    }
    return replace(was, judgements=kept)

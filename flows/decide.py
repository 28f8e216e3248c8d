"""Decide what follows from a command: events, a remark, notices. Pure: no clock, no store.

The caller appends the events in one transaction and only then shows the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce

from flows.again import Attempt, carried
from flows.answers import Reader, Refused
from flows.commands import (
    Command,
    Finish,
    GiveAnswer,
    GiveJudgement,
    HandOver,
    LookAgain,
    OpenScreening,
    Pause,
    Promote,
    RecordAllReasons,
    RemindMe,
    Resume,
    Sign,
    Stop,
)
from flows.determination import Verdict, determine
from flows.events import (
    Actor,
    AllReasonsRequested,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    Happened,
    JudgementGiven,
    JudgementVerdict,
    Mode,
    QuickCheckPromoted,
    Reason,
    ReminderSet,
    Role,
    ScreeningEvent,
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
from flows.logic import Fact
from flows.protocol.model import Outcome
from flows.questions import AskInput, AskJudgement
from flows.replies import (
    AlreadySo,
    CannotSign,
    ClosedNotice,
    HandOverNotice,
    NeedsReason,
    NotAsked,
    NothingToJudge,
    Notice,
    NotNow,
    Remark,
    SignatureNotice,
    VerdictNotice,
    Warned,
)
from flows.rulebook import Rulebook
from flows.screening import Screening, begin, evolve
from flows.stages import Stage, Trigger, legal
from flows.verdicts import determined, due, notice_of

RULESET = 1
"""The version of the evaluation itself; a record names it beside the protocol's version."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows: the events to append, the screening after them, a remark, notices owed."""

    events: tuple[Happened, ...]
    screening: Screening
    remark: Remark | None = None
    notices: tuple[Notice, ...] = ()


def open_screening(
    book: Rulebook,
    command: OpenScreening,
    now: datetime,
    by: Actor,
    earlier: Attempt | None = None,
) -> Decision:
    """Begin a screening: its first event, what comes over from an earlier attempt, itself."""
    opened = ScreeningOpened(
        number=command.number,
        trial=book.protocol.id,
        protocol_version=book.protocol.version,
        protocol_sha256=book.sha256,
        ruleset=RULESET,
        site=command.site,
        time_zone=command.time_zone,
        mode=command.mode,
        language=command.language,
        earlier=earlier.screening.number if earlier else None,
    )
    happened = Happened(opened, now, by)
    begun = begin(book, happened)
    if earlier is None:
        return Decision((happened,), begun)
    then = _follow(begun, carried(book, earlier, begun.day(now)), now, by)
    return replace(then, events=(happened, *then.events))


def decide(screening: Screening, command: Command, now: datetime, by: Actor) -> Decision:
    """What follows from one command, given by one person, at one time (UTC).

    A command that cannot be followed gives no events and a remark that says why.
    """
    trigger = _trigger(screening, command)
    # What may be corrected before a signature may be corrected after it: that voids it.
    voids = screening.stage is Stage.SIGNED and trigger in _VOIDING
    if trigger and not voids and not _possible(screening, command, trigger, now):
        return Decision((), screening, NotNow(screening.stage, trigger))
    match command:
        case GiveAnswer():
            return _answer(screening, command, now, by)
        case GiveJudgement():
            return _judge(screening, command, now, by)
        case HandOver(to=person):
            notices = (
                ()
                if _practice(screening)
                else (HandOverNotice(screening.number, by.person, person),)
            )
            return _follow(screening, [ScreeningHandedOver(person)], now, by, notices=notices)
        case Sign():
            return _sign(screening, command, now, by)
        case LookAgain():
            return _look_again(screening, now, by)
        case RemindMe(day=day):
            return _follow(screening, [ReminderSet(day)], now, by)
        case Promote() if screening.mode is not Mode.QUICK_CHECK:
            return Decision((), screening, AlreadySo())
        case _:
            return _follow(screening, [_MOVES[type(command)]], now, by)


_MOVES: dict[type, ScreeningEvent] = {
    RecordAllReasons: AllReasonsRequested(),
    Finish: ScreeningFinished(),
    Pause: ScreeningPaused(),
    Resume: ScreeningResumed(),
    Stop: ScreeningStopped(),
    Promote: QuickCheckPromoted(),
}

_VOIDING = (Trigger.ANSWER, Trigger.CORRECT, Trigger.JUDGE)

_TRIGGERS: dict[type, Trigger] = {
    Sign: Trigger.SIGN,
    GiveJudgement: Trigger.JUDGE,
    RecordAllReasons: Trigger.RECORD_ALL,
    Finish: Trigger.FINISH,
    Pause: Trigger.PAUSE,
    Resume: Trigger.RESUME,
    Stop: Trigger.STOP,
    Promote: Trigger.PROMOTE,
    HandOver: Trigger.HAND_OVER,
    RemindMe: Trigger.REMIND,
}


def _trigger(screening: Screening, command: Command) -> Trigger | None:
    if isinstance(command, GiveAnswer):
        return Trigger.CORRECT if command.input in screening.answers else Trigger.ANSWER
    return _TRIGGERS.get(type(command))


_SETTLED = (Verdict.ELIGIBLE.value, Verdict.INELIGIBLE.value)


def _possible(screening: Screening, command: Command, trigger: Trigger, now: datetime) -> bool:
    """Whether the stage allows it; what has its last word is neither given up nor waited for."""
    if not legal(screening.stage, trigger):
        return False
    if isinstance(command, RemindMe) and command.day <= screening.day(now):
        return False
    made = screening.determination if screening.stage is Stage.CONCLUDED else None
    settled = made is not None and made.verdict in _SETTLED
    return not (settled and isinstance(command, Stop | RemindMe))


def _practice(screening: Screening) -> bool:
    return screening.mode is Mode.PRACTICE


# --- answers ----------------------------------------------------------------------------------


def _answer(screening: Screening, command: GiveAnswer, now: datetime, by: Actor) -> Decision:
    name, book, day = command.input, screening.book, screening.day(now)
    reader = book.readers.get(name)
    if reader is None or not _may_answer(screening, reader, day):
        return Decision((), screening, NotAsked(name))
    value = reader.accept(command.value, banded=True)
    if isinstance(value, Refused):
        return Decision((), screening, value)
    given = screening.given(day)
    facts = book.derived({**given, name: reader.fact(value)}, final=False)
    if words := reader.contradiction(facts):
        return Decision((), screening, Refused(name, reader.expected, words))
    kept = reader.reduce(value, facts)
    event = _given_or_corrected(screening, command, kept)
    if not isinstance(event, AnswerGiven | AnswerCorrected):
        return Decision((), screening, event)
    aside = _set_aside(screening, {**given, name: reader.fact(kept)}, name)
    words = reader.warning(facts)
    warned = Warned(name, words) if words else None
    return _follow(screening, [event, *aside], now, by, remark=warned)


def _may_answer(screening: Screening, reader: Reader, day: date) -> bool:
    """Asked now, answered before, or kept for the record only: nothing is asked out of order."""
    name = reader.entry.id
    if name in screening.answers or reader.entry.record_only:
        return True
    step = screening.walk(day).step
    return isinstance(step, AskInput) and step.input == name


def _given_or_corrected(
    screening: Screening, command: GiveAnswer, kept: int | str
) -> AnswerGiven | AnswerCorrected | Remark:
    name = command.input
    if name not in screening.answers:
        return AnswerGiven(name, kept)
    old = screening.answers[name]
    if old == kept:
        return AlreadySo()
    reason = command.reason
    if reason is None and old in screening.book.readers[name].non_answers:
        reason = Reason.RESULT_ARRIVED  # nothing was claimed before, so nothing is taken back
    return AnswerCorrected(name, old, kept, reason) if reason else NeedsReason(name, command.value)


def _set_aside(screening: Screening, given: dict[str, Fact], changed: str) -> list[AnswerSetAside]:
    """The other answers that the changed one contradicts: they will be asked again."""
    aside = []
    while clashing := [name for name in screening.book.clashing(given) if name != changed]:
        for name in clashing:
            del given[name]
            aside.append(AnswerSetAside(name, screening.answers[name], changed))
    return aside


def _judge(screening: Screening, command: GiveJudgement, now: datetime, by: Actor) -> Decision:
    name, day = command.criterion, screening.day(now)
    if not _to_be_judged(screening, name, day):
        return Decision((), screening, NothingToJudge(name))
    old = screening.judgements.get(name)
    if old is command.verdict:
        return Decision((), screening, AlreadySo())
    reason = command.reason
    if old is JudgementVerdict.DEFERRED and reason is None:
        reason = Reason.NEW_ASSESSMENT
    if old is not None and reason is None:
        return Decision((), screening, NeedsReason(name, command.verdict.value))
    given = JudgementGiven(name, command.verdict, old, reason if old else None)
    return _follow(screening, [given], now, by)


def _to_be_judged(screening: Screening, criterion: str, day: date) -> bool:
    """It is asked for now, or it was asked for before and the facts still leave it open."""
    if screening.walk(day).step == AskJudgement(criterion):
        return True
    made = screening.determination
    asked = criterion in screening.judgements or (
        made is not None and criterion in made.judgement_required
    )
    unjudged = determine(screening.book, screening.answers, {}, day)
    return asked and criterion in unjudged.having(Outcome.JUDGEMENT)


# --- what follows -----------------------------------------------------------------------------


def _follow(
    screening: Screening,
    said: Sequence[ScreeningEvent],
    now: datetime,
    by: Actor,
    *,
    remark: Remark | None = None,
    notices: tuple[Notice, ...] = (),
) -> Decision:
    """The events said, then the determination that they lead to, if they lead to one."""
    before = screening
    if screening.stage is Stage.SIGNED and said and isinstance(said[0], _CHANGES):
        made = screening.determination
        said = [SignatureVoided(_about(said[0])), *said]
        if made is not None and not _practice(screening):
            notices += (SignatureNotice(screening.number, made.verdict, voided=True),)
    events = [Happened(event, now, by) for event in said]
    for happened in events:
        screening = evolve(screening, happened)
    if made := due(screening, now):
        events.append(Happened(made, now, by))
        screening = evolve(screening, events[-1])
        notice = notice_of(screening, made)
        if not _practice(screening) and notice != _last_notice(before):
            notices += (notice,)
    return Decision(tuple(events), screening, remark, notices)


_CHANGES = (AnswerGiven, AnswerCorrected, JudgementGiven)


def _about(event: ScreeningEvent) -> str:
    """The input, or the criterion, that an event changes."""
    return event.criterion if isinstance(event, JudgementGiven) else getattr(event, "input", "")


def _sign(screening: Screening, command: Sign, now: datetime, by: Actor) -> Decision:
    """Sign a complete verdict of a screening; a pending one cannot be signed."""
    made = screening.determination
    if screening.mode is not Mode.SCREENING or made is None or made.verdict not in _SETTLED:
        return Decision((), screening, CannotSign())
    signed = ScreeningSigned(command.name, made.verdict, command.record_sha256)
    notice = SignatureNotice(screening.number, made.verdict, voided=False)
    return _follow(screening, [signed], now, by, notices=(notice,))


def _look_again(screening: Screening, now: datetime, by: Actor) -> Decision:
    """Nothing was said, but days may have passed: what was open may be closed now."""
    if screening.stage is not Stage.CONCLUDED or screening.determination is None:
        return _follow(screening, [], now, by)
    was = screening.determination
    if not was.complete:
        return Decision((), screening)
    made = determined(screening, screening.day(now), was.assessed, complete=True)
    if (made.verdict, made.undetermined) == (was.verdict, was.undetermined):
        return Decision((), screening)
    said: list[ScreeningEvent] = [
        WindowClosed(name, day) for name, day in was.deadlines if day < made.day
    ]
    events = tuple(Happened(event, now, by) for event in (*said, made))
    after = reduce(evolve, events, screening)
    notices: tuple[Notice, ...] = () if _practice(screening) else (notice_of(after, made),)
    if said and notices and by.role is Role.SYSTEM:
        notices += (ClosedNotice(screening.number, screening.owner),)
    return Decision(events, after, notices=notices)


def _last_notice(screening: Screening) -> VerdictNotice | None:
    made = screening.determination
    return notice_of(screening, made) if made else None

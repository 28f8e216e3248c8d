"""A case: on a phone what stands, in the printed record how it came to stand. Never an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.pages.log import verdict_text
from bot.pages.trail import TrailRow, both_times, what_text, who_text
from bot.texts.shape import Texts
from flows.cases import (
    CaseTaken,
    CriterionQueried,
    CriterionQueryAnswered,
    FollowUpRecorded,
    NoticeEscalated,
    NoticeFailed,
    NoticeSeen,
    NoticeSent,
)
from flows.events import Happened, Mode
from flows.follow_up import Step
from flows.protocol.model import Protocol
from flows.steps import contradictions
from flows.tallies import CONFIDENTIAL, Criteria, Row

NameOf = Callable[[str], str]


def case_page(row: Row, protocol: Protocol, texts: Texts, name_of: NameOf) -> str:
    """A case as HTML for a phone: verdict, dates, signature, who carries it, the steps."""
    line, case, colon = row.line, row.case, texts.colon
    words = texts.log
    kind = texts.records.modes[line.mode]
    follower = name_of(case.follower) if case.follower else words.nobody
    parts = [
        f"<b>{escape(f'{line.number} · {protocol.acronym} · {line.site}')}</b>",
        escape(kind),
        *map(escape, _verdict(row, protocol, texts)),
        escape(f"{texts.records.signature}{colon}{_signature(row, texts, name_of)}"),
        escape(f"{texts.records.opened}{colon}{_moment(line.opened_at, line.time_zone)}"),
        escape(f"{words.carried_by}{colon}{name_of(line.owner)}"),
        escape(f"{words.followed_by}{colon}{follower}"),
    ]
    if line.earlier:
        parts.append(escape(words.attempt(row.attempt, line.earlier)))
    return "\n".join([*parts, *_follow_up(row, texts, name_of)])


def _verdict(row: Row, protocol: Protocol, texts: Texts) -> Iterator[str]:
    """The verdict, its first reason where it may be named, and the dates that hang on it."""
    line = row.line
    reason = Criteria.of(protocol).reason(line)
    named = f" · {reason}" if reason not in ("", CONFIDENTIAL) else ""
    yield f"{texts.records.verdict}{texts.colon}{verdict_text(line, texts)}{named}"
    if line.stands in ("pending", "not_yet", "eligible"):
        labels = {
            deadline.name: deadline.label.of(texts.language)
            for criterion in protocol.criteria
            for deadline in criterion.deadlines
        }
        for name, day in line.deadlines:
            yield f"{labels.get(name, name)}{texts.colon}{texts.cards.day(day)}"


def _signature(row: Row, texts: Texts, name_of: NameOf) -> str:
    line = row.line
    if line.signed_at is None:
        return texts.log.unsigned
    return f"{name_of(line.signed_by)}, {_moment(line.signed_at, line.time_zone)}"


def _follow_up(row: Row, texts: Texts, name_of: NameOf) -> Iterator[str]:
    line, case, words = row.line, row.case, texts.log
    if line.mode is Mode.SCREENING:
        status = step_text(case.steps[-1], texts) if case.steps else words.no_status
        yield f"<b>{escape(f'{words.status}{texts.colon}{status}')}</b>"
    if case.steps:
        yield escape(f"{words.steps}{texts.colon}".rstrip())
    for step in case.steps:
        when = _moment(step.at, line.time_zone)
        yield escape(f"  {when}  {step_text(step, texts)}, {name_of(step.by)}")
    for one in contradictions(line, case):
        yield f"⚠ {escape(words.contradictions[one])}"
    if case.queries:
        waiting = sum(1 for query in case.queries if query.answer is None)
        yield escape(words.queries(waiting, len(case.queries)))


def step_text(step: Step, texts: Texts) -> str:
    """A status, and for who declined the category."""
    said = texts.duty.steps[step.status]
    return f"{said} ({texts.log.declines[step.declined]})" if step.declined else said


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d/%m %H:%M}"


# --- the trail ---------------------------------------------------------------------------------


def case_trail(happened: Sequence[Happened], zone: str, texts: Texts) -> str:
    """What was done about a case beside its screening, in order; "" where nothing was.

    It is a part of the record, so it names the criteria that were asked about.
    """
    if not happened:
        return ""
    lines = [f"{texts.case.heading}{texts.colon}".rstrip()]
    lines += [row.line for row in case_rows(happened, zone, texts)]
    return "\n" + "\n".join(lines) + "\n"


def case_rows(happened: Sequence[Happened], zone: str, texts: Texts) -> Iterator[TrailRow]:
    """The same as rows."""
    for number, one in enumerate(sorted(happened, key=lambda one: one.at), start=1):
        what = what_text(texts.case.events[one.event.kind], _detail(one, texts), texts)
        yield TrailRow(number, both_times(one.at, zone, texts), who_text(one.by, texts), what)


def _detail(happened: Happened, texts: Texts) -> str:
    kinds = texts.case.notices
    match happened.event:
        case NoticeSent(recipient=person, about=about, repeat=repeat):
            again = f" ({texts.case.repeat})" if repeat else ""
            return f"{person}, {kinds.get(about, about)}{again}"
        case NoticeFailed(recipient=person, about=about):
            return f"{person}, {kinds.get(about, about)}"
        case NoticeSeen(about=about):
            return kinds.get(about, about)
        case NoticeEscalated(to=person, because=because):
            return f"{person}, {texts.case.because[because]}"
        case FollowUpRecorded(status=status, declined=declined):
            return step_text(Step(status, declined, "", happened.at), texts)
        case CriterionQueried(criterion=name, reason=reason):
            return f"{name}, {texts.duty.queries[reason]}"
        case CriterionQueryAnswered(criterion=name, answer=answer):
            return f"{name}, {texts.duty.query_answers[answer]}"
        case CaseTaken():
            return ""
        case event:
            raise ValueError(f"{event.kind} is not about a case")

"""The record of a screening as an inspector reads it: what stands, and how it came to stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.cards.attempts import ALONE, Attempts
from bot.cards.ending import advisory_lines, verdict_line
from bot.cards.repeating import Mark, attempt_lines, marks, unmarked
from bot.cards.review import given
from bot.cards.views import Question
from bot.cards.wording import judgement_text, value_text
from bot.pages.erased import erased_row
from bot.pages.trail import TrailRow, both_times, what_text, who_text
from bot.texts.shape import Texts
from flows.answers import Value
from flows.determination import Finding, Verdict, determine
from flows.erasure import ScreeningErased
from flows.events import (
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
    Event,
    Happened,
    JudgementGiven,
    ReminderSet,
    ScreeningHandedOver,
    ScreeningOpened,
    ScreeningSigned,
    SignatureVoided,
    WindowClosed,
)
from flows.log import in_question
from flows.logic import Span
from flows.protocol.model import Criterion, InputType, Outcome
from flows.screening import Screening
from flows.stages import Stage
from storage.frozen import fingerprint_of


def record_page(
    screening: Screening,
    history: Sequence[Happened],
    texts: Texts,
    attempts: Attempts = ALONE,
    proof: Sequence[str] = (),
) -> str:
    """The whole record: head, criteria, answers, trail; what changed since an earlier attempt.

    `proof` stands under a signature.
    """
    return "\n".join(_lines(screening, history, texts, attempts, proof)) + "\n"


def list_page(screenings: Sequence[Screening | ScreeningErased], texts: Texts) -> str:
    """One line a screening, in the order given; of one that was erased, what is left of it."""
    words = texts.records
    if not screenings:
        return f"{words.list_empty}\n"
    rows = [words.list_head, *(_row(screening, texts) for screening in screenings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(words.list_head))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"


def _row(screening: Screening | ScreeningErased, texts: Texts) -> tuple[str, ...]:
    if isinstance(screening, ScreeningErased):
        return erased_row(screening, texts)
    words, made = texts.records, screening.determination
    return (
        screening.number,
        screening.book.protocol.acronym,
        screening.opened.site,
        words.moment(_at_site(screening, screening.opened_at)),
        words.modes[screening.mode],
        words.stages[screening.stage],
        words.verdicts[made.verdict] if made else words.no_verdict,
    )


def _lines(
    screening: Screening,
    history: Sequence[Happened],
    texts: Texts,
    attempts: Attempts,
    proof: Sequence[str],
) -> Iterator[str]:
    words, opened, made = texts.records, screening.opened, screening.determination
    protocol = screening.book.protocol
    yield words.heading(screening.number)
    yield ""
    ids = ", ".join(protocol.registry_ids.values())
    yield f"{words.trial}{texts.colon}{protocol.acronym} ({ids})"
    yield f"{words.protocol}{texts.colon}{opened.protocol_version}"
    yield f"  SHA-256 {opened.protocol_sha256}"
    yield f"{words.site}{texts.colon}{opened.site} ({opened.time_zone})"
    yield f"{words.mode}{texts.colon}{words.modes[screening.mode]}"
    yield f"{words.opened}{texts.colon}{_both_times(screening, screening.opened_at, texts)}"
    yield from attempt_lines(screening, attempts, texts)
    yield f"{words.stage}{texts.colon}{words.stages[screening.stage]}"
    verdict = verdict_line(screening, made, texts) if made else words.no_verdict
    yield f"{words.verdict}{texts.colon}{verdict}"
    if made:
        yield f"  {texts.cards.verdict_on(made.day, opened.protocol_version)}"
        if in_question(history):
            yield f"  {words.in_question}"
        if not is_closed(screening):
            yield from date_lines(screening, made, texts)
    if screening.signature:
        signed = screening.signature.signed
        yield f"{words.signature}{texts.colon}{signed.name}"
        yield f"  {_both_times(screening, screening.signature.happened.at, texts)}"
        yield f"  {texts.cards.meanings[signed.meaning]}"
        yield f"  SHA-256 {signed.record_sha256}"
        yield from proof
    yield ""
    yield f"{words.criteria}{texts.colon}".rstrip()
    yield from _criteria(screening, texts, attempts)
    yield ""
    yield f"{words.trail}{texts.colon}({words.received})"
    yield from (row.line for row in trail_rows(screening, history, texts))


def is_closed(screening: Screening) -> bool:
    """Whether nothing hangs on calendar days any more, so that they are shown as offsets."""
    made = screening.determination
    if screening.stage is Stage.STOPPED:
        return True
    ineligible = made is not None and made.verdict == Verdict.INELIGIBLE
    return screening.stage in (Stage.CONCLUDED, Stage.SIGNED) and ineligible


def date_lines(screening: Screening, made: DeterminationMade, texts: Texts) -> Iterator[str]:
    """The deadlines of a verdict and the advisory dates, a line each."""
    labels = _labels(screening, texts)
    for name, day in made.deadlines:
        yield f"  {labels[name]}{texts.colon}{texts.cards.day(day)}"
    for line in advisory_lines(screening, made.day, texts):
        yield f"  {line}"


def _labels(screening: Screening, texts: Texts) -> dict[str, str]:
    """What each deadline is called."""
    return {
        named.deadline.name: named.deadline.label.of(texts.language)
        for entry in screening.book.entries
        for named in entry.deadlines
    }


@dataclass(frozen=True, slots=True)
class Stands:
    """What the record says of one criterion: its finding, and what was answered and judged.

    `outcome` is None where it was not assessed. `said` holds the id of the input, or of the
    criterion that was judged, with the words.
    """

    criterion: Criterion
    outcome: Outcome | None
    finding: str
    said: tuple[tuple[str, str], ...]


def standing_criteria(
    screening: Screening, texts: Texts, attempts: Attempts = ALONE
) -> Iterator[Stands]:
    """Every criterion in protocol order, with what stands."""
    words, found = texts.records, _found(screening)
    said: dict[str, list[tuple[str, str]]] = {}

    def shown(name: str, value: Value, text: str) -> str:
        return _dated(screening, name, text, texts, str(value))

    mark = marks(screening, attempts, texts, shown)
    for where, what, target in given(screening, texts, mark):
        name = target.input if isinstance(target, Question) else None
        line = _dated(screening, name, what, texts, mark=mark)
        said.setdefault(where, []).append((name or where, line))
    for entry in screening.book.entries:
        criterion = entry.criterion
        outcome = found[criterion.id].outcome if criterion.id in found else None
        finding = words.findings[criterion.kind, outcome] if outcome else words.not_assessed
        yield Stands(criterion, outcome, finding, tuple(said.get(criterion.id, ())))


def _criteria(screening: Screening, texts: Texts, attempts: Attempts) -> Iterator[str]:
    for one in standing_criteria(screening, texts, attempts):
        text = one.criterion.text.of(texts.language)
        yield f"  {one.criterion.id:<4}{one.finding:<16} {text}"
        yield from (f"        {line}" for _, line in one.said)


def _found(screening: Screening) -> dict[str, Finding]:
    """The findings that stand: those of the recorded verdict, or those made on the way so far."""
    made = screening.determination
    if made is None:
        day = screening.day(screening.latest or screening.opened_at)
        return {one.criterion: one for one in screening.walk(day).findings}
    judged = {name: verdict for name, verdict in screening.outcomes().items() if verdict}
    findings = determine(screening.book, screening.answers, judged, made.day).findings
    return {one.criterion: one for one in findings if one.criterion in made.assessed}


def trail_rows(
    screening: Screening, history: Sequence[Happened], texts: Texts
) -> Iterator[TrailRow]:
    """Everything that happened in it, in order, with old and new value and the reason."""
    for number, happened in enumerate(history, start=1):
        event = happened.event
        yield TrailRow(
            number,
            _both_times(screening, happened.at, texts),
            who_text(happened.by, texts),
            what_text(texts.records.events[event.kind], _detail(screening, event, texts), texts),
            _about(event),
        )


def _about(event: Event) -> str:
    match event:
        case (
            AnswerCarried(input=name)
            | AnswerGiven(input=name)
            | AnswerCorrected(input=name)
            | AnswerSetAside(input=name)
            | JudgementGiven(criterion=name)
        ):
            return name
        case _:
            return ""


def _detail(screening: Screening, event: Event, texts: Texts) -> str:
    match event:
        case ScreeningOpened():
            return f"{event.trial} {event.protocol_version}"
        case WindowClosed(deadline=name, day=day):
            return f"{_labels(screening, texts)[name]}{texts.colon}{_shown(screening, day, texts)}"
        case ReminderSet(day=day):
            return _shown(screening, day, texts)
        case AnswerCarried(input=name, value=value, by=by, at=at):
            given_by = f"{by}, {_both_times(screening, at, texts)}"
            return f"{name} = {_value(screening, name, value, texts)} ({given_by})"
        case AnswerGiven(input=name, value=value):
            return f"{name} = {_value(screening, name, value, texts)}"
        case AnswerCorrected(input=name, old=old, value=value, reason=reason):
            change = (
                f"{_value(screening, name, old, texts)} → {_value(screening, name, value, texts)}"
            )
            return f"{name}{texts.colon}{change} ({texts.cards.reasons[reason]})"
        case AnswerSetAside(input=name, old=old, because=because):
            return f"{because}{texts.colon}{name} = {_value(screening, name, old, texts)}"
        case JudgementGiven(criterion=name, verdict=verdict, old=old, reason=reason):
            criterion = screening.book.criteria[name].criterion
            said = judgement_text(criterion, verdict, texts)
            if old is not None:
                said = f"{judgement_text(criterion, old, texts)} → {said}"
            return f"{name}{texts.colon}{said}" + (
                f" ({texts.cards.reasons[reason]})" if reason else ""
            )
        case _:
            return _outcome(event, texts)


def _outcome(event: Event, texts: Texts) -> str:
    """What an event says that is not an answer."""
    match event:
        case DeterminationMade():
            failing = f" ({', '.join(event.failing)})" if event.failing else ""
            return texts.records.verdicts[event.verdict] + failing
        case ScreeningHandedOver(to=person):
            return person
        case ScreeningSigned(name=name, meaning=meaning):
            return f"{name}, {texts.cards.meanings[meaning]}"
        case SignatureVoided(because=because):
            return because
        case _:
            return ""


def _value(screening: Screening, name: str, value: int | str, texts: Texts) -> str:
    entry = screening.book.readers[name].entry
    return _dated(screening, name, value_text(entry, value, texts), texts, value)


def _dated(
    screening: Screening,
    name: str | None,
    text: str,
    texts: Texts,
    value: int | str | None = None,
    mark: Mark = unmarked,
) -> str:
    """The text; for a day of a closed case, the days since the index date instead of the day.

    Which input is the index is the protocol's: the date from which its deadlines count.
    """
    if name is None or not is_closed(screening):
        return text
    reader = screening.book.readers[name]
    if reader.entry.type is not InputType.DATE:
        return text
    fact = reader.fact(screening.answers[name] if value is None else value)
    day = fact.day() if isinstance(fact, Span) else None
    if day is None:
        return text
    label = reader.entry.question.of(texts.language).rstrip("? \u00a0\u202f")
    offset = _offset(screening, day, texts)
    if value is not None:
        return offset
    return f"{label}{texts.colon}{offset.join(mark(name))}"


def _shown(screening: Screening, day: date, texts: Texts) -> str:
    """A day; in a closed case the days since the index date."""
    return _offset(screening, day, texts) if is_closed(screening) else texts.cards.day(day)


def _offset(screening: Screening, day: date, texts: Texts) -> str:
    start = index_day(screening)
    return texts.records.day_offset((day - start).days) if start else "…"


def index_day(screening: Screening) -> date | None:
    """The day from which this case counts its days; None while it is not known."""
    for entry in screening.book.entries:
        for named in entry.deadlines:
            name = named.deadline.date.value
            if name in screening.answers:
                fact = screening.book.readers[name].fact(screening.answers[name])
                return fact.day() if isinstance(fact, Span) else None
    return None


def _at_site(screening: Screening, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(screening.opened.time_zone))


def _both_times(screening: Screening, at: datetime, texts: Texts) -> str:
    return both_times(at, screening.opened.time_zone, texts)


def frozen_page(screening: Screening, texts: Texts, name: str) -> str:
    """What is about to be signed, as HTML for a phone: verdict, every finding, version, meaning."""
    words, made = texts.records, screening.determination
    assert made is not None
    found = _found(screening)
    lines = [
        f"{entry.criterion.id}  "
        + (
            words.findings[entry.criterion.kind, found[entry.criterion.id].outcome]
            if entry.criterion.id in found
            else words.not_assessed
        )
        for entry in screening.book.entries
    ]
    dates = "\n".join(line.strip() for line in date_lines(screening, made, texts))
    blocks = [
        f"<b>{escape(texts.chat.sign_heading(screening.number))}</b>",
        f"<b>{escape(verdict_line(screening, made, texts))}</b>",
        f"<blockquote expandable>{escape(chr(10).join(lines))}</blockquote>",
        escape(texts.cards.verdict_on(made.day, screening.opened.protocol_version)),
        escape(dates),
        f"<i>{escape(name)}: {escape(texts.cards.meanings[made.verdict])}</i>",
        f"<code>{escape(texts.chat.sign_hash(fingerprint_of(screening)[:16]))}…</code>",
    ]
    return "\n".join(block for block in blocks if block)

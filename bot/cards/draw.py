"""Draw the card of a screening: the one place that chooses its face."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.cards.asking import judgement_card, question_card
from bot.cards.card import Card
from bot.cards.ending import (
    excluded_card,
    folded_card,
    handing_card,
    overdue_card,
    paused_card,
    stopped_card,
    verdict_card,
)
from bot.cards.querying import querying_card
from bot.cards.reader import Reader
from bot.cards.review import correcting_card, reasons_card, review_card, stop_card
from bot.cards.views import (
    Correcting,
    Folded,
    Front,
    HandingOver,
    Judging,
    Querying,
    Question,
    Reasons,
    Reminding,
    Reviewing,
    StopSure,
    View,
)
from bot.cards.waiting import open_verdict, reminding_card
from bot.cards.wording import remark_text
from bot.texts.shape import Texts
from flows.questions import AskInput, AskJudgement
from flows.reminders import waits
from flows.replies import NeedsReason, Remark
from flows.screening import Screening
from flows.stages import Stage


def draw(
    screening: Screening,
    texts: Texts,
    now: datetime,
    view: View | None = None,
    remark: Remark | None = None,
    reader: Reader | None = None,
) -> Card:
    """The card as it is to be shown: the face asked for, or the one the screening has now.

    A view that no longer fits (a stale button) falls back to the front.
    """
    if isinstance(remark, NeedsReason):
        view, remark = Reasons(remark.about, remark.value), None
    reader = reader or Reader()
    card = _face(screening, texts, now, view or Front(), reader)
    words = remark_text(screening.book, remark, texts, reader) if remark is not None else ""
    return replace(card, heading=heading(screening, texts), remark=words)


def heading(screening: Screening, texts: Texts) -> str:
    """`LYSYME · 7K3F-9QXV`, with the mark of a quick check or of practice."""
    parts = [screening.book.protocol.acronym, screening.number]
    if mark := texts.cards.watermark[screening.mode]:
        parts.append(mark)
    return " · ".join(parts)


def _face(screening: Screening, texts: Texts, now: datetime, view: View, reader: Reader) -> Card:
    day = screening.day(now)
    open_ = screening.stage not in (Stage.STOPPED, Stage.PAUSED)
    match view:
        case Question(input=name) if open_ and _answerable(screening, name, now):
            return question_card(screening, view, screening.book.home(name), day, texts, reader)
        case Judging(criterion=name) if open_ and _judgeable(screening, name):
            criterion = screening.book.criteria[name].criterion
            return judgement_card(screening, criterion, day, texts, reader)
        case Reasons(about=name) if name in (*screening.answers, *screening.judgements):
            return reasons_card(screening, view, texts)
        case Correcting() if open_:
            return correcting_card(screening, view, texts)
        case Reviewing():
            return review_card(screening, texts, reader)
        case Querying(criterion=name) if reader.asks and name in screening.book.criteria:
            return querying_card(screening, view, texts, now)
        case StopSure() | Reminding() | HandingOver():
            face = _leaving(screening, texts, view, reader, day)
            return face or _front(screening, texts, now, reader)
        case Folded() if not _waiting(screening):
            return folded_card(screening, texts, reader)
    return _front(screening, texts, now, reader)


def _leaving(
    screening: Screening, texts: Texts, view: View, reader: Reader, day: date
) -> Card | None:
    """The faces that put it into other hands, off to another day, or away."""
    open_ = screening.stage not in (Stage.STOPPED, Stage.PAUSED)
    match view:
        case StopSure() if screening.stage in (Stage.ASKING, Stage.PAUSED):
            return stop_card(texts)
        case StopSure() if open_verdict(screening):
            return stop_card(texts)
        case Reminding() if waits(screening) and open_:
            return reminding_card(screening, day, texts)
        case HandingOver() if open_ and reader.colleagues:
            return handing_card(reader, texts)
    return None


def _judgeable(screening: Screening, name: str) -> bool:
    made = screening.determination
    return name in screening.judgements or (made is not None and name in made.judgement_required)


def _waiting(screening: Screening) -> bool:
    return screening.stage in (Stage.ASKING, Stage.EXCLUDED)


def _answerable(screening: Screening, name: str, now: datetime) -> bool:
    reader = screening.book.readers.get(name)
    if reader is None:
        return False
    if name in screening.answers or reader.entry.record_only:
        return True
    step = screening.walk(screening.day(now)).step
    return screening.stage is Stage.ASKING and isinstance(step, AskInput) and step.input == name


def _front(screening: Screening, texts: Texts, now: datetime, reader: Reader) -> Card:
    day, made = screening.day(now), screening.determination
    match screening.stage:
        case Stage.PAUSED:
            return paused_card(screening, texts)
        case Stage.STOPPED:
            return stopped_card(screening, texts, reader)
        case Stage.EXCLUDED if made:
            return excluded_card(screening, made, texts, reader)
        case Stage.CONCLUDED | Stage.SIGNED if made:
            return verdict_card(screening, made, texts, reader, day)
    step = screening.walk(day).step
    if isinstance(step, AskInput):
        criterion = screening.book.criteria[step.criterion].criterion
        return question_card(screening, Question(step.input), criterion, day, texts, reader)
    if not isinstance(step, AskJudgement):
        return overdue_card(texts)
    criterion = screening.book.criteria[step.criterion].criterion
    return judgement_card(screening, criterion, day, texts, reader)

"""Draw the card of a screening: the one place that chooses its face."""

from __future__ import annotations

from datetime import date, datetime

from bot.cards.asking import judgement_face, question_face
from bot.cards.card import Card, Face
from bot.cards.ending import (
    excluded_face,
    folded_face,
    handing_face,
    overdue_face,
    paused_face,
    stopped_face,
    verdict_face,
)
from bot.cards.querying import querying_face
from bot.cards.reader import Reader
from bot.cards.review import correcting_face, reasons_face, review_face, stop_face
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
from bot.cards.waiting import open_verdict, reminding_face
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
    face = _face(screening, texts, screening.day(now), view or Front(), reader)
    words = remark_text(screening.book, remark, texts, reader) if remark is not None else ""
    return Card(heading(screening, texts), face, words)


def heading(screening: Screening, texts: Texts) -> str:
    """`LYSYME · 7K3F-9QXV`, with the mark of a quick check or of practice."""
    parts = [screening.book.protocol.acronym, screening.number]
    if mark := texts.cards.watermark[screening.mode]:
        parts.append(mark)
    return " · ".join(parts)


def _face(screening: Screening, texts: Texts, day: date, view: View, reader: Reader) -> Face:
    open_ = screening.stage not in (Stage.STOPPED, Stage.PAUSED)
    match view:
        case Question(input=name) if open_ and _answerable(screening, name, day):
            return question_face(screening, view, screening.book.home(name), day, texts, reader)
        case Judging(criterion=name) if open_ and _judgeable(screening, name):
            criterion = screening.book.criteria[name].criterion
            return judgement_face(screening, criterion, day, texts, reader)
        case Reasons(about=name) if name in (*screening.answers, *screening.judgements):
            return reasons_face(screening, view, texts)
        case Correcting() if open_:
            return correcting_face(screening, view, texts)
        case Reviewing():
            return review_face(screening, texts, reader)
        case Querying(criterion=name) if reader.asks and name in screening.book.criteria:
            return querying_face(screening, view, texts, day)
        case StopSure() | Reminding() | HandingOver():
            face = _leaving(screening, texts, view, reader, day)
            return face or _front(screening, texts, day, reader)
        case Folded() if not _waiting(screening):
            return folded_face(screening, texts, reader)
    return _front(screening, texts, day, reader)


def _leaving(
    screening: Screening, texts: Texts, view: View, reader: Reader, day: date
) -> Face | None:
    """The faces that put it into other hands, off to another day, or away."""
    open_ = screening.stage not in (Stage.STOPPED, Stage.PAUSED)
    match view:
        case StopSure() if screening.stage in (Stage.ASKING, Stage.PAUSED):
            return stop_face(texts)
        case StopSure() if open_verdict(screening):
            return stop_face(texts)
        case Reminding() if waits(screening) and open_:
            return reminding_face(screening, day, texts)
        case HandingOver() if open_ and reader.colleagues:
            return handing_face(reader, texts)
    return None


def _judgeable(screening: Screening, name: str) -> bool:
    made = screening.determination
    return name in screening.judgements or (made is not None and name in made.judgement_required)


def _waiting(screening: Screening) -> bool:
    return screening.stage in (Stage.ASKING, Stage.EXCLUDED)


def _answerable(screening: Screening, name: str, day: date) -> bool:
    reader = screening.book.readers.get(name)
    if reader is None:
        return False
    if name in screening.answers or reader.entry.record_only:
        return True
    step = screening.walk(day).step
    return screening.stage is Stage.ASKING and isinstance(step, AskInput) and step.input == name


def _front(screening: Screening, texts: Texts, day: date, reader: Reader) -> Face:
    made = screening.determination
    match screening.stage:
        case Stage.PAUSED:
            return paused_face(screening, texts)
        case Stage.STOPPED:
            return stopped_face(screening, texts, reader)
        case Stage.EXCLUDED if made:
            return excluded_face(screening, made, texts, reader)
        case Stage.CONCLUDED | Stage.SIGNED if made:
            return verdict_face(screening, made, texts, reader, day)
    step = screening.walk(day).step
    if isinstance(step, AskInput):
        criterion = screening.book.criteria[step.criterion].criterion
        return question_face(screening, Question(step.input), criterion, day, texts, reader)
    if not isinstance(step, AskJudgement):
        return overdue_face(texts)
    criterion = screening.book.criteria[step.criterion].criterion
    return judgement_face(screening, criterion, day, texts, reader)

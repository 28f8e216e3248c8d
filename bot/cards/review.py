"""The faces that look back: what was answered, what to change, why it is changed, really stop?"""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards.card import Button, Face, Paragraph, Row, Tone
from bot.cards.querying import query_rows
from bot.cards.reader import Reader
from bot.cards.repeating import Mark, attempt_paragraph, marks, unmarked
from bot.cards.views import (
    Correcting,
    Do,
    Front,
    Judging,
    Question,
    Reasons,
    Show,
)
from bot.cards.wording import judgement_text, value_text
from bot.texts.shape import Texts
from flows.commands import GiveAnswer, GiveJudgement, Stop
from flows.events import JudgementVerdict, Reason
from flows.screening import Screening

PAGE = 8
"""Rows of one page of a list: more would push the way out below the fold of a phone."""

LONGEST_LABEL = 60


def review_face(screening: Screening, texts: Texts, reader: Reader) -> Face:
    """Everything that was answered, because the reader asked for it; what changed is marked."""
    words = texts.cards
    mark = marks(screening, reader.attempts, texts)
    lines = [f"{where} · {what}" for where, what, _ in given(screening, texts, mark)]
    return Face(
        paragraphs=(
            Paragraph(words.review_heading, Tone.STRONG),
            *attempt_paragraph(screening, reader.attempts, texts),
            Paragraph("\n".join(lines) or texts.records.no_answer),
        ),
        moves=(
            *query_rows(screening, texts, reader),
            (
                Button(words.cancel, Show(Front()), code="cancel"),
                Button(words.correct, Show(Correcting()), code="correct"),
            ),
        ),
    )


def correcting_face(screening: Screening, view: Correcting, texts: Texts) -> Face:
    """A list of what was answered: which one is to be changed?"""
    entries = list(given(screening, texts))
    start = min(view.page, max(0, (len(entries) - 1) // PAGE)) * PAGE
    rows: list[Row] = [
        (Button(_answer_first(screening, what, target, texts), Show(target), code=_code(target)),)
        for _, what, target in entries[start : start + PAGE]
    ]
    turns = []
    if start:
        turns.append(Button("‹", Show(Correcting(start // PAGE - 1)), code="earlier"))
    if start + PAGE < len(entries):
        turns.append(Button("›", Show(Correcting(start // PAGE + 1)), code="later"))
    way_out = (Button(texts.cards.cancel, Show(Front()), code="cancel"),)
    return Face(
        paragraphs=(Paragraph(texts.cards.correct_which, Tone.STRONG),),
        answers=tuple(rows),
        moves=(tuple(turns), way_out) if turns else (way_out,),
    )


def reasons_face(screening: Screening, view: Reasons, texts: Texts) -> Face:
    """A change needs a reason: old and new side by side, and the reasons to choose from."""
    old, new = _old_and_new(screening, view, texts)
    rows = tuple(
        (
            Button(
                texts.cards.reasons[reason], Do(_with_reason(screening, view, reason)), code=reason
            ),
        )
        for reason in Reason
    )
    return Face(
        paragraphs=(
            Paragraph(f"{old} → {new}", Tone.STRONG),
            Paragraph(texts.cards.reason_which),
        ),
        answers=rows,
        moves=((Button(texts.cards.cancel, Show(Front()), code="cancel"),),),
    )


def stop_face(texts: Texts) -> Face:
    """Really give up? What was answered stays in the record either way."""
    words = texts.cards
    return Face(
        paragraphs=(Paragraph(words.stop_sure, Tone.STRONG),),
        answers=(
            (Button(words.stop_yes, Do(Stop()), Tone.BAD, "yes"),),
            (Button(words.stop_no, Show(Front()), Tone.MAIN, "no"),),
        ),
    )


def given(
    screening: Screening, texts: Texts, mark: Mark = unmarked
) -> Iterator[tuple[str, str, Question | Judging]]:
    """Every answer and judgement in protocol order: where, what, and the face that changes it."""
    for entry in screening.book.entries:
        criterion = entry.criterion
        for asked in criterion.inputs:
            if asked.id in screening.answers:
                text = value_text(asked, screening.answers[asked.id], texts)
                question = asked.question.of(texts.language).rstrip("? \u00a0\u202f")
                text = text.join(mark(asked.id))
                yield criterion.id, f"{question}{texts.colon}{text}", Question(asked.id)
        if criterion.id in screening.judgements:
            said = judgement_text(criterion, screening.judgements[criterion.id], texts)
            yield criterion.id, said.join(mark(criterion.id)), Judging(criterion.id)


def _old_and_new(screening: Screening, view: Reasons, texts: Texts) -> tuple[str, str]:
    if view.about in screening.book.criteria:
        criterion = screening.book.criteria[view.about].criterion
        old = judgement_text(criterion, screening.judgements[view.about], texts)
        return old, judgement_text(criterion, JudgementVerdict(str(view.value)), texts)
    entry = screening.book.readers[view.about].entry
    return (
        value_text(entry, screening.answers[view.about], texts),
        value_text(entry, view.value, texts),
    )


def _with_reason(screening: Screening, view: Reasons, reason: Reason) -> GiveAnswer | GiveJudgement:
    if view.about in screening.book.criteria:
        return GiveJudgement(view.about, JudgementVerdict(str(view.value)), reason)
    return GiveAnswer(view.about, view.value, reason)


def _answer_first(screening: Screening, what: str, target: Question | Judging, texts: Texts) -> str:
    """A button has one line on a phone, and what is cut there should not be the answer."""
    if isinstance(target, Judging):
        return _short(f"{target.criterion} · {what}")
    entry = screening.book.readers[target.input].entry
    text = value_text(entry, screening.answers[target.input], texts)
    criterion = screening.book.home(target.input).id
    return _short(f"{criterion} · {text} · {entry.question.of(texts.language)}")


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _code(target: Question | Judging) -> str:
    return target.input if isinstance(target, Question) else target.criterion

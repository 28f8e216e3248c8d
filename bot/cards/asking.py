"""The faces that ask: one input with its buttons, keypad or days; or a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from bot.cards.card import Button, Face, Paragraph, Row, Tone
from bot.cards.days import day_rows, partial_rows, unsure_rows
from bot.cards.reader import Reader
from bot.cards.views import Do, Front, Judging, Question, Show
from bot.cards.ways import Ways, moves, ways_of
from bot.cards.wording import band_labels, date_text, judgement_text, kind_text
from bot.texts.shape import Texts
from flows.answers import Value
from flows.commands import GiveAnswer, GiveJudgement
from flows.events import JudgementVerdict
from flows.protocol.model import Criterion, Input, InputType, Option
from flows.questions import AskJudgement
from flows.rulebook import Rulebook
from flows.screening import Screening
from flows.stages import Stage

_SHORT = 18
"""Labels up to this length stand two in a row on a phone 360 points wide."""

_ONE_LINE = 38
"""A longer label is cut on such a phone, for a button has one line: the text tells it in full."""


MOST_SHARED = 256
"""Faces that are kept: one a question, language and day, and what can stand beside the answers."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that a question's face follows from, so that two that are equal look the same."""

    book: Rulebook
    view: Question
    criterion: str
    codes: tuple[str, ...]
    day: date
    ways: Ways | None
    texts: Texts


def question_face(
    screening: Screening,
    view: Question,
    criterion: Criterion,
    day: date,
    texts: Texts,
    reader: Reader,
) -> Face:
    """One input of a criterion, with everything that can be answered to it."""
    codes = tuple(screening.offered(view.input, day))
    ways = ways_of(screening, view, day, reader)
    asked = _Asked(screening.book, view, criterion.id, codes, day, ways, texts)
    # What somebody has begun to key in is theirs alone, and not kept.
    return _asking(asked, shared=False) if view.entry else _shared(asked)


@lru_cache(maxsize=MOST_SHARED)
def _shared(asked: _Asked) -> Face:
    """Most taps ask what was asked before: the same words and buttons, drawn once."""
    return _asking(asked, shared=True)


def _asking(asked: _Asked, *, shared: bool) -> Face:
    book, view, texts = asked.book, asked.view, asked.texts
    criterion, entry = book.criteria[asked.criterion].criterion, book.readers[view.input].entry
    codes = asked.codes
    options = [option for option in (*entry.choices, *entry.non_answers) if option.code in codes]
    answers = _answers(entry, options, view, texts)
    return Face(
        progress=progress(book, criterion.id),
        paragraphs=(
            Paragraph(kind_text(criterion, texts), Tone.FAINT),
            Paragraph(criterion.text.of(texts.language), Tone.QUOTE),
            Paragraph(entry.question.of(texts.language), Tone.STRONG),
            *_more_precisely(entry, view, texts),
            *_in_full(answers),
        ),
        help=criterion.help.of(texts.language),
        answers=answers,
        keys=_keys(book, entry, view, asked.day, texts),
        moves=moves(asked.ways, texts),
        expects=entry,
        shared=shared,
    )


def judgement_face(
    screening: Screening, criterion: Criterion, day: date, texts: Texts, reader: Reader
) -> Face:
    """The text does not decide: what is the investigator's judgement?"""
    assert criterion.judgement is not None
    step = screening.walk(day).step if screening.stage is Stage.ASKING else None
    view = Front() if step == AskJudgement(criterion.id) else Judging(criterion.id)
    rows = tuple(
        (
            Button(
                judgement_text(criterion, verdict, texts),
                Do(GiveJudgement(criterion.id, verdict)),
                Tone.FAINT if verdict is JudgementVerdict.DEFERRED else Tone.PLAIN,
                verdict.value,
            ),
        )
        for verdict in JudgementVerdict
        if reader.judges or verdict is JudgementVerdict.DEFERRED
    )
    return Face(
        progress=progress(screening.book, criterion.id),
        paragraphs=(
            Paragraph(kind_text(criterion, texts), Tone.FAINT),
            Paragraph(criterion.text.of(texts.language), Tone.QUOTE),
            Paragraph(texts.cards.judgement_heading, Tone.WAITING),
            Paragraph(criterion.judgement.question.of(texts.language), Tone.STRONG),
        ),
        help=criterion.help.of(texts.language),
        answers=rows,
        moves=moves(ways_of(screening, view, day, reader), texts),
    )


def progress(book: Rulebook, criterion: str) -> str:
    """`●●○○○ 7/19`: the place of the criterion among all."""
    names = list(book.criteria)
    place, count = names.index(criterion) + 1, len(names)
    filled = -(-place * 5 // count)
    return f"{'●' * filled}{'○' * (5 - filled)} {place}/{count}"


def answer_button(entry: Input, option: Option, texts: Texts) -> Button:
    """A choice or a non-answer, under the protocol's own label."""
    non_answer = option in entry.non_answers
    tone = Tone.FAINT if non_answer else Tone.PLAIN
    label = option.label.of(texts.language)
    return Button(label, Do(GiveAnswer(entry.id, option.code)), tone, option.code)


def _more_precisely(entry: Input, view: Question, texts: Texts) -> tuple[Paragraph, ...]:
    if entry.type is not InputType.PARTIAL_DATE or not view.entry:
        return ()
    period = date_text(view.entry, texts)
    return (Paragraph(texts.cards.more_precisely(period), Tone.WAITING),)


def _in_full(rows: tuple[Row, ...]) -> tuple[Paragraph, ...]:
    cut = [one.label for row in rows for one in row if len(one.label) > _ONE_LINE]
    return (Paragraph("\n".join(f"• {label}" for label in cut)),) if cut else ()


def _answers(entry: Input, options: list[Option], view: Question, texts: Texts) -> tuple[Row, ...]:
    rare = [option for option in options if option.rare]
    shown = options if view.more or len(rare) < 2 else [o for o in options if not o.rare]
    rows = _bands(entry) + _in_rows([answer_button(entry, option, texts) for option in shown])
    if entry.type is InputType.PARTIAL_DATE:
        rows = unsure_rows(entry, view.entry, texts) + rows
    if len(shown) < len(options):
        more = Show(Question(entry.id, more=True, entry=view.entry))
        rows += ((Button(texts.cards.more, more, code="more"),),)
    return rows


def _bands(entry: Input) -> tuple[Row, ...]:
    row = tuple(
        Button(label, Do(GiveAnswer(entry.id, kept)), code=kept)
        for kept, label in band_labels(entry)
    )
    return (row,) if row else ()


def _in_rows(buttons: list[Button]) -> tuple[Row, ...]:
    """Short labels two in a row, long ones alone, in their order."""
    rows: list[Row] = []
    for button in buttons:
        beside = rows and len(rows[-1]) == 1 and len(rows[-1][0].label) <= _SHORT
        if beside and len(button.label) <= _SHORT:
            rows[-1] = (*rows[-1], button)
        else:
            rows.append((button,))
    return tuple(rows)


def _keys(book: Rulebook, entry: Input, view: Question, day: date, texts: Texts) -> tuple[Row, ...]:
    if entry.type in (InputType.INTEGER, InputType.NUMBER):
        return _keypad(entry, view.entry, texts)
    if entry.type is InputType.DATE:
        return day_rows(entry, view.entry, day, texts)
    if entry.type is InputType.PARTIAL_DATE:
        return partial_rows(book, entry, view.entry, day, texts)
    return ()


def _keypad(entry: Input, typed: str, texts: Texts) -> tuple[Row, ...]:
    def key(label: str, entered: str) -> Button:
        return Button(label, Show(Question(entry.id, entry=entered[:6])))

    digits = [key(digit, typed + digit) for digit in "1234567890"]
    point = "," if texts.language == "fr" else "."
    last = [digits[9], key("⌫", typed[:-1])]
    if entry.type is InputType.NUMBER:
        last.insert(0, key(point, typed if "." in typed else f"{typed or '0'}."))
    rows: list[Row] = [tuple(digits[0:3]), tuple(digits[3:6]), tuple(digits[6:9]), tuple(last)]
    if typed:
        label = f"{texts.cards.ok} {typed.replace('.', point)}"
        rows.append((Button(label, Do(GiveAnswer(entry.id, keyed(typed))), Tone.MAIN),))
    return tuple(rows)


def keyed(typed: str) -> Value:
    """What the keypad's digits amount to; the engine says whether it is allowed."""
    return int(typed) if typed.isdigit() else Decimal(typed.rstrip(".") or "0")

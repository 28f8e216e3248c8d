"""The faces that ask: one input with its buttons, keypad or days; or a judgement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.cards.card import Button, Card, Paragraph, Row, Tone
from bot.cards.days import day_rows, partial_rows, unsure_rows
from bot.cards.querying import query_button
from bot.cards.reader import Reader
from bot.cards.views import Correcting, Do, Front, Judging, Question, Reviewing, Show, StopSure
from bot.cards.wording import band_labels, date_text, judgement_text, kind_text
from bot.texts.shape import Texts
from flows.answers import Value
from flows.commands import GiveAnswer, GiveJudgement, Pause
from flows.events import JudgementVerdict
from flows.protocol.model import Criterion, Input, InputType, Option
from flows.questions import AskInput, AskJudgement
from flows.screening import Screening
from flows.stages import Stage

_SHORT = 18
"""Labels up to this length stand two in a row on a phone 360 points wide."""

_ONE_LINE = 38
"""A longer label is cut on such a phone, for a button has one line: the text tells it in full."""


def question_card(
    screening: Screening,
    view: Question,
    criterion: Criterion,
    day: date,
    texts: Texts,
    reader: Reader,
) -> Card:
    """One input of a criterion, with everything that can be answered to it."""
    book, language = screening.book, texts.language
    entry = book.readers[view.input].entry
    codes = screening.offered(view.input, day)
    options = [option for option in (*entry.choices, *entry.non_answers) if option.code in codes]
    answers = _answers(entry, options, view, texts)
    return Card(
        heading="",
        progress=progress(screening, criterion.id, texts),
        paragraphs=(
            Paragraph(kind_text(criterion, texts), Tone.FAINT),
            Paragraph(criterion.text.of(language), Tone.QUOTE),
            Paragraph(entry.question.of(language), Tone.STRONG),
            *_more_precisely(entry, view, texts),
            *_in_full(answers),
        ),
        help=criterion.help.of(language),
        answers=answers,
        keys=_keys(screening, entry, view, day, texts),
        moves=asking_moves(screening, view, day, texts, reader),
        expects=entry,
    )


def judgement_card(
    screening: Screening, criterion: Criterion, day: date, texts: Texts, reader: Reader
) -> Card:
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
    return Card(
        heading="",
        progress=progress(screening, criterion.id, texts),
        paragraphs=(
            Paragraph(kind_text(criterion, texts), Tone.FAINT),
            Paragraph(criterion.text.of(texts.language), Tone.QUOTE),
            Paragraph(texts.cards.judgement_heading, Tone.WAITING),
            Paragraph(criterion.judgement.question.of(texts.language), Tone.STRONG),
        ),
        help=criterion.help.of(texts.language),
        answers=rows,
        moves=asking_moves(screening, view, day, texts, reader),
    )


def progress(screening: Screening, criterion: str, texts: Texts) -> str:
    """`●●○○○ 7/19`: the place of the criterion among all."""
    names = list(screening.book.criteria)
    place, count = names.index(criterion) + 1, len(names)
    filled = -(-place * 5 // count)
    return f"{'●' * filled}{'○' * (5 - filled)} {place}/{count}"


def asking_moves(
    screening: Screening, view: object, day: date, texts: Texts, reader: Reader
) -> tuple[Row, ...]:
    """Back, review, pause, stop; while an earlier question is looked at again, only the way out."""
    words = texts.cards
    step = screening.walk(day).step if screening.stage is Stage.ASKING else None
    asked_now = isinstance(view, Front) or (
        isinstance(view, Question) and getattr(step, "input", None) == view.input
    )
    if not asked_now:
        return ((Button(words.cancel, Show(Front()), code="cancel"),),)
    row = [Button(words.pause, Do(Pause()), code="pause")]
    row.append(Button(words.stop, Show(StopSure()), code="stop"))
    if reader.asks and isinstance(step, AskInput | AskJudgement):
        row.append(query_button(step.criterion, texts))
    first = _looking_back(screening, texts)
    return (first, tuple(row)) if first else (tuple(row),)


def _looking_back(screening: Screening, texts: Texts) -> Row:
    """Back to what was answered last in this attempt, the review, a correction."""
    words = texts.cards
    if not screening.answers:
        return ()
    review = Button(words.review, Show(Reviewing()), code="review")
    correct = Button(words.correct, Show(Correcting()), code="correct")
    said = [name for name in screening.answers if name not in screening.carried]
    if not said:
        return review, correct
    return Button(words.back, Show(Question(said[-1])), code="back"), review, correct


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


def _keys(
    screening: Screening, entry: Input, view: Question, day: date, texts: Texts
) -> tuple[Row, ...]:
    if entry.type in (InputType.INTEGER, InputType.NUMBER):
        return _keypad(entry, view.entry, texts)
    if entry.type is InputType.DATE:
        return day_rows(entry, view.entry, day, texts)
    if entry.type is InputType.PARTIAL_DATE:
        return partial_rows(screening, entry, view.entry, day, texts)
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

"""Asking the coordinators about a criterion: a small button, and the reasons to choose from."""

from __future__ import annotations

from datetime import date

from bot.cards.card import Button, Face, Paragraph, Row, Tone
from bot.cards.reader import Reader
from bot.cards.views import AskAbout, Front, Querying, Reviewing, Show, View
from bot.cards.wording import kind_text
from bot.texts.shape import Texts
from flows.cases import QueryReason
from flows.questions import AskInput, AskJudgement
from flows.screening import Screening
from flows.stages import Stage

_IN_A_ROW = 4


def querying_face(screening: Screening, view: Querying, texts: Texts, day: date) -> Face:
    """What is not clear about the criterion?"""
    criterion = screening.book.criteria[view.criterion].criterion
    words = texts.queries
    back = Show(back_from(screening, view.criterion, day))
    return Face(
        paragraphs=(
            Paragraph(kind_text(criterion, texts), Tone.FAINT),
            Paragraph(criterion.text.of(texts.language), Tone.QUOTE),
            Paragraph(words.what, Tone.STRONG),
        ),
        help=criterion.help.of(texts.language),
        answers=tuple(
            (Button(reason_text(reason, texts), AskAbout(view.criterion, reason), code=reason),)
            for reason in QueryReason
        ),
        moves=((Button(texts.cards.cancel, back, code="cancel"),),),
    )


def reason_text(reason: QueryReason, texts: Texts) -> str:
    """A reason as a button and a list name it: the sentence of the notice without its stop."""
    return texts.duty.queries[reason].removesuffix(".")


def back_from(screening: Screening, criterion: str, day: date) -> View:
    """Where the card stood before: at the question of this criterion, or in the review."""
    if screening.stage is not Stage.ASKING:
        return Reviewing()
    step = screening.walk(day).step
    asked = isinstance(step, AskInput | AskJudgement) and step.criterion == criterion
    return Front() if asked else Reviewing()


def query_button(criterion: str, texts: Texts) -> Button:
    """The small one beside pause and stop."""
    return Button(texts.queries.ask, Show(Querying(criterion)), code="ask")


def query_rows(screening: Screening, texts: Texts, reader: Reader) -> tuple[Row, ...]:
    """In the review: one for each criterion that excludes or is still open."""
    made = screening.determination
    if made is None or not reader.asks:
        return ()
    names = dict.fromkeys((*made.failing, *made.undetermined))
    buttons = [
        Button(texts.queries.ask_about(name), Show(Querying(name)), code=f"ask {name}")
        for name in screening.book.criteria
        if name in names
    ]
    return tuple(tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW))

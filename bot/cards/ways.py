"""Where a question leads besides its answers: back, review, pause, stop, ask the coordinators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.cards.card import Button, Row
from bot.cards.querying import query_button
from bot.cards.reader import Reader
from bot.cards.views import Correcting, Do, Front, Question, Reviewing, Show, StopSure, View
from bot.texts.shape import Texts
from flows.commands import Pause
from flows.questions import AskInput, AskJudgement
from flows.screening import Screening
from flows.stages import Stage


@dataclass(frozen=True, slots=True)
class Ways:
    """All that the moves of a question which is asked now follow from.

    `answered` says that there is something to review, `back` is the input that was answered last
    in this attempt, `asks` the criterion about which the coordinators can be asked.
    """

    answered: bool
    back: str | None
    asks: str | None


def ways_of(screening: Screening, view: View, day: date, reader: Reader) -> Ways | None:
    """None while an earlier question is looked at again: then the only way is out."""
    step = screening.walk(day).step if screening.stage is Stage.ASKING else None
    asked_now = isinstance(view, Front) or (
        isinstance(view, Question) and getattr(step, "input", None) == view.input
    )
    if not asked_now:
        return None
    said = [name for name in screening.answers if name not in screening.carried]
    return Ways(
        answered=bool(screening.answers),
        back=said[-1] if said else None,
        asks=step.criterion if reader.asks and isinstance(step, AskInput | AskJudgement) else None,
    )


def moves(ways: Ways | None, texts: Texts) -> tuple[Row, ...]:
    """Back, review, correct; pause, stop, ask. Or only the way out."""
    words = texts.cards
    if ways is None:
        return ((Button(words.cancel, Show(Front()), code="cancel"),),)
    row = [Button(words.pause, Do(Pause()), code="pause")]
    row.append(Button(words.stop, Show(StopSure()), code="stop"))
    if ways.asks is not None:
        row.append(query_button(ways.asks, texts))
    first = _looking_back(ways, texts)
    return (first, tuple(row)) if first else (tuple(row),)


def _looking_back(ways: Ways, texts: Texts) -> Row:
    words = texts.cards
    if not ways.answered:
        return ()
    review = Button(words.review, Show(Reviewing()), code="review")
    correct = Button(words.correct, Show(Correcting()), code="correct")
    if ways.back is None:
        return review, correct
    return Button(words.back, Show(Question(ways.back)), code="back"), review, correct

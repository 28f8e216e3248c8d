"""How answers, dates and refusals are put into words, from the protocol's labels and the texts."""

from __future__ import annotations

from datetime import date

from bot.cards.reader import Reader
from bot.texts.shape import Texts
from flows.answers import Refused, Value
from flows.events import JudgementVerdict
from flows.protocol.bands import band_text
from flows.protocol.model import Criterion, Input, InputType
from flows.replies import (
    AlreadySo,
    CannotSign,
    ClosedToNew,
    NeedsReason,
    NotAsked,
    NothingToJudge,
    NotNow,
    Overtaken,
    Remark,
    Warned,
)
from flows.rulebook import Rulebook


def code_label(entry: Input, code: str, language: str) -> str:
    """The protocol's label of a code."""
    for option in (*entry.choices, *entry.non_answers):
        if option.code == code:
            return option.label.of(language)
    return code


def value_text(entry: Input, value: Value, texts: Texts) -> str:
    """An answer as a person reads it."""
    text = str(value)
    if any(option.code == text for option in (*entry.choices, *entry.non_answers)):
        return code_label(entry, text, texts.language)
    if entry.type in (InputType.DATE, InputType.PARTIAL_DATE):
        return date_text(text, texts)
    if texts.language == "fr":
        text = text.replace(".", ",")
    text = text.replace(">=", "≥")
    return f"{text} {entry.unit.of(texts.language)}" if entry.unit else text


def date_text(value: str, texts: Texts) -> str:
    """A day, a month or a year."""
    if len(value) == 10:
        return texts.cards.day(date.fromisoformat(value))
    if len(value) == 7:
        return f"{texts.cards.months[int(value[5:]) - 1]} {value[:4]}"
    return value


def band_labels(entry: Input) -> list[tuple[str, str]]:
    """The bands that may be tapped instead of a number: what is kept, and its label."""
    return [(text, text.replace(">=", "≥")) for text in map(band_text, entry.keep)]


def kind_text(criterion: Criterion, texts: Texts) -> str:
    """`I4 · inclusion criterion`."""
    kind = texts.cards.inclusion if criterion.kind == "inclusion" else texts.cards.exclusion
    return f"{criterion.id} · {kind}"


def judgement_text(criterion: Criterion, verdict: JudgementVerdict, texts: Texts) -> str:
    """A judgement in the words of its kind of criterion."""
    return texts.cards.judgement[criterion.kind, verdict]


def failing_text(book: Rulebook, criterion: str, texts: Texts) -> str:
    """`I2 not met`, `E3 met`: the words of the record about a criterion that excludes."""
    kind = book.criteria[criterion].criterion.kind
    return texts.cards.failing[kind](criterion)


def remark_text(book: Rulebook, remark: Remark, texts: Texts, reader: Reader) -> str:
    """What is said back beside the card."""
    words = texts.remarks
    match remark:
        case Refused():
            return refusal_text(book, remark, texts)
        case Warned(words=warning):
            return words.warned(warning.of(texts.language))
        case NotNow(stage=stage):
            return words.not_now[stage]
        case Overtaken(by=person, at=at):
            if person == reader.person:
                return words.overtaken_self
            return words.overtaken(reader.name_of(person), at.astimezone(book.zone))
        case _:
            return _plain_remark(remark, texts)


def _plain_remark(
    remark: NotAsked | NothingToJudge | AlreadySo | NeedsReason | CannotSign | ClosedToNew,
    texts: Texts,
) -> str:
    """The remarks that are the same whatever they are about."""
    words = texts.remarks
    match remark:
        case NotAsked():
            return words.not_asked
        case NothingToJudge():
            return words.nothing_to_judge
        case AlreadySo():
            return words.already_so
        case CannotSign():
            return words.cannot_sign
        case ClosedToNew():
            return words.trial_closed
        case NeedsReason():
            return words.needs_reason


def refusal_text(book: Rulebook, refused: Refused, texts: Texts) -> str:
    """One sentence that says what is expected."""
    if refused.words is not None:
        return refused.words.of(texts.language)
    reader = book.readers.get(refused.input)
    low, high = (reader.entry.minimum, reader.entry.maximum) if reader else (None, None)
    return texts.remarks.expected[refused.expected](low, high)

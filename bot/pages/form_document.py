"""The blank form from a protocol file: the questions of the bot, in its order, for paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.cards.wording import band_labels, code_label, judgement_text, kind_text
from bot.texts.shape import Texts
from flows.events import JudgementVerdict
from flows.protocol.conditions import AllOf, AnyOf, Condition, Is, Not
from flows.protocol.model import Criterion, Input, InputType
from flows.rulebook import Rulebook
from storage.exports.form_document import Asks, FormCriterion, FormDocument, FormWords

_KINDS: Final = {
    InputType.INTEGER: "number",
    InputType.NUMBER: "number",
    InputType.DATE: "date",
    InputType.PARTIAL_DATE: "partial",
}


def form_document(book: Rulebook, at: datetime, texts: Texts) -> FormDocument:
    """The form; `at` is when it was made, and stands in the file only."""
    protocol, language = book.protocol, texts.language
    criteria = tuple(_criterion(book, criterion, texts) for criterion in protocol.criteria)
    deadlines = [deadline for one in protocol.criteria for deadline in one.deadlines]
    return FormDocument(
        language=language,
        title=texts.form.title(protocol.acronym),
        subtitle=texts.form.subtitle(protocol.version, book.sha256),
        foot=texts.form.subtitle(protocol.version, f"{book.sha256[:16]}…"),
        at=at,
        status=protocol.status.of(language),
        words=_words(texts),
        criteria=criteria,
        dates=tuple(one.label.of(language) for one in (*deadlines, *protocol.advisories)),
        expected=tuple(entry.criterion.id for entry in book.entries),
    )


def _words(texts: Texts) -> FormWords:
    words = texts.form
    return FormWords(
        page_of=texts.documents.page_of,
        purpose=words.purpose,
        rules=words.rules,
        fields=words.fields,
        number=words.number,
        date_boxes=words.date_boxes,
        band=words.band,
        finding=words.finding,
        at=words.at,
        verdict=texts.records.verdict,
        verdicts=tuple((said, words.blanks.get(name, "")) for name, said in words.verdicts.items()),
        dates=texts.protocol.deadlines,
        signature=texts.records.signature,
        meanings=tuple(texts.cards.meanings.values()),
        signature_fields=words.signature_fields,
        entered=words.entered,
        entered_fields=words.signature_fields,
    )


def _criterion(book: Rulebook, criterion: Criterion, texts: Texts) -> FormCriterion:
    language, judged = texts.language, criterion.judgement
    asked = (entry for entry in criterion.inputs if not entry.record_only)
    return FormCriterion(
        id=criterion.id,
        kind=kind_text(criterion, texts),
        text=criterion.text.of(language),
        rule=f"{texts.protocol.rule}{texts.colon}{criterion.rule_text.of(language)}",
        asks=tuple(_asks(book, entry, texts) for entry in asked),
        judgement=judged.question.of(language) if judged else "",
        judgements=tuple(judgement_text(criterion, one, texts) for one in JudgementVerdict)
        if judged
        else (),
        findings=texts.form.findings[criterion.kind],
    )


def _asks(book: Rulebook, entry: Input, texts: Texts) -> Asks:
    language = texts.language
    kind = _KINDS.get(entry.type, "choice")
    applies = entry.applies_when
    words = texts.form.only_if(condition_text(book, applies, texts)) if applies else ""
    return Asks(
        question=entry.question.of(language),
        kind=kind,
        only_if=words,
        hint=_hint(entry, kind, texts),
        options=tuple(option.label.of(language) for option in entry.choices),
        non_answers=tuple(option.label.of(language) for option in entry.non_answers),
        bands=tuple(label for _, label in band_labels(entry)),
    )


def _hint(entry: Input, kind: str, texts: Texts) -> str:
    if kind == "partial":
        return texts.form.partial
    if kind != "number":
        return ""
    unit = entry.unit.of(texts.language) if entry.unit else ""
    limits = (
        texts.protocol.within(entry.minimum, entry.maximum) if entry.minimum is not None else ""
    )
    return ", ".join(part for part in (unit, limits) if part)


def condition_text(book: Rulebook, condition: Condition, texts: Texts, *, is_: bool = True) -> str:
    """When a question is asked, from the labels of the answers it hangs on.

    `is_` is False within a "not". A condition that compares quantities is given by its criterion's
    rule, which stands on the same page.
    """
    match condition:
        case Is():
            return _is_text(book, condition, texts, is_=is_)
        case Not():
            return condition_text(book, condition.not_, texts, is_=not is_)
        case AllOf(all=parts) | AnyOf(any=parts):
            both = isinstance(condition, AllOf) is is_
            joint = texts.form.both if both else texts.form.either
            return joint.join(condition_text(book, part, texts, is_=is_) for part in parts)
        case _:
            return texts.form.by_rule


def _is_text(book: Rulebook, condition: Is, texts: Texts, *, is_: bool) -> str:
    entry = book.readers[condition.input].entry
    labels = _labels(entry, condition, texts)
    question = entry.question.of(texts.language).rstrip("? \u00a0\u202f")
    return f"{book.home(entry.id).id} {texts.form.quoted(question)} {'=' if is_ else '≠'} {labels}"


def _labels(entry: Input, condition: Is, texts: Texts) -> str:
    def quoted() -> Iterator[str]:
        for code in condition.codes:
            yield texts.form.quoted(code_label(entry, code, texts.language))

    return " / ".join(quoted())

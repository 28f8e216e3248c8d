"""The record as a document: the words of the printed page, and how each answer came to stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from bot.cards.attempts import Attempts
from bot.cards.ending import verdict_line
from bot.cards.repeating import attempt_lines
from bot.pages.case import case_rows
from bot.pages.erased import erased_page
from bot.pages.record import Stands, date_lines, is_closed, standing_criteria, trail_rows
from bot.pages.trail import TrailRow, both_times
from bot.texts.shape import Texts
from flows.erasure import ScreeningErased
from flows.events import Happened, Mode, SignatureVoided
from flows.log import in_question
from flows.protocol.model import Outcome
from flows.screening import Screening
from storage.exports.record_document import (
    CodePart,
    CriterionPart,
    RecordDocument,
    Said,
    SignaturePart,
    TrailPart,
)
from storage.frozen import fingerprint_of
from storage.record_code import RecordCode

_SIGNS: Final = "✅⛔⏳⏸ "
"""Stand before a verdict on a card; paper has no colours to rely on, and no glyph for them."""

_OUTCOMES: Final = {Outcome.PASS: "pass", Outcome.FAIL: "fail", None: "none"}


def record_document(
    screening: Screening,
    history: Sequence[Happened],
    texts: Texts,
    attempts: Attempts,
    proof: Sequence[str],
    code: RecordCode,
    beside: Sequence[Happened] = (),
) -> RecordDocument:
    """Everything of the printed page; `beside` is what was done about its case."""
    words, mark = texts.documents, mark_of(screening, history)
    rows = tuple(trail_rows(screening, history, texts))
    return RecordDocument(
        language=texts.language,
        number=screening.number,
        title=texts.records.heading(screening.number),
        subtitle=_subtitle(screening),
        at=max(one.at for one in (*history, *beside)),
        page_of=words.page_of,
        marks=(words.marks[mark],) if mark else (),
        watermark=words.watermarks[mark] if mark else "",
        head=tuple(_head(screening, history, texts)),
        notes=tuple(attempt_lines(screening, attempts, texts)),
        verdict=texts.records.verdict,
        signature=_signature(screening, texts, proof),
        code=_code(code, texts),
        criteria_heading=texts.records.criteria,
        criteria_head=words.criteria_head,
        criteria=tuple(_criteria(screening, rows, texts, attempts)),
        trails=_trails(screening, rows, beside, texts),
        expected=tuple(entry.criterion.id for entry in screening.book.entries),
    )


def erased_document(erasure: Happened, beside: Sequence[Happened], texts: Texts) -> RecordDocument:
    """What is left of an erased screening, and the trail of its case."""
    event = erasure.event
    page, zone = erased_page(erasure, texts)
    assert isinstance(event, ScreeningErased)
    title, *notes = (line for line in page.splitlines() if line)
    return RecordDocument(
        language=texts.language,
        number=event.number,
        title=title,
        subtitle=f"{event.trial.upper()} {event.protocol_version} · {event.site}",
        at=max(one.at for one in (erasure, *beside)),
        page_of=texts.documents.page_of,
        marks=(texts.documents.marks["erased"],),
        watermark=texts.documents.watermarks["erased"],
        head=(),
        notes=tuple(notes),
        verdict=texts.records.verdict,
        trails=_case_trail(beside, zone, texts),
    )


def mark_of(screening: Screening, history: Sequence[Happened]) -> str:
    """What a print of it is not, as a key of the texts; "" for a record that is signed."""
    if screening.mode is not Mode.SCREENING:
        return screening.mode.value
    if screening.signature is not None:
        return "" if is_bound(screening) else "unbound"
    voided = any(isinstance(one.event, SignatureVoided) for one in history)
    return "voided" if voided else "unsigned"


def is_bound(screening: Screening) -> bool:
    """Whether the signature that stands is over this very record (21 CFR 11.70)."""
    signature = screening.signature
    return signature is not None and signature.signed.record_sha256 == fingerprint_of(screening)


def _subtitle(screening: Screening) -> str:
    opened = screening.opened
    return f"{screening.book.protocol.acronym} {opened.protocol_version} · {opened.site}"


def _head(
    screening: Screening, history: Sequence[Happened], texts: Texts
) -> Iterator[tuple[str, str]]:
    words, opened, made = texts.records, screening.opened, screening.determination
    protocol = screening.book.protocol
    yield words.trial, f"{protocol.acronym} ({', '.join(protocol.registry_ids.values())})"
    yield words.protocol, opened.protocol_version
    yield texts.documents.fingerprint, opened.protocol_sha256
    yield words.site, f"{opened.site} ({opened.time_zone})"
    yield words.mode, words.modes[screening.mode]
    yield words.opened, both_times(screening.opened_at, opened.time_zone, texts)
    yield texts.documents.carried_by, screening.owner
    yield words.stage, words.stages[screening.stage]
    if made is None:
        yield words.verdict, words.no_verdict
        return
    yield words.verdict, verdict_line(screening, made, texts).lstrip(_SIGNS)
    yield "", texts.cards.verdict_on(made.day, opened.protocol_version)
    if in_question(history):
        yield "", words.in_question
    if not is_closed(screening):
        yield from (("", line.strip()) for line in date_lines(screening, made, texts))


def _signature(screening: Screening, texts: Texts, proof: Sequence[str]) -> SignaturePart | None:
    if screening.signature is None:
        return None
    words, signed = texts.documents, screening.signature.signed
    at: datetime = screening.signature.happened.at
    rows = (
        (words.printed_name, signed.name),
        (words.signed_at, both_times(at, screening.opened.time_zone, texts)),
        (words.meaning, texts.cards.meanings[signed.meaning]),
        (words.signed_record, signed.record_sha256),
    )
    return SignaturePart(
        heading=texts.records.signature,
        rows=rows,
        record_sha256=signed.record_sha256,
        proof=tuple(proof),
        bound=is_bound(screening),
    )


def _code(code: RecordCode, texts: Texts) -> CodePart:
    words = texts.documents
    return CodePart(code.text, code.record_sha256, code.number, words.code, words.code_how)


def _criteria(
    screening: Screening, rows: Sequence[TrailRow], texts: Texts, attempts: Attempts
) -> Iterator[CriterionPart]:
    for one in standing_criteria(screening, texts, attempts):
        outcome = _OUTCOMES.get(one.outcome, "open")
        said = tuple(_said(one, rows))
        text = one.criterion.text.of(texts.language)
        yield CriterionPart(one.criterion.id, text, outcome, one.finding, said)


def _said(one: Stands, rows: Sequence[TrailRow]) -> Iterator[Said]:
    """What stands at a criterion, and under it each event that has made or changed it."""
    stands = dict(one.said)
    for about in (*(asked.id for asked in one.criterion.inputs), one.criterion.id):
        how = tuple(_how(row) for row in rows if row.about == about)
        if about in stands or how:
            yield Said(stands.get(about, ""), how)


def _how(row: TrailRow) -> str:
    return f"{row.number} · {row.when} · {row.who} · {row.what}"


def _trails(
    screening: Screening, rows: Sequence[TrailRow], beside: Sequence[Happened], texts: Texts
) -> tuple[TrailPart, ...]:
    words = texts.records
    cells = tuple(_cells(row) for row in rows)
    own = TrailPart(words.trail, words.received, texts.documents.trail_head, cells)
    return (own, *_case_trail(beside, screening.opened.time_zone, texts))


def _case_trail(beside: Sequence[Happened], zone: str, texts: Texts) -> tuple[TrailPart, ...]:
    if not beside:
        return ()
    cells = tuple(_cells(row) for row in case_rows(beside, zone, texts))
    return (TrailPart(texts.case.heading, "", texts.documents.trail_head, cells),)


def _cells(row: TrailRow) -> tuple[str, ...]:
    return (str(row.number), row.when, row.who, row.what)

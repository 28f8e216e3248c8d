"""The faces that say how it stands: excluded, a verdict, paused, stopped."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from bot.cards.card import Button, Face, Paragraph, Row, Tone
from bot.cards.reader import Reader
from bot.cards.repeating import attempt_paragraph, attempt_rows
from bot.cards.views import (
    Copy,
    Correcting,
    Do,
    Folded,
    Front,
    HandingOver,
    Judging,
    Question,
    Reviewing,
    Show,
    Signing,
    View,
)
from bot.cards.waiting import next_reminder, waiting_moves
from bot.cards.wording import failing_text
from bot.texts.shape import Texts
from flows.commands import Finish, HandOver, Promote, RecordAllReasons, Resume
from flows.determination import Verdict
from flows.events import DeterminationMade, Mode
from flows.screening import Screening
from flows.stages import Stage

_TONES = {
    Verdict.ELIGIBLE: Tone.GOOD,
    Verdict.INELIGIBLE: Tone.BAD,
    Verdict.NOT_YET: Tone.WAITING,
    Verdict.PENDING: Tone.WAITING,
}


def excluded_face(
    screening: Screening, made: DeterminationMade, texts: Texts, reader: Reader
) -> Face:
    """The first exclusion: stop here, or record all reasons."""
    words = texts.cards
    first = made.failing[0]
    criterion = screening.book.criteria[first].criterion
    return Face(
        paragraphs=(
            Paragraph(words.ineligible(failing_text(screening.book, first, texts)), Tone.BAD),
            Paragraph(criterion.text.of(texts.language), Tone.QUOTE),
            Paragraph(words.verdict_on(made.day, screening.opened.protocol_version), Tone.FAINT),
            Paragraph(words.excluded_hint),
        ),
        answers=(
            (Button(words.finish, Do(Finish()), Tone.MAIN, "finish"),),
            (Button(words.record_all, Do(RecordAllReasons()), code="all"),),
        ),
        moves=_end_moves(screening, texts, reader),
    )


def verdict_face(
    screening: Screening, made: DeterminationMade, texts: Texts, reader: Reader, day: date
) -> Face:
    """The end card: the verdict in one line, what is missing, deadlines, what to do next.

    `day` is today at the site.
    """
    return Face(
        paragraphs=(
            Paragraph(verdict_line(screening, made, texts), _TONES[Verdict(made.verdict)]),
            *_reasons(screening, made, texts),
            *_missing(screening, made, texts),
            *_dates(screening, made, texts),
            Paragraph(
                texts.cards.verdict_on(made.day, screening.opened.protocol_version), Tone.FAINT
            ),
            *attempt_paragraph(screening, reader.attempts, texts),
            *next_reminder(screening, day, texts),
            *_signature(screening, texts),
        ),
        answers=_to_fill_in(screening, made, texts),
        moves=_end_moves(screening, texts, reader),
    )


def _to_fill_in(screening: Screening, made: DeterminationMade, texts: Texts) -> tuple[Row, ...]:
    """A button for each criterion that is still open: its judgement, or what is missing of it."""
    buttons = []
    for name in made.undetermined:
        entry = screening.book.criteria[name]
        view: View = Judging(name)
        if name not in made.judgement_required:
            asked = [
                one
                for one in screening.book.in_order(entry.table.reads)
                if one in screening.answers
            ]
            unknown = [
                one
                for one in asked
                if screening.answers[one] in screening.book.readers[one].non_answers
            ]
            if not asked:
                continue
            view = Question((unknown or asked)[0])
        buttons.append(Button(texts.cards.fill_in(name), Show(view), code=name))
    return tuple(tuple(buttons[at : at + 4]) for at in range(0, len(buttons), 4))


def verdict_line(screening: Screening, made: DeterminationMade, texts: Texts) -> str:
    """The verdict in one line."""
    words = texts.cards
    match Verdict(made.verdict):
        case Verdict.ELIGIBLE:
            return words.eligible
        case Verdict.INELIGIBLE:
            failing = [failing_text(screening.book, name, texts) for name in made.failing]
            return words.ineligible(", ".join(failing))
        case Verdict.NOT_YET:
            return words.not_yet(min(day for _, day in made.deadlines))
        case _:
            return words.pending(len(made.undetermined))


def paused_face(screening: Screening, texts: Texts) -> Face:
    """Put aside: one button takes it up again."""
    return Face(
        paragraphs=(Paragraph(texts.cards.paused, Tone.WAITING),),
        moves=((Button(texts.cards.resume, Do(Resume()), Tone.MAIN, "resume"),),),
    )


def stopped_face(screening: Screening, texts: Texts, reader: Reader) -> Face:
    """Given up: there is no verdict; only a new attempt can lead to one."""
    return Face(
        paragraphs=(
            Paragraph(texts.cards.stopped, Tone.FAINT),
            *attempt_paragraph(screening, reader.attempts, texts),
        ),
        moves=attempt_rows(screening, reader.attempts, texts, screens=reader.screens),
    )


def overdue_face(texts: Texts) -> Face:
    """Days went by and have settled what was asked: the verdict waits to be recorded.

    It is recorded when somebody looks again; no card shows a verdict before that.
    """
    return Face(
        paragraphs=(Paragraph(texts.remarks.not_asked, Tone.WAITING),),
        moves=_looking_back(texts),
    )


def _reasons(screening: Screening, made: DeterminationMade, texts: Texts) -> tuple[Paragraph, ...]:
    """The protocol's own sentence for each criterion that excludes, then what was not assessed."""
    criteria = screening.book.criteria
    said = [
        Paragraph(f"{name} · {criteria[name].criterion.text.of(texts.language)}", Tone.QUOTE)
        for name in made.failing
    ]
    if left := len(criteria) - len(made.assessed):
        said.append(Paragraph(texts.cards.unassessed(left), Tone.FAINT))
    return tuple(said)


def _missing(screening: Screening, made: DeterminationMade, texts: Texts) -> tuple[Paragraph, ...]:
    if not made.undetermined:
        return ()
    lines = [texts.cards.missing]
    for name in made.undetermined:
        criterion = screening.book.criteria[name].criterion
        judged = name in made.judgement_required
        what = texts.cards.judgement_missing if judged else criterion.text.of(texts.language)
        lines.append(f"{name} · {what}")
    return (Paragraph("\n".join(lines)),)


def _dates(screening: Screening, made: DeterminationMade, texts: Texts) -> tuple[Paragraph, ...]:
    """The deadlines of the verdict and the protocol's advisory dates, side by side."""
    language, words = texts.language, texts.cards
    labels = {
        named.deadline.name: named.deadline.label.of(language)
        for entry in screening.book.entries
        for named in entry.deadlines
    }
    lines = [f"{labels[name]}{texts.colon}{words.day(day)}" for name, day in made.deadlines]
    if Verdict(made.verdict) is not Verdict.INELIGIBLE:
        lines += advisory_lines(screening, made.day, texts)
    return (Paragraph("\n".join([words.deadlines, *lines])),) if lines else ()


def advisory_lines(screening: Screening, day: date, texts: Texts) -> list[str]:
    """The advisory dates that can be told from the answers."""
    facts = screening.book.facts(screening.answers, day, final=True)
    return [
        f"{named.deadline.label.of(texts.language)}{texts.colon}{texts.cards.day(found)}"
        + (f" ({texts.cards.passed})" if found < day else "")
        for named in screening.book.advisories
        if (found := named.on(facts))
    ]


def folded_face(screening: Screening, texts: Texts, reader: Reader) -> Face:
    """A closed card: number, verdict and time, and the way to open it again."""
    made = screening.determination
    line = verdict_line(screening, made, texts) if made else texts.cards.stopped
    when = (
        texts.cards.verdict_on(made.day, screening.opened.protocol_version)
        if made
        else texts.cards.day(screening.day(screening.opened_at))
    )
    unfold: tuple[Row, ...] = ((Button(texts.cards.unfold, Show(Front()), code="unfold"),),)
    return Face(
        paragraphs=(
            Paragraph(line, Tone.STRONG),
            Paragraph(when, Tone.FAINT),
            *attempt_paragraph(screening, reader.attempts, texts),
            *_signature(screening, texts),
        ),
        moves=unfold if made or reader.screens else (),
    )


def handing_face(reader: Reader, texts: Texts) -> Face:
    """Who is to carry on? Only people with a current delegation at the site are offered."""
    rows = tuple(
        (Button(name, Do(HandOver(person)), code=person),) for person, name in reader.colleagues
    )
    return Face(
        paragraphs=(Paragraph(texts.cards.hand_over_whom, Tone.STRONG),),
        answers=rows,
        moves=((Button(texts.cards.cancel, Show(Front()), code="cancel"),),),
    )


def _signature(screening: Screening, texts: Texts) -> tuple[Paragraph, ...]:
    """Printed name, date and time, and meaning (21 CFR 11.50)."""
    if screening.signature is None:
        return ()
    signed, at = screening.signature.signed, screening.signature.happened.at
    local = at.astimezone(ZoneInfo(screening.opened.time_zone))
    meaning = texts.cards.meanings[signed.meaning]
    return (Paragraph(texts.cards.signed(signed.name, local, meaning), Tone.STRONG),)


def signable(screening: Screening) -> bool:
    """Whether the verdict can be signed now; `flows.decide` has the last word."""
    made = screening.determination
    settled = made is not None and made.verdict in (Verdict.ELIGIBLE, Verdict.INELIGIBLE)
    return settled and screening.stage is Stage.CONCLUDED and screening.mode is Mode.SCREENING


def _end_moves(screening: Screening, texts: Texts, reader: Reader) -> tuple[Row, ...]:
    words = texts.cards
    rows = _looking_back(texts)
    if reader.signs and signable(screening):
        rows = ((Button(words.sign, Show(Signing()), Tone.MAIN, "sign"),), *rows)
    if screening.mode is Mode.QUICK_CHECK and reader.promotes:
        rows = ((Button(words.promote, Do(Promote()), Tone.MAIN, "promote"),), *rows)
    if reader.colleagues and screening.mode is not Mode.PRACTICE and not screening.signature:
        hand_over = Button(words.hand_over, Show(HandingOver()), code="hand over")
        rows = (*rows, (hand_over,))
    rows = (*rows, *attempt_rows(screening, reader.attempts, texts, screens=reader.screens))
    rows = (*rows, *waiting_moves(screening, texts, reader))
    if reader.taps and screening.stage in (Stage.CONCLUDED, Stage.SIGNED):
        share = Button(words.share, Copy(screening.number))
        rows = (*rows, (share, Button(words.fold, Show(Folded()), code="close")))
    return rows


def _looking_back(texts: Texts) -> tuple[Row, ...]:
    return (
        (
            Button(texts.cards.review, Show(Reviewing()), code="review"),
            Button(texts.cards.correct, Show(Correcting()), code="correct"),
        ),
    )

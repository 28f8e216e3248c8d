"""An attempt as a QuestionnaireResponse: what was answered, and what followed from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flows.events import (
    AnswerCorrected,
    AnswerSetAside,
    DeterminationMade,
    JudgementGiven,
    Mode,
)
from flows.protocol.model import Criterion, Outcome
from flows.screening import Screening
from flows.stages import Stage
from flows.subjects import Subject
from flows.tallies import Row
from storage.exports.fhir import questionnaires as ask
from storage.exports.fhir.days import Days
from storage.exports.fhir.elements import REDACTED, TEST, Json, absent, reference
from storage.exports.fhir.questionnaires import Form

_VALUES: Final = {"integer": "valueInteger", "decimal": "valueDecimal", "date": "valueDate"}
_FINAL: Final = ("eligible", "ineligible")


def response(
    subject: Subject, form: Form | None, days: Days, shown: tuple[str, ...], withheld: bool
) -> Json:
    """The response. `form` is None where no version of the protocol is known by that name."""
    row, screening = subject.row, subject.screening
    items = list(_items(subject, form, days, shown)) if form else []
    verdict = _determination(subject, days, shown) if form else None
    latest = screening.latest if screening else row.line.determined_at
    return {
        "resourceType": "QuestionnaireResponse",
        "id": subject.number,
        **_meta(row.line.mode, withheld),
        **({"questionnaire": form.canonical} if form else {"_questionnaire": absent("unknown")}),
        "status": status(subject),
        **({"subject": reference("ResearchSubject", row.patient)} if _listed(row) else {}),
        **days.moment("authored", latest or row.line.opened_at),
        "author": {"type": "Practitioner", "identifier": {"value": row.line.owner}},
        **({"item": [*items, *([verdict] if verdict else [])]} if items or verdict else {}),
    }


def _meta(mode: Mode, withheld: bool) -> Json:
    """That something was left out; and what it is, where it is no screening of a patient."""
    tags: list[Json] = [{"code": mode.value}] if mode is not Mode.SCREENING else []
    if mode is Mode.PRACTICE:
        tags.append(TEST)
    meta = {**({"security": [REDACTED]} if withheld else {}), **({"tag": tags} if tags else {})}
    return {"meta": meta} if meta else {}


def status(subject: Subject) -> str:
    """How far the questions came (questionnaire-answers-status).

    `stopped` is given up, or ended at the first exclusion; `in-progress` is whatever waits for an
    answer or for a day; `amended` was changed after a verdict that decides.
    """
    line = subject.row.line
    if line.stopped or (line.stands == "ineligible" and _short(subject)):
        return "stopped"
    if not line.complete or line.stands not in _FINAL:
        return "in-progress"
    return "amended" if _changed_since(subject) else "completed"


def _short(subject: Subject) -> bool:
    """Whether the first exclusion ended it, and nobody is asking on for all the reasons."""
    line, screening = subject.row.line, subject.screening
    if screening is None:
        return not line.every_reason
    made = screening.determination
    asking = screening.stage in (Stage.ASKING, Stage.PAUSED)
    return made is not None and not made.complete and not asking


def _changed_since(subject: Subject) -> bool:
    decided = False
    for event in (happened.event for happened in subject.history):
        if isinstance(event, DeterminationMade):
            decided = decided or event.verdict in _FINAL
        elif decided and _changes(event):
            return True
    return False


def _changes(event: object) -> bool:
    if isinstance(event, JudgementGiven):
        return event.old is not None
    return isinstance(event, AnswerCorrected | AnswerSetAside)


def _listed(row: Row) -> bool:
    """Whether its patient is in the screening log; quick checks and practice are no patients."""
    return row.line.mode is Mode.SCREENING


def _items(subject: Subject, form: Form, days: Days, shown: tuple[str, ...]) -> Iterator[Json]:
    screening = subject.screening
    if screening is None:
        return
    found = _findings(screening) if subject.row.line.stands else {}
    for name in shown:
        criterion = screening.book.criteria[name].criterion
        items = list(_answers(screening, criterion, form, days))
        if name in screening.judgements:
            items.append(_code(ask.judgement(name), screening.judgements[name].value))
        if name in found:
            items.append(_code(ask.finding(name), found[name].value))
        if items:
            yield {"linkId": name, "item": items}


def _answers(screening: Screening, criterion: Criterion, form: Form, days: Days) -> Iterator[Json]:
    for name in (entry.id for entry in criterion.inputs if entry.id in screening.answers):
        value = screening.answers[name]
        kind, _ = form.questions[name]
        own = kind not in _VALUES
        _, codes = form.questions.get(name if own else ask.coded(name), (kind, frozenset()))
        if own or value in codes:
            yield _code(name if own else ask.coded(name), str(value))
        elif kind == "date":
            yield _day(name, str(value), days)
        else:
            yield {"linkId": name, "answer": [{_VALUES[kind]: _number(kind, value)}]}


def _number(kind: str, value: int | str) -> int | float:
    return int(value) if kind == "integer" else float(value)


def _code(link: str, code: str) -> Json:
    return {"linkId": link, "answer": [{"valueCoding": {"code": code}}]}


def _findings(screening: Screening) -> dict[str, Outcome]:
    """What the last verdict found; a criterion that was not assessed has no finding."""
    made = screening.determination
    return {name: _finding(made, name) for name in made.assessed} if made else {}


def _finding(made: DeterminationMade, name: str) -> Outcome:
    if name in made.failing:
        return Outcome.FAIL
    if name in made.judgement_required:
        return Outcome.JUDGEMENT
    return Outcome.UNDETERMINED if name in made.undetermined else Outcome.PASS


def _determination(subject: Subject, days: Days, shown: tuple[str, ...]) -> Json | None:
    """The verdict that stands, its day, and the deadlines of the criteria that may be told."""
    line, screening = subject.row.line, subject.screening
    if line.stands is None:
        return None
    items = [_code(ask.VERDICT, line.stands)]
    if screening and (made := screening.determination):
        told = (screening.book.criteria[name].criterion.deadlines for name in shown)
        names = {one.name for deadlines in told for one in deadlines}
        dated = [(ask.DAY, made.day)]
        dated += [(ask.deadline(name), day) for name, day in made.deadlines if name in names]
        items += [_day(link, day.isoformat(), days) for link, day in dated]
    return {"linkId": ask.DETERMINATION, "item": items}


def _day(link: str, day: str, days: Days) -> Json:
    return {"linkId": link, "answer": [days.day("valueDate", day)]}

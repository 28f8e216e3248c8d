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
    verdict = _determination(subject, days) if form else None
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
            yield {"linkId": name, "answer": [days.day("valueDate", str(value))]}
        else:
            yield {"linkId": name, "answer": [{_VALUES[kind]: _number(kind, value)}]}


def _number(kind: str, value: int | str) -> int | float:
    return int(value) if kind == "integer" else float(value)


def _code(link: str, code: str) -> Json:
    return {"linkId": link, "answer": [{"valueCoding": {"code": code}}]}


def _findings(screening: Screening) -> dict[str, Outcome]:
    """What the last verdict found; a criterion that was not assessed has no finding."""
    made = screening.determination
    if made is None:
        return {}
    return {
        name: Outcome.FAIL
        if name in made.failing
        else Outcome.JUDGEMENT
        if name in made.judgement_required
        else Outcome.UNDETERMINED
        if name in made.undetermined
        else Outcome.PASS
        for name in made.assessed
    }


def _determination(subject: Subject, days: Days) -> Json | None:
    """The verdict that stands, its day and its deadlines."""
    line = subject.row.line
    if line.stands is None:
        return None
    items = [_code(ask.VERDICT, line.stands)]
    if subject.screening and (made := subject.screening.determination):
        items.append({"linkId": ask.DAY, "answer": [days.day("valueDate", made.day.isoformat())]})
        items += [
            {"linkId": ask.deadline(name), "answer": [days.day("valueDate", day.isoformat())]}
            for name, day in made.deadlines
        ]
    return {"linkId": ask.DETERMINATION, "item": items}

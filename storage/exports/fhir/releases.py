"""Where R4 and R5 differ: the study, the subject, and what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.protocol.model import Protocol
from flows.subjects import Subject
from storage.exports.fhir.days import Days
from storage.exports.fhir.elements import Json, concept, reference, said
from storage.exports.fhir.subjects import ENROLLED, reason, state
from storage.exports.fhir.trail import LIFECYCLE, Step

_STATES: Final = "http://terminology.hl7.org/CodeSystem/research-subject-state"


@dataclass(frozen=True, slots=True)
class Release:
    """One release of FHIR. `choice` is its type of a question that is answered by a code."""

    name: str
    choice: str
    study: Callable[[Protocol, str], Json]
    subject: Callable[[Subject, Days], Json]
    event: Callable[[Step, Subject, Days], Json]


def study_id(trial: str) -> str:
    """The id of the study: the trial, as far as ids allow."""
    return trial.replace("_", "-")


def _study(protocol: Protocol, language: str) -> Json:
    registered = protocol.registry_ids.items()
    return {
        "resourceType": "ResearchStudy",
        "id": study_id(protocol.id),
        "language": language,
        "identifier": [{"type": {"text": key}, "value": value} for key, value in registered],
        **said("title", protocol.title, language),
        "status": "active",
        **said("description", protocol.status, language),
    }


def _study_5(protocol: Protocol, language: str) -> Json:
    recruitment = {"targetNumber": protocol.target}
    return {**_study(protocol, language), "name": protocol.acronym, "recruitment": recruitment}


def _subject(subject: Subject) -> Json:
    """The patient, by the first number; and by that of the attempt that counts."""
    row = subject.row
    numbers = [{"use": "usual", "value": row.patient}]
    if row.patient != subject.number:
        numbers.append({"use": "secondary", "value": subject.number})
    return {
        "resourceType": "ResearchSubject",
        "id": row.patient,
        "identifier": numbers,
        "study": reference("ResearchStudy", study_id(row.line.trial)),
    }


def _nobody(subject: Subject) -> Json:
    """A patient who is referred to and not described: the site's paper list has the rest."""
    return {"type": "Patient", "identifier": {"value": subject.row.patient}}


def _subject_4(subject: Subject, days: Days) -> Json:
    enrolled = subject.row.case.status in ENROLLED
    period = {"period": days.moment("start", _since(subject, first=True))} if enrolled else {}
    return {
        **_subject(subject),
        "status": state(subject.row),
        **period,
        "individual": _nobody(subject),
    }


def _subject_5(subject: Subject, days: Days) -> Json:
    why = reason(subject)
    progress = {
        "subjectState": concept(_STATES, state(subject.row)),
        **({"reason": {"text": why}} if why else {}),
        **days.moment("startDate", _since(subject)),
    }
    return {
        **_subject(subject),
        "status": "active",
        "progress": [progress],
        "subject": _nobody(subject),
    }


def _since(subject: Subject, *, first: bool = False) -> datetime:
    """Since when a patient is in the state they are in; `first`: since they were enrolled."""
    line, steps = subject.row.line, subject.row.case.steps
    if first:
        return next(step.at for step in steps if step.status in ENROLLED)
    if steps and (subject.row.case.status in ENROLLED or line.stands == "eligible"):
        return steps[-1].at
    return (line.stands and line.determined_at) or line.opened_at


def _event_4(step: Step, subject: Subject, days: Days) -> Json:
    details = [{"type": name, "valueString": value} for name, value in step.details]
    return {
        **step.resource(days),
        "type": {"system": LIFECYCLE, "code": step.lifecycle},
        "subtype": [{"code": step.happened.event.kind}],
        "outcome": "0",
        "source": {"site": subject.row.line.site, "observer": step.observer},
        "entity": [{"what": step.what, **({"detail": details} if details else {})}],
    }


def _event_5(step: Step, subject: Subject, days: Days) -> Json:
    details = [{"type": {"text": name}, "valueString": value} for name, value in step.details]
    return {
        **step.resource(days),
        "category": [concept(LIFECYCLE, step.lifecycle)],
        "code": {"coding": [{"code": step.happened.event.kind}]},
        "source": {"site": {"display": subject.row.line.site}, "observer": step.observer},
        "entity": [{"what": step.what, **({"detail": details} if details else {})}],
    }


R4: Final = Release("R4", "choice", _study, _subject_4, _event_4)
R5: Final = Release("R5", "coding", _study_5, _subject_5, _event_5)

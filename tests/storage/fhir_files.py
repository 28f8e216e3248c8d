"""Screenings for the FHIR tests, played with a patient's answers, and their files read again."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flows.commands import Command, Finish, GiveAnswer, RecordAllReasons
from flows.events import Actor, Happened
from flows.people import Directory
from flows.questions import AskInput
from flows.stages import Stage
from flows.subjects import Subject
from storage.exports.fhir.writer import FhirR4, FhirR5
from storage.exports.form import About, Begin
from tests.flows.log_subjects import Trial
from tests.flows.logs import book
from tests.flows.robot import PEOPLE, START, Played, opened

Resource = dict[str, Any]
RELEASES: dict[str, Begin] = {"R4": FhirR4, "R5": FhirR5}


def asked(played: Played, patient: Mapping[str, object]) -> Played:
    """Every question answered as this patient would, until nothing more is asked."""
    while played.screening.stage is Stage.ASKING and isinstance(step := played.step(), AskInput):
        played.do(GiveAnswer(step.input, patient[step.input]))  # type: ignore[arg-type]
    return played


def screened(patient: Mapping[str, object], *then: Command, by: Actor = PEOPLE[0]) -> Played:
    """A screening of this patient, and what was done after the questions."""
    played = asked(opened(book()), patient)
    for command in then:
        played.do(command, by)
        asked(played, patient)
    return played


ALL_REASONS, FIRST_ONLY = RecordAllReasons(), Finish()


def trial_of(*histories: Sequence[Happened]) -> Trial:
    """A trial of these screenings, each under a number of its own."""
    return Trial({f"N{at}": tuple(one) for at, one in enumerate(histories)})


def subject_of(played: Played) -> Subject:
    """The one subject of a trial with a single screening."""
    (subject,) = Trial({"N7": tuple(played.history)}).subjects()
    return subject


def written(
    subjects: Iterable[Subject],
    release: str = "R4",
    *,
    dates: bool = False,
    language: str = "en",
) -> bytes:
    """The file of a release."""
    out = io.BytesIO()
    about = About((book(),), Directory(), START, language, dates)
    export = RELEASES[release](out, about)
    rows = sum(map(export.add, subjects)) + export.finish()
    assert rows == out.getvalue().count(b"\n")
    return out.getvalue()


def read(raw: bytes) -> list[Resource]:
    """The resources of a file."""
    return [json.loads(line) for line in raw.splitlines()]


def of(kind: str, resources: Iterable[Resource]) -> list[Resource]:
    """The resources of one type."""
    return [one for one in resources if one["resourceType"] == kind]


def answers(response: Resource) -> dict[str, Any]:
    """The answers of a response by link id: each question has one."""
    found: dict[str, Any] = {}
    items = list(response.get("item", []))
    while items:
        item = items.pop()
        items += item.get("item", [])
        if "answer" in item:
            (found[item["linkId"]],) = item["answer"]
    return found


def code(answer: Resource | None) -> str | None:
    """The code of an answer."""
    return answer["valueCoding"]["code"] if answer else None

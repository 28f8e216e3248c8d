"""The check of the FHIR files: every planted fault is refused, by codes and paths alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from importlib.resources import files
from typing import Any

import pytest
from pydantic import BaseModel

import storage.exports.fhir.subjects
from flows.subjects import Subject
from flows.tallies import Waiting
from storage.exports.fhir.check import Check
from storage.exports.fhir.codes import codes_of
from storage.exports.form import NotSound
from tests.flows.grids import MAN
from tests.flows.robot import SIGN
from tests.storage.fhir_files import RELEASES, Resource, of, read, screened, subject_of, written

PACKAGES = {"R4": "fhir.resources.R4B", "R5": "fhir.resources"}
KINDS = (
    "ResearchStudy",
    "ResearchSubject",
    "Questionnaire",
    "QuestionnaireResponse",
    "AuditEvent",
    "Provenance",
)
CANARY = "Canary-Canary"


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Each release."""
    return str(request.param)


@pytest.fixture(scope="module")
def subject() -> Subject:
    """An eligible patient, signed."""
    return subject_of(screened(MAN, SIGN))


@pytest.fixture
def resources(subject: Subject, release: str) -> dict[str, Resource]:
    """One resource of each type, as it is written inside the site."""
    found = read(written([subject], release, dates=True))
    return {kind: of(kind, found)[0] for kind in KINDS}


@pytest.fixture
def check(resources: dict[str, Resource], release: str) -> Check:
    """The check of this release, which knows one questionnaire."""
    form = resources["Questionnaire"]
    return Check(release, {f"{form['url']}|{form['version']}": questions(form["item"])})


def questions(items: list[Resource]) -> dict[str, tuple[str, frozenset[str]]]:
    """The questions of a form by their link ids."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for item in items:
        codes = (one["valueCoding"]["code"] for one in item.get("answerOption", []))
        found[item["linkId"]] = (item["type"], frozenset(codes))
        found |= questions(item.get("item", []))
    return found


def first_answer(resources: dict[str, Resource]) -> Resource:
    """The first item of the response that is an answer."""
    item: Resource = resources["QuestionnaireResponse"]["item"][0]["item"][0]
    return item


PLANTED: dict[str, tuple[str, Callable[[dict[str, Resource]], Any], str]] = {
    "response status": (
        "QuestionnaireResponse",
        lambda all_: all_["QuestionnaireResponse"].update(status="halted"),
        "QuestionnaireResponse.status: no such code: halted",
    ),
    "subject status": (
        "ResearchSubject",
        lambda all_: all_["ResearchSubject"].update(status="screened"),
        "ResearchSubject.status: no such code: screened",
    ),
    "study status": (
        "ResearchStudy",
        lambda all_: all_["ResearchStudy"].update(status="open"),
        "ResearchStudy.status: no such code: open",
    ),
    "item type": (
        "Questionnaire",
        lambda all_: all_["Questionnaire"]["item"][0]["item"][0].update(type="number"),
        "Questionnaire.type: no such code: number",
    ),
    "action": (
        "AuditEvent",
        lambda all_: all_["AuditEvent"].update(action="X"),
        "AuditEvent.action: no such code: X",
    ),
    "entity role": (
        "Provenance",
        lambda all_: all_["Provenance"]["entity"][0].update(role="origin"),
        "Provenance.entity.role: no such code: origin",
    ),
    "relation of a date": (
        "QuestionnaireResponse",
        lambda all_: all_["QuestionnaireResponse"].update(
            extension=[{"url": "relationship", "valueCode": "later"}]
        ),
        "no such code: later",
    ),
    "no study": (
        "ResearchSubject",
        lambda all_: all_["ResearchSubject"].pop("study"),
        "study: missing",
    ),
    "an unknown element": (
        "AuditEvent",
        lambda all_: all_["AuditEvent"].update(patientName=CANARY),
        "patientName: extra_forbidden",
    ),
    "a date that is none": (
        "Provenance",
        lambda all_: all_["Provenance"].update(recorded=CANARY),
        "recorded",
    ),
    "no such question": (
        "QuestionnaireResponse",
        lambda all_: first_answer(all_).update(linkId="shoe_size"),
        "shoe_size: no such question",
    ),
    "no such option": (
        "QuestionnaireResponse",
        lambda all_: all_["QuestionnaireResponse"]["item"][2]["item"][0]["answer"][0][
            "valueCoding"
        ].update(code="perhaps"),
        "diagnosis: no such option",
    ),
    "an answer of another type": (
        "QuestionnaireResponse",
        lambda all_: first_answer(all_).update(answer=[{"valueString": CANARY}]),
        "age_years: not what a integer is answered by",
    ),
    "a group that is answered": (
        "QuestionnaireResponse",
        lambda all_: all_["QuestionnaireResponse"]["item"][0].update(answer=[{"valueInteger": 3}]),
        "I1: not what a group is answered by",
    ),
    "another questionnaire": (
        "QuestionnaireResponse",
        lambda all_: all_["QuestionnaireResponse"].update(questionnaire="urn:uuid:0|1"),
        "no such questionnaire",
    ),
    "no questionnaire": (
        "QuestionnaireResponse",
        lambda all_: all_["QuestionnaireResponse"].pop("questionnaire"),
        "answers to no questionnaire",
    ),
}


def test_what_is_written_passes(check: Check, resources: dict[str, Resource]) -> None:
    """None of the resources is refused before something is planted in it."""
    for resource in resources.values():
        check(resource)
    check.finish()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_refused(
    name: str, check: Check, resources: dict[str, Resource]
) -> None:
    """It says which resource and where; never the value of something that could identify."""
    kind, plant, fault = PLANTED[name]
    plant(resources)
    with pytest.raises(NotSound) as refused:
        check(resources[kind])
    assert refused.value.fault.startswith(f"{kind}/{resources[kind]['id']}: ")
    if not (name == "no questionnaire" and check.release == "R5"):  # R5 wants one, and says so
        assert fault in refused.value.fault
    assert CANARY not in refused.value.fault


def test_a_wrong_state_in_r5_is_refused(subject: Subject) -> None:
    """There the state is a code of a concept."""
    (found,) = of("ResearchSubject", read(written([subject], "R5")))
    found["progress"][0]["subjectState"]["coding"][0]["code"] = "screened"
    with pytest.raises(NotSound, match=r"subjectState\.coding\.code: no such code: screened"):
        Check("R5", {})(found)


def test_a_wrong_code_of_our_own_stops_the_export(
    subject: Subject, release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in the mapping is found while the file is written."""
    wrong = {**storage.exports.fhir.subjects.WAITING, Waiting.NOT_APPROACHED: "found-eligible"}
    monkeypatch.setattr(storage.exports.fhir.subjects, "WAITING", wrong)
    with pytest.raises(NotSound, match=r"^ResearchSubject/N7: .*no such code: found-eligible$"):
        written([subject], release)


def test_a_subject_that_never_comes_is_missed(subject: Subject, release: str) -> None:
    """A response refers to a patient who is not in the file."""
    check = Check(release, {})
    check.awaits(subject.row.patient)
    with pytest.raises(NotSound, match="no such subject: N7"):
        check.finish()
    check.has_come(subject.row.patient)
    check.finish()


def test_the_codes_are_those_that_the_library_lists(release: str) -> None:
    """Where the library names the codes of an element, they are ours: two sources agree."""
    compared = 0
    for path, codes in codes_of(release).elements.items():
        kind, _, element = path.partition(".")
        listed = enumerated(release, kind, element)
        if listed and "+" not in listed:
            assert codes == set(listed), path
            compared += 1
    assert compared >= 4


def enumerated(release: str, kind: str, element: str) -> list[str]:
    """The codes that the library's model of a resource lists for one of its elements."""
    module = import_module(f"{PACKAGES[release]}.{kind.lower()}")
    owner, _, name = element.rpartition(".")
    model = getattr(module, f"{kind}{owner.capitalize()}", None)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    found = model.model_fields.get(name)
    extra = found.json_schema_extra if found else None
    return list(extra.get("enum_values", [])) if isinstance(extra, dict) else []  # type: ignore[arg-type]


def test_the_codes_name_their_source() -> None:
    """Whoever reads the file of codes knows where they come from."""
    found = json.loads(files("storage.exports.fhir").joinpath("codes.json").read_text())
    assert "HL7" in found["source"]
    assert {"R4", "R5"} < set(found)

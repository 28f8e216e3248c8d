"""FHIR files: sound by the library, alike in both releases, and saying what the record says."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest

from flows.cases import FollowUp
from flows.commands import GiveAnswer, Stop
from flows.events import Mode, Reason
from flows.subjects import Subject
from flows.tallies import Row
from storage.exports.fhir.responses import status
from tests.flows.grids import MAN
from tests.flows.log_subjects import Trial
from tests.flows.logs import book, case_of, histories, step
from tests.flows.robot import SIGN, Played
from tests.flows.subjects import renumbered
from tests.storage.fhir_files import (
    ALL_REASONS,
    FIRST_ONLY,
    RELEASES,
    Resource,
    answers,
    code,
    of,
    read,
    screened,
    subject_of,
    trial_of,
    written,
)

PACKAGES = {"R4": "fhir.resources.R4B", "R5": "fhir.resources"}
TOO_OLD = MAN | {"age_years": 80}
CURED = MAN | {"malignancy": "in_situ_or_bcc", "malignancy_last_active": "2010-05"}
WAITS = MAN | {"hiv_serology": "pending"}


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Each release."""
    return str(request.param)


def with_steps(subject: Subject, *steps: FollowUp) -> Subject:
    """The same patient, followed up."""
    row = Row(subject.row.line, case_of("N7", *map(step, steps)), 1, counted=True)
    return Subject(row, subject.screening, subject.history)


def state(subject: Subject, release: str) -> str:
    """The state of the one subject in the file of a release."""
    (found,) = of("ResearchSubject", read(written([subject], release)))
    if release == "R4":
        return str(found["status"])
    assert found["status"] == "active"
    return str(found["progress"][0]["subjectState"]["coding"][0]["code"])


def test_the_library_reads_every_resource(release: str) -> None:
    """Each line of a file with dates is a resource of its release, and comes back as it was."""
    log = trial_of(*histories()[:4], screened(TOO_OLD, FIRST_ONLY).history)
    for resource in read(written(log.subjects(), release, dates=True)):
        kind = resource["resourceType"]
        model = getattr(import_module(f"{PACKAGES[release]}.{kind.lower()}"), kind)
        again = model.model_validate(resource).model_dump(mode="json", exclude_none=True)
        assert without_zone(again) == resource


def without_zone(resource: object) -> object:
    """With one way to write UTC."""
    if isinstance(resource, dict):
        return {name: without_zone(one) for name, one in resource.items()}
    if isinstance(resource, list):
        return [without_zone(one) for one in resource]
    return resource.replace("+00:00", "Z") if isinstance(resource, str) else resource


@pytest.mark.parametrize(
    ("played", "expected"),
    [
        (screened(TOO_OLD), "stopped"),
        (screened(TOO_OLD, FIRST_ONLY), "stopped"),
        (screened(TOO_OLD, ALL_REASONS), "completed"),
        (screened(MAN), "completed"),
        (screened(MAN, SIGN), "completed"),
        (screened(MAN, GiveAnswer("age_years", 46, Reason.TYPING_ERROR)), "amended"),
        (screened(WAITS), "in-progress"),
        (screened(WAITS, Stop()), "stopped"),
    ],
    ids=["excluded", "first", "all", "eligible", "signed", "corrected", "pending", "given_up"],
)
def test_how_far_the_questions_came(played: Played, expected: str) -> None:
    """A short-circuit is `stopped`; what may still change is `in-progress`."""
    assert status(subject_of(played)) == expected


def test_while_all_reasons_are_asked(release: str) -> None:
    """The exclusion stands, and the questions go on."""
    played = screened(TOO_OLD)
    played.do(ALL_REASONS)
    subject = subject_of(played)
    assert status(subject) == "in-progress"
    assert state(subject, release) == "ineligible"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), "eligible"),
        ((FollowUp.APPROACHED,), "eligible"),
        ((FollowUp.CONSENTED,), "pending-on-study"),
        ((FollowUp.DECLINED,), "not-registered"),
        ((FollowUp.ENROLLED,), "on-study"),
        ((FollowUp.ENROLLED, FollowUp.WITHDRAWN), "off-study"),
        ((FollowUp.ENROLLED, FollowUp.ENROLLED_IN_ERROR), "off-study"),
    ],
)
def test_what_became_of_an_eligible_one(
    steps: tuple[FollowUp, ...], expected: str, release: str
) -> None:
    """By the definitions of the codes: whoever leaves after enrolment is off the study."""
    assert state(with_steps(subject_of(screened(MAN)), *steps), release) == expected


@pytest.mark.parametrize(
    ("played", "expected"),
    [
        (screened(TOO_OLD, FIRST_ONLY), "ineligible"),
        (screened(WAITS), "screening"),
        (screened(WAITS, Stop()), "potential-candidate"),
    ],
)
def test_what_became_of_the_others(played: Played, expected: str, release: str) -> None:
    """Nobody without a verdict is called ineligible, nor eligible."""
    assert state(subject_of(played), release) == expected


def test_answers_are_typed(release: str) -> None:
    """Numbers as numbers, dates as dates, codes and bands as codes; findings beside them."""
    played = screened(TOO_OLD, ALL_REASONS)
    (response,) = of(
        "QuestionnaireResponse", read(written([subject_of(played)], release, dates=True))
    )
    found = answers(response)
    assert code(found["age_years.code"]) == "> 75"
    assert "age_years" not in found
    assert found["index_date"] == {"valueDate": "2026-03-06"}
    assert (code(found["diagnosis"]), code(found["unit"])) == ("confirmed", "dermatology")
    assert (code(found["I1.finding"]), code(found["I2.finding"])) == ("fail", "pass")
    assert code(found["screening.verdict"]) == "ineligible"


def test_what_was_not_asked_has_no_finding(release: str) -> None:
    """After a short-circuit the rest is not assessed, and never "no"."""
    (response,) = of(
        "QuestionnaireResponse",
        read(written([subject_of(screened(TOO_OLD, FIRST_ONLY))], release, dates=True)),
    )
    assert [item["linkId"] for item in response["item"]] == ["I1", "screening.determination"]


def test_days_are_counted_from_the_opening(release: str) -> None:
    """Outside the site a date is an offset in the precision that was kept."""
    subject = subject_of(screened(CURED))
    (response,) = of("QuestionnaireResponse", read(written([subject], release)))
    found = answers(response)
    assert days(found["index_date"]) == (-4, "d")
    assert days(found["admission_date"]) == (-2, "d")
    assert days(found["malignancy_last_active"]) == (-16, "a")
    assert days(found["screening.day"]) == (0, "d")


def test_a_deadline_is_told(release: str) -> None:
    """Not yet, and until when: as a day inside the site, as an offset outside."""
    subject = subject_of(screened(MAN | {"bsa_max_d0_d10_pct": 5}))
    link = "screening.deadline.reassess_until"
    for dates in (False, True):
        (response,) = of("QuestionnaireResponse", read(written([subject], release, dates=dates)))
        found = answers(response)
        assert code(found["screening.verdict"]) == "not_yet"
        assert response["status"] == "in-progress"
        assert (
            found[link] == {"valueDate": "2026-03-16"} if dates else days(found[link]) == (6, "d")
        )


def days(answer: Resource) -> tuple[int, str]:
    """How much before or after, and in which unit."""
    (extension,) = answer["_valueDate"]["extension"]
    parts = {one["url"]: one for one in extension["extension"]}
    assert parts["target"]["valueReference"] == {"reference": "AuditEvent/N7-1"}
    return parts["offset"]["valueDuration"]["value"], parts["offset"]["valueDuration"]["code"]


def test_both_languages(release: str) -> None:
    """The text in the one that was asked for, the translation in the other."""
    for language, other in (("en", "fr"), ("fr", "en")):
        (form,) = of("Questionnaire", read(written([], release, language=language)))
        assert form["language"] == language
        for item, criterion in zip(form["item"], book().protocol.criteria, strict=False):
            (extension,) = item["_text"]["extension"]
            lang, content = extension["extension"]
            assert item["text"] == " ".join(criterion.text.of(language).split())
            assert lang["valueCode"] == other
            assert content["valueString"] == " ".join(criterion.text.of(other).split())


def test_a_signature_has_its_meaning_and_name(release: str) -> None:
    """The hash of the record that was signed is told inside the site only."""
    subject = subject_of(screened(MAN, SIGN))
    (inside,) = of("Provenance", read(written([subject], release, dates=True)))
    (outside,) = of("Provenance", read(written([subject], release)))
    for found in (inside, outside):
        (signature,) = found["signature"]
        assert signature["type"][1] == {"code": "eligible"}
        assert signature["who"]["display"] == "Inès"
        assert found["target"] == [{"reference": "QuestionnaireResponse/N7"}]
    assert inside["entity"][0]["what"]["identifier"]["value"] == "0" * 64
    assert "0" * 64 not in str(outside)


def test_a_signature_that_was_voided_is_none(release: str) -> None:
    """The trail tells that there was one."""
    played = screened(MAN, SIGN, GiveAnswer("age_years", 46, Reason.TYPING_ERROR))
    resources = read(written([subject_of(played)], release, dates=True))
    assert of("Provenance", resources) == []
    kinds = [str(one) for one in of("AuditEvent", resources)]
    assert sum("signature-voided" in one for one in kinds) == 1


def test_the_whole_trail_inside(release: str) -> None:
    """An AuditEvent for each event, with what was old and new, and why."""
    played = screened(MAN, GiveAnswer("age_years", 46, Reason.TYPING_ERROR))
    events = of("AuditEvent", read(written([subject_of(played)], release, dates=True)))
    assert len(events) == len(played.history)
    corrected = next(one for one in events if "answer-corrected" in str(one))
    told = {
        one["type"] if release == "R4" else one["type"]["text"]: one["valueString"]
        for one in corrected["entity"][0]["detail"]
    }
    assert told == {"input": "age_years", "old": "45", "value": "46", "reason": "typing_error"}
    assert corrected["agent"][0]["who"]["identifier"] == {"value": "p1"}
    assert corrected["agent"][0]["role"] == [{"text": "investigator"}]


def test_an_attempt_again_is_the_same_patient(release: str) -> None:
    """One subject, by the number of the first; a response for each attempt."""
    history = screened(WAITS).history
    again = renumbered(history, "N8", "N7", timedelta(hours=1))
    log = Trial({"N7": tuple(history), "N8": again})
    resources = read(written(log.subjects(), release))
    (patient,) = of("ResearchSubject", resources)
    assert patient["id"] == "N7"
    assert [one["value"] for one in patient["identifier"]] == ["N7", "N8"]
    responses = of("QuestionnaireResponse", resources)
    assert {one["subject"]["reference"] for one in responses} == {"ResearchSubject/N7"}
    assert [one["id"] for one in responses] == ["N7", "N8"]


def test_quick_checks_are_no_patients(release: str) -> None:
    """They and practice have responses that say so, and no subject."""
    log = trial_of(*histories())
    for mode, tags in (
        (Mode.QUICK_CHECK, ["quick_check"]),
        (Mode.PRACTICE, ["practice", "HTEST"]),
    ):
        resources = read(written(log.subjects(mode), release))
        responses = of("QuestionnaireResponse", resources)
        assert len(responses) > 0
        assert all("subject" not in one for one in responses)
        assert all([tag["code"] for tag in one["meta"]["tag"]] == tags for one in responses)
        assert of("ResearchSubject", resources) == []


def test_the_same_record_gives_the_same_bytes(release: str) -> None:
    """Nothing in a file says when it was made."""
    subjects = [subject_of(screened(MAN, SIGN))]
    assert written(subjects, release) == written(subjects, release)

"""FHIR outside the site: no date, no confidential criterion, nothing that record rules forbid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings

from flows.cases import FollowUp
from flows.commands import Command, GiveAnswer, Stop
from flows.events import Reason
from flows.subjects import Subject
from flows.tallies import Row
from tests.flows.grids import MAN
from tests.flows.log_subjects import Trial, erasure_of, trials
from tests.flows.logs import book, case_of, step
from tests.flows.robot import SIGN, Played
from tests.flows.test_tallies import HIDDEN
from tests.storage.fhir_files import (
    ALL_REASONS,
    FIRST_ONLY,
    RELEASES,
    answers,
    of,
    read,
    screened,
    subject_of,
    written,
)

EXCLUDING = {
    "E3": {"hiv_serology": "positive"},
    "E4": {"hbv_status": "active"},
    "E10": {"liberty_status": "deprived_of_liberty"},
    "E13": {"psychiatric_care": "without_consent"},
}
"""For each confidential criterion, the answer that excludes by it."""

NOT_LAST = tuple(EXCLUDING)[:-1]
"""After E13 nothing is left to ask: whatever follows it concludes at once."""

A_DATE = re.compile(rb"\b(?:19|20)\d\d-\d\d|\b(?:19|20)\d\d\b")
NAMES_A_VERSION = re.compile(rb"urn:uuid:[0-9a-f-]+\|[^\"]+|registry-2026|[0-9a-f]{16,}")


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """Each release."""
    return str(request.param)


def about_patients(raw: bytes) -> bytes:
    """The lines of a file that are about somebody, without the names of protocol versions."""
    lines = [
        line
        for line in raw.splitlines()
        if b'"resourceType":"ResearchStudy"' not in line
        and b'"resourceType":"Questionnaire"' not in line
    ]
    return NAMES_A_VERSION.sub(b"", b"\n".join(lines))


def without_systems(raw: bytes) -> bytes:
    """Without the addresses of code systems, some of which hold a year."""
    return re.sub(rb'"(?:system|url)":"[^"]*"', b"", raw)


@given(log=trials())
@settings(max_examples=8, deadline=None)
def test_no_date_leaves_the_site(log: Trial) -> None:
    """Neither of an answer, nor of a deadline, a verdict, a step, nor an event."""
    for release in RELEASES:
        raw = without_systems(about_patients(written(log.subjects(), release)))
        assert A_DATE.findall(raw) == []


def test_the_search_for_dates_can_see() -> None:
    """Inside the site it finds them."""
    raw = written([subject_of(screened(MAN, SIGN))], dates=True)
    assert len(A_DATE.findall(without_systems(about_patients(raw)))) > 10


@given(log=trials())
@settings(max_examples=8, deadline=None)
def test_no_confidential_criterion_leaves_the_site(log: Trial) -> None:
    """No question of one is answered, and the trail names neither criteria nor inputs."""
    for release in RELEASES:
        resources = read(written(log.subjects(), release))
        for response in of("QuestionnaireResponse", resources):
            assert secrets_in(answers(response)) == set()
        for event in of("AuditEvent", resources):
            assert "detail" not in event["entity"][0]


def secrets_in(links: Iterable[str]) -> set[str]:
    """The questions of confidential criteria among these."""
    criteria = [book().criteria[name].criterion for name in HIDDEN]
    inputs = {entry.id for criterion in criteria for entry in criterion.inputs}
    return {link for link in links if link.partition(".")[0] in HIDDEN | inputs}


@pytest.mark.parametrize("name", EXCLUDING)
@pytest.mark.parametrize("then", [(), (FIRST_ONLY,), (FIRST_ONLY, SIGN)])
def test_which_secret_excluded_cannot_be_told(
    name: str, then: tuple[Command, ...], release: str
) -> None:
    """Excluded by any of the confidential criteria, the file is the same, byte for byte."""
    found = excluded(name, *then)
    assert found.screening.determination is not None
    assert found.screening.determination.failing == (name,)
    assert written([subject_of(found)], release) == written(
        [subject_of(excluded("E3", *then))], release
    )


def excluded(name: str, *then: Command) -> Played:
    """A screening that this criterion ended."""
    return screened(MAN | EXCLUDING[name], *then)


def test_which_secret_excluded_is_told_inside(release: str) -> None:
    """The site itself has its record."""
    files = {
        written([subject_of(excluded(name, FIRST_ONLY))], release, dates=True) for name in EXCLUDING
    }
    assert len(files) == len(EXCLUDING)


def test_nor_where_the_questions_go_on(release: str) -> None:
    """Asking for all reasons, and giving up, do not show where it was stopped."""
    ways: tuple[tuple[Command, ...], ...] = ((ALL_REASONS,), (FIRST_ONLY, Stop()))
    for then in ways:
        ends = set()
        for name in NOT_LAST:
            played = excluded(name)
            for command in then:
                played.do(command)
            ends.add(written([subject_of(played)], release))
        assert len(ends) == 1


def test_a_correction_does_not_show_it_either(release: str) -> None:
    """The exclusion was put right and another fact is open: where the answers end says nothing."""
    ends = set()
    for name in NOT_LAST:
        played = excluded(name)
        (entry,) = EXCLUDING[name]
        played.do(GiveAnswer(entry, "unknown", Reason.TYPING_ERROR))
        ends.add(written([subject_of(played)], release))
    assert len(ends) == 1


def test_once_all_was_assessed_the_rest_may_be_told(release: str) -> None:
    """The other criteria are shown, the confidential one is not."""
    subject = subject_of(excluded("E3", ALL_REASONS))
    (response,) = of("QuestionnaireResponse", read(written([subject], release)))
    assert "I1.finding" in answers(response)
    assert "E3.finding" not in answers(response)
    assert response["meta"]["security"][0]["code"] == "REDACTED"


CANARIES = {
    "age_years": 93,
    "bsa_max_d0_d10_pct": 37.5,
    "malignancy": "in_situ_or_bcc",
    "malignancy_last_active": "2003-07-19",
}
"""What is typed and must not be kept: an exact age above 75, an area, a day without need."""


@pytest.mark.parametrize("dates", [False, True])
def test_what_record_rules_forbid_is_not_there(release: str, dates: bool) -> None:
    """Not even inside the site: it is reduced before it is kept, and no export undoes that."""
    played = screened(MAN | CANARIES, ALL_REASONS, SIGN)
    assert set(CANARIES) <= set(played.screening.answers)
    case = case_of("N7", step(FollowUp.ENROLLED_IN_ERROR))
    subject = subject_of(played)
    subject = Subject(
        Row(subject.row.line, case, 1, counted=True), played.screening, subject.history
    )
    raw = about_patients(written([subject], release, dates=dates)).decode()
    for canary in ("93", "37.5", "37,5", "2003-07"):
        assert canary not in raw.replace('"code":"1.2.840.10065.1.12.1.5"', "")


def forgotten(played: Played) -> Trial:
    """A trial with one screening, which was erased."""
    history = tuple(played.history)
    return Trial({"N7": history}, erasures={"N7": erasure_of("N7", history)})


@pytest.mark.parametrize("dates", [False, True])
def test_of_an_erased_screening_nothing_is_left(release: str, dates: bool) -> None:
    """One response without answers, one subject, no trail; and the verdict, which is kept."""
    log = forgotten(screened(MAN, SIGN))
    resources = read(written(log.subjects(), release, dates=dates))
    (response,) = of("QuestionnaireResponse", resources)
    assert set(answers(response)) == {"screening.verdict"}
    assert (response["status"], response["meta"]["security"][0]["code"]) == (
        "completed",
        "REDACTED",
    )
    assert len(of("ResearchSubject", resources)) == 1
    assert of("AuditEvent", resources) == of("Provenance", resources) == []


def test_an_erased_screening_of_a_version_nobody_knows(release: str) -> None:
    """It is told without a questionnaire, rather than not at all."""
    (subject,) = forgotten(screened(MAN)).subjects()
    line = replace(subject.row.line, protocol="older")
    unknown = Subject(replace(subject.row, line=line), None, ())
    (response,) = of("QuestionnaireResponse", read(written([unknown], release)))
    assert response["_questionnaire"]["extension"][0]["valueCode"] == "unknown"
    assert "item" not in response

"""One record, many files: the picture, the log, IE, FHIR and the ledger count alike."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings

from bot.pages.flow import Counts, flow_chart
from bot.texts import texts_in
from flows.cases import FollowUp
from flows.commands import Stop
from flows.events import Happened
from flows.tallies import ELIGIBLE, WITHOUT_VERDICT, Criteria, Flow, Waiting, flow, log_rows
from storage.exports.screening_log import log_csv
from storage.exports.sdtm import as_json
from storage.ledger import Entry
from storage.mapper import to_entry, to_event
from tests.flows.grids import MAN
from tests.flows.log_subjects import Trial, erasure_of, follow_up, trials
from tests.flows.logs import book, histories
from tests.flows.robot import SIGN, START, opened
from tests.flows.subjects import renumbered
from tests.storage.exported import about, exported
from tests.storage.fhir_files import (
    ALL_REASONS,
    FIRST_ONLY,
    RELEASES,
    answers,
    code,
    of,
    read,
    screened,
    written,
)

SOME = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CRITERIA = Criteria.of(book().protocol)
ALL = Criteria(tuple(one.id for one in book().protocol.criteria))
"""Inside the site every criterion may be named."""


def through_the_ledger(happened: Happened) -> Happened:
    """An event as it is read again from what was written of it."""
    new = to_entry(happened)
    return to_event(
        Entry(1, "s", 1, new.kind, new.schema, START.isoformat(), new.payload, b"", b"")
    )


def everybody() -> Trial:
    """A trial in which each box of the picture holds somebody."""
    old, late = MAN | {"age_years": 80}, MAN | {"hiv_serology": "pending"}
    plays = {
        "A1": screened(old, FIRST_ONLY),
        "A2": screened(old, ALL_REASONS, SIGN),
        "A3": screened(MAN | {"hiv_serology": "positive"}, FIRST_ONLY),
        "A4": screened(late),
        "A5": screened(MAN | {"bsa_max_d0_d10_pct": 5}),
        "A6": screened(late, Stop()),
        "A7": opened(book()),
        "A8": screened(old, FIRST_ONLY),
        "A9": screened(MAN, SIGN),
        "C1": screened(late),
        **{f"B{at}": screened(MAN, SIGN) for at in range(1, 7)},
    }
    told = {
        number: renumbered(play.history, number, {"B1": "A4"}.get(number), timedelta())
        for number, play in plays.items()
    }
    steps: dict[str, tuple[FollowUp, ...]] = {
        "B1": (FollowUp.APPROACHED,),
        "B2": (FollowUp.CONSENTED,),
        "B3": (FollowUp.DECLINED,),
        "B4": (FollowUp.ENROLLED,),
        "B5": (FollowUp.ENROLLED, FollowUp.WITHDRAWN),
        "B6": (FollowUp.ENROLLED, FollowUp.ENROLLED_IN_ERROR),
    }
    cases = {number: follow_up(number, *steps.get(number, ())) for number in told}
    return Trial(told, cases, {"A8": erasure_of("A8", told["A8"])})


def test_everybody_is_everywhere() -> None:
    """The example that each property is tried with leaves no count at zero."""
    found = flow_of(everybody())
    assert all(count for _, count in found.waiting)
    assert dict(found.reasons)["confidential"] == dict(found.reasons)["erased"] == 1
    assert dict(found.reasons)["I1"] == 2
    assert (found.repeated, found.declining, found.withdrawn, found.in_error) == (1, 1, 1, 1)
    assert found.enrolled == 3


def flow_of(trial: Trial, criteria: Criteria = CRITERIA) -> Flow:
    """The participant flow of a trial."""
    return flow(log_rows(trial.lines.values(), trial.followed), criteria)


@dataclass(frozen=True, slots=True)
class Patient:
    """What one file of FHIR says of a patient: the state, and the attempt that counts."""

    state: str
    verdict: str | None
    failing: tuple[str, ...]


def patients(raw: bytes, release: str) -> dict[str, Patient]:
    """The patients of a file by number, with the findings of the attempt that counts."""
    resources = read(raw)
    responses = {one["id"]: one for one in of("QuestionnaireResponse", resources)}
    found = {}
    for subject in of("ResearchSubject", resources):
        response = responses[subject["identifier"][-1]["value"]]
        assert response["subject"] == {"reference": f"ResearchSubject/{subject['id']}"}
        given_ = answers(response)
        failing = tuple(name for name in ALL.named if code(given_.get(f"{name}.finding")) == "fail")
        verdict = code(given_.get("screening.verdict"))
        found[subject["id"]] = Patient(state(subject, release), verdict, failing)
    return found


def state(subject: dict[str, Any], release: str) -> str:
    """The state of a ResearchSubject."""
    if release == "R4":
        return str(subject["status"])
    return str(subject["progress"][0]["subjectState"]["coding"][0]["code"])


def expected_states(found: Flow) -> dict[str, int]:
    """How many are in each state, from the flow."""
    return {
        "screening": found.waiting_for(Waiting.IN_PROGRESS, Waiting.PENDING, Waiting.NOT_YET),
        "potential-candidate": found.waiting_for(Waiting.GIVEN_UP),
        "eligible": found.waiting_for(Waiting.NOT_APPROACHED, Waiting.APPROACHED),
        "pending-on-study": found.waiting_for(Waiting.CONSENTED),
        "ineligible": found.ineligible,
        "not-registered": found.declining,
        "on-study": found.enrolled - found.in_error - found.withdrawn,
        "off-study": found.in_error + found.withdrawn,
    }


@SOME
@given(trial=trials())
@example(trial=everybody())
def test_the_ledger_counts_as_what_happened(trial: Trial) -> None:
    """Written and read again, every event gives the same flow and the same files."""
    again = trial.through(through_the_ledger)
    assert flow_of(again) == flow_of(trial)
    assert written(again.subjects()) == written(trial.subjects())


@SOME
@given(trial=trials())
@example(trial=everybody())
def test_fhir_counts_as_the_flow(trial: Trial) -> None:
    """In both releases, outside the site: each patient once, in the state of the log."""
    found = flow_of(trial)
    for release in RELEASES:
        raw = written(trial.subjects(), release)
        counted = Counter(one.state for one in patients(raw, release).values())
        assert {name: counted[name] for name in expected_states(found)} == expected_states(found)
        assert len(of("QuestionnaireResponse", read(raw))) == found.attempts
        assert sum(counted.values()) == found.screened


@SOME
@given(trial=trials())
@example(trial=everybody())
def test_fhir_names_the_reasons_of_the_log(trial: Trial) -> None:
    """Inside the site: the first finding "fail" is the reason that is counted."""
    found = {name: count for name, count in flow_of(trial, ALL).reasons if name in ALL.named}
    told = patients(written(trial.subjects(), "R5", dates=True), "R5")
    excluded = [one for one in told.values() if one.state == "ineligible" and one.failing]
    reasons = Counter(one.failing[0] for one in excluded)
    assert {name: reasons[name] for name in ALL.named} == found


@SOME
@given(trial=trials())
@example(trial=everybody())
def test_ie_names_whom_fhir_names(trial: Trial) -> None:
    """Inside the site: the same patients did not meet the same criteria, in both."""
    raw, _ = exported(as_json.not_met, trial.subjects(), about(dates=True))
    read_ = json.loads(raw)
    names = [column["name"] for column in read_["columns"]]
    unmet: dict[str, list[str]] = {}
    for row in (dict(zip(names, one, strict=True)) for one in read_["rows"]):
        kind, place = row["IETESTCD"][0], int(row["IETESTCD"][2:4])
        unmet.setdefault(row["USUBJID"].split("-")[-1], []).append(f"{kind}{place}")
    told = patients(written(trial.subjects(), "R4", dates=True), "R4")
    assert {number: tuple(one) for number, one in unmet.items()} == {
        number: one.failing
        for number, one in told.items()
        if one.verdict == "ineligible" and one.failing
    }


@SOME
@given(trial=trials())
@example(trial=everybody())
def test_the_picture_and_the_log_count_as_fhir(trial: Trial) -> None:
    """The boxes of the picture and the rows of the CSV add up to the subjects."""
    rows = log_rows(trial.lines.values(), trial.followed)
    told = patients(written(trial.subjects()), "R4")
    states = Counter(one.state for one in told.values())
    log = list(csv.DictReader(io.StringIO(log_csv(rows, CRITERIA).decode(), newline="")))
    outcomes = Counter(row["outcome"] for row in log if row["counted"] == "yes")
    assert outcomes["enrolled"] == states["on-study"] + states["off-study"]
    assert outcomes["excluded"] == states["ineligible"] + states["not-registered"]
    assert outcomes["undecided"] == sum(states[one] for one in UNDECIDED)
    assert_the_picture(flow(rows, CRITERIA), states)


UNDECIDED = ("screening", "potential-candidate", "eligible", "pending-on-study")


def assert_the_picture(found: Flow, states: Counter[str]) -> None:
    """Each box of the picture holds as many people as the subjects in its states."""
    chart = flow_chart(Counts(found, book().protocol, 0, START), texts_in("en"))
    assessed, eligible, enrolled = chart.levels
    not_eligible, no_verdict = assessed.beside
    declined, waiting = eligible.beside
    assert assessed.box.count == sum(states.values())
    assert not_eligible.count == states["ineligible"]
    assert sum(count for _, count in not_eligible.parts) == states["ineligible"]
    assert no_verdict.count == states["screening"] + states["potential-candidate"]
    assert declined.count == states["not-registered"]
    assert waiting.count == states["eligible"] + states["pending-on-study"]
    assert enrolled.box.count == states["on-study"] + states["off-study"]
    assert found.waiting_for(*WITHOUT_VERDICT, *ELIGIBLE) == found.undecided


def test_a_patient_counts_once_in_all_of_them() -> None:
    """Two attempts are one patient where the second names the first, and two where it does not."""
    first = histories()[0]
    for earlier, count in ((None, 2), ("N7", 1)):
        second = renumbered(first, "N8", earlier, timedelta(hours=1))
        trial = Trial({"N7": first, "N8": second})
        assert len(patients(written(trial.subjects()), "R4")) == count
        assert flow_of(trial).screened == count
        assert flow_of(trial).attempts == 2

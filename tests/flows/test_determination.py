"""The engine with the LYSYME file says what the worked examples and the reference say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from flows.commands import OpenScreening
from flows.decide import open_screening
from flows.determination import determine as determine_values
from flows.events import Actor, Mode, Role
from flows.exchange import NotAnAnswerSet, Shape, as_data, assess
from flows.rulebook import Rulebook
from tests.flows.grids import MAN, WOMAN, AnswerSet, grid, random_sets
from tests.flows.reference import determine
from tests.flows.reference_codes import CRITERIA
from tests.promises.report import Promise

DAY = "2026-03-10"
EXAMPLES = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "data" / "examples.yaml").read_text(encoding="utf-8")
)["examples"]
SEEDS = range(2026, 2036)
SETS_PER_SEED = 2_000


def engine(book: Rulebook, day: str, answers: object) -> dict[str, Any]:
    """The engine's determination of one set of answers, without its case."""
    found = assess(book, {"date_of_screening": day, "answers": answers})
    said = as_data(None, found.determination)
    assert said.pop("case") is None
    return said


def differences(book: Rulebook, sets: list[AnswerSet]) -> list[str]:
    """The first few sets on which engine and reference differ, with what each says."""
    found: list[str] = []
    for day, answers in sets:
        said, expected = engine(book, day, answers), determine(day, answers)
        if said != expected:
            fields = {key: (said[key], expected[key]) for key in said if said[key] != expected[key]}
            found.append(f"{day} {answers}: (engine, reference) {fields}")
    return found[:3]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["case"]))
def test_every_worked_example_holds(book: Rulebook, example: dict[str, Any]) -> None:
    """The engine gives, field by field, what the worked example expects, and its case back."""
    asked = {key: example[key] for key in ("case", "date_of_screening", "answers")}
    found = assess(book, asked)
    expected = {"case": example["case"], **example["expect"]}
    assert as_data(found.case, found.determination) == expected


@pytest.mark.parametrize("criterion", CRITERIA)
def test_engine_and_reference_agree_on_every_set_of_the_grid(
    book: Rulebook, criterion: str
) -> None:
    """Each combination of one criterion's answers is determined alike by two implementations."""
    sets = list(grid(criterion))
    assert len(sets) > 100
    assert differences(book, sets) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_and_reference_agree_on_random_sets(book: Rulebook, seed: int) -> None:
    """Twenty thousand sets, plausible to impossible, are determined alike."""
    assert differences(book, list(random_sets(seed, SETS_PER_SEED))) == []


def test_a_difference_would_be_seen(book: Rulebook) -> None:
    """Control: a reference that is handed other answers than the engine does differ."""
    assert engine(book, DAY, MAN) != determine(DAY, MAN | {"age_years": 76})


# --- the edges of the calendar ----------------------------------------------------------------

# (index date, its day 10): over a leap day, a plain February, a year's end and both clock changes.
WINDOWS = [
    ("2024-02-25", "2024-03-06"),
    ("2028-02-19", "2028-02-29"),
    ("2028-02-29", "2028-03-10"),
    ("2026-02-20", "2026-03-02"),
    ("2025-12-25", "2026-01-04"),
    ("2025-12-22", "2026-01-01"),
    ("2026-03-20", "2026-03-30"),
    ("2026-03-19", "2026-03-29"),
    ("2026-10-16", "2026-10-26"),
    ("2026-10-25", "2026-11-04"),
]


@pytest.mark.parametrize(("index", "last"), WINDOWS)
def test_day_ten_is_inside_the_window_and_day_eleven_is_not(
    book: Rulebook, index: str, last: str, promise: Promise
) -> None:
    """Admission and area are counted in calendar days, whatever lies between the two dates."""
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    patient = MAN | {"index_date": index, "bsa_max_d0_d10_pct": 9.99}
    waiting: dict[str, object] = {"admission_date": "not_admitted", "unit": "not_admitted"}

    inside = engine(book, last, patient | {"admission_date": last})
    assert (inside["determination"], inside["deadlines"]) == ("not_yet", {"reassess_until": last})
    assert engine(book, after, patient | {"admission_date": last})["failing"] == ["I4"]
    assert engine(book, after, patient | {"admission_date": after})["failing"] == ["I2", "I4"]
    open_still = engine(book, last, patient | waiting)["deadlines"]
    assert open_still == {"admit_by": last, "reassess_until": last}
    assert engine(book, after, patient | waiting)["failing"] == ["I2", "I4"]
    promise(
        14, f"{len(WINDOWS)} windows over a leap day, a year's end and both clock changes end right"
    )


@pytest.mark.parametrize(
    ("day", "line"),
    [
        ("2026-03-10", "2016-03-10"),
        ("2028-02-29", "2018-02-28"),
        ("2026-02-28", "2016-02-28"),
        ("2026-03-01", "2016-03-01"),
        ("2026-01-01", "2016-01-01"),
    ],
)
def test_ten_years_ago_to_the_day_still_counts(book: Rulebook, day: str, line: str) -> None:
    """A malignancy excludes when last active on the ten-year line, and not the day before it."""
    before = (date.fromisoformat(line) - timedelta(days=1)).isoformat()
    recent = {"index_date": day, "admission_date": day}
    patient = MAN | recent | {"malignancy": "malignant", "metastasis": "none"}
    assert engine(book, day, patient | {"malignancy_last_active": line})["failing"] == ["E2"]
    older = engine(book, day, patient | {"malignancy_last_active": before})
    assert older["determination"] == "eligible"


@pytest.mark.parametrize(
    ("utc", "paris"),
    [
        ("2026-03-10T22:30:00+00:00", "2026-03-10"),
        ("2026-03-10T23:30:00+00:00", "2026-03-11"),
        ("2026-03-29T00:59:00+00:00", "2026-03-29"),
        ("2026-03-29T21:59:59+00:00", "2026-03-29"),
        ("2026-03-29T22:30:00+00:00", "2026-03-30"),
        ("2026-10-24T22:00:00+00:00", "2026-10-25"),
        ("2026-10-25T22:59:59+00:00", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
        ("2026-12-31T22:59:59+00:00", "2026-12-31"),
        ("2026-12-31T23:00:00+00:00", "2027-01-01"),
        ("2028-02-28T23:00:00+00:00", "2028-02-29"),
    ],
)
def test_the_day_of_screening_is_the_day_in_paris(
    book: Rulebook, utc: str, paris: str, promise: Promise
) -> None:
    """A moment in UTC falls on the calendar day that the site's clock shows."""
    now = datetime.fromisoformat(utc)
    opened = OpenScreening("N7", "site", "Europe/Paris", Mode.SCREENING, "fr")
    screening = open_screening(book, opened, now, Actor("p1", Role.INVESTIGATOR)).screening
    assert screening.day(now).isoformat() == paris
    promise(14, "moments around midnight, both clock changes and a leap day: the site's own day")


# --- the exchange format ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "shape", "name"),
    [
        (None, Shape.OBJECT, ""),
        ([], Shape.OBJECT, ""),
        ("answers", Shape.OBJECT, ""),
        ({}, Shape.ANSWERS, ""),
        ({"date_of_screening": DAY}, Shape.ANSWERS, ""),
        ({"date_of_screening": DAY, "answers": None}, Shape.ANSWERS, ""),
        ({"date_of_screening": DAY, "answers": []}, Shape.ANSWERS, ""),
        ({"answers": {}}, Shape.DATE, ""),
        ({"date_of_screening": DAY, "answers": {}, "name": "x", 1: 2}, Shape.KEY, "1"),
        ({"date_of_screening": DAY, "answers": {}, "name": "x"}, Shape.KEY, "name"),
        ({"date_of_screening": DAY, "answers": {"shoe_size": 43}}, Shape.INPUT, "shoe_size"),
        ({"date_of_screening": DAY, "answers": {1: 43}}, Shape.INPUT, "1"),
    ],
    ids=repr,
)
def test_what_is_no_answer_set_is_refused(
    book: Rulebook, data: object, shape: Shape, name: str
) -> None:
    """Data of another shape or with another key or input is no answer set, and says which."""
    with pytest.raises(NotAnAnswerSet) as caught:
        assess(book, data)
    assert (caught.value.shape, caught.value.name) == (shape, name)
    assert str(caught.value) == (f"{shape.value}: {name}" if name else shape.value)


@pytest.mark.parametrize(
    "day",
    [
        *(None, 20260310, "", "2026", "2026-03", "2026-3-10", "2026-02-30", "20260310"),
        *("2026-W11-2", "20260310  ", "2026-03-10 ", "2026-03-10T00", "10/03/2026", "٢026-03-10"),
        *("1899-12-31", "3000-01-01", "0001-01-01", "9999-12-31"),
    ],
)
def test_a_day_is_written_in_one_way_only(book: Rulebook, day: object) -> None:
    """What some calendar reader takes for a day is no YYYY-MM-DD from 1900 to 2999."""
    with pytest.raises(NotAnAnswerSet) as caught:
        assess(book, {"date_of_screening": day, "answers": {}})
    assert (caught.value.shape, caught.value.name) == (Shape.DATE, "")


@pytest.mark.parametrize("day", ["1900-01-01", DAY, "2028-02-29", "2999-12-31"])
def test_every_day_of_eleven_centuries_is_a_day_of_screening(book: Rulebook, day: str) -> None:
    """The first and the last day are inside, and so is the day that comes every fourth year."""
    assert engine(book, day, {})["determination"] == "pending"


def test_every_fault_of_form_is_named_with_the_contradictions(book: Rulebook) -> None:
    """An invalid set lists all fields at fault, in the order of the inputs, judgements last."""
    answers = MAN | {
        "judgements": {"E14": "pass"},
        "hiv_serology": "maybe",
        "age_years": 45.0,
        "index_date": "2026-03-11",
    }
    said = engine(book, DAY, answers)
    assert said["determination"] == "invalid"
    assert said["invalid_fields"] == ["age_years", "index_date", "hiv_serology", "judgements"]


# --- unknown is never yes ---------------------------------------------------------------------


@pytest.mark.parametrize("patient", [MAN, WOMAN], ids=["man", "woman"])
def test_one_missing_or_open_answer_is_enough_to_be_not_eligible(
    book: Rulebook, patient: dict[str, object]
) -> None:
    """Every answer of a patient who passes is needed, save those that do not apply."""
    irrelevant = {"metastasis"} | {
        name for name in ("pregnancy", "breastfeeding") if patient[name] == "not_applicable"
    }
    for name in set(patient) - irrelevant:
        reader = book.readers[name]
        for value in (None, *(code for code in reader.non_answers if code != "not_applicable")):
            said = engine(book, DAY, patient | {name: value})
            assert said["determination"] in ("pending", "not_yet", "invalid"), (name, value)


def test_eligible_means_nineteen_passes(book: Rulebook) -> None:
    """No set is called eligible unless all nineteen findings are a pass."""
    eligible = 0
    for day, answers in random_sets(5, 2_000):
        found = assess(book, {"date_of_screening": day, "answers": answers}).determination
        if found.verdict.value == "eligible":
            eligible += 1
            assert [finding.outcome.value for finding in found.findings] == ["pass"] * 19
    assert eligible > 50


def test_nothing_answered_is_pending_on_all_nineteen(book: Rulebook) -> None:
    """An unasked question has no verdict."""
    found = determine_values(book, {}, {}, date.fromisoformat(DAY))
    assert (found.verdict.value, found.undetermined) == ("pending", CRITERIA)

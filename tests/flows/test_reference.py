"""The second LYSYME says what the worked examples say, and its own readings hold together."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import islice, product
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.flows.grids import MAN, WOMAN, grid, random_sets
from tests.flows.reference import determine, findings
from tests.flows.reference_codes import CODES, CRITERIA
from tests.flows.reference_criteria import finding
from tests.flows.reference_inputs import invalid_fields

DAY = "2026-03-10"
EXAMPLES = YAML(typ="safe", pure=True).load(
    (Path(__file__).parent / "data" / "examples.yaml").read_text(encoding="utf-8")
)["examples"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["case"]))
def test_every_worked_example_holds(example: dict[str, object]) -> None:
    """The reference gives the determination that the worked example expects."""
    day, answers = example["date_of_screening"], example["answers"]
    assert isinstance(day, str)
    assert isinstance(answers, dict)
    assert determine(day, answers) == example["expect"]


def test_examples_are_all_there() -> None:
    """The copy of the worked examples was not cut short."""
    assert len(EXAMPLES) == 14


def test_baselines_are_eligible() -> None:
    """The man and the woman under the grids pass every criterion."""
    assert determine(DAY, MAN)["determination"] == "eligible"
    assert determine(DAY, WOMAN)["determination"] == "eligible"


@pytest.mark.parametrize(
    ("criterion", "inputs"),
    [
        ("I3", ("diagnosis", "unit")),
        ("E1", ("repro_status", "pregnancy", "breastfeeding")),
        ("E2", ("malignancy", "metastasis")),
        ("E4", ("hbv_status", "hcv_status")),
    ],
)
@pytest.mark.parametrize("last_active", [None, "2016", "2015", "2020"])
def test_an_absent_answer_settles_nothing_that_another_answer_could_change(
    criterion: str, inputs: tuple[str, ...], last_active: str | None
) -> None:
    """A partial set's finding is the one that all its valid completions share, if they do."""
    day = date.fromisoformat(DAY)
    extra: dict[str, object] = {"malignancy_last_active": last_active} if last_active else {}
    for values in product(*((*CODES[name], None) for name in inputs)):
        known = extra | {n: v for n, v in zip(inputs, values, strict=True) if v is not None}
        missing = [name for name in inputs if name not in known and not _waived(name, known)]
        if not missing or invalid_fields(day, known):
            continue
        complete = (
            known | dict(zip(missing, chosen, strict=True))
            for chosen in product(*(CODES[name] for name in missing))
        )
        possible = {finding(criterion, day, c) for c in complete if not invalid_fields(day, c)}
        expected = possible.pop() if len(possible) == 1 else "undetermined"
        assert finding(criterion, day, known) == expected, known


def _waived(name: str, known: dict[str, object]) -> bool:
    status = known.get("repro_status")
    if name == "breastfeeding":
        return status == "male"
    return name == "pregnancy" and status in ("male", "female_no_childbearing_potential")


@pytest.mark.parametrize("criterion", CRITERIA)
def test_each_grid_reaches_every_outcome_its_criterion_has(criterion: str) -> None:
    """A grid that never reached an outcome could not show a difference there."""
    seen = Counter(findings(day, answers).get(criterion) for day, answers in grid(criterion))
    outcomes = {"pass", "fail", "undetermined", None}
    judged = {"I2", "I3", "I4", "I5", "I6", "E2", "E4", "E5", "E8", "E9", "E10", "E12", "E13"}
    assert set(seen) == outcomes | ({"judgement"} if criterion in judged else set())


def test_grids_stay_small_and_are_the_same_at_every_call() -> None:
    """The grids hold fewer than 60,000 sets and depend on nothing but the code."""
    assert sum(1 for criterion in CRITERIA for _ in grid(criterion)) <= 60_000
    assert repr(list(islice(grid("I2"), 5_000))) == repr(list(islice(grid("I2"), 5_000)))


def test_random_sets_depend_on_the_seed_and_reach_every_determination() -> None:
    """The same seed gives the same sets, and all five determinations turn up among them."""
    sets = list(random_sets(7, 2_000))
    assert repr(sets) == repr(list(random_sets(7, 2_000)))
    assert repr(sets) != repr(list(random_sets(8, 2_000)))
    seen = Counter(determine(day, answers)["determination"] for day, answers in sets)
    assert min(seen[name] for name in ("invalid", "ineligible", "eligible", "pending")) > 50
    assert seen["not_yet"] > 20

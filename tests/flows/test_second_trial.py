"""The engine knows no trial: another protocol file works with no change of code."""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import flows
from flows.answers import Refused, Value
from flows.commands import GiveAnswer, GiveJudgement
from flows.events import (
    AnswerCorrected,
    AnswerSetAside,
    DeterminationMade,
    JudgementVerdict,
    Reason,
)
from flows.exchange import as_data, assess
from flows.logic import Span
from flows.protocol.model import Protocol
from flows.protocol.text import read_text
from flows.questions import AllAsked, AskInput, AskJudgement, Ground, walk
from flows.replies import NotAsked, VerdictNotice
from flows.rulebook import Rulebook
from flows.screening import fold
from flows.stages import Stage
from tests.flows.robot import Played, Robot, opened
from tests.flows.trial_files import LYSYME, SECOND

DAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)  # noon of the tenth in Auckland
GOOD: dict[str, Value] = {
    "creatinine": Decimal("0.5"),
    "first_count": 50,
    "second_count": 70,
    "vaccinated": "yes",
    "vaccinated_on": "2019",
    "dose_on": "2026-01-10",
}


def asked_of(played: Played, answers: dict[str, Value]) -> list[str]:
    """The inputs asked, in order, when each is answered as `answers` says."""
    asked = []
    while isinstance(step := played.step(), AskInput):
        asked.append(step.input)
        decision = played.do(GiveAnswer(step.input, answers[step.input]))
        assert decision.events, decision.remark
    return asked


@pytest.mark.parametrize(
    ("changes", "asked", "verdict", "failing"),
    [
        ({}, tuple(GOOD), "eligible", ()),
        ({"vaccinated": "no"}, (*list(GOOD)[:4], "dose_on"), "eligible", ()),
        ({"creatinine": Decimal("0.81")}, ("creatinine",), "ineligible", ("I1",)),
        ({"creatinine": Decimal("0.2")}, tuple(GOOD), "eligible", ()),
        ({"creatinine": "pending"}, tuple(GOOD), "pending", ()),
        ({"second_count": 50}, tuple(GOOD)[:3], "ineligible", ("I2",)),
        ({"second_count": 51}, tuple(GOOD), "eligible", ()),
        ({"vaccinated_on": "2024-03-11"}, tuple(GOOD)[:5], "ineligible", ("E1",)),
        ({"vaccinated_on": "2024-03-10"}, tuple(GOOD), "eligible", ()),
        ({"vaccinated_on": "2024"}, tuple(GOOD), "pending", ()),
        ({"dose_on": "2026-02-03"}, tuple(GOOD), "not_yet", ()),
        ({"dose_on": "2026-02-02"}, tuple(GOOD), "eligible", ()),
        ({"dose_on": "2025-03-09"}, tuple(GOOD), "ineligible", ("E2",)),
        ({"dose_on": "no_dose"}, tuple(GOOD), "eligible", ()),
    ],
    ids=str,
)
def test_the_second_trial_is_asked_and_determined(
    second: Rulebook,
    changes: dict[str, Value],
    asked: tuple[str, ...],
    verdict: str,
    failing: tuple[str, ...],
) -> None:
    """Its questions come in its order and only while they matter; its thresholds hold exactly."""
    played = opened(second, now=NOON)
    assert tuple(asked_of(played, GOOD | changes)) == asked
    made = played.screening.determination
    assert made is not None
    assert (made.day, made.verdict, made.failing) == (DAY, verdict, failing)
    until = DAY + timedelta(days=1)
    assert made.deadlines == ((("dose_gone", until),) if verdict == "not_yet" else ())
    assert fold(second, played.history) == played.screening


def test_its_lost_counts_are_judged(second: Rulebook) -> None:
    """A judgement is asked for where its text does not decide, and decides there."""
    played = opened(second, now=NOON)
    answers = GOOD | {"second_count": "lost"}
    asked_of(played, answers)
    assert played.step() == AskJudgement("I2")
    played.do(GiveJudgement("I2", JudgementVerdict.PASS))
    asked_of(played, answers)
    assert played.screening.determination is not None
    assert played.screening.determination.verdict == "eligible"


def test_its_confidential_criterion_is_not_named(second: Rulebook) -> None:
    """What a notice leaves out is said by the file, not by the code."""
    played = opened(second, now=NOON)
    asked_of(played, GOOD | {"vaccinated_on": "2025"})
    assert played.notices == [VerdictNotice("N7", "ineligible", None, ())]


def test_its_date_is_kept_as_the_year_where_that_is_enough(second: Rulebook) -> None:
    """The precision kept follows from the file's own limit of two years."""
    for said, kept in [
        ("2019-05-17", "2019"),
        ("2024-03-11", "2024-03-11"),
        ("2024-05-02", "2024-05"),
        ("2024-05", "2024-05"),
        ("2019-05", "2019"),
        ("2025-01", "2025"),
        ("2024-03", "2024-03"),  # settles nothing: kept as it was said
        ("2024", "2024"),
    ]:
        played = opened(second, now=NOON)
        asked_of(played, GOOD | {"vaccinated_on": said})
        assert played.screening.answers["vaccinated_on"] == kept


def test_the_first_trials_inputs_mean_nothing_to_it(second: Rulebook) -> None:
    """An input of another trial is not asked, and a code of another input is refused."""
    played = opened(second, now=NOON)
    assert played.do(GiveAnswer("age_years", 45)).remark == NotAsked("age_years")
    assert isinstance(played.do(GiveAnswer("creatinine", "unknown")).remark, Refused)


def test_the_exchange_format_serves_it_too(second: Rulebook) -> None:
    """Answer sets of any trial go in and determinations come out."""
    data = {"case": 1, "date_of_screening": DAY.isoformat(), "answers": GOOD}
    said = as_data(1, assess(second, data).determination)
    assert (said["determination"], said["case"]) == ("eligible", 1)


def test_a_robot_plays_it(second: Rulebook) -> None:
    """Two hundred careless plays of it: the fold is the state, and every stage is reached."""
    stages = set()
    for seed in range(200):
        robot, played = Robot(seed), opened(second, now=NOON)
        for _ in range(25):
            played.do(robot.command(played))
            stages.add(played.screening.stage)
        assert fold(second, played.history) == played.screening
    assert stages == set(Stage)


# --- unusual rules: minimal examples ----------------------------------------------------------


def changed(criterion: int, change: dict[str, Any], number: int | None = None) -> Rulebook:
    """The second trial with one criterion, or one of its inputs, changed."""
    data = deepcopy(read_text(SECOND.read_bytes()))
    entry = data["criteria"][criterion]
    (entry if number is None else entry["inputs"][number]).update(change)
    return Rulebook(Protocol.model_validate(data), "0" * 64)


def test_two_answers_that_matter_only_together_are_asked() -> None:
    """When no single answer can decide, the first of those that decide together is asked."""
    choices = [{"code": code, "label": {"en": code, "fr": code}} for code in ("a", "b")]
    text = {"en": "x", "fr": "x"}
    pair = [
        {"id": name, "question": text, "type": "choice", "choices": choices}
        for name in ("left", "right")
    ]
    same = [
        {"all": [{"input": "left", "is": code}, {"input": "right", "is": code}]}
        for code in ("a", "b")
    ]
    rule = [{"when": {"any": same}, "then": "pass"}, {"then": "fail"}]
    book = changed(0, {"inputs": pair, "rule": rule})
    assert walk(book, Ground.of(book, {}, DAY), {}).step == AskInput("I1", "left")
    assert walk(book, Ground.of(book, {"left": "a"}, DAY), {}).step == AskInput("I1", "right")


def test_a_range_narrower_than_one_is_asked_about() -> None:
    """A number that decides is asked for, although no whole number would pass."""
    book = changed(0, {"non_answers": []}, 0)
    assert walk(book, Ground.of(book, {}, DAY), {}).step == AskInput("I1", "creatinine")


def test_a_number_compared_with_another_is_asked_about() -> None:
    """With 70 as the second count, a first count of 60 or 80 decides: it is asked for."""
    narrow = changed(1, {"non_answers": []}, 0)
    known: dict[str, Value] = {"creatinine": "0.5", "second_count": 70}
    assert walk(narrow, Ground.of(narrow, known, DAY), {}).step == AskInput("I2", "first_count")


def test_a_number_is_never_taken_for_a_day() -> None:
    """Moving the asked date itself by years works beside numbers already given."""
    rule = [
        {"when": {"input": "vaccinated", "is": "no"}, "then": "pass"},
        {
            "when": {
                "value": "vaccinated_on",
                "plus_years": 2,
                "above": {"value": "date_of_screening"},
            },
            "then": "fail",
        },
        {"then": "pass"},
    ]
    played = opened(changed(2, {"rule": rule}), now=NOON)
    assert asked_of(played, GOOD) == list(GOOD)
    assert isinstance(played.step(), AllAsked)


@pytest.fixture(scope="module")
def lenient() -> Rulebook:
    """The second trial with no refusal of its own for a date that does not apply."""
    return changed(2, {"refuse": []}, 1)


def test_an_input_that_no_longer_applies_counts_as_not_applicable(lenient: Rulebook) -> None:
    """An answer that stays although its input does not apply changes no finding."""
    known: dict[str, Value] = {**GOOD, "vaccinated": "no", "vaccinated_on": "2025"}
    facts = lenient.applicable(lenient.facts(known, DAY, final=True))
    assert facts["vaccinated_on"] == "not_applicable"
    kept = lenient.applicable(lenient.facts(known | {"vaccinated": "yes"}, DAY, final=True))
    assert isinstance(kept["vaccinated_on"], Span)
    data = {"date_of_screening": DAY.isoformat(), "answers": known}
    assert as_data(1, assess(lenient, data).determination)["determination"] == "eligible"


def test_an_input_that_no_longer_applies_is_set_aside(lenient: Rulebook) -> None:
    """The correction that makes it inapplicable takes its answer out, and nothing else."""
    played = opened(lenient, now=NOON)
    asked_of(played, GOOD)
    corrected, aside, made = played.do(
        GiveAnswer("vaccinated", "no", Reason.SOURCE_CORRECTED)
    ).events
    assert corrected.event == AnswerCorrected("vaccinated", "yes", "no", Reason.SOURCE_CORRECTED)
    assert aside.event == AnswerSetAside("vaccinated_on", "2019", "vaccinated")
    assert isinstance(made.event, DeterminationMade)
    assert "vaccinated_on" not in played.screening.answers
    assert set(played.screening.answers) == set(GOOD) - {"vaccinated_on"}
    played.do(GiveAnswer("vaccinated", "yes", Reason.SOURCE_CORRECTED))
    assert played.step() == AskInput("E1", "vaccinated_on")


# --- no trial in the code ---------------------------------------------------------------------


def spoken(path: Path) -> set[str]:
    """Every name and every word of text in a module's code, its docstrings and comments aside."""
    said: set[str] = set()
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    docstrings = [node.value for node in nodes if isinstance(node, ast.Expr)]
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if node not in docstrings:
                said |= set(re.findall(r"\w+", text.lower()))
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                said.add(name.lower())
            case _:
                pass
    return said


def test_no_word_of_a_trial_stands_in_the_engine() -> None:
    """No name, criterion, input or telling code of either trial stands in the code of flows/."""
    words = {"lysyme", "lyell", "sjs", "mesenchymal", "necrolysis", "nct04711200", "paris"}
    words |= {f"{kind}{number}" for kind in "ie" for number in range(1, 20)}
    for path in (LYSYME, SECOND):
        for criterion in read_text(path.read_bytes())["criteria"]:
            for entry in criterion["inputs"]:
                options = [*entry.get("choices", []), *entry.get("non_answers", [])]
                telling = (option["code"] for option in options if "_" in option["code"])
                words |= {entry["id"], *telling}
    words -= {"unit", "not_applicable"}  # words of the format itself
    assert len(words) > 120
    modules = list(Path(flows.__file__).parent.rglob("*.py"))
    found = {path.name: spoken(path) & words for path in modules}
    assert {name: said for name, said in found.items() if said} == {}
    assert len(modules) > 20

"""A second, independent LYSYME: answers in, determination out, in plain Python.

It shares no line with the engine, so that where the two agree on every set of answers, both
read the trial file the same way. `reference_inputs` holds the input rules and
`reference_criteria` the formulas; here they meet.

Readings taken where the trial file leaves room: None is the same as absent; a malformed
value counts as absent in the rules between answers; an absent last activity is `unknown`;
absent facts leave a criterion undetermined unless no possible answer could change it.
"""

from __future__ import annotations

from datetime import date

from tests.flows.reference_codes import CRITERIA, INPUTS
from tests.flows.reference_criteria import finding, window_end
from tests.flows.reference_inputs import day_of, invalid_fields, number_of


def _day(date_of_screening: str, answers: dict[str, object]) -> date:
    day = day_of(date_of_screening)
    if day is None:
        raise ValueError(f"not a day: {date_of_screening!r}")
    strangers = sorted(set(answers) - set(INPUTS) - {"judgements"})
    if strangers:
        raise ValueError(f"not inputs of the trial: {strangers}")
    return day


def findings(date_of_screening: str, answers: dict[str, object]) -> dict[str, str]:
    """pass, fail, undetermined or judgement per criterion, before recorded judgements.

    Empty when an answer breaks an input rule: nothing is evaluated then. Raises ValueError
    when the date of screening is not YYYY-MM-DD or a key is no input of the trial.
    """
    day = _day(date_of_screening, answers)
    if invalid_fields(day, answers):
        return {}
    return {criterion: finding(criterion, day, answers) for criterion in CRITERIA}


def _deadlines(day: date, answers: dict[str, object], found: dict[str, str]) -> dict[str, str]:
    end = window_end(answers)
    if end is None or day > end:
        return {}
    named: dict[str, str] = {}
    if found["I4"] == "undetermined":
        named["reassess_until"] = end.isoformat()
    if answers.get("admission_date") == "not_admitted":
        named["admit_by"] = end.isoformat()
    return named


def _not_yet(day: date, answers: dict[str, object], undetermined: list[str]) -> bool:
    end, area = window_end(answers), number_of(answers.get("bsa_max_d0_d10_pct"))
    if undetermined != ["I4"] or end is None or area is None:
        return False
    return area < 10 and day <= end


def _blank(determination: str) -> dict[str, object]:
    return {
        "determination": determination,
        "first_failing": None,
        "failing": [],
        "undetermined": [],
        "judgement_required": [],
        "deadlines": {},
        "invalid_fields": [],
        "rejected_judgements": [],
    }


def _judged(found: dict[str, str], answers: dict[str, object]) -> tuple[dict[str, str], list[str]]:
    """The verdicts once the recorded judgements stand, and the judgements refused."""
    judgements = answers.get("judgements") or {}
    assert isinstance(judgements, dict), "valid judgements are a mapping"
    verdicts = dict(found)
    refused: list[str] = []
    for criterion in (name for name in CRITERIA if name in judgements):
        if found[criterion] == "judgement":
            verdicts[criterion] = judgements[criterion]
        else:
            refused.append(criterion)
    return verdicts, refused


def determine(date_of_screening: str, answers: dict[str, object]) -> dict[str, object]:
    """The determination, with exactly the fields of `expect` in the worked examples.

    Raises ValueError when the date of screening is not YYYY-MM-DD or a key is no input.
    """
    day = _day(date_of_screening, answers)
    faults = invalid_fields(day, answers)
    if faults:
        return _blank("invalid") | {"invalid_fields": faults}
    found = findings(date_of_screening, answers)
    verdicts, refused = _judged(found, answers)
    failing = [name for name in CRITERIA if verdicts[name] == "fail"]
    undetermined = [name for name in CRITERIA if verdicts[name] in ("undetermined", "judgement")]
    if failing:
        determination = "ineligible"
    elif not undetermined:
        determination = "eligible"
    else:
        determination = "not_yet" if _not_yet(day, answers, undetermined) else "pending"
    return _blank(determination) | {
        "first_failing": failing[0] if failing else None,
        "failing": failing,
        "undetermined": undetermined,
        "judgement_required": [name for name in CRITERIA if verdicts[name] == "judgement"],
        "deadlines": _deadlines(day, answers, found),
        "rejected_judgements": refused,
    }

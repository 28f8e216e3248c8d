"""The rules that a set of LYSYME answers must keep.

Written a second time, by hand, from the `input_rules` and `questions` of the trial file, and
kept apart from the engine on purpose: a mistake would have to be made twice, in two shapes, to
go unseen. Nothing here imports the project.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from tests.flows.reference_codes import CODES, CRITERIA, INPUTS, NON_ANSWERS, WOMEN

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_YEAR = re.compile(r"[0-9]{4}")


def day_of(value: object) -> date | None:
    """The calendar day that `value` writes as YYYY-MM-DD, or None when it is not one."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def span_of(value: object) -> tuple[date, date] | None:
    """The first and last day that YYYY, YYYY-MM or YYYY-MM-DD allows; None when it is neither."""
    if not isinstance(value, str):
        return None
    day = day_of(value)
    if day:
        return day, day
    month = _MONTH.fullmatch(value)
    if month and int(month[1]) >= 1 and 1 <= int(month[2]) <= 12:
        year, number = int(month[1]), int(month[2])
        return date(year, number, 1), date(year, number, monthrange(year, number)[1])
    if _YEAR.fullmatch(value) and int(value) >= 1:
        return date(int(value), 1, 1), date(int(value), 12, 31)
    return None


def number_of(value: object) -> float | None:
    """The number `value` is; None for a bool, a string and everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def well_formed(name: str, value: object) -> bool:
    """Whether `value` has the type, the range or one of the codes of the input `name`."""
    if name in CODES:
        return isinstance(value, str) and value in CODES[name]
    if isinstance(value, str) and value in NON_ANSWERS[name]:
        return True
    if name == "age_years":
        return type(value) is int and 0 <= value <= 120
    if name.startswith("bsa_"):
        number = number_of(value)
        return number is not None and 0 <= number <= 100
    if name == "malignancy_last_active":
        return span_of(value) is not None
    return day_of(value) is not None


def _contradictions(day: date, given: dict[str, object]) -> set[str]:
    """The fields that break a rule between answers; `given` holds well-formed answers only."""
    found: set[str] = set()
    admission, unit = given.get("admission_date", "unknown"), given.get("unit", "unknown")
    admitted = day_of(admission)
    for name in ("index_date", "admission_date"):
        written = day_of(given.get(name))
        if written and written > day:
            found.add(name)
    earlier = day_of(given.get("earlier_admission_date"))
    if earlier and (admitted is None or earlier > admitted):
        found.add("earlier_admission_date")
    waiting = {admission == "not_admitted", unit == "not_admitted"}
    if "unknown" not in (admission, unit) and len(waiting) == 2:
        found.add("unit")
    return found | _contradicts_sex(given) | _contradicts_malignancy(day, given)


def _contradicts_sex(given: dict[str, object]) -> set[str]:
    found: set[str] = set()
    status, pregnancy, nursing = map(given.get, ("repro_status", "pregnancy", "breastfeeding"))
    refused = {
        "male": ("test_negative", "pregnant", "test_pending", "test_not_done", "unknown"),
        "female_no_childbearing_potential": (
            "pregnant",
            "test_pending",
            "test_not_done",
            "unknown",
        ),
        "female_childbearing_potential": ("not_applicable",),
    }
    if pregnancy in refused.get(str(status), ()):
        found.add("pregnancy")
    if status == "male" and nursing not in (None, "not_applicable", "no"):
        found.add("breastfeeding")
    if status in WOMEN and nursing == "not_applicable":
        found.add("breastfeeding")
    return found


def _contradicts_malignancy(day: date, given: dict[str, object]) -> set[str]:
    found: set[str] = set()
    last_active = given.get("malignancy_last_active")
    span = span_of(last_active)
    if span and span[0] > day:
        found.add("malignancy_last_active")
    if given.get("malignancy") == "none":
        if last_active is not None:
            found.add("malignancy_last_active")
        if given.get("metastasis") in ("present", "past_only"):
            found.add("metastasis")
    return found


def _judgements_malformed(judgements: object) -> bool:
    if judgements is None:
        return False
    if not isinstance(judgements, dict):
        return True
    return any(
        criterion not in CRITERIA or verdict not in ("pass", "fail")
        for criterion, verdict in judgements.items()
    )


def invalid_fields(day: date, answers: dict[str, object]) -> list[str]:
    """The fields that break an input rule, in the order of the inputs, `judgements` last.

    A malformed value is named once and then counts as absent in the rules between answers.
    """
    stated = {name: answers[name] for name in INPUTS if answers.get(name) is not None}
    malformed = {name for name, value in stated.items() if not well_formed(name, value)}
    given = {name: value for name, value in stated.items() if name not in malformed}
    faulty = malformed | _contradictions(day, given)
    names = [name for name in INPUTS if name in faulty]
    return names + ["judgements"] * _judgements_malformed(answers.get("judgements"))

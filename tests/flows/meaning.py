"""What an answer could still change, by trying all that could be answered.

Nothing here uses the engine: the findings are the reference's, the values to try are its codes
and the days around the windows. So a question that the engine asks, or leaves out, is judged by
something that does not share its reasoning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import product

from tests.flows.reference_codes import CODES, INPUTS, NON_ANSWERS
from tests.flows.reference_criteria import ONE_ANSWER, finding
from tests.flows.reference_inputs import day_of, invalid_fields

Answers = Mapping[str, object]
Known = frozenset[tuple[str, object]]

READS: dict[str, tuple[str, ...]] = {
    "I1": ("age_years",),
    "I2": ("index_date", "admission_date", "earlier_admission_date"),
    "I3": ("diagnosis", "unit"),
    "I4": ("index_date", "bsa_max_d0_d10_pct"),
    "E1": ("repro_status", "pregnancy", "breastfeeding"),
    "E2": ("malignancy", "malignancy_last_active", "metastasis"),
    "E4": ("hbv_status", "hcv_status"),
    **{criterion: (entry[0],) for criterion, entry in ONE_ANSWER.items()},
}
"""The inputs that each criterion's formula reads."""

_BESIDE = {"I3": ("admission_date",), "I4": ("admission_date",)}
"""Inputs that no formula reads but that forbid answers to those which it does."""

_BANDS: dict[object, object] = {"< 18": 17, "> 75": 76, "< 10": 9.9, ">= 10": 10}


def exact(answers: Answers) -> dict[str, object]:
    """Answers as the reference can read them: a band becomes one value inside it."""
    return {name: _plain(value) for name, value in answers.items() if name in INPUTS}


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else _BANDS.get(value, value)


def values(name: str, day: date, known: Answers) -> list[object]:
    """Enough answers to an input that every finding it can lead to is among theirs."""
    if name in CODES:
        return list(CODES[name])
    others: list[object] = list(NON_ANSWERS[name])
    if name == "age_years":
        return [17, 18, 75, 76, *others]
    if name.startswith("bsa_"):
        return [9.9, 10, *others]
    if name == "malignancy_last_active":
        line = day.replace(year=day.year - 10, day=min(day.day, 28))
        days = [(line + timedelta(days=step)).isoformat() for step in (-2, -1, 0, 1, 2)]
        return [*days, f"{line.year}", f"{line.year - 1}", f"{day.year - 1}", *others]
    anchors = {day, *filter(None, (day_of(value) for value in known.values()))}
    steps = (0, -1, -9, -10, -11, -12, -23, -60, 1, 9, 10, 11)
    around = {anchor + timedelta(days=step) for anchor in anchors for step in steps}
    return [*sorted(found.isoformat() for found in around if found <= day), *others]


def matters(criterion: str, name: str, day: date, answers: Answers) -> bool:
    """Whether two allowed answers to `name`, all else equal, give `criterion` two findings."""
    return _matters(criterion, name, day, _known(criterion, answers))


def possible_findings(criterion: str, day: date, answers: Answers) -> frozenset[str]:
    """All findings that the criterion can have, whatever its unanswered inputs turn out to be."""
    return _possible(criterion, day, _known(criterion, answers))


def complete(day: date, answers: Answers, pick: int) -> dict[str, object]:
    """The answers with every open input answered as well, in one of many allowed ways."""
    full = dict(answers)
    for place, name in enumerate(INPUTS):
        if name in full:
            continue
        allowed = [value for value in values(name, day, full) if _stands(day, full, name, value)]
        if allowed:
            full[name] = allowed[(pick + 7 * place) % len(allowed)]
    return full


def _known(criterion: str, answers: Answers) -> Known:
    names = (*READS[criterion], *_BESIDE.get(criterion, ()))
    return frozenset((name, answers[name]) for name in names if name in answers)


def _stands(day: date, answers: Answers, name: str, value: object) -> bool:
    return not invalid_fields(day, {**answers, name: value})


@cache
def _matters(criterion: str, name: str, day: date, known: Known) -> bool:
    answers = dict(known)
    answers.pop(name, None)
    for rest in _completions(criterion, day, answers, leave=name):
        found = {
            finding(criterion, day, {**rest, name: value})
            for value in values(name, day, rest)
            if _stands(day, rest, name, value)
        }
        if len(found) > 1:
            return True
    return False


@cache
def _possible(criterion: str, day: date, known: Known) -> frozenset[str]:
    every = _completions(criterion, day, dict(known))
    return frozenset(
        finding(criterion, day, answers) for answers in every if not invalid_fields(day, answers)
    )


def _completions(
    criterion: str, day: date, answers: dict[str, object], leave: str | None = None
) -> Iterator[dict[str, object]]:
    """The answers with each open input of the criterion answered in every way, or not at all."""
    names = [name for name in READS[criterion] if name not in answers and name != leave]
    choices = ([*values(name, day, answers), None] for name in names)
    for chosen in product(*choices):
        more = zip(names, chosen, strict=True)
        yield answers | {name: value for name, value in more if value is not None}

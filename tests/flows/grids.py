"""Sets of answers that try each LYSYME criterion to its edges, and random sets across them.

Every set is (date of screening, answers). `grids` lays each combination of one criterion's
answers over a patient who passes everything else; `random_sets` in `random_answers` mixes all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import Enum
from itertools import product

from tests.flows.random_answers import random_sets
from tests.flows.reference_codes import CODES, CRITERIA
from tests.flows.reference_criteria import ONE_ANSWER

__all__ = ["MAN", "WOMAN", "AnswerSet", "grid", "grids", "random_sets"]

Answers = dict[str, object]
AnswerSet = tuple[str, Answers]


class _Key(Enum):
    ABSENT = "absent"


ABSENT = _Key.ABSENT

DAY = "2026-03-10"
# The baseline man of the worked examples (C001), without the keys that are None there.
MAN: Answers = {
    "age_years": 45,
    "index_date": "2026-03-06",
    "admission_date": "2026-03-08",
    "diagnosis": "confirmed",
    "unit": "dermatology",
    "bsa_max_d0_d10_pct": 22,
    "consent": "patient_signed",
    "social_security": "affiliated",
    "repro_status": "male",
    "pregnancy": "not_applicable",
    "breastfeeding": "not_applicable",
    "malignancy": "none",
    "metastasis": "none",
    "hiv_serology": "negative",
    "hbv_status": "no_infection",
    "hcv_status": "no_infection",
    "sars_cov2_pcr": "negative",
    "cardiac_failure": "no",
    "uncontrolled_epilepsy": "no",
    "bone_marrow_transplant": "none",
    "other_research": "none",
    "liberty_status": "none",
    "compliance_barrier": "no",
    "guardianship": "none",
    "psychiatric_care": "none",
}
WOMAN: Answers = MAN | {
    "repro_status": "female_childbearing_potential",
    "pregnancy": "test_negative",
    "breastfeeding": "no",
}

# Index dates whose ten days cross a leap day, a plain February, a year's end, both changes
# of the clock in Paris, or nothing at all.
INDEX_DAYS = tuple(
    map(
        date.fromisoformat,
        (
            "2024-02-25",
            "2028-02-29",
            "2026-02-18",
            "2025-12-31",
            "2026-12-22",
            "2026-03-19",
            "2026-03-29",
            "2026-10-15",
            "2026-10-25",
        ),
    )
)
NOT_DAYS: tuple[object, ...] = (
    "2026-3-6",
    "2026-02-29",
    "2026-13-01",
    "20260306",
    "2026-W10-5",
    "06/03/2026",
    "2026-03-06T08:00:00",
    " 2026-03-06",
    "2026-03-06\n",
    "२०२६-०३-०६",
    "2026-03",
    "",
    "yesterday",
    20260306,
    True,
    ["2026-03-06"],
)
CODE_FAULTS: tuple[object, ...] = (None, "", "Unknown", "maybe", True, 0, ["unknown"])


def shifted(day: date, days: int) -> str:
    """The day that lies `days` after `day`, as YYYY-MM-DD."""
    return (day + timedelta(days=days)).isoformat()


def _laid_over(baseline: Answers, changes: Answers) -> Answers:
    merged = baseline | changes
    return {name: value for name, value in merged.items() if value is not ABSENT}


def _codes(name: str) -> tuple[object, ...]:
    return (*CODES[name], ABSENT)


def _every(**choices: Iterable[object]) -> Iterator[Answers]:
    for values in product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def _on_day(changes: Iterable[Answers], *baselines: Answers) -> Iterator[AnswerSet]:
    for change in changes:
        for baseline in baselines:
            yield DAY, _laid_over(baseline, change)


def _age() -> Iterator[AnswerSet]:
    ages = (*range(-1, 123), 17.9, 18.0, 45.0, 75.0, 75.5, True, False, "45", "", "unknown")
    faults = ("not_applicable", None, ABSENT, float("nan"), 10**20, [45])
    return _on_day(_every(age_years=(*ages, *faults)), MAN, WOMAN, {})


def _admission() -> Iterator[AnswerSet]:
    for index, later in product(INDEX_DAYS, (0, 1, 9, 10, 11, 12, 40)):
        for offset in (-61, -1, 0, 1, 9, 10, 11, 12, 30):
            arrivals = [shifted(index, days) for days in (-400, -1, 0, 10, 11, offset, offset + 1)]
            changes = _every(
                index_date=[index.isoformat()],
                admission_date=[shifted(index, offset)],
                earlier_admission_date=dict.fromkeys((*arrivals, "not_applicable", ABSENT)),
            )
            yield from ((shifted(index, later), _laid_over(MAN, each)) for each in changes)
        for change in _not_arrived(index):
            yield shifted(index, later), _laid_over(MAN, change)
    yield from _on_day(_odd_dates(), MAN)


def _not_arrived(index: date) -> Iterator[Answers]:
    for admission in ("unknown", "not_admitted", None, ABSENT):
        yield from _every(
            index_date=[index.isoformat()],
            admission_date=[admission],
            earlier_admission_date=(ABSENT, "not_applicable", index.isoformat()),
            unit=["not_admitted" if admission == "not_admitted" else "dermatology"],
        )


def _odd_dates() -> Iterator[Answers]:
    usual = ("2026-03-06", "unknown", ABSENT)
    odd = (*NOT_DAYS, "not_applicable", "not_admitted", None)
    yield from _every(index_date=(*odd, "unknown", ABSENT), admission_date=usual)
    yield from _every(admission_date=odd, index_date=usual, unit=("dermatology", "not_admitted"))
    yield from _every(earlier_admission_date=(*odd, "unknown"), admission_date=usual)


def _diagnosis_and_unit() -> Iterator[AnswerSet]:
    places = ("2026-03-08", "not_admitted", "unknown", ABSENT)
    everything = _every(diagnosis=_codes("diagnosis"), unit=_codes("unit"), admission_date=places)
    yield from _on_day(everything, MAN)
    yield from _on_day(_every(diagnosis=CODE_FAULTS, unit=_codes("unit")), MAN)
    yield from _on_day(_every(unit=CODE_FAULTS, admission_date=places), MAN)


def _area() -> Iterator[AnswerSet]:
    low = (0, 0.0, -0.0, 1, 9, 9.9, 9.99, 9.999999999999, "not_measured", "unknown", None, ABSENT)
    high = (10, 10.0, 10.000000000001, 10.01, 11, 22.5, 99.99, 100, 100.0)
    faults = (-1, -0.01, 100.01, 101, float("nan"), float("inf"), True, "10", "9.9", "", [10])
    for index, later in product(INDEX_DAYS, (-1, 0, 1, 9, 10, 11, 12, 40)):
        same_day = index.isoformat()
        for area in (*low, *high):
            changes: Answers = {"index_date": same_day, "bsa_max_d0_d10_pct": area}
            yield shifted(index, later), _laid_over(MAN, changes | {"admission_date": same_day})
            if area in low:
                waiting: Answers = {"admission_date": "not_admitted", "unit": "not_admitted"}
                yield shifted(index, later), _laid_over(MAN, changes | waiting)
    unfixed = _every(index_date=("unknown", None, ABSENT), bsa_max_d0_d10_pct=(*low, *high))
    yield from _on_day(unfixed, MAN)
    yield from _on_day(_every(bsa_max_d0_d10_pct=faults, index_date=("2026-03-06", ABSENT)), MAN)
    after = (0, 15.5, 100, -1, 100.5, "unknown", "not_measured", True, float("nan"), None)
    indexes = ("2026-03-06", "2026-02-27")
    aside = _every(bsa_after_window_pct=after, bsa_max_d0_d10_pct=low, index_date=indexes)
    yield from _on_day(aside, MAN)


def _pregnancy() -> Iterator[AnswerSet]:
    everything = _every(
        repro_status=(*_codes("repro_status"), None),
        pregnancy=(*_codes("pregnancy"), None),
        breastfeeding=(*_codes("breastfeeding"), None),
    )
    yield from _on_day(everything, MAN)
    for name in ("repro_status", "pregnancy", "breastfeeding"):
        yield from _on_day(_every(**{name: CODE_FAULTS}), MAN, WOMAN)


def _last_active(day: date) -> Iterator[object]:
    line = date(day.year - 10, day.month, min(day.day, 28))
    for days in (-3653, -366, -31, -1, 0, 1, 31, 366):
        yield shifted(line, days)
    for days in (-31, 0, 31):
        yield shifted(line, days)[:7]
    yield from (f"{line.year + years:04}" for years in (-1, 0, 1))
    yield from (day.isoformat(), shifted(day, 1), shifted(day, 31)[:7], day.isoformat()[:7])
    yield from (f"{day.year}", f"{day.year + 1}", "1950", "2016-02-29", "2018-02", "2016-02")
    yield from ("unknown", None, ABSENT)


def _malignancy() -> Iterator[AnswerSet]:
    days = ("2026-03-10", "2028-02-29", "2026-02-28", "2027-03-01", "2026-01-01", "2026-12-31")
    for day in days:
        everything = _every(
            malignancy=_codes("malignancy"),
            metastasis=_codes("metastasis"),
            malignancy_last_active=dict.fromkeys(_last_active(date.fromisoformat(day))),
        )
        recent: Answers = {"index_date": shifted(date.fromisoformat(day), -4)}
        baseline = MAN | recent | {"admission_date": shifted(date.fromisoformat(day), -2)}
        yield from ((day, _laid_over(baseline, changes)) for changes in everything)
    faults = ("2015-02-29", "2016-13", "2016-00", "2016-3", "16", "0000", "02016", "2016-", 2016)
    written = (*faults, 2016.5, True, "", "not_applicable", "2016-02-30", "2016/02", "२०१६")
    yield from _on_day(_every(malignancy_last_active=written, malignancy=CODES["malignancy"]), MAN)
    yield from _on_day(_every(malignancy=CODE_FAULTS, metastasis=_codes("metastasis")), MAN)
    yield from _on_day(_every(metastasis=CODE_FAULTS, malignancy=_codes("malignancy")), MAN)


def _hepatitis() -> Iterator[AnswerSet]:
    everything = _every(
        hbv_status=(*_codes("hbv_status"), *CODE_FAULTS),
        hcv_status=(*_codes("hcv_status"), *CODE_FAULTS),
    )
    return _on_day(everything, MAN)


def _without_judgement(criterion: str) -> Iterator[AnswerSet]:
    if criterion in ONE_ANSWER:
        name = ONE_ANSWER[criterion][0]
        return _on_day(_every(**{name: (*_codes(name), *CODE_FAULTS)}), MAN, WOMAN, {})
    several = {
        "I1": _age,
        "I2": _admission,
        "I3": _diagnosis_and_unit,
        "I4": _area,
        "E1": _pregnancy,
        "E2": _malignancy,
        "E4": _hepatitis,
    }
    return several[criterion]()


def grid(criterion: str) -> Iterator[AnswerSet]:
    """Every set that tries `criterion`, each with no judgement on it, a pass and a fail."""
    for day, answers in _without_judgement(criterion):
        yield day, answers
        yield day, answers | {"judgements": {criterion: "pass"}}
        yield day, answers | {"judgements": {criterion: "fail"}}
    faults = ({criterion: "maybe"}, {criterion: None}, {criterion: True}, {f"{criterion}0": "pass"})
    for judgements in (*faults, {}, None, "pass", [], [criterion]):
        yield DAY, MAN | {"judgements": judgements}


def grids() -> dict[str, list[AnswerSet]]:
    """All grids, by criterion in protocol order; the same at every call."""
    return {criterion: list(grid(criterion)) for criterion in CRITERIA}

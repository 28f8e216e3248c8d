"""Random sets of LYSYME answers, from the plausible to the impossible.

Uniform choices would nearly all be ineligible or invalid, so each set starts from a patient
who passes and is then changed a little, emptied a little, or spoilt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from tests.flows.reference_codes import CODES, CRITERIA, INPUTS, WOMEN

Answers = dict[str, object]

SPOILT: tuple[object, ...] = (None, "", "perhaps", True, -1, 10**6, 3.5, "2026-02-30", ["no"], {})
AREAS: tuple[object, ...] = (0, 4.5, 9.9, 9.99, 10, 10.01, 22, 100, "not_measured", "unknown")
AGES: tuple[object, ...] = (0, 17, 18, 19, 45, 74, 75, 76, 120, "unknown")


def _day(random: Random) -> date:
    special = ("2024-02-29", "2026-03-29", "2026-10-25", "2027-01-01", "2028-02-29", "2028-03-10")
    if random.random() < 0.25:
        return date.fromisoformat(random.choice(special))
    return date(2024, 1, 1) + timedelta(days=random.randrange(3287))


def _patient(random: Random, day: date) -> Answers:
    index = day - timedelta(days=random.randrange(14))
    admission = min(day, index + timedelta(days=random.randrange(12)))
    answers: Answers = {name: codes[0] for name, codes in CODES.items()}
    answers |= {name: "no" for name, codes in CODES.items() if codes[0] == "yes"}
    answers |= {
        "age_years": random.randint(18, 75),
        "index_date": index.isoformat(),
        "admission_date": admission.isoformat(),
        "bsa_max_d0_d10_pct": random.choice((9.9, 10, 15, 22.5, 60)),
        "pregnancy": "not_applicable",
        "breastfeeding": "not_applicable",
    }
    if random.random() < 0.5:
        pregnancy = random.choice(("test_negative", "test_pending"))
        answers |= {"repro_status": WOMEN[1], "pregnancy": pregnancy, "breastfeeding": "no"}
    return answers


def _date_near(random: Random, day: date) -> object:
    if random.random() < 0.15:
        return random.choice(("unknown", "not_admitted", "not_applicable"))
    return (day - timedelta(days=random.choice((-1, 0, 1, 5, 9, 10, 11, 12, 20, 70)))).isoformat()


def _partial_near(random: Random, day: date) -> object:
    line = date(day.year - 10, day.month, min(day.day, 28))
    near = line + timedelta(days=random.choice((-800, -31, -1, 0, 1, 31, 800, 3653, 3700)))
    return random.choice((near.isoformat(), near.isoformat()[:7], f"{near.year}", "unknown"))


def _answer(random: Random, name: str, day: date) -> object:
    if name in CODES:
        return random.choice(CODES[name])
    if name == "age_years":
        return random.choice(AGES)
    if name.startswith("bsa_"):
        return random.choice(AREAS)
    return (_partial_near if name == "malignancy_last_active" else _date_near)(random, day)


def _reconcile(random: Random, answers: Answers) -> None:
    """Mend the contradictions that chance makes most, so that enough sets stay valid."""
    if answers.get("repro_status") == "male":
        answers |= {"pregnancy": "not_applicable", "breastfeeding": "not_applicable"}
    elif answers.get("repro_status") in WOMEN:
        if answers.get("pregnancy") == "not_applicable":
            answers["pregnancy"] = "test_negative"
        if answers.get("breastfeeding") == "not_applicable":
            answers["breastfeeding"] = random.choice(("no", "unknown"))
    if (answers.get("unit") == "not_admitted") != (answers.get("admission_date") == "not_admitted"):
        answers |= {"unit": "not_admitted", "admission_date": "not_admitted"}
    if answers.get("malignancy") == "none":
        answers.pop("malignancy_last_active", None)
        answers["metastasis"] = "none"
    if answers.get("admission_date") in (None, "unknown", "not_admitted"):
        answers.pop("earlier_admission_date", None)
    answers.pop("bsa_after_window_pct", None)


def _judgements(random: Random) -> object:
    if random.random() < 0.03:
        return random.choice(("pass", [], {"I1": "maybe"}, {"E14": "fail"}, {"i2": "pass"}))
    chosen = random.sample(CRITERIA, random.choice((1, 2, 6, len(CRITERIA))))
    return {name: random.choice(("pass", "pass", "fail")) for name in chosen}


def _answers(random: Random, day: date) -> Answers:
    answers = _patient(random, day)
    for name in random.sample(INPUTS, random.choice((0, 1, 1, 2, 2, 3, 4, 6, len(INPUTS)))):
        answers[name] = _answer(random, name, day)
    if random.random() < 0.8:
        _reconcile(random, answers)
    if random.random() < 0.3:
        for name in random.sample(INPUTS, random.choice((1, 1, 2, 5, 12, len(INPUTS)))):
            answers.pop(name, None)
    if random.random() < 0.1:
        for name in random.sample(INPUTS, random.choice((1, 1, 2, 4))):
            answers[name] = random.choice(SPOILT)
    if random.random() < 0.5:
        answers["judgements"] = _judgements(random)
    return answers


def random_sets(seed: int, n: int) -> Iterator[tuple[str, Answers]]:
    """`n` sets of (date of screening, answers); the same for the same seed."""
    random = Random(seed)
    for _ in range(n):
        day = _day(random)
        yield day.isoformat(), _answers(random, day)

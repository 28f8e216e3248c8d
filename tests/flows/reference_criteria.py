"""LYSYME's nineteen criteria, each one as the `formula` of the trial file words it.

Every function takes the day of screening and a set of valid answers, in which a key absent
or None was not asked, and returns pass, fail, undetermined or judgement.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.flows.reference_inputs import day_of, number_of, span_of

Answers = dict[str, object]

PASS, FAIL, UNDETERMINED, JUDGEMENT = "pass", "fail", "undetermined", "judgement"
WINDOW = timedelta(days=10)  # I2 and I4; day 10 is inside

# Criteria settled by one answer: (input, passing codes, failing codes, codes asking a judgement).
ONE_ANSWER: dict[str, tuple[str, set[str], set[str], set[str]]] = {
    "I5": (
        "consent",
        {"patient_signed", "patient_attested"},
        {"refused", "withdrawn"},
        {"support_person_signed"},
    ),
    "I6": (
        "social_security",
        {"affiliated", "beneficiary"},
        {"none", "ame"},
        {"eu_other_scheme"},
    ),
    "E3": ("hiv_serology", {"negative"}, {"positive"}, set()),
    "E5": (
        "sars_cov2_pcr",
        {"negative", "not_performed"},
        {"positive"},
        {"positive_not_on_admission", "antigen_positive_only"},
    ),
    "E6": ("cardiac_failure", {"no"}, {"yes"}, set()),
    "E7": ("uncontrolled_epilepsy", {"no"}, {"yes"}, set()),
    "E8": (
        "bone_marrow_transplant",
        {"none", "autologous_only"},
        {"allogeneic_bone_marrow"},
        {"allogeneic_other_source"},
    ),
    "E9": (
        "other_research",
        {"none", "observational", "interventional_non_drug"},
        {"interventional_drug"},
        {"drug_trial_follow_up", "exclusion_period"},
    ),
    "E10": (
        "liberty_status",
        {"none"},
        {"deprived_of_liberty", "sauvegarde_de_justice"},
        {"other_measure"},
    ),
    "E11": ("compliance_barrier", {"no"}, {"yes"}, set()),
    "E12": (
        "guardianship",
        {"none"},
        {"tutelle", "curatelle"},
        {"other_measure", "request_pending"},
    ),
    "E13": (
        "psychiatric_care",
        {"none", "voluntary"},
        {"without_consent"},
        {"court_ordered"},
    ),
}


def by_code(
    answer: object, passing: set[str], failing: set[str], judged: set[str] | None = None
) -> str:
    """The verdict that one code carries; any other code, and no code, is undetermined."""
    if answer in passing:
        return PASS
    if answer in failing:
        return FAIL
    return JUDGEMENT if answer in (judged or set()) else UNDETERMINED


def both(first: str, second: str) -> str:
    """Three-valued AND as I3 and E4 word it."""
    parts = (first, second)
    if FAIL in parts:
        return FAIL
    if UNDETERMINED in parts:
        return UNDETERMINED
    return JUDGEMENT if JUDGEMENT in parts else PASS


def window_end(answers: Answers) -> date | None:
    """The last day of the ten-day window, or None while the index date is not known."""
    index = day_of(answers.get("index_date"))
    return None if index is None else index + WINDOW


def i1(day: date, answers: Answers) -> str:
    """Age from 18 to 75 completed years."""
    age = number_of(answers.get("age_years"))
    if age is None:
        return UNDETERMINED
    return PASS if 18 <= age <= 75 else FAIL


def i2(day: date, answers: Answers) -> str:
    """Admission 0 to 10 days after the index date."""
    end, admission = window_end(answers), answers.get("admission_date")
    if end is None or admission in (None, "unknown"):
        return UNDETERMINED
    if admission == "not_admitted":
        return FAIL if day > end else UNDETERMINED
    admitted = day_of(admission)
    assert admitted is not None, "a valid admission_date is a day or a non-answer"
    if admitted < end - WINDOW:
        return JUDGEMENT
    if admitted <= end:
        return PASS
    earlier = day_of(answers.get("earlier_admission_date"))
    return JUDGEMENT if earlier is not None and earlier <= end else FAIL


def i3(day: date, answers: Answers) -> str:
    """Confirmed diagnosis, in dermatology or intensive care."""
    return both(
        by_code(answers.get("diagnosis"), {"confirmed"}, {"ruled_out"}),
        by_code(
            answers.get("unit"),
            {"dermatology", "intensive_care"},
            {"other_no_transfer"},
            {"burn_unit"},
        ),
    )


def i4(day: date, answers: Answers) -> str:
    """At least 10 % of body surface area between the index date and day 10."""
    end, answer = window_end(answers), answers.get("bsa_max_d0_d10_pct")
    if end is None or answer is None:
        return UNDETERMINED
    area = number_of(answer)
    if area is not None and area >= 10:
        return PASS
    if day <= end:
        return UNDETERMINED
    return JUDGEMENT if area is None else FAIL


def e1(day: date, answers: Answers) -> str:
    """Pregnant or breastfeeding."""
    status, pregnancy = answers.get("repro_status"), answers.get("pregnancy")
    nursing = answers.get("breastfeeding")
    if status == "male":
        return PASS
    if pregnancy == "pregnant" or nursing == "yes":
        return FAIL
    if status in (None, "unknown"):
        return UNDETERMINED
    if status == "female_childbearing_potential" and pregnancy != "test_negative":
        return UNDETERMINED
    return UNDETERMINED if nursing in (None, "unknown") else PASS


def recent(day: date, last_active: object) -> str:
    """Whether the last activity lies in the ten years before `day`: yes, no or maybe."""
    # Ten years before a leap year is never one, so 29 February always becomes 28.
    on = 28 if (day.month, day.day) == (2, 29) else day.day
    line = date(day.year - 10, day.month, on)
    span = span_of(last_active)
    if span is None:
        return "maybe"
    if span[0] >= line:
        return "yes"
    return "no" if span[1] < line else "maybe"


def e2(day: date, answers: Answers) -> str:
    """Malignant disease within ten years, or metastasis."""
    malignancy, metastasis = answers.get("malignancy"), answers.get("metastasis")
    if metastasis == "present":
        return FAIL
    if malignancy == "none":
        return PASS
    within = recent(day, answers.get("malignancy_last_active"))
    if malignancy == "malignant":
        if within != "no":
            return FAIL if within == "yes" else UNDETERMINED
        return by_code(metastasis, {"none"}, set(), {"past_only"})
    if malignancy == "in_situ_or_bcc" and metastasis is not None:
        return PASS if within == "no" else JUDGEMENT
    return UNDETERMINED


def e4(day: date, answers: Answers) -> str:
    """Active hepatitis B or C."""
    return both(
        by_code(
            answers.get("hbv_status"),
            {"no_infection", "vaccinated", "past_resolved"},
            {"active"},
            {"isolated_anti_hbc", "hbsag_positive_inactive"},
        ),
        by_code(answers.get("hcv_status"), {"no_infection", "past_resolved"}, {"active"}),
    )


MANY_ANSWERS: dict[str, Callable[[date, Answers], str]] = {
    "I1": i1,
    "I2": i2,
    "I3": i3,
    "I4": i4,
    "E1": e1,
    "E2": e2,
    "E4": e4,
}


def finding(criterion: str, day: date, answers: Answers) -> str:
    """The verdict of one criterion before any judgement."""
    if criterion in MANY_ANSWERS:
        return MANY_ANSWERS[criterion](day, answers)
    name, passing, failing, judged = ONE_ANSWER[criterion]
    return by_code(answers.get(name), passing, failing, judged)

"""English: pictures."""

from __future__ import annotations

from datetime import timedelta

from bot.texts.pictures import PictureTexts
from storage.exports.chart import Kind


def _passed(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if not hours:
        return f"{minutes} min"
    return f"{days} d {hours % 24} h" if days else f"{hours} h {minutes % 60:02d} min"


PICTURES = PictureTexts(
    which="Which picture?",
    kinds={
        Kind.FLOW: "Participant flow",
        Kind.REASONS: "Reasons",
        Kind.RECRUITMENT: "Recruitment",
        Kind.TIMES: "Time to signature",
    },
    reasons_heading=lambda name: f"{name}: why patients were excluded",
    by_criterion="Not eligible, first failing criterion",
    by_patient="Declined",
    once="Each excluded patient counts once, by the last attempt.",
    recruitment_heading=lambda name: f"{name}: recruitment",
    aim=lambda target: f"– – target {target}",
    whole_trial="The whole trial, at all sites.",
    in_error=lambda count: f"{count} enrolled in error: not counted.",
    day=lambda day: f"{day:%Y-%m-%d}",
    times_heading=lambda name: f"{name}: time from screening to signature",
    signed="Signed verdicts, by time since the screening was opened",
    classes=(
        "under 15 min",
        "15–30 min",
        "30–60 min",
        "1–2 h",
        "2–6 h",
        "6–12 h",
        "12–24 h",
        "1–3 days",
        "3–10 days",
        "10 days or more",
    ),
    passed=_passed,
    middle=lambda median, lower, upper: f"Median {median}; half of them {lower} to {upper}.",
    longest=lambda time: f"Longest: {time}.",
    unsigned=lambda count: f"{count} screened without a signature that stands.",
    nobody_signed="No verdict has been signed yet.",
)

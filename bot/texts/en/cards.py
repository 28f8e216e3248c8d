"""English: the cards and what is remarked on them."""

from __future__ import annotations

from bot.texts.en.words import MONTHS, WEEKDAYS, between, counted, written
from bot.texts.shape import CardTexts, RemarkTexts
from flows.answers import Expected
from flows.events import JudgementVerdict, Mode, Reason
from flows.stages import Stage

CARDS = CardTexts(
    watermark={
        Mode.SCREENING: "",
        Mode.QUICK_CHECK: "quick check",
        Mode.PRACTICE: "PRACTICE, invented patient",
    },
    inclusion="inclusion criterion",
    exclusion="exclusion criterion",
    more="More answers…",
    back="‹ Back",
    help="Help",
    pause="Pause",
    stop="Stop",
    stop_sure="Give up this screening? What was answered stays in the record; there is no verdict.",
    stop_yes="Yes, give it up",
    stop_no="No, go on",
    review="Review",
    review_heading="Answers so far",
    correct="Correct",
    correct_which="Which answer do you want to change?",
    record_all="Record all reasons",
    finish="Stop here",
    resume="Resume",
    promote="Make it a screening",
    sign="Sign…",
    meanings={
        "eligible": "I confirm that this patient is eligible.",
        "ineligible": "I confirm that this patient is not eligible.",
    },
    signed=lambda name, at, meaning: f"✍ Signed by {name}, {at:%d/%m/%Y %H:%M}: {meaning}",
    cancel="‹ Back to the card",
    hand_over="Hand over…",
    hand_over_whom="Who carries on?",
    share="Copy the number",
    fold="Close the card",
    unfold="Open again",
    today="Today",
    yesterday="Yesterday",
    calendar="Calendar…",
    months=MONTHS,
    weekdays=WEEKDAYS,
    month_unknown="Month not known",
    day_unknown="Day not known",
    more_precisely=lambda period: f"{period} alone leaves this open. Is more known?",
    ok="OK:",
    judgement_heading="All facts are known, but the text does not decide. "
    "Your judgement is recorded under your name.",
    judgement={
        ("inclusion", JudgementVerdict.PASS): "Criterion met",
        ("inclusion", JudgementVerdict.FAIL): "Criterion not met",
        ("inclusion", JudgementVerdict.DEFERRED): "Decide later",
        ("exclusion", JudgementVerdict.PASS): "Exclusion does not apply",
        ("exclusion", JudgementVerdict.FAIL): "Exclusion applies",
        ("exclusion", JudgementVerdict.DEFERRED): "Decide later",
    },
    reason_which="Why is it changed? The old answer stays in the record.",
    reasons={
        Reason.RESULT_ARRIVED: "The result arrived",
        Reason.NEW_ASSESSMENT: "New assessment",
        Reason.TYPING_ERROR: "Slip of the finger",
        Reason.SOURCE_CORRECTED: "Patient file corrected",
        Reason.MISUNDERSTOOD: "Question misunderstood",
    },
    failing={
        "inclusion": lambda name: f"{name} not met",
        "exclusion": lambda name: f"{name} applies",
    },
    excluded_hint="The remaining criteria were not assessed. "
    "Stop here, or go on to record every reason.",
    eligible="✅ Eligible: all criteria pass",
    ineligible=lambda reasons: f"⛔ Ineligible: {reasons}",
    not_yet=lambda day: f"⏳ Not yet: may still qualify until {written(day)}, end of day",
    pending=lambda count: f"⏸ Pending: {counted(count, 'criterion', 'criteria')} still open",
    missing="Still open:",
    fill_in=lambda name: f"{name} …",
    judgement_missing="your judgement",
    unassessed=lambda count: f"{counted(count, 'criterion', 'criteria')} not assessed.",
    deadlines="Dates:",
    passed="passed",
    verdict_on=lambda day, version: f"As of {written(day)}, protocol version {version}.",
    paused="Paused. Every answer is kept.",
    stopped="Given up: no verdict. The answers stay in the record.",
    day=written,
    short_day=lambda day: f"{day.day:02d}/{day.month:02d}",
    near_day=lambda day: f"{WEEKDAYS[day.weekday()]} {day.day:02d}/{day.month:02d}",
)

REMARKS = RemarkTexts(
    expected={
        Expected.WHOLE_NUMBER: lambda low, high: (
            f"Please give a whole number {between(low, high)}."
        ),
        Expected.NUMBER: lambda low, high: (
            f"Please give a number {between(low, high)}, for example 12.5."
        ),
        Expected.DATE: lambda _low, _high: (
            "Please give a day up to today, as 2026-03-06, 6/3, today, yesterday or D-2."
        ),
        Expected.PARTIAL_DATE: lambda _low, _high: (
            "Please give a year, a month or a day, as 2016, 2016-03 or 2016-03-10."
        ),
        Expected.CHOICE: lambda _low, _high: "Please choose one of the answers shown.",
        Expected.CONSISTENT: lambda _low, _high: "This contradicts another answer.",
        Expected.JUDGEMENT: lambda _low, _high: "Please answer 'pass' or 'fail' for a criterion.",
    },
    not_now={
        Stage.ASKING: "That cannot be done while questions are still open.",
        Stage.EXCLUDED: "That cannot be done after an exclusion: stop here or record all reasons.",
        Stage.CONCLUDED: "The verdict is recorded: use Correct to change an answer.",
        Stage.PAUSED: "This screening is paused: resume it first.",
        Stage.STOPPED: "This screening was given up; nothing can be added to it.",
        Stage.SIGNED: "The verdict is signed: a correction voids the signature.",
    },
    cannot_sign="Only a complete screening with a verdict can be signed.",
    not_asked="That question is not asked now. Here is the card as it stands.",
    nothing_to_judge="There is nothing to judge for that criterion now.",
    already_so="Already recorded; nothing was changed.",
    needs_reason="A change needs a reason.",
    trial_closed="The trial is closed to new screenings; what was begun can be finished.",
    overtaken=lambda name, at: f"{name} was faster, at {at:%H:%M}. Here is the card as it stands.",
    overtaken_self="The card had moved on already. Here it is as it stands.",
    warned=lambda words: f"⚠ {words}",
    not_saved="Not saved: the record could not be written. Please try again.",
    not_saved_yet="Not saved yet: the record cannot be written. I keep trying; "
    "the card moves on once it is saved.",
)

"""English: who is told, when, and what is still owed."""

from __future__ import annotations

from bot.texts.en.words import written
from bot.texts.shape import DutyTexts
from flows.cases import Because, FollowUp, QueryAnswer, QueryReason

DUTY = DutyTexts(
    seen="Seen",
    passed_on=lambda number, by, to: f"Screening {number}: {by} hands it over to {to}.",
    closing=lambda number, verdict: f"Screening {number}: {verdict}, and its window is closing.",
    closes_today="It closes today at 23:59.",
    closes_tomorrow="It closes tomorrow at 23:59.",
    closes_on=lambda day: f"It closes on {written(day)} at 23:59.",
    day_of=lambda day, length: f"Day {day} of {length}.",
    still_pending=lambda number, verdict, since: (
        f"Screening {number} is still open: {verdict}, since {written(since)}."
    ),
    carried_by=lambda name: f"{name} carries it.",
    carried_by_nobody="Whoever carried it is no longer at the site: it needs somebody else.",
    reminder=lambda number: f"Reminder: screening {number} is still open.",
    window_closed=lambda number: (
        f"The window of screening {number} has closed. The verdict was determined anew:"
    ),
    query=lambda name, criterion, number: f"{name} asks about {criterion} (screening {number}).",
    answered=lambda name, criterion, number: (
        f"{name} answers about {criterion} (screening {number})."
    ),
    some_criterion="a criterion",
    queries={
        QueryReason.UNCLEAR: "The wording is unclear.",
        QueryReason.DEFINITION: "Which definition applies?",
        QueryReason.SOURCE: "Which source counts?",
        QueryReason.NOT_APPLICABLE: "It does not seem to apply.",
    },
    query_answers={
        QueryAnswer.AS_WORDED: "It applies as it is worded.",
        QueryAnswer.SEE_HELP: "The help text on the card says it.",
        QueryAnswer.WITH_SPONSOR: "The sponsor is being asked.",
        QueryAnswer.WILL_CALL: "I will call you.",
    },
    enrolment=lambda number, status, name: f"Screening {number}: {status} (recorded by {name}).",
    steps={
        FollowUp.APPROACHED: "approached",
        FollowUp.CONSENTED: "consented",
        FollowUp.DECLINED: "declined",
        FollowUp.ENROLLED: "enrolled",
        FollowUp.WITHDRAWN: "withdrawn",
        FollowUp.ENROLLED_IN_ERROR: "enrolled in error",
    },
    target=lambda enrolled, target: (
        f"The target is reached: {enrolled} enrolled of {target}. "
        "An administrator decides whether the trial is closed."
    ),
    unreachable=lambda name, number: (
        f"{name} cannot be reached about screening {number}; you were told as well."
    ),
    unseen={
        Because.SILENT: lambda number: (
            f"Nobody has seen what was told about screening {number}. Please look after it."
        ),
        Because.UNREACHABLE: lambda number: (
            f"No coordinator can be reached about screening {number}. Please look after it."
        ),
    },
    passed_over={
        Because.SILENT: "(Nobody has seen this yet: you are the next to be told.)",
        Because.UNREACHABLE: (
            "(Whoever was told before cannot be reached: you are the next to be told.)"
        ),
    },
    taken_over=lambda name, number, before: f"{name} follows screening {number}, after {before}.",
)

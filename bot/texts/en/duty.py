"""English: who is told, when, and what is still owed."""

from __future__ import annotations

from bot.texts.beside import DutyTexts
from bot.texts.en.words import counted, written
from flows.cases import Because, FollowUp, QueryAnswer, QueryReason

DUTY = DutyTexts(
    seen="Seen",
    seen_at=lambda at: f"✓ Seen, {at:%H:%M}",
    take_over=lambda name: f"Take it over from {name}",
    leave_it=lambda name: f"Leave it with {name}",
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
    next_reminder=lambda day: f"Next reminder: {written(day)}.",
    remind_me="Remind me…",
    remind_when="On which day do you want to be reminded?",
    tomorrow=lambda day: f"Tomorrow, {day.day:02d}/{day.month:02d}",
    in_days=lambda days, day: f"In {days} days, {day.day:02d}/{day.month:02d}",
    last_day=lambda day: f"Last day of the window, {day.day:02d}/{day.month:02d}",
    give_up="Give up…",
    duty_heading=lambda name, site: f"Who is told at {name} ({site}), in this order:",
    no_rota="No rota: all coordinators are told at once.",
    principal="Principal investigator",
    no_principal="not named; all investigators are told",
    times=lambda minutes, morning: (
        f"The next is told after {counted(minutes, 'minute', 'minutes')}; "
        f"reminders go out at {morning}:00."
    ),
    all_day="all day",
    not_at=lambda name, role, site: f"{name} is not {role} at {site}.",
    bad_hours=lambda text: (
        f"{text!r} are no hours of a day: expected two different ones such as 8-20 or 20-8."
    ),
    bad_hour=lambda hour: f"{hour} is no hour of a day: expected 0 to 23.",
    bad_minutes=lambda minutes: (
        f"{counted(minutes, 'minute', 'minutes')} cannot be waited: expected 1 to 1440."
    ),
    too_many=lambda most: f"A rota has at most {most} lines.",
    add_shift="Add somebody…",
    who_shift="Who is to be told?",
    no_coordinator="Nobody is a coordinator at this site: /invite one first.",
    which_hours=lambda name: f"At which hours is {name} on duty?",
    name_principal="Principal investigator…",
    who_principal="Who is the principal investigator?",
    no_investigator="Nobody is an investigator at this site: /invite one first.",
    choose_minutes="Minutes…",
    which_minutes="After how many minutes is the next person told?",
    minutes=lambda minutes: f"{minutes} min",
    choose_morning="Morning hour…",
    which_morning="At which hour do reminders go out?",
    o_clock=lambda hour: f"{hour}:00",
    take_out="✕",
    back="‹ Back",
    moved_on="That had changed already. Here it is as it stands.",
    digest_now=lambda hour: f"Your daily digest comes at {hour}:00. Choose another hour:",
    digest_off_now="You get no daily digest. Choose an hour:",
    digest_off="No digest",
    digest_heading="Today",
    digest_counts=lambda now, verdicts, enrolled: (
        f"{now} open; since yesterday {counted(verdicts, 'verdict', 'verdicts')}, "
        f"{enrolled} enrolled."
    ),
    digest_closing="Closing soon",
    digest_unseen="Seen by nobody",
    digest_unsigned="Eligible, not signed",
    digest_waiting="Still pending",
    digest_taken="Followed",
    closes_by=lambda number, day: f"{number} ({day.day:02d}/{day.month:02d})",
    followed_by=lambda number, name: f"{number} ({name})",
    and_more=lambda count: f"and {count} more",
)

"""English: the screening log, the steps after a verdict, recruitment, and the trail of a case."""

from __future__ import annotations

from bot.texts.beside import CaseTexts, FlowTexts, LogTexts
from bot.texts.en.words import counted
from flows.cases import Because, DeclineReason
from flows.listing import Filter
from flows.steps import Contradiction
from flows.tallies import Waiting

LOG = LogTexts(
    filters={
        Filter.OPEN: "Open",
        Filter.PENDING: "Pending",
        Filter.UNSIGNED: "Eligible, unsigned",
        Filter.WEEK: "This week",
        Filter.ALL: "All",
    },
    heading=lambda name, count: f"{name}: {counted(count, 'screening', 'screenings')}",
    nothing="Nothing in this list.",
    previous="‹ Newer",
    following="Older ›",
    refresh="Refresh",
    back="‹ Log",
    signed="signed",
    unsigned="unsigned",
    followed_by_nobody="nobody follows",
    head=("number", "opened", "site", "attempt", "verdict", "signed", "status", "counted"),
    yes="yes",
    no="no",
    carried_by="Carried by",
    followed_by="Followed by",
    nobody="nobody yet",
    attempt=lambda number, earlier: f"Attempt {number}, after {earlier}.",
    status="Status",
    no_status="nothing recorded yet",
    steps="Steps",
    contradictions={
        Contradiction.ENROLLED_BEFORE_SIGNED: "Enrolled before the verdict was signed.",
        Contradiction.ENROLLED_NOT_ELIGIBLE: "Enrolled without an eligible verdict that stands.",
        Contradiction.ENROLLED_WITHOUT_CONSENT: "Enrolled, and no consent is recorded.",
        Contradiction.CONSENT_AFTER_ENROLMENT: "Consent was recorded after the enrolment.",
        Contradiction.VERDICT_CHANGED_SINCE: "The verdict has changed since the last step.",
    },
    queries=lambda waiting, count: (
        f"{counted(count, 'criterion query', 'criterion queries')}, {waiting} open."
    ),
    declines={
        DeclineReason.NOT_INTERESTED: "not interested",
        DeclineReason.BURDEN: "burden of the trial",
        DeclineReason.RISK: "fear of risks",
        DeclineReason.DISTANCE: "distance",
        DeclineReason.FAMILY: "family",
        DeclineReason.PHYSICIAN: "physician's advice",
        DeclineReason.NOT_STATED: "not stated",
    },
    declined_why="Why did they decline?",
    correct="Correct the status",
    correct_to="Correct the status to which? What was recorded stays in the trail.",
    sure_error="Record that this patient was enrolled in error? The coordinators are told.",
    sure_yes="Yes, enrolled in error",
    recorded=lambda number, status: f"{number}: {status}.",
    not_offered="That step does not follow from here. This is the case as it stands.",
    recruitment=lambda enrolled, target: f"Recruitment: {enrolled} of {target}.",
    trial_open="The trial takes new screenings.",
    close="Close the trial",
    close_sure="Close the trial? No new screening or quick check can then be begun; corrections, "
    "signatures and follow-up go on.",
    close_yes="Yes, close it",
    closed="The trial is closed.",
    reopen="Reopen the trial",
    reopened="The trial is open again.",
    trial_moved="Somebody else was faster. This is how the trial stands.",
)

FLOW = FlowTexts(
    heading=lambda name: f"{name}: participant flow",
    as_of=lambda at: f"as of {at:%Y-%m-%d %H:%M}",
    assessed="Assessed for eligibility",
    attempts=lambda attempts, repeated: (
        f"{counted(attempts, 'attempt', 'attempts')}; {repeated} screened again"
    ),
    not_eligible="Not eligible, first failing criterion",
    first_only=lambda count: (
        f"{count} with the first failing criterion only: the rest not assessed"
    ),
    confidential="confidential reason",
    no_verdict="Undecided, no lasting verdict",
    waiting={
        Waiting.IN_PROGRESS: "questions still open",
        Waiting.PENDING: "result pending",
        Waiting.NOT_YET: "not yet",
        Waiting.GIVEN_UP: "given up",
        Waiting.NOT_APPROACHED: "not approached yet",
        Waiting.APPROACHED: "approached",
        Waiting.CONSENTED: "consented",
    },
    eligible="Eligible",
    still_waiting="Undecided, eligible",
    declined="Declined",
    enrolled="Enrolled",
    in_error="in error",
    withdrawn="withdrawn",
    enrolled_not_eligible="no eligible verdict stands",
    recruitment=lambda enrolled, target: f"Recruitment {enrolled} of {target}",
    sums=lambda screened, enrolled, excluded, undecided: (
        f"Screened {screened} = enrolled {enrolled} + excluded {excluded} + undecided {undecided}"
    ),
    excluded=lambda criterion, declined: (
        f"Excluded: {criterion} by a criterion, {declined} declined"
    ),
    rate_eligible=lambda eligible, screened: f"Eligible of screened: {eligible}/{screened}",
    rate_failures=lambda failures, consented: f"Failures of consented: {failures}/{consented}",
    no_picture="The picture cannot be drawn now; these are the counts.",
    bad_name=lambda name: f"{name}: expected a name that ends in .png, .svg or .pdf.",
    no_drawing="The picture could not be drawn.",
)

CASE = CaseTexts(
    heading="Follow-up of the case",
    events={
        "case-taken": "taken",
        "notice-seen": "notice seen",
        "notice-sent": "notice sent to",
        "notice-failed": "notice could not reach",
        "notice-escalated": "next person told",
        "follow-up-recorded": "status",
        "criterion-queried": "question about",
        "criterion-query-answered": "answer about",
    },
    notices={
        "hand-over": "hand-over",
        "passed-on": "hand-over",
        "verdict": "verdict",
        "signature": "signature",
        "taken": "case taken",
        "closing": "window closing",
        "still-pending": "result still pending",
        "query": "criterion query",
        "query-answered": "answer to a query",
        "enrolment": "follow-up",
        "target-reached": "target reached",
        "reminder": "reminder",
        "window-closed": "window closed",
        "unreachable": "somebody cannot be reached",
        "unseen": "nobody has seen it",
    },
    because={
        Because.SILENT: "nobody had seen it",
        Because.UNREACHABLE: "nobody could be reached",
    },
    repeat="perhaps a repeat",
)

"""English."""

from __future__ import annotations

from datetime import date

from bot.texts.en_people import PEOPLE
from bot.texts.shape import (
    CardTexts,
    ChatTexts,
    CommandTexts,
    ProtocolTexts,
    RecordTexts,
    RemarkTexts,
    Texts,
)
from flows.answers import Expected
from flows.events import JudgementVerdict, Mode, Reason, Role
from flows.exchange import Shape
from flows.protocol.model import InputType, Outcome
from flows.stages import Stage

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _within(low: int | None, high: int | None) -> str:
    return f"from {low} to {high}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


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
    not_yet=lambda day: f"⏳ Not yet: may still qualify until {_day(day)}, end of day",
    pending=lambda count: f"⏸ Pending: {_count(count, 'criterion', 'criteria')} still open",
    missing="Still open:",
    fill_in=lambda name: f"{name} …",
    judgement_missing="your judgement",
    unassessed=lambda count: f"{_count(count, 'criterion', 'criteria')} not assessed.",
    deadlines="Dates:",
    passed="passed",
    verdict_on=lambda day, version: f"As of {_day(day)}, protocol version {version}.",
    paused="Paused. Every answer is kept.",
    stopped="Given up: no verdict. The answers stay in the record.",
    day=_day,
    short_day=lambda day: f"{day.day:02d}/{day.month:02d}",
    near_day=lambda day: f"{WEEKDAYS[day.weekday()]} {day.day:02d}/{day.month:02d}",
)

REMARKS = RemarkTexts(
    expected={
        Expected.WHOLE_NUMBER: lambda low, high: (
            f"Please give a whole number {_within(low, high)}."
        ),
        Expected.NUMBER: lambda low, high: (
            f"Please give a number {_within(low, high)}, for example 12.5."
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
    overtaken=lambda name, at: f"{name} was faster, at {at:%H:%M}. Here is the card as it stands.",
    overtaken_self="The card had moved on already. Here it is as it stands.",
    warned=lambda words: f"⚠ {words}",
    not_saved="Not saved: the record could not be written. Please try again.",
    not_saved_yet="Not saved yet: the record cannot be written. I keep trying; "
    "the card moves on once it is saved.",
)

RECORDS = RecordTexts(
    heading=lambda number: f"Screening record {number}",
    signature="Signature",
    trial="Trial",
    protocol="Protocol",
    opened="Opened",
    site="Site",
    mode="Kind",
    modes={
        Mode.SCREENING: "screening",
        Mode.QUICK_CHECK: "quick check (no signature)",
        Mode.PRACTICE: "practice (invented patient, never counted)",
    },
    stage="Stage",
    stages={
        Stage.ASKING: "open",
        Stage.EXCLUDED: "excluded, open",
        Stage.CONCLUDED: "concluded",
        Stage.PAUSED: "paused",
        Stage.STOPPED: "given up",
        Stage.SIGNED: "signed",
    },
    verdict="Verdict",
    no_verdict="none yet",
    verdicts={
        "eligible": "eligible",
        "ineligible": "ineligible",
        "not_yet": "not yet",
        "pending": "pending",
        "invalid": "invalid",
    },
    criteria="Criteria",
    findings={
        ("inclusion", Outcome.PASS): "met",
        ("inclusion", Outcome.FAIL): "NOT MET",
        ("inclusion", Outcome.UNDETERMINED): "undetermined",
        ("inclusion", Outcome.JUDGEMENT): "judgement needed",
        ("exclusion", Outcome.PASS): "not met",
        ("exclusion", Outcome.FAIL): "MET",
        ("exclusion", Outcome.UNDETERMINED): "undetermined",
        ("exclusion", Outcome.JUDGEMENT): "judgement needed",
    },
    not_assessed="not assessed",
    no_answer="no answer yet",
    trail="Audit trail",
    events={
        "screening-opened": "opened",
        "answer-given": "answered",
        "answer-corrected": "corrected",
        "answer-set-aside": "set aside, contradicted by",
        "judgement-given": "judged",
        "determination-made": "verdict",
        "all-reasons-requested": "all reasons requested",
        "screening-finished": "stopped at the first exclusion",
        "screening-paused": "paused",
        "screening-resumed": "resumed",
        "screening-stopped": "given up",
        "quick-check-promoted": "quick check made a screening",
        "screening-signed": "signed",
        "signature-voided": "signature voided by",
        "screening-handed-over": "handed over to",
    },
    roles={
        Role.INVESTIGATOR: "investigator",
        Role.ON_CALL: "on-call staff",
        Role.COORDINATOR: "coordinator",
        Role.ADMINISTRATOR: "administrator",
        Role.MONITOR: "monitor",
    },
    day_offset=lambda days: f"index date {days:+d} d" if days else "index date",
    received="Times are those of receipt, at the site and in UTC.",
    list_empty="No screening yet.",
    list_head=("number", "opened", "kind", "stage", "verdict"),
    moment=lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
)

PROTOCOL = ProtocolTexts(
    version="Version",
    fingerprint="SHA-256 of the file",
    registry="Registry",
    dates="Dates",
    target=lambda count: f"Participants to enrol: {count}",
    inclusion="Inclusion criteria",
    exclusion="Exclusion criteria",
    choices="Answers",
    non_answers="When it is not known",
    kept="Kept in the record only as",
    kept_precision="A date is kept only as precisely as the rule needs.",
    refused="Refused",
    warned="A second look is asked for",
    rule="Rule",
    judgement="When the text does not decide",
    deadlines="Dates",
    help="Help",
    meanings="What a missing answer means",
    may_change="May change",
    open_points="Left open by the public text",
    note="Note",
    confidential="Confidential: never named outside the record.",
    record_only="For the record only; the rule does not use it.",
    sources="Sources",
    advisories="Advisory dates (never used to decide)",
    within=_within,
)

COMMANDS = CommandTexts(
    notice="Decision support only: the authorised protocol prevails. Use invented patients only, "
    "until the sponsor's data protection officer agrees to real ones.",
    how_to="Answer by number, label, code or value. /help explains, /quit leaves.",
    typed={
        InputType.INTEGER: "a whole number",
        InputType.NUMBER: "a number, as 12.5",
        InputType.DATE: "a day, as 2026-03-06, 6/3, today, yesterday or D-2",
        InputType.PARTIAL_DATE: "a year, a month or a day, as 2016, 2016-03 or 2016-03-10",
    },
    help="/back  look at the last answer again\n"
    "/review  show what was answered      /correct  change an answer\n"
    "/all  record all reasons             /finish  stop at the first exclusion\n"
    "/pause  put aside                    /resume  take up again\n"
    "/stop  give up without a verdict     /more  show the rare answers\n"
    "/quit  leave; an open screening stays open",
    not_a_button=lambda count: (
        f"Please answer with a number from 1 to {count}, a label or a code shown on the card."
    ),
    left_open=lambda number: (
        f"Screening {number} stays open; every answer is kept. "
        f"Resume with: screening chat --resume {number}"
    ),
    left_closed=lambda number: f"The record is kept. Read it with: screening show {number}",
    paused=lambda number: f"Take it up again with: screening chat --resume {number}",
    unknown_command=lambda word: f"{word} is not a command. /help lists them.",
    unknown_number=lambda number: f"No screening has the number {number}.",
    bad_number=lambda text: (
        f"{text!r} is not a screening number: expected eight characters such as 7K3F-9QXV."
    ),
    unknown_protocol=lambda name, known: f"Unknown protocol {name!r}; known: {known}.",
    no_such_file=lambda name: f"{name}: cannot be read.",
    protocol_good=lambda name, version, count: f"{name}: good, version {version}, {count} criteria",
    chain_good=lambda count, head: (
        f"The chain holds: {_count(count, 'event', 'events')}, head {head}"
    ),
    chain_broken=lambda position, stream, version, why: (
        f"The chain breaks at event {position}"
        + (f" ({stream}, number {version})" if stream else "")
        + f": {why}."
    ),
    chain_reasons={
        "POSITION_GAP": "a position is missing or repeated",
        "WRONG_PREVIOUS": "it does not follow the event before it",
        "VERSION_GAP": "an event of its stream is missing or repeated",
        "BAD_DIGEST": "its content is not what was recorded",
        "UNREADABLE": "it cannot be read",
        "OFF_CHECKPOINT": "its digest is not the one in the checkpoint",
        "CUT_TAIL": "the ledger ends before the checkpoint",
    },
    read_only="The database or its folder cannot be written: check its permissions.",
    full="There is no room left on the disk; nothing was half-written.",
    newer=lambda found, known: (
        f"The database has form {found}, made by a later version; "
        f"this version knows up to form {known}. Use the later version."
    ),
    unavailable=lambda why: f"The database cannot be used: {why}.",
    broken=lambda why: f"The record cannot be read: {why}. Run: screening verify",
    no_database=lambda name: f"{name} does not exist yet: nothing was screened here.",
    setting=lambda name, why: f"{name}: {why}",
    line=lambda number, what: f"line {number}: {what}",
    exact={
        Expected.DATE: "expected a day, YYYY-MM-DD",
        Expected.PARTIAL_DATE: "expected YYYY, YYYY-MM or YYYY-MM-DD",
        Expected.CHOICE: "expected a code",
    },
    answer_set={
        Shape.OBJECT: lambda _: 'expected an object {"case", "date_of_screening", "answers"}',
        Shape.KEY: lambda name: f"unknown key {name!r}",
        Shape.ANSWERS: lambda _: "expected 'answers' to be an object",
        Shape.DATE: lambda _: "expected 'date_of_screening' to be a day, YYYY-MM-DD",
        Shape.INPUT: lambda name: f"unknown input {name!r}",
    },
    or_codes=lambda sentence, codes: f"{sentence.rstrip('.')}; or one of: {codes}",
    not_json="expected one JSON object",
    nul="NUL characters are not allowed",
    sandbox_ready=lambda url: (
        f"The sandbox is ready: open {url} in a browser, and stop with Ctrl-C."
    ),
    obstacles={
        "not_telegram": lambda _: (
            "The Bot API answered, but not as Telegram does: check TELEGRAM_API_BASE_URL."
        ),
        "unreachable": lambda _: (
            "The Bot API cannot be reached: check TELEGRAM_API_BASE_URL and the network."
        ),
        "token_refused": lambda _: "The Bot API refuses the token: check TELEGRAM_BOT_TOKEN.",
        "no_token": lambda _: "TELEGRAM_BOT_TOKEN is not set.",
        "bad_answer": lambda about: f"The Bot API did not do what it was asked ({about}).",
        "no_port": lambda _: "A webhook needs a host and port in LISTEN.",
        "port_taken": lambda about: f"That address cannot be listened on: {about}. Change LISTEN.",
    },
    settings={
        "TELEGRAM_BOT_TOKEN": "expected digits, a colon and 30 or more characters",
        "TELEGRAM_API_BASE_URL": "expected an address that begins with https:// or http://",
        "PUBLIC_URL": "expected an address that begins with https:// or http://",
        "WEBHOOK_SECRET": "expected 16 to 256 characters of A-Z, a-z, 0-9, _ and -",
        "PUBLIC_URL, WEBHOOK_SECRET": "set both for a webhook, or neither for polling",
        "SIGNING_PEPPER": "expected 32 or more characters",
        "LISTEN": "expected a host and a port, as 127.0.0.1:8090",
        "DATABASE_URL": "expected an address such as sqlite:///data/screening.db",
        "TRIAL": "expected the name of a protocol",
        "LANGUAGE": "expected en or fr",
        "LOG_LEVEL": "expected DEBUG, INFO, WARNING or ERROR",
    },
    webhook_needs="PUBLIC_URL and WEBHOOK_SECRET must be set first.",
    webhook_is=lambda url: f"Updates now go to {url}.",
    webhook_gone="Updates are polled again.",
    in_case=lambda field, what: f"{field}: {what}",
)


CHAT = ChatTexts(
    own_name="English",
    greeting=lambda name: (
        f"Good day, {name}. This bot asks the eligibility criteria of a trial, "
        "one by one, and keeps a record of every answer."
    ),
    help="Tap the answers on the card; numbers and dates may be typed as well. The card stops at "
    "the first exclusion. A changed answer is a correction: the old one stays in the record.",
    caution="<i>Decision support only: the authorised protocol prevails. Chats with a bot are not "
    "end-to-end encrypted. Invented patients only, until the sponsor's data protection officer "
    "agrees to real ones.</i>",
    commands={
        "screen": "Screen a patient",
        "check": "Quick check: could this patient be eligible?",
        "open": "What is open",
        "practice": "Practise on an invented patient",
        "protocol": "Version, criteria, sources",
        "people": "Who is in, and letting out",
        "invite": "Invite somebody",
        "language": "English or French",
        "help": "How it works",
    },
    stranger="This bot is for invited hospital staff. Please ask your administrator.",
    welcome="You are in. /help shows what you can do.",
    unknown_command="That is not a command. /help lists them.",
    not_your_role="Your role does not allow this.",
    not_yours="That screening is not open to you.",
    not_a_button="That button does nothing here. /open shows what is open.",
    no_typing="There is nothing to type here: please use the buttons.",
    type_again="I was restarted: please answer this question again.",
    nothing_open="Nothing is open. /screen begins a screening.",
    open_which="Open screenings. Tap one to take it up:",
    which_site="At which site?",
    which_language="Which language?",
    language_set="English it is.",
    deaf=lambda since, until: (
        f"I could not hear from {since:%d/%m %H:%M} to {until:%d/%m %H:%M}. "
        "What was tapped in between may be lost. This question is open:"
    ),
    verdict_reached=lambda number, verdict: f"Screening {number}: {verdict}.",
    first_reason=lambda name: f"First reason: {name}.",
    verdict_signed=lambda number, verdict: f"Screening {number} is signed: {verdict}.",
    signature_voided=lambda number: (
        f"Screening {number}: a correction voided the signature. It has to be signed again."
    ),
    taken=lambda name, number: f"{name} follows screening {number}.",
    take="I take it",
    you_follow=lambda number: f"You follow {number}.",
    sign_heading=lambda number: f"To be signed: screening {number}",
    sign_hash=lambda value: f"SHA-256 of this record: {value}",
    sign_as=lambda name: f"You sign as {name}. Is that you?",
    sign_it_is_me="Yes, that is me",
    sign_pin="Your PIN:",
    sign_choose="You have no PIN yet. Choose six digits:",
    sign_again="The same six digits once more:",
    sign_differs="The two were not the same. Choose six digits:",
    sign_trivial="That PIN is too easy to guess. Choose six other digits:",
    sign_wrong=lambda left: f"Wrong PIN; {_count(left, 'try', 'tries')} left. Your PIN:",
    sign_locked=lambda until: f"Too many wrong PINs: signing is locked until {until:%H:%M}.",
    sign_moved="The record has moved on since it was shown: nothing was signed.",
    sign_done="Signed.",
    sign_cancelled="Not signed.",
    sign_expired="That keypad is no longer in use. Tap Sign on the card again.",
    sign_off="Signing is not set up here: the administrator must set SIGNING_PEPPER.",
    repeat="(Perhaps a repeat.)",
    handed_over=lambda name, number: f"{name} hands screening {number} over to you.",
    people_heading="Tap a person to see or change:",
    revoke="Let out now",
    revoked=lambda name: f"{name} is out, from now on.",
    reset_pin="Reset the PIN",
    pin_reset=lambda name: f"{name} chooses a new PIN at the next signature.",
    invite_whom="Invite whom?",
    invitation=lambda role, site, until: (
        f"Send this link to one person ({role}, {site}). It works once, "
        f"until {until:%d/%m/%Y %H:%M}. You will be asked to confirm who used it."
    ),
    wait_for_inviter="Thank you. Whoever invited you now confirms that it is you.",
    confirm_whom=lambda name, role, site: (
        f"{name} opened your invitation ({role}, {site}). Is this the right person?"
    ),
    confirm="Yes, let them in",
    not_known="No, I do not know them",
    confirmed=lambda name: f"{name} is in.",
    withdrawn="The invitation is withdrawn; nobody got in by it.",
    last_administrator="Nobody else would administer this site: let somebody else in first.",
    try_again="Somebody else was writing: please try again.",
    no_more="That was settled before; nothing was changed.",
)

TEXTS = Texts(
    language="en",
    colon=": ",
    cards=CARDS,
    remarks=REMARKS,
    records=RECORDS,
    protocol=PROTOCOL,
    commands=COMMANDS,
    chat=CHAT,
    people=PEOPLE,
)

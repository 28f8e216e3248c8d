"""The shape of every language's texts: a missing or a superfluous one fails the type check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flows.administration import LineState
from flows.answers import Expected
from flows.cases import Because, DeclineReason, FollowUp, QueryAnswer, QueryReason
from flows.erasure import ErasureReason
from flows.events import JudgementVerdict, Mode, Reason, Role
from flows.exchange import Shape
from flows.listing import Filter
from flows.outcomes import No
from flows.protocol.model import InputType, Outcome, Signer
from flows.stages import Stage
from flows.steps import Contradiction
from flows.tallies import Waiting
from storage.errors import Trouble
from storage.moving import Why

Limits = Callable[[int | None, int | None], str]
Says = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTexts:
    """What the cards say."""

    watermark: Mapping[Mode, str]
    inclusion: str
    exclusion: str
    more: str
    back: str
    help: str
    pause: str
    stop: str
    stop_sure: str
    stop_yes: str
    stop_no: str
    review: str
    review_heading: str
    correct: str
    correct_which: str
    record_all: str
    finish: str
    resume: str
    promote: str
    sign: str
    meanings: Mapping[str, str]
    signed: Callable[[str, datetime, str], str]
    cancel: str
    hand_over: str
    hand_over_whom: str
    share: str
    fold: str
    unfold: str
    today: str
    yesterday: str
    calendar: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    month_unknown: str
    day_unknown: str
    more_precisely: Says
    ok: str
    judgement_heading: str
    judgement: Mapping[tuple[str, JudgementVerdict], str]
    reason_which: str
    reasons: Mapping[Reason, str]
    failing: Mapping[str, Says]
    excluded_hint: str
    eligible: str
    ineligible: Says
    not_yet: Callable[[date], str]
    pending: Callable[[int], str]
    missing: str
    fill_in: Says
    judgement_missing: str
    unassessed: Callable[[int], str]
    deadlines: str
    passed: str
    """Beside an advisory date that is over."""
    verdict_on: Callable[[date, str], str]
    paused: str
    stopped: str
    day: Callable[[date], str]
    short_day: Callable[[date], str]
    near_day: Callable[[date], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkTexts:
    """Why a command did nothing, or what to look at again."""

    expected: Mapping[Expected, Limits]
    not_now: Mapping[Stage, str]
    not_asked: str
    cannot_sign: str
    nothing_to_judge: str
    already_so: str
    needs_reason: str
    trial_closed: str
    overtaken: Callable[[str, datetime], str]
    overtaken_self: str
    warned: Says
    not_saved: str
    not_saved_yet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTexts:
    """What the record and the lists say."""

    heading: Says
    signature: str
    trial: str
    protocol: str
    opened: str
    site: str
    mode: str
    modes: Mapping[Mode, str]
    stage: str
    stages: Mapping[Stage, str]
    verdict: str
    no_verdict: str
    verdicts: Mapping[str, str]
    criteria: str
    findings: Mapping[tuple[str, Outcome], str]
    not_assessed: str
    no_answer: str
    trail: str
    events: Mapping[str, str]
    roles: Mapping[Role, str]
    day_offset: Callable[[int], str]
    received: str
    list_empty: str
    list_head: tuple[str, ...]
    moment: Callable[[datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolTexts:
    """The page that a committee reads."""

    version: str
    fingerprint: str
    registry: str
    dates: str
    target: Callable[[int], str]
    signed_by: Mapping[Signer, str]
    inclusion: str
    exclusion: str
    choices: str
    non_answers: str
    kept: str
    kept_precision: str
    refused: str
    warned: str
    rule: str
    judgement: str
    deadlines: str
    help: str
    meanings: str
    may_change: str
    open_points: str
    note: str
    confidential: str
    record_only: str
    sources: str
    advisories: str
    within: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTexts:
    """What the command line says."""

    notice: str
    how_to: str
    typed: Mapping[InputType, str]
    help: str
    not_a_button: Callable[[int], str]
    left_open: Says
    left_closed: Says
    paused: Says
    unknown_command: Says
    unknown_number: Says
    bad_number: Says
    unknown_protocol: Callable[[str, str], str]
    no_such_file: Says
    protocol_good: Callable[[str, str, int], str]
    chain_good: Callable[[int, str], str]
    chain_broken: Callable[[int, str, int, str], str]
    chain_reasons: Mapping[str, str]
    read_only: str
    full: str
    newer: Callable[[int, int], str]
    unavailable: Says
    broken: Says
    no_database: Says
    setting: Callable[[str, str], str]
    line: Callable[[int, str], str]
    exact: Mapping[Expected, str]
    """What a file must hold, where a person may type more freely."""
    answer_set: Mapping[Shape, Says]
    or_codes: Callable[[str, str], str]
    not_json: str
    nul: str
    sandbox_ready: Says
    obstacles: Mapping[str, Says]
    """By the value of what keeps the bot from beginning."""
    settings: Mapping[str, str]
    """What each setting expects, by its name."""
    webhook_needs: str
    webhook_is: Says
    webhook_gone: str
    in_case: Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTexts:
    """What the bot says beside the cards."""

    own_name: str
    greeting: Says
    help: str
    caution: str
    commands: Mapping[str, str]
    stranger: str
    welcome: str
    unknown_command: str
    not_your_role: str
    not_yours: str
    not_a_button: str
    no_typing: str
    type_again: str
    nothing_open: str
    open_which: str
    which_site: str
    which_language: str
    language_set: str
    deaf: Callable[[datetime, datetime], str]
    repeat: str
    verdict_reached: Callable[[str, str], str]
    first_reason: Says
    verdict_signed: Callable[[str, str], str]
    signature_voided: Says
    taken: Callable[[str, str], str]
    take: str
    you_follow: Says
    sign_heading: Says
    sign_hash: Says
    sign_as: Says
    sign_it_is_me: str
    sign_pin: str
    sign_choose: str
    sign_again: str
    sign_differs: str
    sign_trivial: str
    sign_wrong: Callable[[int], str]
    sign_locked: Callable[[datetime], str]
    sign_moved: str
    sign_done: str
    sign_cancelled: str
    sign_expired: str
    sign_off: str
    handed_over: Callable[[str, str], str]
    people_heading: str
    revoke: str
    revoked: Says
    reset_pin: str
    pin_reset: Says
    invite_whom: str
    invitation: Callable[[str, str, datetime], str]
    wait_for_inviter: str
    confirm_whom: Callable[[str, str, str], str]
    confirm: str
    not_known: str
    confirmed: Says
    withdrawn: str
    last_administrator: str
    try_again: str
    no_more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleTexts:
    """What is said about sites, people, delegations and invitations."""

    site_head: tuple[str, ...]
    no_sites: str
    site_added: Callable[[str, str, str], str]
    people_head: tuple[str, ...]
    no_people: str
    states: Mapping[LineState, str]
    no_end: str
    added: Callable[[str, str, str, str], str]
    delegated: Callable[[str, str, str, str], str]
    person_out: Callable[[str, str], str]
    delegation_ended: Callable[[str, str, str, str], str]
    last_administrator: Says
    still_held: Callable[[date], str]
    site_exists: Callable[[str, str], str]
    unknown_site: Says
    unknown_person: Says
    bad_code: Says
    bad_zone: Says
    bad_day: Says
    plain: Mapping[type[No], str]
    """Where nothing has to be named."""
    otherwise: str
    both_or_neither: str
    force_it: str
    in_use: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyTexts:
    """What is said about who is told, when, and what is still owed."""

    seen: str
    seen_at: Callable[[datetime], str]
    take_over: Says
    leave_it: Says
    passed_on: Callable[[str, str, str], str]
    """Number, from whom, to whom."""
    closing: Callable[[str, str], str]
    """Number and verdict."""
    closes_today: str
    closes_tomorrow: str
    closes_on: Callable[[date], str]
    day_of: Callable[[int, int], str]
    """Which day of how many."""
    still_pending: Callable[[str, str, date], str]
    carried_by: Says
    carried_by_nobody: str
    reminder: Says
    window_closed: Says
    query: Callable[[str, str, str], str]
    """Who asks about which criterion of which screening."""
    answered: Callable[[str, str, str], str]
    some_criterion: str
    queries: Mapping[QueryReason, str]
    query_answers: Mapping[QueryAnswer, str]
    enrolment: Callable[[str, str, str], str]
    """Number, what became of it, who recorded it."""
    steps: Mapping[FollowUp, str]
    target: Callable[[int, int], str]
    unreachable: Callable[[str, str], str]
    """Who, and about which screening."""
    unseen: Mapping[Because, Says]
    passed_over: Mapping[Because, str]
    """On a notice that comes to the next person: why it does."""
    taken_over: Callable[[str, str, str], str]
    """Who, which screening, in place of whom."""
    next_reminder: Callable[[date], str]
    remind_me: str
    remind_when: str
    tomorrow: Callable[[date], str]
    in_days: Callable[[int, date], str]
    last_day: Callable[[date], str]
    give_up: str
    duty_heading: Callable[[str, str], str]
    no_rota: str
    principal: str
    no_principal: str
    times: Callable[[int, int], str]
    """Minutes until the next person; the hour of reminders."""
    all_day: str
    not_at: Callable[[str, str, str], str]
    """Who is not what, and at which site."""
    bad_hours: Says
    bad_hour: Callable[[int], str]
    bad_minutes: Callable[[int], str]
    too_many: Callable[[int], str]
    add_shift: str
    who_shift: str
    no_coordinator: str
    which_hours: Says
    name_principal: str
    who_principal: str
    no_investigator: str
    choose_minutes: str
    which_minutes: str
    minutes: Callable[[int], str]
    choose_morning: str
    which_morning: str
    o_clock: Callable[[int], str]
    take_out: str
    back: str
    moved_on: str
    digest_now: Callable[[int], str]
    digest_off_now: str
    digest_off: str
    digest_heading: str
    digest_counts: Callable[[int, int, int], str]
    """Open now; new verdicts and enrolments since yesterday."""
    digest_closing: str
    digest_unseen: str
    digest_unsigned: str
    digest_waiting: str
    digest_taken: str
    closes_by: Callable[[str, date], str]
    followed_by: Callable[[str, str], str]
    and_more: Callable[[int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainTexts:
    """What is said about several attempts over one patient, and about a possible duplicate."""

    again: str
    open_later: Says
    attempt: Callable[[int, str], str]
    has_later: Says
    carried: str
    new: str
    """Beside an answer to what the earlier attempt did not ask."""
    begun: Callable[[str, int], str]
    """The earlier number, and how many answers came over."""
    there_is: Says
    not_again: str
    same: Callable[[int, str, str], str]
    """Minutes ago, the number, and who opened it."""
    another: str
    open_that: str
    cancel: str
    cancelled: str
    whose: Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTexts:
    """What is said about queries to the coordinators."""

    ask: str
    ask_about: Says
    what: str
    asked: str
    asked_before: str
    practice: str
    none_open: str
    open_heading: str
    line: Callable[[str, str, str], str]
    """The number, the criterion and the reason."""
    answer: str
    answer_which: Callable[[str, str, str], str]
    answered: str
    answered_before: str
    counts_heading: str
    count: Callable[[str, str, int], str]
    none: str
    head: tuple[str, ...]
    open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTexts:
    """What is said about the screening log, the steps after a verdict, and recruitment."""

    filters: Mapping[Filter, str]
    heading: Callable[[str, int], str]
    """Which list, and how many there are in it."""
    nothing: str
    previous: str
    following: str
    refresh: str
    back: str
    signed: str
    unsigned: str
    followed_by_nobody: str
    head: tuple[str, ...]
    """Of the table: number, opened, site, attempt, verdict, signed, status, counted."""
    yes: str
    no: str
    carried_by: str
    followed_by: str
    nobody: str
    attempt: Callable[[int, str], str]
    """Which attempt over the same patient, and the number of the one before."""
    status: str
    no_status: str
    steps: str
    contradictions: Mapping[Contradiction, str]
    queries: Callable[[int, int], str]
    """How many criterion queries are open, and how many there are."""
    declines: Mapping[DeclineReason, str]
    declined_why: str
    correct: str
    correct_to: str
    sure_error: str
    sure_yes: str
    recorded: Callable[[str, str], str]
    """Number and status."""
    not_offered: str
    recruitment: Callable[[int, int], str]
    """How many were enrolled, and the target."""
    trial_open: str
    close: str
    close_sure: str
    close_yes: str
    closed: str
    reopen: str
    reopened: str
    trial_moved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTexts:
    """The labels of the participant flow, as a picture and as a caption."""

    heading: Says
    as_of: Callable[[datetime], str]
    assessed: str
    attempts: Callable[[int, int], str]
    """How many attempts there were, and by how many people more than one."""
    not_eligible: str
    first_only: Callable[[int], str]
    confidential: str
    no_verdict: str
    waiting: Mapping[Waiting, str]
    eligible: str
    still_waiting: str
    declined: str
    enrolled: str
    in_error: str
    withdrawn: str
    enrolled_not_eligible: str
    recruitment: Callable[[int, int], str]
    sums: Callable[[int, int, int, int], str]
    """Screened = enrolled + excluded + undecided."""
    excluded: Callable[[int, int], str]
    """Of the excluded: by a criterion, and declined."""
    rate_eligible: Callable[[int, int], str]
    rate_failures: Callable[[int, int], str]
    no_picture: str
    bad_name: Says
    no_drawing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTexts:
    """The trail of a case in the printed record: what was done beside the screening."""

    heading: str
    events: Mapping[str, str]
    notices: Mapping[str, str]
    """What a notice was about, by its kind."""
    because: Mapping[Because, str]
    repeat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTexts:
    """What is said about copies by e-mail."""

    is_on: Says
    is_off: str
    bad_address: str
    footer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTexts:
    """What is said about checkpoints, time stamps and backups."""

    signed: Callable[[int, int], str]
    not_recorded: str
    unsigned: str
    not_signed: Callable[[int, str], str]
    key_keep: str
    key_give: str
    no_key: str
    none_yet: str
    no_stamp: str
    stamp_kept: Says
    cannot_write: Callable[[str, str], str]
    needs_checkpoint: str
    needs_key: str
    bad_key: Says
    needs_roots: str
    bad_roots: Says
    doubts: Mapping[str, Says]
    """By the name of the doubt; each takes the name of the file."""
    agrees: Callable[[int, datetime], str]
    flaws: Mapping[str, Says]
    """By the name of the flaw; each takes the name of the file."""
    stamped: Callable[[datetime], str]
    notice: Callable[[int], str]
    notice_keep: str
    heading: str
    covers: Callable[[int, int], str]
    not_covered: str
    backed_up: Callable[[str, int, str], str]
    restored: Callable[[str, int, str], str]
    newest: Callable[[int, str], str]
    """The seconds since the newest event was recorded, and when that was."""
    no_events: str
    refusals: Mapping[str, Says]
    """Why nothing was copied, by the name of the refusal; each takes the name of a file."""
    broken: Callable[[str, int, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorTexts:
    """What `screening doctor` finds, and what to do about it."""

    states: Mapping[str, str]
    checks: Mapping[str, str]
    found: Mapping[str, Says]
    """By the name of what was found; each takes what it is about."""
    old: Callable[[int], str]
    """An age in seconds, as a person says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureTexts:
    """What is said about screenings that were erased, and about the keys to the others."""

    usage: str
    why: Says
    sure: Callable[[str, str], str]
    yes: str
    no: str
    kept: Says
    done: Says
    kin: Callable[[str, str], str]
    """The number, and those of the patient's other attempts."""
    erased: Says
    not_sealed: Callable[[str, int], str]
    moving: Says
    which_reason: Says
    """The codes."""
    reasons: Mapping[ErasureReason, str]
    stage: str
    verdict_then: str
    opened_by: str
    signed_then: str
    erased_on: Callable[[str, str, str], str]
    """When, why, by whom."""
    gone: str
    no_record_key: str
    other_record_key: str
    rekeyed: Callable[[int], str]
    laid_plain: Callable[[int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseTexts:
    """What is said about databases, and about moving from one to another."""

    troubles: Mapping[Trouble, Says]
    """Ends of the sentence "The database cannot be used: …"."""
    parts: Mapping[str, str]
    progress: Callable[[str, int, int], str]
    moved: Callable[[int, str], str]
    not_moved: Mapping[Why, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Everything that is said in one language, but for the protocol's own words."""

    language: str
    colon: str
    """What stands between a name and its value, with the space that the language asks for."""
    cards: CardTexts
    remarks: RemarkTexts
    records: RecordTexts
    protocol: ProtocolTexts
    commands: CommandTexts
    chat: ChatTexts
    people: PeopleTexts
    duty: DutyTexts
    again: AgainTexts
    queries: QueryTexts
    log: LogTexts
    flow: FlowTexts
    case: CaseTexts
    mail: MailTexts
    evidence: EvidenceTexts
    databases: DatabaseTexts
    erasure: ErasureTexts
    doctor: DoctorTexts

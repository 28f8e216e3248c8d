"""The shape of what is said beside a screening: about duty, cases, queries, proof and erasure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flows.cases import Because, DeclineReason, FollowUp, QueryAnswer, QueryReason
from flows.erasure import ErasureReason
from flows.listing import Filter
from flows.steps import Contradiction
from flows.tallies import Waiting
from storage.errors import Trouble
from storage.moving import Why

Says = Callable[[str], str]


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

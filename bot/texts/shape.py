"""The shape of every language's texts: a missing or a superfluous one fails the type check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.texts.beside import (
    AgainTexts,
    CaseTexts,
    DatabaseTexts,
    DoctorTexts,
    DutyTexts,
    ErasureTexts,
    EvidenceTexts,
    FlowTexts,
    LogTexts,
    MailTexts,
    QueryTexts,
    Says,
)
from bot.texts.documenting import DocumentTexts, DossierTexts, FormTexts
from bot.texts.exporting import ExportTexts
from bot.texts.pictures import PictureTexts
from bot.texts.tables import TableTexts
from bot.texts.trials import TrialTexts
from flows.administration import LineState
from flows.answers import Expected
from flows.events import JudgementVerdict, Mode, Reason, Role
from flows.exchange import Shape
from flows.outcomes import No
from flows.protocol.model import InputType, Outcome, Signer
from flows.stages import Stage

Limits = Callable[[int | None, int | None], str]


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
    in_question: str
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
    exports: ExportTexts
    documents: DocumentTexts
    form: FormTexts
    dossier: DossierTexts
    tables: TableTexts
    pictures: PictureTexts
    trials: TrialTexts

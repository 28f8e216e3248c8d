"""What an event changed: which field, from what to what, and why (E6(R3) 4.2.2).

One line for each kind of event. Where an event does not say what stood before, it is what the
last event of the same stream said about the same field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from flows.access import AccessRefused, PinChosen, PinLocked, PinReset
from flows.cases import (
    CaseTaken,
    CriterionQueried,
    CriterionQueryAnswered,
    FollowUpRecorded,
    NoticeEscalated,
    NoticeFailed,
    NoticeSeen,
    NoticeSent,
)
from flows.duty import (
    DigestChosen,
    EmailChosen,
    PrincipalInvestigatorNamed,
    RotaSet,
    SiteTimesSet,
)
from flows.erasure import ScreeningErased
from flows.events import (
    AllReasonsRequested,
    AnswerCarried,
    AnswerCorrected,
    AnswerGiven,
    AnswerSetAside,
    DeterminationMade,
    Happened,
    JudgementGiven,
    ProtocolAdopted,
    QuickCheckPromoted,
    ReminderSet,
    ScreeningFinished,
    ScreeningHandedOver,
    ScreeningOpened,
    ScreeningPaused,
    ScreeningResumed,
    ScreeningSigned,
    ScreeningStopped,
    SignatureVoided,
    WindowClosed,
)
from flows.evidence import CheckpointSigned
from flows.people import (
    DelegationRevoked,
    InvitationConfirmed,
    InvitationMade,
    InvitationUsed,
    InvitationWithdrawn,
    LanguageChosen,
    PersonAdded,
    PersonRevoked,
    RoleDelegated,
    SiteAdded,
)
from flows.timekeeping import ClockSetBack
from flows.trials import TrialClosed, TrialReopened

Value: TypeAlias = str | int | date | datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changed: `about` is the field, `reason` a code; None where there is none."""

    about: str
    new: Value = None
    old: Value = None
    reason: str | None = None


def change_of(happened: Happened, before: Mapping[str, Value]) -> Change:
    """What it changed; `before` holds what was last said, by field, in the event's own stream.

    Of a kind that is not known here it is a change of itself: its fields say all there is.
    """
    say = SAYS.get(happened.event.kind)
    if say is None:
        return Change(happened.event.kind)
    change = say(happened.event, happened.by.person)
    if change.old is None and change.about in before:
        return Change(change.about, change.new, before[change.about], change.reason)
    return change


def _rota(event: RotaSet) -> str:
    return " ".join(f"{person}:{since}-{until}" for person, since, until in event.shifts)


def _site_role(event: RoleDelegated | DelegationRevoked) -> str:
    return f"{event.role.value}@{event.site}"


_Say: TypeAlias = Callable[[Any, str], Change]

_SCREENING: Final[Mapping[type, _Say]] = {
    ScreeningOpened: lambda e, _: Change("mode", e.mode),
    QuickCheckPromoted: lambda _e, _: Change("mode", "screening"),
    AnswerGiven: lambda e, _: Change(e.input, e.value),
    AnswerCarried: lambda e, _: Change(e.input, e.value, reason="carried"),
    AnswerCorrected: lambda e, _: Change(e.input, e.value, e.old, e.reason),
    AnswerSetAside: lambda e, _: Change(e.input, None, e.old, e.because),
    JudgementGiven: lambda e, _: Change(e.criterion, e.verdict, e.old, e.reason),
    DeterminationMade: lambda e, _: Change("verdict", e.verdict),
    AllReasonsRequested: lambda _e, _: Change("reasons", "complete"),
    ScreeningFinished: lambda _e, _: Change("reasons", "first_only"),
    ScreeningPaused: lambda _e, _: Change("state", "paused"),
    ScreeningResumed: lambda _e, _: Change("state", "resumed"),
    ScreeningStopped: lambda _e, _: Change("state", "stopped"),
    ScreeningHandedOver: lambda e, by: Change("owner", e.to, by),
    ScreeningSigned: lambda e, _: Change("signature", e.meaning),
    SignatureVoided: lambda e, _: Change("signature", "voided", reason=e.because),
    WindowClosed: lambda e, _: Change(e.deadline, "closed", e.day),
    ReminderSet: lambda e, _: Change("reminder", e.day),
    ScreeningErased: lambda e, _: Change("screening", "erased", reason=e.reason),
}

_BESIDE: Final[Mapping[type, _Say]] = {
    CaseTaken: lambda _e, by: Change("follower", by),
    FollowUpRecorded: lambda e, _: Change("status", e.status, reason=e.declined),
    CriterionQueried: lambda e, _: Change(e.criterion, "queried", reason=e.reason),
    CriterionQueryAnswered: lambda e, _: Change(e.criterion, e.answer),
    NoticeSeen: lambda e, _: Change(f"notice {e.about}", "seen"),
    NoticeSent: lambda e, _: Change(
        f"notice {e.about}", "sent", reason="repeat" if e.repeat else None
    ),
    NoticeFailed: lambda e, _: Change(f"notice {e.about}", "failed"),
    NoticeEscalated: lambda e, _: Change("told", e.to, reason=e.because),
}

_PEOPLE: Final[Mapping[type, _Say]] = {
    SiteAdded: lambda e, _: Change(e.site, e.name),
    PersonAdded: lambda e, _: Change(e.person, e.name),
    PersonRevoked: lambda e, _: Change(e.person, "revoked"),
    RoleDelegated: lambda e, _: Change(_site_role(e), e.until or "open"),
    DelegationRevoked: lambda e, _: Change(_site_role(e), "revoked"),
    LanguageChosen: lambda e, _: Change("language", e.language),
    InvitationMade: lambda e, _: Change("invitation", f"{e.role.value}@{e.site}"),
    InvitationUsed: lambda e, _: Change("invitation", "used"),
    InvitationConfirmed: lambda e, _: Change("invitation", "confirmed"),
    InvitationWithdrawn: lambda _e, _: Change("invitation", "withdrawn"),
    PinChosen: lambda e, _: Change(e.person, "pin_chosen"),
    PinReset: lambda e, _: Change(e.person, "pin_reset"),
    PinLocked: lambda e, _: Change(e.person, "pin_locked"),
    AccessRefused: lambda e, _: Change(e.about, "refused", reason=e.action),
}

_HOUSE: Final[Mapping[type, _Say]] = {
    RotaSet: lambda e, _: Change("rota", _rota(e)),
    PrincipalInvestigatorNamed: lambda e, _: Change("principal", e.person),
    SiteTimesSet: lambda e, _: Change("times", f"{e.escalate_after} min {e.morning} h"),
    DigestChosen: lambda e, _: Change("digest", "off" if e.hour is None else e.hour),
    EmailChosen: lambda e, _: Change("email", e.address or "off"),
    TrialClosed: lambda e, _: Change(e.trial, "closed"),
    TrialReopened: lambda e, _: Change(e.trial, "reopened"),
    ProtocolAdopted: lambda e, _: Change(e.trial, e.version),
    CheckpointSigned: lambda e, _: Change("checkpoint", "stamped" if e.stamp else "signed"),
    ClockSetBack: lambda e, _: Change("clock", f"{e.seconds} s", e.newest),
}

SAYS: Final[Mapping[str, _Say]] = {
    kind.kind: say  # type: ignore[attr-defined]
    for part in (_SCREENING, _BESIDE, _PEOPLE, _HOUSE)
    for kind, say in part.items()
}
"""By kind of event: what it changed, given the event and who caused it."""

"""Notices as they are owed: to whom, and what the message is drawn from when it is sent.

A notice holds numbers, verdicts and dates only, never an answer; its words are made when it is
sent, in the language of the person who then reads it. A notice about a case begins a chain: with
it goes the timer that tells the next person when nobody has seen it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from flows.duty import SiteDuty
from flows.events import Role
from flows.replies import (
    ClosedNotice,
    ClosingNotice,
    EnrolmentNotice,
    HandOverNotice,
    Notice,
    PendingNotice,
    QueryAnsweredNotice,
    QueryNotice,
    ReminderNotice,
    SignatureNotice,
    TakenNotice,
    TargetNotice,
    UnreachableNotice,
    UnseenNotice,
    VerdictNotice,
)
from flows.telling import Roster, next_step
from flows.trials import Placed
from storage.outbox import NewNotice

HAND_OVER: Final = "hand-over"
VERDICT: Final = "verdict"
SIGNATURE: Final = "signature"
TAKEN: Final = "taken"
PASSED_ON: Final = "passed-on"
CLOSING: Final = "closing"
PENDING: Final = "still-pending"
QUERY: Final = "query"
ANSWERED: Final = "query-answered"
ENROLMENT: Final = "enrolment"
TARGET: Final = "target-reached"
REMINDER: Final = "reminder"
CLOSED: Final = "window-closed"
UNREACHABLE: Final = "unreachable"
UNSEEN: Final = "unseen"
DAILY: Final = "daily"

CASE_KINDS: Final = frozenset({VERDICT, SIGNATURE, PASSED_ON, CLOSING, PENDING, QUERY})
"""The kinds that go along the chain until somebody has seen them."""

TIMEKEEPER: Final = "timekeeper"
"""The recipient of a timer: nobody is told, time has come for something to happen."""

ESCALATE: Final = "escalate"

Body = dict[str, Any]


class Audience(Protocol):
    """Knows who is to be told of a trial at a site, and when."""

    def roster(self, number: str, where: Placed, now: datetime) -> Roster:
        """Who could be told about a case at that moment."""
        ...

    def holding(self, trial: str | None, now: datetime, *roles: Role) -> Sequence[str]:
        """Everybody who holds one of these roles in a trial."""
        ...

    def duty(self, where: Placed) -> SiteDuty:
        """How the site tells its people of the trial."""
        ...

    def zone(self, site: str) -> ZoneInfo:
        """The site's time zone."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """A notice about a case on its way along the chain.

    `identity` is the kind, the number and the version that owes it, as `verdict/7K3F-9QXV/24`.
    """

    identity: str
    kind: str
    body: Body

    @property
    def number(self) -> str:
        """The screening that it is about."""
        return str(self.body.get("number", ""))

    @property
    def version(self) -> str:
        """What tells it from other notices of its kind about the same case."""
        return self.identity.rpartition("/")[2]

    @property
    def owed_at(self) -> datetime:
        """When it was owed first: whoever attended to the case since then has seen it."""
        return datetime.fromisoformat(self.body["owed_at"])

    def to(self, people: Iterable[str], now: datetime) -> list[NewNotice]:
        """The same notice for each of these people, due at once."""
        return [
            NewNotice(f"{self.identity}/{person}", person, self.kind, _bytes(self.body), _text(now))
            for person in people
        ]

    def timer(self, escalated: int, due: datetime) -> NewNotice:
        """What looks whether somebody has seen it; void once more people were told."""
        body = {"notice": self.identity, "kind": self.kind, "after": escalated, "body": self.body}
        key = f"{ESCALATE}/{self.identity}/{escalated}"
        return NewNotice(key, TIMEKEEPER, ESCALATE, _bytes(body), _text(due))


def owed(
    notices: Sequence[Notice],
    where: Placed,
    version: int | str,
    now: datetime,
    audience: Audience | None,
) -> list[NewNotice]:
    """The notices as the outbox keeps them, one for each recipient, and the timers they owe.

    `where` is the trial and the site of the screening: nobody else is told. `version` is that of
    the screening (or of its case) after the events that owe them: each is owed once for it.
    """
    found = []
    for notice in notices:
        for kind, body, person in _direct(notice, where, now, audience):
            key = f"{kind}/{notice.number}/{version}/{person}"
            due = _due(notice, where, now, audience)
            found.append(NewNotice(key, person, kind, _bytes(body), _text(due)))
        about_case = _about_case(notice)
        if about_case is not None and audience is not None:
            found += _begun(*about_case, where, version, now, audience)
    return found


def _begun(
    kind: str, body: Body, where: Placed, version: int | str, now: datetime, audience: Audience
) -> list[NewNotice]:
    """The first step of a chain, and the timer for the second."""
    number = str(body["number"])
    first = next_step(audience.roster(number, where, now), ())
    if not first:
        return []
    body |= {"owed_at": _text(now), "told": list(first)}
    told = Told(f"{kind}/{number}/{version}", kind, body)
    after = timedelta(minutes=audience.duty(where).escalate_after)
    return [*told.to(first, now), told.timer(0, now + after)]


def _about_case(notice: Notice) -> tuple[str, Body] | None:
    """Kind and body of what coordinators must see."""
    number = {"number": notice.number}
    match notice:
        case HandOverNotice():
            return PASSED_ON, {**number, "by": notice.by, "to": notice.to}
        case SignatureNotice():
            return SIGNATURE, {**number, "verdict": notice.verdict, "voided": notice.voided}
        case VerdictNotice():
            deadlines = dict(notice.deadlines)
            first = notice.first_failing
            said = {"verdict": notice.verdict, "first_failing": first, "deadlines": deadlines}
            return VERDICT, {**number, **said}
        case ClosingNotice():
            return CLOSING, {**number, "verdict": notice.verdict, **_closing(notice)}
        case PendingNotice():
            since = notice.since.isoformat()
            return PENDING, {
                **number,
                "verdict": notice.verdict,
                "since": since,
                "owner": notice.owner,
            }
        case QueryNotice():
            said = {"criterion": notice.criterion, "reason": notice.reason.value}
            return QUERY, {**number, **said, "by": notice.by}
        case _:
            return None


def _closing(notice: ClosingNotice) -> Body:
    return {
        "day": notice.day.isoformat(),
        "told_on": notice.told_on.isoformat(),
        "length": notice.length,
    }


def _direct(
    notice: Notice, where: Placed, now: datetime, audience: Audience | None
) -> Iterator[tuple[str, Body, str]]:
    """Kind, body and recipient of what is told to certain people, seen or not."""
    told = _to_one(notice) or _to_many(notice, where, now, audience)
    if told is not None:
        kind, body, people = told
        for person in dict.fromkeys(people):
            yield kind, {"number": notice.number, **body}, person


def _to_one(notice: Notice) -> tuple[str, Body, list[str]] | None:
    match notice:
        case HandOverNotice():
            return HAND_OVER, {"by": notice.by}, [notice.to]
        case ReminderNotice():
            closing = _closing(notice.closing) if notice.closing else None
            return REMINDER, {"closing": closing}, [notice.to]
        case ClosedNotice():
            return CLOSED, {}, [notice.to]
        case QueryAnsweredNotice():
            said = {"criterion": notice.criterion, "answer": notice.answer.value}
            return ANSWERED, {**said, "by": notice.by}, [notice.to]
        case _:
            return None


def _to_many(
    notice: Notice, where: Placed, now: datetime, audience: Audience | None
) -> tuple[str, Body, list[str]] | None:
    if audience is None:
        return None
    roster = audience.roster(notice.number, where, now)
    match notice:
        case TakenNotice():
            before = [notice.instead] if notice.instead else []
            others = (*roster.coordinators, *notice.also, *before)
            people = [one for one in others if one != notice.by]
            return TAKEN, {"by": notice.by, "instead": notice.instead}, people
        case EnrolmentNotice():
            people = [one for one in roster.coordinators if one != notice.by]
            return ENROLMENT, {"status": notice.status.value, "by": notice.by}, people
        case TargetNotice():
            told = (Role.COORDINATOR, Role.ADMINISTRATOR)
            everybody = audience.holding(where.trial, now, *told)
            counts: Body = {"enrolled": notice.enrolled, "target": notice.target}
            return TARGET, counts, list(everybody)
        case UnreachableNotice():
            return UNREACHABLE, {"person": notice.person}, list(notice.others)
        case UnseenNotice():
            said = {"about": notice.about, "because": notice.because.value}
            owner = [notice.owner] if notice.owner else []
            return UNSEEN, said, [*owner, *roster.administrators]
        case _:
            return None


def _due(notice: Notice, where: Placed, now: datetime, audience: Audience | None) -> datetime:
    """At once; what would only wake somebody at midnight waits for the site's morning."""
    if audience is None or not isinstance(notice, ClosedNotice):
        return now
    local = now.astimezone(audience.zone(where.site))
    hour = time(audience.duty(where).morning)
    return max(now, datetime.combine(local.date(), hour, local.tzinfo).astimezone(UTC))


def _bytes(body: Body) -> bytes:
    return json.dumps(body).encode()


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")

"""What a coordinator is told once a day: counts and screening numbers, never an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flows.cases import FollowUp
from flows.determination import Verdict
from flows.events import Mode
from flows.follow_up import Case
from flows.log import Line

SOON: Final = timedelta(days=3)
"""A window that ends within these days is closing soon."""

RECENT: Final = timedelta(days=7)
"""How far back a verdict that nobody has seen is named."""

_DAY: Final = timedelta(days=1)
_OVER: Final = (FollowUp.DECLINED, FollowUp.ENROLLED, FollowUp.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Digest:
    """The day at one site or several. `taken` holds number and follower of each open case."""

    open: int = 0
    waiting: tuple[str, ...] = ()
    closing: tuple[tuple[str, date], ...] = ()
    unsigned: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    taken: tuple[tuple[str, str], ...] = ()
    verdicts: int = 0
    enrolled: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return self == Digest()

    def __add__(self, other: Digest) -> Digest:
        """The digest of both."""
        return Digest(
            self.open + other.open,
            self.waiting + other.waiting,
            self.closing + other.closing,
            self.unsigned + other.unsigned,
            self.unseen + other.unseen,
            self.taken + other.taken,
            self.verdicts + other.verdicts,
            self.enrolled + other.enrolled,
        )


def digest(
    lines: Iterable[Line], cases: Mapping[str, Case], now: datetime, zone: ZoneInfo
) -> Digest:
    """The digest over the screenings of one site, in its time zone; practice is left out.

    Of one that was erased only what is counted stays: nobody is sent to it.
    """
    mine = [line for line in lines if line.mode is not Mode.PRACTICE]
    alive = [line for line in mine if line.erased_at is None]
    screenings = [line for line in alive if line.mode is Mode.SCREENING]
    kept = {line.number: cases.get(line.number, Case(line.number)) for line in mine}
    today, yesterday = now.astimezone(zone).date(), now - _DAY
    return Digest(
        open=sum(line.waiting or line.paused for line in screenings if not line.stopped),
        waiting=tuple(line.number for line in screenings if _waits(line)),
        closing=tuple(
            (line.number, day)
            for line in screenings
            if _waits(line)
            for _, day in line.deadlines
            if today <= day <= today + SOON
        ),
        unsigned=tuple(line.number for line in screenings if _unsigned(line)),
        unseen=tuple(line.number for line in alive if _unseen(line, kept[line.number], now)),
        taken=_taken(screenings, kept),
        verdicts=sum(_since(line.determined_at, yesterday) for line in mine),
        enrolled=sum(
            step.status is FollowUp.ENROLLED and step.at > yesterday
            for case in kept.values()
            for step in case.steps
        ),
    )


def lasts(line: Line, case: Case) -> bool:
    """Whether a digest may name a screening however long ago it moved; see `moved_at`."""
    if line.mode is not Mode.SCREENING or line.erased_at is not None:
        return False
    return line.open or line.paused or _unsigned(line) or _follower(line, case) is not None


def moved_at(line: Line, case: Case) -> datetime:
    """When something happened last that a digest counts or names while it is RECENT."""
    moments = (line.determined_at, line.signed_at, *(step.at for step in case.steps))
    return max((at for at in moments if at is not None), default=line.opened_at)


def _taken(lines: Iterable[Line], cases: Mapping[str, Case]) -> tuple[tuple[str, str], ...]:
    found = ((line.number, _follower(line, cases[line.number])) for line in lines)
    return tuple((number, follower) for number, follower in found if follower)


def _follower(line: Line, case: Case) -> str | None:
    """Who follows an open case: until enrolment, a refusal, or another verdict."""
    goes_on = line.open or line.verdict == Verdict.ELIGIBLE.value
    return case.follower if goes_on and case.status not in _OVER else None


def _waits(line: Line) -> bool:
    open_verdict = line.verdict in (Verdict.PENDING.value, Verdict.NOT_YET.value)
    return line.complete and open_verdict and not line.stopped


def _unsigned(line: Line) -> bool:
    return line.complete and line.verdict == Verdict.ELIGIBLE.value and line.signed_at is None


def _unseen(line: Line, case: Case, now: datetime) -> bool:
    told = max((at for at in (line.determined_at, line.signed_at) if at), default=None)
    if told is None or told < now - RECENT:
        return False
    return case.attended_at is None or case.attended_at < told


def _since(at: datetime | None, since: datetime) -> bool:
    return at is not None and at > since

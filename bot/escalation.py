"""From one person to the next, until somebody has seen it: silence and people out of reach.

Each step is one transaction: what happened, whom it is told to now, and the timer for the step
after it. So a crash in between loses no step, and no case stays silent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.courier import NotNow
from bot.notice_trail import SOFTWARE, NoticeTrail, number_of, time_text
from bot.notices import CASE_KINDS, HAND_OVER, REMINDER, Told, owed
from bot.register import Register
from flows.cases import Because, NoticeEscalated, NoticeFailed
from flows.determination import Verdict
from flows.events import Event, Happened
from flows.follow_up import Case
from flows.log import Line
from flows.replies import PendingNotice, UnreachableNotice, UnseenNotice
from flows.telling import coordinators_left, next_step
from storage.errors import StorageUnavailable, VersionConflict
from storage.ledger import Append, Entry, Ledger
from storage.mapper import to_entry, to_event
from storage.outbox import NewNotice, Notice, Settled

_TRIES: Final = 5
"""Decisions anew when others write about the same case at the same moment."""


@dataclass(frozen=True, slots=True)
class _Further:
    """What follows: events of the case, and what is owed with them."""

    events: tuple[Event, ...] = ()
    notices: tuple[NewNotice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a notice about a case stands at a moment: the case, and everybody who was told."""

    told: Told
    line: Line
    case: Case
    now: datetime

    @property
    def seen(self) -> bool:
        """Whether somebody attended to the case since it was owed."""
        attended = self.case.attended_at
        return attended is not None and attended >= self.told.owed_at

    @property
    def escalated(self) -> int:
        """How many people were told after the first."""
        return len(self.case.escalated(self.told.identity))

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who was told."""
        later = (one.to for one in self.case.escalated(self.told.identity))
        return tuple(dict.fromkeys((*self.told.body["told"], *later)))


class Escalation:
    """Tells the next person."""

    def __init__(
        self, ledger: Ledger, register: Register, trail: NoticeTrail, clock: Clock
    ) -> None:
        self._ledger, self._register = ledger, register
        self._trail, self._clock = trail, clock

    async def silent(self, timer: Notice) -> None:
        """Time is up: whoever is next is told, unless somebody has seen it.

        Raises:
            NotNow: others kept writing about the same case.
            StorageError: nothing was recorded, and the timer is still owed.

        """
        body = json.loads(timer.body)
        told = Told(body["notice"], body["kind"], body["body"])
        for _ in range(_TRIES):
            standing = await self._standing(told)
            further = _Further()
            if standing and not standing.seen and standing.escalated == body["after"]:
                further = self._next(standing, Because.SILENT, standing.people)
            settled = Settled(timer.id, time_text(self._clock.now()))
            if await self._record(told.number, further, settled):
                return
        raise NotNow("others were writing", alone=True)

    async def unreachable(self, notice: Notice, at: datetime, why: str) -> None:
        """A notice can reach nobody: pass the person over at once, and tell the others.

        Raises:
            StorageError: nothing was recorded, and the notice is still owed.

        """
        number = number_of(notice)
        for _ in range(_TRIES):
            trail = await self._ledger.read(f"notices/{number}") if number else ()
            standing = await self._standing(_told(notice)) if number else None
            if standing is None:
                await self._trail.given_up(notice, at, why)
                return
            further = self._instead(notice, standing, _lost(notice, standing, trail))
            lost = Happened(NoticeFailed(number, notice.recipient, notice.kind), at, SOFTWARE)
            new = (to_entry(lost),)
            batch = Append(f"notices/{number}", len(trail), new, at.isoformat())
            settled = Settled(notice.id, time_text(at), reason=why)
            if await self._record(number, further, settled, batch):
                return
        raise StorageUnavailable("others were writing about the same case")

    async def _standing(self, told: Told) -> _Standing | None:
        await self._register.catch_up()
        line = self._register.lines.get(told.number)
        if line is None or line.erased_at is not None:
            return None
        return _Standing(told, line, self._register.case(told.number), self._clock.now())

    def _instead(self, notice: Notice, standing: _Standing, out: set[str]) -> _Further:
        """Whom to tell in place of somebody who cannot be reached."""
        if notice.kind not in CASE_KINDS:
            return self._carried(notice, standing)
        if standing.seen:
            return _Further()
        left = tuple(one for one in standing.people if one not in out)
        if not left:
            return self._next(standing, Because.UNREACHABLE, {*standing.people, *out})
        return self._told_of(notice, standing, left)

    def _carried(self, notice: Notice, standing: _Standing) -> _Further:
        """Whoever carries it cannot be reached: the coordinators are told."""
        line = standing.line
        if notice.kind == HAND_OVER:
            roster = self._register.roster(line.number, line, standing.now)
            return self._told_of(notice, standing, roster.coordinators)
        if notice.kind != REMINDER or not line.open:
            return _Further()
        since = (line.determined_at or line.opened_at).astimezone(self._register.zone(line.site))
        verdict = line.verdict or Verdict.PENDING.value
        pending = PendingNotice(line.number, verdict, since.date(), None)
        version = f"{standing.told.version}.unreachable"
        return _Further((), tuple(self._owed(pending, line, version, standing.now)))

    def _told_of(self, notice: Notice, standing: _Standing, others: tuple[str, ...]) -> _Further:
        said = UnreachableNotice(standing.line.number, notice.recipient, others)
        version = f"{standing.told.version}.{notice.kind}.{notice.recipient}"
        return _Further((), tuple(self._owed(said, standing.line, version, standing.now)))

    def _next(self, standing: _Standing, because: Because, told: Iterable[str]) -> _Further:
        """The next step; at the end of the chain the owner and the administrators.

        When no coordinator can be reached, these hear at once, together with the next step.
        """
        line, notice, now = standing.line, standing.told, standing.now
        roster = self._register.roster(line.number, line, now)
        told = set(told)
        step = next_step(roster, told)
        alone = because is Because.UNREACHABLE and not coordinators_left(roster, told)
        last = self._last(standing, because) if alone or not step else []
        people = dict.fromkeys((*step, *(one.recipient for one in last)))
        events = tuple(
            NoticeEscalated(line.number, one, because, notice.identity) for one in people
        )
        further = [*notice.to(step, now), *last]
        if step:
            wait = timedelta(minutes=self._register.duty(line).escalate_after)
            further.append(notice.timer(standing.escalated + len(events), now + wait))
        return _Further(events, tuple(further))

    def _last(self, standing: _Standing, because: Because) -> list[NewNotice]:
        line, notice = standing.line, standing.told
        said = UnseenNotice(line.number, notice.kind, because, line.owner)
        version = f"{notice.version}.{notice.kind}.{because.value}"
        return self._owed(said, line, version, standing.now)

    def _owed(
        self,
        notice: UnseenNotice | UnreachableNotice | PendingNotice,
        line: Line,
        version: str,
        now: datetime,
    ) -> list[NewNotice]:
        return owed([notice], line, version, now, self._register)

    async def _record(
        self, number: str, further: _Further, settled: Settled, *batches: Append
    ) -> bool:
        """All of it in one transaction; False when somebody else wrote meanwhile."""
        now, stream = self._clock.now(), f"case/{number}"
        new = tuple(to_entry(Happened(event, now, SOFTWARE)) for event in further.events)
        own: Sequence[Append] = ()
        if new:
            own = (Append(stream, self._register.version(stream), new, now.isoformat()),)
        try:
            await self._ledger.append(*own, *batches, notices=further.notices, settled=settled)
        except VersionConflict:
            return False
        return True


def _lost(notice: Notice, standing: _Standing, trail: Sequence[Entry]) -> set[str]:
    """Everybody who could not be reached since this was owed."""
    out = {notice.recipient}
    if notice.kind not in CASE_KINDS:
        return out
    for happened in map(to_event, trail):
        if isinstance(happened.event, NoticeFailed) and happened.at >= standing.told.owed_at:
            out.add(happened.event.recipient)
    return out


def _told(notice: Notice) -> Told:
    return Told(
        notice.key.removesuffix(f"/{notice.recipient}"), notice.kind, json.loads(notice.body)
    )

"""What becomes of patients after the verdict, and whether the trial takes new ones.

Each step is an event beside the screening, under the steps that its reader saw: of two people who
record one at the same moment the second is told who was faster.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.clock import Clock
from bot.desk import Along, PermissionChanged, trial_stream
from bot.notices import owed
from bot.register import Register
from bot.timers import counted
from flows.cases import FollowUpRecorded
from flows.events import Actor, Happened
from flows.follow_up import Case, evolve_case
from flows.log import Line
from flows.replies import EnrolmentNotice, Notice, Overtaken, TargetNotice
from flows.steps import ENROLLED, correctable, offered
from flows.trials import TrialClosed, TrialEvent, TrialReopened
from storage.errors import NoticeClash, VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry
from storage.outbox import NewNotice

_TRIES: Final = 5
"""Something else may be written about the case meanwhile: that it was seen, or taken."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The step is recorded; the case as it now stands."""

    case: Case


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The case is not where this step could follow; nothing was recorded."""


Outcome: TypeAlias = Recorded | NotOffered | Overtaken


class Enrolment:
    """Records steps, closes trials and reopens them."""

    def __init__(self, ledger: Ledger, register: Register, clock: Clock) -> None:
        self._ledger, self._register, self._clock = ledger, register, clock
        self._counting = asyncio.Lock()
        """The target is reached by one enrolment, and not by two that count at once.

        Between processes, the ledger refuses the second of two that count from the same number.
        """

    async def record(
        self, step: FollowUpRecorded, seen: int, target: int, by: Actor, along: Along
    ) -> Outcome:
        """Record one step; `seen` is how many the speaker saw, `target` the trial's.

        Raises:
            PermissionChanged: a guard did not hold; nothing was recorded.
            StorageError: nothing was recorded; the reason says why.

        """
        async with self._counting:
            for _ in range(_TRIES):
                await self._register.catch_up()
                if (no := self._refused(step, seen)) is not None:
                    return no
                try:
                    await self._append(step, target, by, along)
                except VersionConflict as error:
                    if error.stream != f"case/{step.number}":
                        raise PermissionChanged from None
                    continue
                except NoticeClash:
                    continue  # somebody else in this trial was counted meanwhile: count anew
                await self._register.catch_up()
                return Recorded(self._register.case(step.number))
        return self._faster(step.number)

    def _refused(self, step: FollowUpRecorded, seen: int) -> Outcome | None:
        line, case = self._register.lines.get(step.number), self._register.case(step.number)
        if len(case.steps) != seen:
            return self._faster(step.number)
        if line is None or line.erased_at is not None:
            return NotOffered()
        if step.status not in (*offered(line, case), *correctable(line, case)):
            return NotOffered()
        return None

    def _faster(self, number: str) -> Outcome:
        case = self._register.case(number)
        if not case.steps:
            return NotOffered()
        return Overtaken(case.steps[-1].by, case.steps[-1].at)

    async def _append(self, step: FollowUpRecorded, target: int, by: Actor, along: Along) -> None:
        now, stream = self._clock.now(), f"case/{step.number}"
        version = self._register.version(stream)
        batch = _batch(stream, version, Happened(step, now, by))
        line = self._register.lines[step.number]
        notices: list[Notice] = []
        if step.status in ENROLLED:  # the other steps stand in the log
            notices.append(EnrolmentNotice(step.number, step.status, by.person))
        notices += self._reached(line, step, target, by)
        told: list[NewNotice] = owed(notices, line, version + 1, now, self._register)
        if step.status in ENROLLED:
            place = self._register.steps_counted(line.trial) + 1
            told.append(counted(line.trial, place, step.number, version + 1, now))
        await self._ledger.append(batch, *along.guards, done=along.done, notices=told)

    def _reached(self, line: Line, step: FollowUpRecorded, target: int, by: Actor) -> list[Notice]:
        """A notice when it is this step that brings the trial to its target."""
        case = evolve_case(self._register.case(step.number), step, by.person, self._clock.now())
        before = self._register.recruited(line.trial)
        after = self._register.recruited(line.trial, case)
        return [TargetNotice(step.number, after, target)] if before < target <= after else []

    async def close(self, trial: str, seen: int, by: Actor, along: Along) -> bool:
        """Take no new screenings from now on; False when somebody else was faster.

        `seen` is the version of the trial's stream that the speaker saw. Raises as `record`.
        """
        return await self._trial(TrialClosed(trial), seen, by, along)

    async def reopen(self, trial: str, seen: int, by: Actor, along: Along) -> bool:
        """Take new screenings again; as `close`."""
        return await self._trial(TrialReopened(trial), seen, by, along)

    async def _trial(self, event: TrialEvent, seen: int, by: Actor, along: Along) -> bool:
        stream = trial_stream(event.trial)
        batch = _batch(stream, seen, Happened(event, self._clock.now(), by))
        try:
            await self._ledger.append(batch, *along.guards, done=along.done)
        except VersionConflict as error:
            if error.stream != stream:
                raise PermissionChanged from None
            return False
        finally:
            await self._register.catch_up()
        return True


def _batch(stream: str, expected: int, happened: Happened) -> Append:
    return Append(stream, expected, (to_entry(happened),), happened.at.isoformat())

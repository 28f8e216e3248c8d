"""Queries about criteria: asked by whoever screens, answered by a coordinator.

They stand in the stream of the case, so no card moves on. A criterion that the protocol file
calls confidential is named in that record and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from bot.clock import Clock
from bot.desk import Along, Desk, PermissionChanged
from bot.notices import owed
from bot.register import Register
from flows.cases import CaseEvent, CriterionQueried, CriterionQueryAnswered, QueryAnswer
from flows.events import Actor, Happened, Mode
from flows.queries import Named, all_asked, askers, waits
from flows.replies import Notice, QueryAnsweredNotice, QueryNotice
from flows.screening import Screening
from storage.errors import VersionConflict
from storage.ledger import Append, Ledger
from storage.mapper import to_entry

_TRIES: Final = 5
"""Rounds of read and append; another is needed only when somebody else wrote in between."""


class Became(Enum):
    """What became of a query or of an answer; only DONE was recorded."""

    DONE = "done"
    BEFORE = "before"
    PRACTICE = "practice"


class Busy(PermissionChanged):
    """Others wrote about the same case again and again; nothing was recorded."""


class Queries:
    """Takes queries and their answers, each with the notices that it owes."""

    def __init__(self, ledger: Ledger, register: Register, desk: Desk, clock: Clock) -> None:
        self._ledger, self._register = ledger, register
        self._desk, self._clock = desk, clock

    async def ask(
        self, screening: Screening, query: CriterionQueried, by: Actor, along: Along
    ) -> Became:
        """Ask the site's coordinators; once, until there is an answer.

        Raises:
            PermissionChanged: a guard did not hold; nothing was recorded.
            StorageError: nothing was recorded; the reason says why.

        """
        if screening.mode is Mode.PRACTICE:
            return Became.PRACTICE
        named = nameable(screening, query.criterion)
        notice = QueryNotice(query.number, named, query.reason, by.person)
        for _ in range(_TRIES):
            case = self._register.case(query.number)
            if waits(case, query.criterion, query.reason, by.person):
                return Became.BEFORE
            if await self._append(screening, query, [notice], by, along):
                return Became.DONE
        raise Busy

    async def answer(
        self, number: str, place: int, answer: QueryAnswer, by: Actor, along: Along
    ) -> Became:
        """Answer every open query about the criterion of this one; whoever asked is told.

        Raises:
            PermissionChanged: a guard did not hold; nothing was recorded.
            StorageError: nothing was recorded; the reason says why.

        """
        screening = await self._desk.look(number)
        for _ in range(_TRIES):
            case = self._register.case(number)
            criterion = case.queries[place].criterion
            if case.queries[place].answer is not None:
                return Became.BEFORE
            named = nameable(screening, criterion)
            notices = [
                QueryAnsweredNotice(number, named, answer, by.person, asker)
                for asker in askers(case, criterion)
            ]
            event = CriterionQueryAnswered(number, criterion, answer)
            if await self._append(screening, event, notices, by, along):
                return Became.DONE
        raise Busy

    async def of(self, numbers: Iterable[str]) -> list[Named]:
        """Every query about these screenings as it may be told, the oldest first.

        Of an erased screening no criterion is named: its protocol was read with its answers.

        Raises:
            StorageError: a screening cannot be read.

        """
        cases = [self._register.case(number) for number in numbers]
        found = []
        for asked in all_asked(case for case in cases if case.queries):
            if self._register.is_erased(asked.number):
                found.append(Named(asked, self._register.lines[asked.number].trial, None))
                continue
            screening = await self._desk.look(asked.number)
            named = nameable(screening, asked.query.criterion)
            found.append(Named(asked, screening.opened.trial, named))
        return found

    async def _append(
        self,
        screening: Screening,
        event: CaseEvent,
        notices: Sequence[Notice],
        by: Actor,
        along: Along,
    ) -> bool:
        """Record it with its notices; False when others wrote first, and that has been read."""
        now, stream = self._clock.now(), f"case/{screening.number}"
        version = self._register.version(stream)
        batch = Append(stream, version, (to_entry(Happened(event, now, by)),), now.isoformat())
        told = owed(notices, screening.opened, version + 1, now, self._register)
        try:
            await self._ledger.append(batch, *along.guards, done=along.done, notices=told)
        except VersionConflict as error:
            if error.stream != stream:
                raise PermissionChanged from None
            await self._register.catch_up()
            return False
        return True


def nameable(screening: Screening, criterion: str) -> str | None:
    """The criterion, if it may be named outside the record."""
    found = screening.book.criteria.get(criterion)
    return None if found is None or found.criterion.confidential else criterion

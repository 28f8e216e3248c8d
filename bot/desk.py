"""The desk: one command in, one transaction, one screening out. Every front sits at it.

Read the events, fold them, decide, append under the expected version. Nothing is shown before
the append has returned; what was not appended never looks recorded.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from bot.clock import Clock, Numbers
from bot.notices import Audience, owed
from bot.shelf import Shelf
from bot.timers import follow_up, only_attempt
from flows.again import Attempt
from flows.commands import Command, OpenScreening, Promote
from flows.decide import Decision, decide, open_screening
from flows.events import Actor, Happened, Mode, ScreeningOpened
from flows.replies import ClosedToNew, Notice, Overtaken, Remark
from flows.rulebook import Rulebook
from flows.screening import Screening, evolve, fold
from flows.trials import TrialClosed
from storage.errors import LedgerBroken, VersionConflict
from storage.ledger import Append, Entry, Ledger
from storage.mapper import to_entry, to_event
from storage.outbox import NewNotice, Settled

_KEPT = 2_000
"""Folded screenings kept at hand, about 10 kB each; more are folded anew when they are needed."""

_TRIES = 5
"""Draws of a screening number; a second draw is needed about once in 10^10 / n."""


@dataclass(frozen=True, slots=True)
class Along:
    """What goes along in the transaction of a command.

    `done` is the update in the inbox that brought it; it is done with it. The `guards` must hold:
    each asks that a stream still stands where the speaker's permission was read. `settled` is the
    timer that brought the command about, where no person did. `owing` is owed beside the notices.
    """

    done: int | None = None
    guards: tuple[Append, ...] = ()
    settled: Settled | None = None
    owing: tuple[NewNotice, ...] = ()


class PermissionChanged(Exception):
    """What the permission rests on moved on meanwhile; nothing was recorded."""


class ClosedTrial(Exception):
    """The trial takes no new screenings; nothing was recorded."""


class UnknownScreening(Exception):
    """No screening has this number."""


class ErasedScreening(UnknownScreening):
    """The answers of this screening were erased: it cannot be looked at any more."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of a command: the screening as it now stands, and what to say beside it."""

    screening: Screening
    at: datetime
    remark: Remark | None = None
    events: tuple[Happened, ...] = ()
    notices: tuple[Notice, ...] = ()


def stream_of(number: str) -> str:
    """The stream of a screening's events."""
    return f"screening/{number}"


def trial_stream(trial: str) -> str:
    """The stream that says whether a trial takes new screenings."""
    return f"trial/{trial}"


class Desk:
    """Takes commands for screenings. The clock and the number maker are handed in.

    Without an `audience` nobody is told: so it is in a terminal, which has no coordinators.
    `owes` is called after a commit that owes somebody a notice.
    """

    def __init__(
        self,
        ledger: Ledger,
        shelf: Shelf,
        clock: Clock,
        numbers: Numbers,
        audience: Audience | None = None,
        owes: Callable[[], None] | None = None,
    ) -> None:
        self._ledger, self._shelf, self._audience = ledger, shelf, audience
        self._clock, self._numbers = clock, numbers
        self._owes = owes
        self._folded: OrderedDict[str, tuple[Screening, Happened]] = OrderedDict()

    async def open(
        self,
        trial: str,
        site: str,
        mode: Mode,
        language: str,
        by: Actor,
        zone: str | None = None,
        along: Along | None = None,
    ) -> Handled:
        """Begin a screening under the trial's current protocol version.

        Raises:
            ClosedTrial: it takes no new screenings; practice goes on.
            PermissionChanged: a guard did not hold.
            StorageError: nothing was recorded; the reason says why.

        """
        book = self._shelf.current(trial)
        place = zone or book.protocol.time_zone

        def asked(number: str) -> OpenScreening:
            return OpenScreening(number, site, place, mode, language)

        along = along or Along()
        if mode is not Mode.PRACTICE:
            along = await self._while_open(book.protocol.id, self._clock.now(), along)
        return await self._open(book, asked, by, along)

    async def open_again(
        self, number: str, language: str, by: Actor, along: Along | None = None
    ) -> Handled:
        """Begin another attempt over the patient of an earlier screening, which must not move.

        It is opened under the trial's current protocol version, with the answers that cannot have
        changed. Whoever calls has seen that there is no later attempt yet.

        Raises:
            NoticeClash: at this moment another process has begun one.
            UnknownScreening: no screening has this number.
            ClosedTrial: it takes no new screenings.
            PermissionChanged: a guard did not hold, or the earlier attempt moved on meanwhile.
            StorageError: nothing was recorded; the reason says why.

        """
        screening, history = await self.history(number)
        opened, now = screening.opened, self._clock.now()
        along = await self._while_open(opened.trial, now, along)
        stands = Append(stream_of(number), screening.version, (), now.isoformat())
        along = replace(along, guards=(*along.guards, stands))

        def asked(new: str) -> OpenScreening:
            return OpenScreening(new, opened.site, opened.time_zone, screening.mode, language)

        book, earlier = self._shelf.current(opened.trial), Attempt(screening, history)
        return await self._open(book, asked, by, along, earlier)

    async def _open(
        self,
        book: Rulebook,
        asked: Callable[[str], OpenScreening],
        by: Actor,
        along: Along,
        earlier: Attempt | None = None,
    ) -> Handled:
        now = self._clock.now()
        await self._shelf.adopt(book, now, by)
        for _ in range(_TRIES):
            number = self._numbers.new_number()
            decision = open_screening(book, asked(number), now, by, earlier)
            if earlier is not None:
                only = only_attempt(earlier.screening.number, number, now)
                along = replace(along, owing=(only,))
            try:
                await self._append(number, 0, decision, now, along)
            except VersionConflict as error:
                if error.stream != stream_of(number):
                    raise PermissionChanged from None
                continue  # the number is taken: draw another
            self._remember(number, (decision.screening, decision.events[-1]))
            return Handled(
                decision.screening, now, events=decision.events, notices=decision.notices
            )
        raise LedgerBroken("no free screening number was drawn")

    async def handle(
        self,
        number: str,
        command: Command,
        by: Actor,
        seen: int | None = None,
        along: Along | None = None,
    ) -> Handled:
        """Follow one command, or say why not.

        `seen` is the version of the screening that the speaker saw; when it has moved on since,
        nothing is recorded and the remark says who was faster. When there are no events, nothing
        goes along: whoever handed the update in marks it.

        Raises:
            UnknownScreening: no screening has this number.
            PermissionChanged: a guard did not hold.
            StorageError: nothing was recorded; the reason says why.

        """
        now = self._clock.now()
        screening, last = await self._load(number)
        if seen is not None and seen != screening.version:
            return Handled(screening, now, Overtaken(last.by.person, last.at))
        decision = decide(screening, command, now, by)
        if decision.events:
            try:
                if isinstance(command, Promote):
                    along = await self._while_open(screening.opened.trial, now, along)
                await self._append(number, screening.version, decision, now, along)
                self._remember(number, (decision.screening, decision.events[-1]))
            except ClosedTrial:
                return Handled(screening, now, ClosedToNew())
            except VersionConflict as error:
                if error.stream != stream_of(number):
                    raise PermissionChanged from None
                screening, last = await self._load(number)
                return Handled(screening, now, Overtaken(last.by.person, last.at))
        return Handled(decision.screening, now, decision.remark, decision.events, decision.notices)

    async def look(self, number: str) -> Screening:
        """The screening as it stands.

        Raises:
            UnknownScreening: no screening has this number.

        """
        return (await self._load(number))[0]

    async def history(self, number: str) -> tuple[Screening, tuple[Happened, ...]]:
        """The screening and every event it was folded from.

        Raises:
            UnknownScreening: no screening has this number.

        """
        entries = await self._ledger.read(stream_of(number))
        if not entries:
            raise UnknownScreening(number)
        _check_kept(number, entries)
        history = tuple(to_event(entry) for entry in entries)
        return await self._begin(number, history), history

    async def all(self) -> AsyncIterator[Screening]:
        """Every screening, in the order in which they were opened, but for those erased."""
        for stream in await self._ledger.streams("screening/"):
            with contextlib.suppress(ErasedScreening):
                yield await self.look(stream.removeprefix("screening/"))

    def forget(self, number: str) -> None:
        """Let go of a screening that was erased."""
        self._folded.pop(number, None)

    def now(self) -> datetime:
        """The time by the desk's clock, UTC."""
        return self._clock.now()

    async def _while_open(self, trial: str, now: datetime, along: Along | None) -> Along:
        """The same, and that the trial still takes new screenings when it is recorded.

        Raises:
            ClosedTrial: it does not.

        """
        along, stream = along or Along(), trial_stream(trial)
        entries = await self._ledger.read(stream)
        if any(isinstance(to_event(entry).event, TrialClosed) for entry in entries[-1:]):
            raise ClosedTrial(trial)
        still = Append(stream, len(entries), (), now.isoformat())
        return replace(along, guards=(*along.guards, still))

    async def _load(self, number: str) -> tuple[Screening, Happened]:
        """The screening as the ledger has it now, and its last event.

        What was folded before is kept; the ledger is asked only for what came after it.
        """
        known = self._folded.get(number)
        entries = await self._ledger.read(stream_of(number), known[0].version if known else 0)
        _check_kept(number, entries)
        events = [to_event(entry) for entry in entries]
        if known is None:
            if not events:
                raise UnknownScreening(number)
            found = await self._begin(number, events), events[-1]
        elif events:
            found = reduce(evolve, events, known[0]), events[-1]
        else:
            found = known
        self._remember(number, found)
        return found

    async def _begin(self, number: str, history: Sequence[Happened]) -> Screening:
        opened = history[0].event
        if not isinstance(opened, ScreeningOpened):
            raise LedgerBroken(f"the stream of {number} does not begin with screening-opened")
        return fold(await self._shelf.book(opened.trial, opened.protocol_sha256), history)

    def _remember(self, number: str, found: tuple[Screening, Happened]) -> None:
        self._folded[number] = found
        self._folded.move_to_end(number)
        if len(self._folded) > _KEPT:
            self._folded.popitem(last=False)

    async def _append(
        self, number: str, expected: int, decision: Decision, now: datetime, along: Along | None
    ) -> None:
        along = along or Along()
        entries = tuple(to_entry(happened) for happened in decision.events)
        batch = Append(stream_of(number), expected, entries, now.isoformat())
        where, version = decision.screening.opened, expected + len(entries)
        notices = owed(decision.notices, where, version, now, self._audience)
        if self._audience is not None:
            notices += follow_up(decision.screening, now, self._audience)
        notices += along.owing
        await self._ledger.append(
            batch, *along.guards, done=along.done, notices=notices, settled=along.settled
        )
        if notices and self._owes is not None:
            self._owes()


def _check_kept(number: str, entries: Sequence[Entry]) -> None:
    if any(entry.erased for entry in entries):
        raise ErasedScreening(number)

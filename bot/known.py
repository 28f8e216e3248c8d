"""What is known of each screening beside its own stream: of the open ones here, of the rest apart.

The register folds it from the ledger; whoever lists or counts screenings walks through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from typing import Final, TypeVar

from bot.closed import EPOCH, ClosedScreenings, Known, Wanted, order
from flows.events import Mode
from flows.follow_up import Case
from flows.listing import Label, label_of
from flows.log import Line
from flows.tallies import Row, log_rows

T = TypeVar("T")

NOTHING: Final = Known()
"""Of a screening that there is not."""


class KnownScreenings:
    """The screenings by their numbers. Whatever asks for a closed one may raise a StorageError."""

    def __init__(self) -> None:
        self.open: dict[str, Line] = {}
        self._here: dict[str, Known] = {}
        """The open ones, and those whose line is not known yet."""
        self.closed = ClosedScreenings()

    def get(self, number: str) -> Known:
        """What is known of a screening; nothing of one that there is not."""
        return self._here.get(number) or self.closed.get(number) or NOTHING

    def keep(self, number: str, was: Known, known: Known) -> None:
        """It stands so now; `was` is what was known before."""
        if known.line is not None and not known.line.open:
            self._here.pop(number, None)
            self.open.pop(number, None)
            self.closed.put(number, known)
            return
        if was.line is not None and not was.line.open:
            self.closed.drop(number)
        self._here[number] = known
        if known.line is not None:
            self.open[number] = known.line

    def forget(self, number: str) -> None:
        """Hold nothing any more of what was known of it, not even until it is written over."""
        self.closed.drop(number)
        self._here.pop(number, None)
        self.open.pop(number, None)

    def attempts(self, number: str) -> dict[str, Known]:
        """Every attempt over the patient of a screening, as far as they are known, in order.

        Each names the next: a long log need not be looked through.
        """
        found, before, after = {number: self.get(number)}, list[str](), number
        line = found[number].line
        while line and line.earlier and line.earlier not in found:
            before.append(line.earlier)
            found[line.earlier] = self.get(line.earlier)
            line = found[line.earlier].line
        while (later := found[after].later) and later not in found:
            found[later], after = self.get(later), later
        return {one: found[one] for one in (*reversed(before), *found)}

    def walk(self, wanted: Wanted, since: datetime = EPOCH) -> Iterator[tuple[str, Known]]:
        """Those that are wanted, opened at `since` or later, in the order of opening.

        One at a time: nobody need hold all of a long log.
        """
        opened = [one for one in self._opened(wanted) if opening(one) >= order(since)]
        return merge(self.closed.walk(wanted, since), sorted(opened, key=opening), key=opening)

    def _opened(self, wanted: Wanted) -> list[tuple[str, Known]]:
        return [
            (number, known)
            for number, known in self._here.items()
            if (label := label_in(number, known)) and wanted(label)
        ]

    def moved(self, wanted: Wanted, since: datetime) -> dict[str, Known]:
        """Those that are wanted and of which a digest may speak, in the order of opening.

        They are open, or last, or something happened then or later that it counts.
        """
        found = dict(self.closed.walk(lambda label: label.lasts and wanted(label)))
        found.update(self.closed.moved(wanted, since))
        found.update(self._opened(wanted))
        return dict(sorted(found.items(), key=opening))

    def rows(self, wanted: Wanted, mode: Mode = Mode.SCREENING) -> tuple[Row, ...]:
        """The rows of those that are wanted in the log, all at once; see `flows.tallies`."""
        return rows_in(dict(self.walk(wanted)), mode)


class Part(Mapping[str, T]):
    """One thing that is known of many screenings, by their numbers, in the order of opening."""

    def __init__(self, known: KnownScreenings, part: Callable[[Known], T | None]) -> None:
        self._known, self._part = known, part

    def __getitem__(self, number: str) -> T:
        found = self._part(self._known.get(number))
        if found is None:
            raise KeyError(number)
        return found

    def __iter__(self) -> Iterator[str]:
        every = self._known.walk(lambda _: True)
        return (number for number, known in every if self._part(known) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def rows_in(found: Mapping[str, Known], mode: Mode = Mode.SCREENING) -> tuple[Row, ...]:
    """The rows of some screenings, which hold every attempt over each patient."""
    lines = [known.line for known in found.values() if known.line]
    cases = {number: known.case for number, known in found.items() if known.case}
    return log_rows(lines, cases, mode)


def label_in(number: str, known: Known) -> Label | None:
    """The label of a screening; None where its line is not known."""
    return label_of(known.line, known.case or Case(number)) if known.line else None


def opening(one: tuple[str, Known]) -> int:
    """What screenings are sorted by: when each was opened."""
    line = one[1].line
    return order(line.opened_at) if line else 0

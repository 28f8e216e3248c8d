"""The closed screenings: what a list shows of each and what is done beside it, out of memory.

Memory holds what is open. What is closed is looked at now and then, and there is ever more of it:
it is kept in a scratch of this process, and found by its number or by its label.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Final, get_type_hints

import msgspec

from flows.digest import moved_at
from flows.follow_up import Case
from flows.listing import Label, label_of
from flows.log import Line
from storage.errors import StorageError
from storage.scratch import Kept, Scratch

log = logging.getLogger(__name__)

BATCH: Final = 256
"""So many that were closed or changed last stay in memory, and are then kept all at once."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any screening."""

Wanted = Callable[[Label], bool]
"""Which labels somebody looks for."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a screening, but for what its own stream alone can say.

    `line` is None as long as it was not opened as far as the ledger was read, or cannot be read.
    `written` counts the entries in the stream of its case; `later` is the attempt after it.
    """

    line: Line | None = None
    case: Case | None = None
    written: int = 0
    later: str | None = None


_NAMES: Final = tuple(field.name for field in fields(Line))
_values: Final = attrgetter(*_NAMES)
_TYPES: Final = tuple(get_type_hints(Line)[name] for name in _NAMES)
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(
    tuple[tuple[_TYPES], Case | None, int, str | None]  # type: ignore[valid-type]
)
"""A line as the row of its values: their names would be half of it."""


class ClosedScreenings:
    """Keeps the closed screenings by their numbers. Whatever it does may raise a StorageError."""

    def __init__(self) -> None:
        self._scratch = Scratch()
        self._last: dict[str, Known] = {}
        self._labels: dict[Label, int] = {}

    def put(self, number: str, known: Known) -> None:
        """Keep it as it now stands: it is closed, and has a line."""
        self._last[number] = known
        if len(self._last) % BATCH == 0:
            try:
                self._settle()
            except StorageError as error:  # it stays in memory, and the next batch tries again
                log.error("closed screenings stay in memory: %s", error)

    def drop(self, number: str) -> None:
        """It is open again, or is to be forgotten."""
        self._scratch.drop(number)  # first: where that fails, nothing has changed
        self._last.pop(number, None)

    def get(self, number: str) -> Known | None:
        """What is known of it; None where no closed screening has this number."""
        if (last := self._last.get(number)) is not None:
            return last
        body = self._scratch.get(number)
        return None if body is None else _decoded(body)

    def walk(self, wanted: Wanted, since: datetime = EPOCH) -> Iterator[tuple[str, Known]]:
        """Those that are wanted, opened at `since` or later, in the order of opening."""
        self._settle()
        found = self._scratch.walk(self._wanted(wanted), order(since))
        return ((number, _decoded(body)) for number, body in found)

    def newest(
        self, wanted: Wanted, offset: int, size: int, since: datetime = EPOCH
    ) -> list[tuple[int, str]]:
        """So many of those that are wanted, the newest first, after `offset` others.

        Each is when it was opened (see `order`), and its number; none before `since`.
        """
        self._settle()
        return self._scratch.newest(self._wanted(wanted), order(since), offset, size)

    def count(self, wanted: Wanted) -> int:
        """How many are wanted."""
        self._settle()
        return self._scratch.count(self._wanted(wanted))

    def moved(self, wanted: Wanted, since: datetime) -> list[tuple[str, Known]]:
        """Those that are wanted and moved then or later (see `flows.digest`), as `walk`."""
        self._settle()
        found = self._scratch.moved(self._wanted(wanted), order(since))
        return [(number, _decoded(body)) for number, body in found]

    def _wanted(self, wanted: Wanted) -> list[int]:
        return [code for label, code in self._labels.items() if wanted(label)]

    def _settle(self) -> None:
        if self._last:
            self._scratch.put([self._row(number, one) for number, one in self._last.items()])
            self._last = {}

    def _row(self, number: str, known: Known) -> Kept:
        line, case = known.line, known.case or Case(number)
        assert line is not None
        label = self._labels.setdefault(label_of(line, case), len(self._labels))
        body = _ENCODER.encode((_values(line), known.case, known.written, known.later))
        return Kept(number, label, order(line.opened_at), order(moved_at(line, case)), body)


def _decoded(body: bytes) -> Known:
    values: tuple[Any, Case | None, int, str | None] = _DECODER.decode(body)
    return Known(Line(*values[0]), *values[1:])


def order(at: datetime) -> int:
    """A moment as the scratch sorts by it: in microseconds."""
    return (at - EPOCH) // timedelta(microseconds=1)

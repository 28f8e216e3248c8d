"""Every attempt of a trial in turn, as the exports take them: read, handed on, and let go of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from bot.desk import Desk, ErasedScreening
from bot.register import Register
from bot.shelf import Shelf
from flows.events import Mode
from flows.listing import Label
from flows.rulebook import Rulebook
from flows.subjects import Subject
from flows.tallies import Row


class Subjects:
    """The attempts of one trial, of one kind, at some sites or at all."""

    def __init__(self, desk: Desk, register: Register, shelf: Shelf) -> None:
        self._desk, self._register, self._shelf = desk, register, shelf

    def rows(
        self, trial: str, mode: Mode = Mode.SCREENING, sites: Collection[str] | None = None
    ) -> tuple[Row, ...]:
        """Their rows in the log, in the order in which they were opened."""

        def wanted(label: Label) -> bool:
            return label.trial == trial and (sites is None or label.site in sites)

        return self._register.screenings.rows(wanted, mode)

    async def each(self, rows: Collection[Row]) -> AsyncIterator[Subject]:
        """Each row with its screening and its events; of an erased one the row alone.

        Raises:
            StorageError: a screening cannot be read.

        """
        for row in rows:
            try:
                screening, history = await self._desk.history(row.line.number)
            except ErasedScreening:
                yield Subject(row, None, ())
            else:
                yield Subject(row, screening, history)

    async def books(self, trial: str) -> tuple[Rulebook, ...]:
        """The versions of a trial's protocol that were ever in use, and at last the current one.

        Raises:
            UnknownProtocol: no trial has this name.

        """
        current = self._shelf.current(trial)
        adopted = await self._shelf.adopted(trial)
        return (*(book for book in adopted if book.sha256 != current.sha256), current)

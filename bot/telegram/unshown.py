"""What came last and has not been shown yet: the next poll can wait for it.

A poll that is asked again at once comes back with whatever was tapped first; all others then wait
for the round trip after it. Asked again once everybody has been shown their card, it brings what
all of them tap next.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from contextvars import ContextVar


class Unshown:
    """The updates that came last, by their row in the inbox; earlier ones are not waited for."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self._none = asyncio.Event()
        self._none.set()

    def begin(self, rows: Iterable[int]) -> None:
        """These came, and are about to be handled."""
        self.rows = set(rows)
        self._none.clear()
        self._look()

    def handling(self, row: int) -> None:
        """From now on, what this task shows, or one that it begins, is because of this update."""
        _HANDLED.set((self, row))

    def end(self, row: int) -> None:
        """This one is shown, or done with; a second call does nothing."""
        self.rows.discard(row)
        self._look()

    async def none(self, within: float) -> None:
        """Return when all are shown, or after so many seconds."""
        if self.rows:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await self._none.wait()

    def _look(self) -> None:
        if not self.rows:
            self._none.set()


_HANDLED: ContextVar[tuple[Unshown, int] | None] = ContextVar("handled", default=None)


def shows() -> None:
    """Somebody is being shown something: the update that is the reason, if one is, is shown."""
    if (handled := _HANDLED.get()) is not None:
        unshown, row = handled
        unshown.end(row)

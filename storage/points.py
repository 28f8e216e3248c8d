"""Named points between a tap and the disk, at which a test may stop the process.

They stand here because the room that names a table also knows where its boundaries are, and
`bot` may look down at it. Nobody watches unless a test hands in a watcher: no setting does, and
until then reaching a point costs one comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final


class Point(Enum):
    """The boundaries; each name says what is about to happen."""

    INBOX = "inbox"
    """Updates are accepted but their transaction is not committed."""
    BEGIN = "begin"
    """A group of jobs is about to begin its transaction."""
    EVENT = "event"
    """An event is about to be inserted."""
    NOTICE = "notice"
    """A notice is about to be inserted."""
    COMMIT = "commit"
    """The transaction is about to be committed."""
    SEND = "send"
    """A notice is marked as being sent, and is about to be sent."""
    MARK = "mark"
    """A notice was sent, and is about to be marked so."""


Watcher = Callable[[Point], None]

_watchers: Final[list[Watcher]] = []


def reach(point: Point) -> None:
    """Say that the process is at a point; whoever watches may end it there, or raise."""
    if _watchers:
        _watchers[-1](point)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Call `watcher` at every point until the block ends: for tests."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)

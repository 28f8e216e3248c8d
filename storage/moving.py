"""Moving house: every row of one database into another, as it is, verified on both sides.

A move that was interrupted goes on where it stopped: pages are written in the order of their
keys, each in one transaction, and the target remembers that it is not finished. Until it is,
nothing but the same move opens it.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from storage.chain import Fault, verify
from storage.ledger import Entry, Head

Value = int | str | bytes | None
Row = tuple[Value, ...]

LEAST: Final = -(2**63)


@dataclass(frozen=True, slots=True)
class Part:
    """One table: its columns, of which the first are its key, and a key before every row's."""

    name: str
    columns: tuple[str, ...]
    before: Row
    numbered: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that make a row's key."""
        return self.columns[: len(self.before)]


EVENTS: Final = Part(
    "events",
    (
        "position",
        "stream",
        "version",
        "kind",
        "schema",
        "recorded_at",
        "payload",
        "previous",
        "digest",
    ),
    (0,),
)
INBOX: Final = Part(
    "inbox",
    ("id", "key", "lane", "state", "raw", "received_at", "reason", "put_aside_at"),
    (0,),
    numbered=True,
)
MARKS: Final = Part("intake_marks", ("name", "value"), ("",))
OUTBOX: Final = Part(
    "outbox",
    (
        "id",
        "key",
        "recipient",
        "kind",
        "body",
        "due_at",
        "state",
        "attempts",
        "perhaps_sent",
        "changed_at",
        "message_id",
        "reason",
    ),
    (0,),
    numbered=True,
)
CARDS: Final = Part("cards", ("stream", "chat", "message_id", "drawn_version"), ("", LEAST))
PINS: Final = Part("pins", ("person", "hash", "tries", "window_from", "set_at"), ("",))
KEYS: Final = Part("keys", ("id", "stream", "key", "made_at", "destroyed"), (0,))

PARTS: Final = (EVENTS, INBOX, MARKS, OUTBOX, CARDS, PINS, KEYS)
"""All that a database holds. A new table of the store belongs here; a test compares."""

UNFINISHED: Final = "unfinished-move"
"""The mark of the intake that stands in a target until it is whole; it is never copied."""

PAGE: Final = 500
"""Rows in one transaction."""


class Side(Protocol):
    """One end of a move. Nobody else writes to it meanwhile. Raises StorageError."""

    async def page(self, part: Part, after: Row, size: int) -> tuple[Row, ...]:
        """The rows past a key, in the order of their keys."""
        ...

    async def last(self, part: Part) -> Row | None:
        """The key of the last row; None when there is none."""
        ...

    async def count(self, part: Part) -> int:
        """How many rows there are."""
        ...

    async def put(self, part: Part, rows: Sequence[Row]) -> None:
        """Add rows as they are, in one transaction."""
        ...

    async def number(self, part: Part) -> int:
        """The last number that a numbered part has given out, 0 for none."""
        ...

    async def unfinished(self) -> str | None:
        """Since when a move into this database is not finished; None for a whole one."""
        ...

    async def begin(self, since: str) -> None:
        """Write down that a move has begun."""
        ...

    async def finish(self, numbers: dict[str, int]) -> None:
        """Write down that it is whole; numbers go on after those given out."""
        ...

    async def close(self) -> None:
        """Let others use it."""
        ...


class Why(Enum):
    """Why nothing was moved, or why what was moved is not to be used."""

    NOT_EMPTY = "the target holds something already"
    ANOTHER = "the target holds the beginning of another move"
    BROKEN = "the chain of the source does not hold"
    DIFFERS = "the two sides differ"


@dataclass(frozen=True, slots=True)
class NotMoved:
    """The move did not take place; a broken chain says where."""

    why: Why
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """Both sides hold the same: how many events, and the digest over everything."""

    events: int
    digest: str


@dataclass(frozen=True, slots=True)
class Progress:
    """So many rows of so many of a part are there."""

    part: str
    rows: int
    of: int


Tell = Callable[[Progress], None]


async def move(source: Side, target: Side, now: str, tell: Tell) -> Moved | NotMoved:
    """Copy everything and verify it, or go on with a move that was interrupted.

    `now` is written into the target until it is whole. The source is left as it is.
    """
    refused = await _refused(source, target)
    if refused is not None:
        return refused
    before = await survey(source)
    if before.fault is not None:
        return NotMoved(Why.BROKEN, before.fault)
    if await target.unfinished() is None:
        await target.begin(now)
    for part in PARTS:
        await _copy(part, source, target, tell)
    after = await survey(target)
    if after.digest != before.digest or after.fault is not None:
        return NotMoved(Why.DIFFERS)
    await target.finish({part.name: await source.number(part) for part in PARTS if part.numbered})
    return Moved(before.head.position, before.digest)


async def _refused(source: Side, target: Side) -> NotMoved | None:
    if await target.unfinished() is None:
        counts = [await target.count(part) for part in PARTS]
        return NotMoved(Why.NOT_EMPTY) if any(counts) else None
    last = await target.last(EVENTS)
    if last is None:
        return None
    # The digest stands for every event up to it: the beginning of this source, or another's.
    before = (int(last[0] or 0) - 1,)
    mine = await source.page(EVENTS, before, 1)
    return None if mine == await target.page(EVENTS, before, 1) else NotMoved(Why.ANOTHER)


async def _copy(part: Part, source: Side, target: Side, tell: Tell) -> None:
    after, of = await target.last(part) or part.before, await source.count(part)
    rows = await target.count(part)
    while page := await source.page(part, after, PAGE):
        await target.put(part, page)
        after, rows = page[-1][: len(part.before)], rows + len(page)
        tell(Progress(part.name, rows, of))


@dataclass(frozen=True, slots=True)
class Survey:
    """What a walk over a whole side found."""

    head: Head
    fault: Fault | None
    digest: str


async def survey(side: Side) -> Survey:
    """Verify the chain and digest every row of every part, in hexadecimal SHA-256.

    Each value is preceded by its type and its length, so that no two contents have one layout.
    """
    digest = hashlib.sha256(b"screening-house/1")
    verdict = await verify(_entries(side, digest.update))
    for part in PARTS[1:]:
        digest.update(layout((part.name,)))
        async for row in _rows(part, side):
            digest.update(layout(row))
    return Survey(verdict.head, verdict.fault, digest.hexdigest())


async def _entries(side: Side, update: Callable[[bytes], None]) -> AsyncIterator[Entry]:
    async for row in _rows(EVENTS, side):
        update(layout(row))
        yield Entry(*row)  # type: ignore[arg-type]  # the columns of EVENTS are its fields


async def _rows(part: Part, side: Side) -> AsyncIterator[Row]:
    after = part.before
    while page := await side.page(part, after, PAGE):
        for row in page:
            yield row
        after = page[-1][: len(part.before)]


def layout(row: Row) -> bytes:
    """The bytes that stand for a row."""
    pieces = [len(row).to_bytes(2, "big")]
    for value in row:
        tag, content = _content(value)
        pieces += (tag, len(content).to_bytes(8, "big"), content)
    return b"".join(pieces)


def _content(value: Value) -> tuple[bytes, bytes]:
    match value:
        case None:
            return b"-", b""
        case bytes():
            return b"b", value
        case str():
            return b"t", value.encode()
        case _:
            return b"i", str(int(value)).encode()

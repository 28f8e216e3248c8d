"""Small values that the storage tests are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from storage.chain import START, link
from storage.inbox import NewUpdate
from storage.ledger import Append, Entry, NewEntry
from storage.outbox import NewNotice

KINDS = frozenset({"answer-given", "screening-opened"})
AT = "2026-03-01T08:00:00.000Z"
LATER = "2026-03-01T09:00:00.000Z"
LATEST = "2026-03-01T10:00:00.000Z"


def now() -> str:
    """A clock that stands still."""
    return AT


def batch(stream: str, expected: int, *payloads: bytes, kind: str = "answer-given") -> Append:
    """Entries of one kind for a stream."""
    return Append(stream, expected, tuple(NewEntry(kind, 1, body) for body in payloads), AT)


def update(key: str, received_at: str = AT, lane: str = "person-1") -> NewUpdate:
    """An update whose body holds its key."""
    return NewUpdate(key, lane, f'{{"update": "{key}"}}'.encode(), received_at)


def notice(key: str, due_at: str = AT, body: bytes = b"LYS-001: eligible") -> NewNotice:
    """A notice to one coordinator."""
    return NewNotice(key, "person-2", "determination", body, due_at)


def recomputed(entries: Sequence[Entry]) -> list[Entry]:
    """The same contents with positions, versions and digests that fit one another again."""
    made: list[Entry] = []
    previous, versions = START.digest, Counter[str]()
    for position, one in enumerate(entries, 1):
        versions[one.stream] += 1
        version = versions[one.stream]
        digest = link(
            previous,
            position,
            one.stream,
            version,
            one.kind,
            one.schema,
            one.recorded_at,
            one.payload,
        )
        made.append(
            replace(one, position=position, version=version, previous=previous, digest=digest)
        )
        previous = digest
    return made

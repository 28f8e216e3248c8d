"""What a disk may hold after a power cut: everything synced, and any part of what was not."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.promises.disk import Confirmed, Delete, Step, Sync, Truncate, Write

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""


@dataclass
class Image:
    """The files after a cut, and what had been confirmed before it."""

    files: dict[str, bytes]
    confirmed: list[object]


@dataclass
class Medium:
    """The disk as far as it is certain, and what is still on its way, file by file."""

    settled: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[Write | Truncate]] = field(default_factory=dict)
    confirmed: list[object] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """One step of what was written down."""
        match step:
            case Write() | Truncate():
                self.pending.setdefault(step.file, []).append(step)
            case Sync(file):
                for change in self.pending.pop(file, []):
                    _apply(self.settled.setdefault(file, bytearray()), change)
            case Delete(file):
                self.pending.pop(file, None)
                self.settled.pop(file, None)
            case Confirmed(what):
                self.confirmed.append(what)

    def cut(self, draw: random.Random) -> Image:
        """The power goes: each sector on its way arrives or not, in any order."""
        files = {name: bytearray(content) for name, content in self.settled.items()}
        share = draw.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for name, changes in self.pending.items():
            content = files.setdefault(name, bytearray())
            arriving = [part for change in changes for part in _sectors(change)]
            arriving = [part for part in arriving if draw.random() < share]
            if draw.random() < 0.5:
                draw.shuffle(arriving)
            for part in arriving:
                _apply(content, part)
        return Image({name: bytes(found) for name, found in files.items()}, list(self.confirmed))


def images(steps: Sequence[Step], number: int, first: int, seed: int) -> Iterator[Image]:
    """So many cuts at random places past the `first` step, each with its own fate of sectors."""
    draw = random.Random(seed)
    cuts = sorted(draw.randrange(first, len(steps) + 1) for _ in range(number))
    medium, place = Medium(), 0
    for cut in cuts:
        for step in steps[place:cut]:
            medium.take(step)
        place = cut
        yield medium.cut(draw)


def _sectors(change: Write | Truncate) -> Iterator[Write | Truncate]:
    if isinstance(change, Truncate):
        yield change
        return
    at, end = change.at, change.at + len(change.content)
    while at < end:
        upto = min(end, at - at % SECTOR + SECTOR)
        yield Write(change.file, at, change.content[at - change.at : upto - change.at])
        at = upto


def _apply(content: bytearray, change: Write | Truncate) -> None:
    if isinstance(change, Truncate):
        del content[change.at :]
        return
    if len(content) < change.at:
        content.extend(bytes(change.at - len(content)))
    content[change.at : change.at + len(change.content)] = change.content

"""A flow chart as data: boxes with their counts, labelled in the reader's language already.

It travels as JSON to the process that draws it, and holds numbers and labels only.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

Item = tuple[str, int]
"""A label and how many."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the chart: its title with a count, then its parts, those with nobody too."""

    title: str
    count: int
    parts: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """A box of the main column, and the boxes beside the way down from it."""

    box: Box
    beside: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """From the top down. `reached` of `target` is drawn as a bar under `bar`; `sums` stand last."""

    heading: str
    subheading: str
    levels: tuple[Level, ...]
    bar: str
    reached: int
    target: int
    sums: tuple[str, ...] = ()


def to_json(chart: Chart) -> bytes:
    """The chart as it travels."""
    return json.dumps(asdict(chart)).encode()


def from_json(raw: bytes) -> Chart:
    """The chart that was sent; raises ValueError, KeyError or TypeError for anything else."""
    read = json.loads(raw)
    levels = tuple(
        Level(_box(one["box"]), tuple(map(_box, one["beside"]))) for one in read["levels"]
    )
    return Chart(**{**read, "levels": levels, "sums": tuple(read["sums"])})


def _box(read: dict[str, Any]) -> Box:
    parts = tuple((str(label), int(count)) for label, count in read["parts"])
    return Box(str(read["title"]), int(read["count"]), parts, tuple(map(str, read["notes"])))

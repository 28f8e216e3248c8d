"""Pictures as data: what is drawn, labelled in the reader's language already.

They travel as JSON to the process that draws them, and hold numbers and labels only.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeAlias

Item = tuple[str, int]
"""A label and how many."""


class Kind(StrEnum):
    """Which picture of a trial."""

    FLOW = "flow"
    REASONS = "reasons"
    RECRUITMENT = "recruitment"
    TIMES = "times"


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


@dataclass(frozen=True, slots=True)
class Bars:
    """Groups of bars, all on one scale; `notes` stand last.

    A group is drawn as a `Box`: its title with a count, a bar for each part, and its notes.
    """

    heading: str
    subheading: str
    groups: tuple[Box, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """A step curve over days against a target, which is drawn as a line under `aim`.

    `steps` are the days on which it rises, from 0 on, and how many there are by then; the curve
    ends on day `span`. `ticks` are days and their labels: those that have no room are left out,
    the first one never, and the last one only beside the first.
    """

    heading: str
    subheading: str
    steps: tuple[tuple[int, int], ...]
    span: int
    target: int
    aim: str
    ticks: tuple[tuple[int, str], ...]
    notes: tuple[str, ...] = ()


Drawable: TypeAlias = Chart | Bars | Curve


def to_json(chart: Drawable) -> bytes:
    """The picture as it travels."""
    return json.dumps({"shape": type(chart).__name__, **asdict(chart)}).encode()


def from_json(raw: bytes) -> Drawable:
    """The picture that was sent; raises ValueError, KeyError or TypeError for anything else."""
    read = json.loads(raw)
    return _SHAPES[read.pop("shape")](read)


def _chart(read: dict[str, Any]) -> Chart:
    levels = tuple(
        Level(_box(one["box"]), tuple(map(_box, one["beside"]))) for one in read["levels"]
    )
    return Chart(**{**read, "levels": levels, "sums": tuple(read["sums"])})


def _bars(read: dict[str, Any]) -> Bars:
    groups, notes = tuple(map(_box, read["groups"])), tuple(map(str, read["notes"]))
    return Bars(**{**read, "groups": groups, "notes": notes})


def _curve(read: dict[str, Any]) -> Curve:
    steps = tuple((int(day), int(count)) for day, count in read["steps"])
    ticks = tuple((int(day), str(label)) for day, label in read["ticks"])
    return Curve(**{**read, "steps": steps, "ticks": ticks, "notes": tuple(read["notes"])})


_SHAPES: dict[str, Callable[[dict[str, Any]], Drawable]] = {
    "Chart": _chart,
    "Bars": _bars,
    "Curve": _curve,
}


def _box(read: dict[str, Any]) -> Box:
    parts = tuple((str(label), int(count)) for label, count in read["parts"])
    return Box(str(read["title"]), int(read["count"]), parts, tuple(map(str, read["notes"])))

"""A flow chart, tall and narrow, to be read on a phone.

Nothing overlaps by construction: every text is measured, wrapped, and only then placed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from storage.exports.chart import Box, Chart, Item
from storage.exports.lettering import (
    DONE,
    EDGE,
    FILL,
    GAP,
    HEADING,
    MARGIN,
    NOTE,
    PAD,
    PART,
    SIDE,
    SUB,
    TITLE,
    WIDTH,
    Line,
    Style,
    blank,
    height_of,
    put,
    wrapped,
)

ARROW: Final = 24.0
MAIN: Final = 250.0
"""How wide a box of the main column is; those beside the way down get the rest."""

SHORT: Final = 64.0
"""Labels that are narrower, such as the ids of criteria, stand two a row."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box that has been measured and has its place: left, top (downwards), width, height."""

    lines: tuple[Line, ...]
    left: float
    top: float
    width: float
    height: float


def laid_out(chart: Chart) -> Figure:
    """The figure with everything in its place."""
    page = _Page(chart)
    figure, axes = blank(page.height)
    page.paint(axes)
    return figure


class _Page:
    """Everything with its place; `height` is known once all of it was measured."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._head = [
            *wrapped(chart.heading, HEADING, WIDTH - 2 * MARGIN),
            *wrapped(chart.subheading, SUB, WIDTH - 2 * MARGIN),
        ]
        self._main: list[_Placed] = []
        self._beside: list[list[_Placed]] = []
        self._bar_top = self._place(MARGIN + height_of(self._head) + GAP)
        self._sums = [line for text in chart.sums for line in wrapped(text, NOTE, WIDTH - 48)]
        self._bar = wrapped(chart.bar, TITLE, WIDTH - 2 * MARGIN)
        self._sums_top = self._bar_top + height_of(self._bar) + 2 * GAP + PAD
        self.height = self._sums_top + height_of(self._sums) + MARGIN

    def _place(self, top: float) -> float:
        """Put the boxes one under the other; where they end."""
        right = MARGIN + MAIN + GAP
        for level in self._chart.levels:
            main = _boxed(level.box, MARGIN, top, MAIN if level.beside else WIDTH - 2 * MARGIN)
            self._main.append(main)
            beside, at = [], top + (main.height + PAD if level.beside else 0)
            for box in level.beside:
                beside.append(_boxed(box, right, at, WIDTH - MARGIN - right))
                at += beside[-1].height + PAD
            self._beside.append(beside)
            top = max(top + main.height, at - PAD) + ARROW
        return top

    def paint(self, axes: Axes) -> None:
        """Draw it all; `axes` are matplotlib's, in points from the top left corner."""
        put(axes, self._head, MARGIN, MARGIN, WIDTH - 2 * MARGIN)
        spine = MARGIN + MAIN / 2
        for place, (main, beside) in enumerate(zip(self._main, self._beside, strict=True)):
            if place + 1 < len(self._main):
                _arrow(axes, (spine, main.top + main.height), (spine, self._main[place + 1].top))
            for box in beside:
                middle = box.top + min(box.height / 2, 24)
                _arrow(axes, (spine, middle), (box.left, middle))
            for box, fill in ((main, FILL), *((one, SIDE) for one in beside)):
                self._box(axes, box, fill)
        self._progress(axes)
        put(axes, self._sums, MARGIN, self._sums_top, WIDTH - 2 * MARGIN)

    def _box(self, axes: Axes, box: _Placed, fill: str) -> None:
        shape = FancyBboxPatch(
            (box.left, box.top),
            box.width,
            box.height,
            boxstyle="round,pad=0,rounding_size=8",
            facecolor=fill,
            edgecolor=EDGE,
            linewidth=1.6,
        )
        axes.add_patch(shape)
        inner = box.width - 2 * PAD
        put(axes, box.lines, box.left + PAD, box.top + PAD, inner)

    def _progress(self, axes: Axes) -> None:
        """How far recruitment is, as a bar that never runs over its end."""
        top, width = self._bar_top, WIDTH - 2 * MARGIN
        put(axes, self._bar, MARGIN, top, width)
        top += height_of(self._bar) + PAD / 2
        share = min(1.0, self._chart.reached / self._chart.target)
        for part, colour in ((1.0, FILL), (share, DONE)):
            bar = Rectangle((MARGIN, top), width * part, GAP, facecolor=colour, linewidth=0)
            axes.add_patch(bar)


def _boxed(box: Box, left: float, top: float, width: float) -> _Placed:
    lines = tuple(_lines(box, width - 2 * PAD))
    return _Placed(lines, left, top, width, height_of(lines) + 2 * PAD)


def _lines(box: Box, width: float) -> Iterator[Line]:
    """Title, parts and notes, wrapped; a count stands at the end of the first line of its label."""
    yield from _counted(box.title, box.count, TITLE, width)
    yield from _parts(box.parts, width)
    for note in box.notes:
        yield from wrapped(note, NOTE, width)


def _parts(parts: Sequence[Item], width: float) -> Iterator[Line]:
    at = 0
    while at < len(parts):
        (label, count), following = parts[at], parts[at + 1 : at + 2]
        if following and all(PART.width(name) < SHORT for name, _ in (parts[at], *following)):
            (name, second) = following[0]
            yield Line(name, PART, str(second), (label, str(count)))
            at += 2
        else:
            yield from _counted(label, count, PART, width)
            at += 1


def _counted(label: str, count: int, style: Style, width: float) -> Iterator[Line]:
    first, *rest = wrapped(label, style, width - style.width(f"  {count}"))
    yield Line(first.text, style, str(count))
    yield from rest


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=14,
        color=EDGE,
        linewidth=1.6,
        shrinkA=0,
        shrinkB=0,
    )
    axes.add_patch(arrow)

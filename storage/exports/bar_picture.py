"""Bars: a label, a bar and a count in each line, all groups on one scale.

Labels take as much room as the widest needs, up to a third of the page; longer ones are wrapped.
A bar never runs under its count, and a part with nobody has a count and no bar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from storage.exports.chart import Bars, Box
from storage.exports.lettering import (
    EDGE,
    FAINT,
    GAP,
    HEADING,
    MARGIN,
    NOTE,
    PAD,
    PART,
    SUB,
    TITLE,
    WIDTH,
    Line,
    blank,
    height_of,
    put,
    wrapped,
)

_INNER: Final = WIDTH - 2 * MARGIN
_WIDEST: Final = _INNER * 0.42
"""Points for the labels at most."""

_ROOM: Final = 5.0
"""Points between two lines of bars."""

_THICK: Final = 20.0
"""Points that a bar is high."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A part with its place."""

    label: list[Line]
    count: int
    top: float


def laid_out(bars: Bars) -> Figure:
    """The figure with everything in its place."""
    page = _Page(bars)
    figure, axes = blank(page.height)
    page.paint(axes)
    return figure


class _Page:
    """Everything with its place; `height` is known once all of it was measured."""

    def __init__(self, bars: Bars) -> None:
        parts = [part for group in bars.groups for part in group.parts]
        self._most = max([1, *(count for _, count in parts)])
        widths = [PART.width(label) for label, _ in parts]
        self._labels = min(_WIDEST, max([0.0, *widths]))
        self._numbers = max([0.0, *(PART.width(f"{count}") for _, count in parts)]) + PAD
        self._texts: list[tuple[list[Line], float]] = []
        self._bars: list[_Bar] = []
        head = [
            *wrapped(bars.heading, HEADING, _INNER),
            *wrapped(bars.subheading, SUB, _INNER),
        ]
        top = self._write(head, MARGIN) + GAP
        for group in bars.groups:
            top = self._group(group, top) + GAP
        notes = [line for note in bars.notes for line in wrapped(note, NOTE, _INNER)]
        self.height = self._write(notes, top) + MARGIN

    def _write(self, lines: list[Line], top: float) -> float:
        self._texts.append((lines, top))
        return top + height_of(lines)

    def _group(self, group: Box, top: float) -> float:
        top = self._write(list(_title(group)), top) + PAD / 2
        for label, count in group.parts:
            lines = wrapped(label, PART, self._labels)
            self._bars.append(_Bar(lines, count, top))
            top += height_of(lines) + _ROOM
        notes = [line for note in group.notes for line in wrapped(note, NOTE, _INNER)]
        return self._write(notes, top + _ROOM)

    def paint(self, axes: Axes) -> None:
        """Draw it all; `axes` are in points from the top left corner."""
        for lines, top in self._texts:
            put(axes, lines, MARGIN, top, _INNER)
        start = MARGIN + self._labels + PAD
        room = WIDTH - MARGIN - self._numbers - start
        for bar in self._bars:
            put(axes, bar.label, MARGIN, bar.top, self._labels)
            width = room * bar.count / self._most
            middle = bar.top + PART.height / 2
            self._draw_bar(axes, start, middle, width)
            base = bar.top + PART.size
            axes.text(start + width + PAD / 2, base, str(bar.count), **PART.look())

    def _draw_bar(self, axes: Axes, start: float, middle: float, width: float) -> None:
        top = middle - _THICK / 2
        axes.add_patch(Rectangle((start, top), 1.5, _THICK, facecolor=FAINT, linewidth=0))
        if width:
            axes.add_patch(Rectangle((start, top), width, _THICK, facecolor=EDGE, linewidth=0))


def _title(group: Box) -> Iterator[Line]:
    count = str(group.count)
    first, *rest = wrapped(group.title, TITLE, _INNER - TITLE.width(f"  {count}"))
    yield Line(first.text, TITLE, count)
    yield from rest

"""A step curve over calendar days, against a target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from storage.exports.chart import Curve
from storage.exports.lettering import (
    DONE,
    EDGE,
    FAINT,
    FILL,
    GAP,
    HEADING,
    MARGIN,
    NOTE,
    PAD,
    SUB,
    WIDTH,
    Style,
    blank,
    height_of,
    put,
    wrapped,
)

_INNER: Final = WIDTH - 2 * MARGIN
_HIGH: Final = 420.0
"""Points from the axis to the highest count."""

_TICKS: Final = 6
"""Counts at the side at most."""

_AIM: Final = Style(21, bold=True, colour=DONE)
"""In the colour of the line that it names."""

_GRID: Final = "#d5dce2"


def laid_out(curve: Curve) -> Figure:
    """The figure with everything in its place."""
    page = _Page(curve)
    figure, axes = blank(page.height)
    page.paint(axes)
    return figure


class _Page:
    """Everything with its place; `height` is known once all of it was measured."""

    def __init__(self, curve: Curve) -> None:
        self._curve = curve
        self._most = max([curve.target, *(count for _, count in curve.steps)])
        ticks = MaxNLocator(_TICKS - 1, integer=True).tick_values(0, self._most)
        self._counts = [int(tick) for tick in ticks if 0 <= tick <= self._most]
        self._head = [
            *wrapped(curve.heading, HEADING, _INNER),
            *wrapped(curve.subheading, SUB, _INNER),
        ]
        self._left = MARGIN + max(NOTE.width(str(count)) for count in self._counts) + PAD
        self._right = WIDTH - MARGIN
        # The words of the target stand above everything that is drawn, and so on nothing.
        self._aim = wrapped(curve.aim, _AIM, self._right - self._left)
        self._aim_top = MARGIN + height_of(self._head) + GAP
        self._top = self._aim_top + height_of(self._aim) + PAD
        self._bottom = self._top + _HIGH
        self._notes_top = self._bottom + PAD + NOTE.height + GAP
        self._notes = [line for note in curve.notes for line in wrapped(note, NOTE, _INNER)]
        self.height = self._notes_top + height_of(self._notes) + MARGIN

    def _x(self, day: float) -> float:
        return self._left + (self._right - self._left) * day / max(1, self._curve.span)

    def _y(self, count: float) -> float:
        return self._bottom - _HIGH * count / self._most

    def paint(self, axes: Axes) -> None:
        """Draw it all; `axes` are in points from the top left corner."""
        put(axes, self._head, MARGIN, MARGIN, _INNER)
        put(axes, self._aim, self._left, self._aim_top, self._right - self._left)
        put(axes, self._notes, MARGIN, self._notes_top, _INNER)
        self._grid(axes)
        self._days(axes)
        self._steps(axes)
        y = self._y(self._curve.target)
        _line(axes, [(self._left, y), (self._right, y)], DONE, 2.5, dashed=True)

    def _grid(self, axes: Axes) -> None:
        for count in self._counts:
            y = self._y(count)
            _line(axes, [(self._left, y), (self._right, y)], _GRID if count else FAINT, 1.2)
            look = NOTE.look()
            axes.text(self._left - PAD / 2, y + NOTE.size * 0.36, str(count), ha="right", **look)

    def _days(self, axes: Axes) -> None:
        base = self._bottom + PAD + NOTE.size
        for middle, day, label in _apart(self._placed()):
            x = self._x(day)
            _line(axes, [(x, self._bottom), (x, self._bottom + PAD / 2)], FAINT, 1.2)
            axes.text(middle, base, label, ha="center", **NOTE.look())

    def _placed(self) -> Iterator[tuple[float, int, str]]:
        """Each label's middle, inside the page, with its day."""
        for day, label in self._curve.ticks:
            half = NOTE.width(label) / 2
            yield min(max(self._x(day), MARGIN + half), self._right - half), day, label

    def _steps(self, axes: Axes) -> None:
        points, count = [(self._left, self._bottom)], 0
        for day, reached in self._curve.steps:
            points += [(self._x(day), self._y(count)), (self._x(day), self._y(reached))]
            count = reached
        points.append((self._right, self._y(count)))
        across = [x for x, _ in points]
        axes.fill_between(across, [y for _, y in points], self._bottom, color=FILL, linewidth=0)
        _line(axes, points, EDGE, 4.0)


def _apart(placed: Iterator[tuple[float, int, str]]) -> Sequence[tuple[float, int, str]]:
    """The first and the last label, and those between them that have room."""
    first, *rest = placed
    if not rest:
        return [first]
    *between, last = rest
    kept = [first]
    for one in between:
        if _clear(kept[-1], one) and _clear(one, last):
            kept.append(one)
    return [*kept, last] if _clear(first, last) else [first]


def _clear(one: tuple[float, int, str], other: tuple[float, int, str]) -> bool:
    room = (NOTE.width(one[2]) + NOTE.width(other[2])) / 2 + GAP
    return other[0] - one[0] >= room


def _line(
    axes: Axes,
    points: Sequence[tuple[float, float]],
    colour: str,
    width: float,
    *,
    dashed: bool = False,
) -> None:
    x, y = [one for one, _ in points], [two for _, two in points]
    line = Line2D(x, y, color=colour, linewidth=width)
    if dashed:
        line.set_dashes((3, 2))
    axes.add_line(line)

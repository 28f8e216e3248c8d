"""A flow chart drawn as PNG, SVG or PDF, tall and narrow, to be read on a phone.

Run as a process of its own (`python -m storage.exports.picture png < chart.json > chart.png`):
drawing takes a second and 100 MB, which then are neither the event loop's nor the bot's.
Nothing overlaps by construction: every text is measured, wrapped, and only then placed.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.textpath import TextToPath

from storage.exports.chart import Box, Chart, Item, from_json

KINDS: Final = ("png", "svg", "pdf")

_WIDTH: Final = 720.0
"""Points across. On a phone that is 360 points wide a text of 22 points reads as one of 11."""

_MARGIN, _PAD, _GAP, _ARROW = 24.0, 13.0, 20.0, 24.0
_MAIN: Final = 250.0
"""How wide a box of the main column is; those beside the way down get the rest."""

_PIXELS: Final = 1.5
"""Pixels a point: a picture 1080 pixels wide, as Telegram shows it without making it smaller."""

_HINTED: Final = 1.03
"""Glyphs are fitted to pixels when they are drawn, and may run a little wider than measured."""

_SHORT: Final = 64.0
"""Labels that are narrower, such as the ids of criteria, stand two a row."""

_INK, _FAINT, _PAPER = "#1b2733", "#5c6b7a", "#ffffff"
_EDGE, _FILL, _SIDE, _DONE = "#33627f", "#e9f2f7", "#f6f6f4", "#2f8f63"

_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
_PLAIN = FontProperties(fname=str(_FONTS / "DejaVuSans.ttf"))
_BOLD = FontProperties(fname=str(_FONTS / "DejaVuSans-Bold.ttf"))


@dataclass(frozen=True, slots=True)
class _Style:
    """How a line is written: size and line height in points."""

    size: float
    bold: bool = False
    colour: str = _INK

    @property
    def height(self) -> float:
        return self.size * 1.35

    def font(self) -> FontProperties:
        font: FontProperties = (_BOLD if self.bold else _PLAIN).copy()
        font.set_size(self.size)
        return font

    def look(self) -> dict[str, Any]:
        """What matplotlib is told of it; a dollar sign is a dollar sign."""
        return {"fontproperties": self.font(), "color": self.colour, "parse_math": False}

    def width(self, text: str) -> float:
        measured: tuple[float, float, float] = TextToPath().get_text_width_height_descent(
            text, self.font(), ismath=False
        )
        return measured[0] * _HINTED


_HEADING, _SUB = _Style(27, bold=True), _Style(19, colour=_FAINT)
_TITLE, _PART, _NOTE = _Style(21, bold=True), _Style(20), _Style(18, colour=_FAINT)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text with a count at the right edge; `left` is a pair that stands before it."""

    text: str
    style: _Style
    count: str = ""
    left: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box that has been measured and has its place: left, top (downwards), width, height."""

    lines: tuple[_Line, ...]
    left: float
    top: float
    width: float
    height: float


def draw(chart: Chart, kind: str) -> bytes:
    """The picture; the same chart always gives the same bytes."""
    out = io.BytesIO()
    undated = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context({"svg.hashsalt": "flow", "pdf.fonttype": 42}):
        laid_out(chart).savefig(out, format=kind, metadata=undated[kind])
    return out.getvalue()


def laid_out(chart: Chart) -> Figure:
    """The figure with everything in its place, on matplotlib's own canvas (Agg: no screen)."""
    page = _Page(chart)
    size = (_WIDTH / 72, page.height / 72)
    figure = Figure(figsize=size, dpi=72 * _PIXELS, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, _WIDTH)
    axes.set_ylim(page.height, 0)
    axes.set_axis_off()
    page.paint(axes)
    return figure


class _Page:
    """Everything with its place; `height` is known once all of it was measured."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._head = [
            *_wrapped(chart.heading, _HEADING, _WIDTH - 2 * _MARGIN),
            *_wrapped(chart.subheading, _SUB, _WIDTH - 2 * _MARGIN),
        ]
        self._main: list[_Placed] = []
        self._beside: list[list[_Placed]] = []
        self._bar_top = self._place(_MARGIN + _height(self._head) + _GAP)
        self._sums = [line for text in chart.sums for line in _wrapped(text, _NOTE, _WIDTH - 48)]
        self._bar = _wrapped(chart.bar, _TITLE, _WIDTH - 2 * _MARGIN)
        self._sums_top = self._bar_top + _height(self._bar) + 2 * _GAP + _PAD
        self.height = self._sums_top + _height(self._sums) + _MARGIN

    def _place(self, top: float) -> float:
        """Put the boxes one under the other; where they end."""
        right = _MARGIN + _MAIN + _GAP
        for level in self._chart.levels:
            main = _boxed(level.box, _MARGIN, top, _MAIN if level.beside else _WIDTH - 2 * _MARGIN)
            self._main.append(main)
            beside, at = [], top + (main.height + _PAD if level.beside else 0)
            for box in level.beside:
                beside.append(_boxed(box, right, at, _WIDTH - _MARGIN - right))
                at += beside[-1].height + _PAD
            self._beside.append(beside)
            top = max(top + main.height, at - _PAD) + _ARROW
        return top

    def paint(self, axes: Axes) -> None:
        """Draw it all; `axes` are matplotlib's, in points from the top left corner."""
        self._texts(axes, self._head, _MARGIN, _MARGIN, _WIDTH - 2 * _MARGIN)
        spine = _MARGIN + _MAIN / 2
        for place, (main, beside) in enumerate(zip(self._main, self._beside, strict=True)):
            if place + 1 < len(self._main):
                _arrow(axes, (spine, main.top + main.height), (spine, self._main[place + 1].top))
            for box in beside:
                middle = box.top + min(box.height / 2, 24)
                _arrow(axes, (spine, middle), (box.left, middle))
            for box, fill in ((main, _FILL), *((one, _SIDE) for one in beside)):
                self._box(axes, box, fill)
        self._progress(axes)
        self._texts(axes, self._sums, _MARGIN, self._sums_top, _WIDTH - 2 * _MARGIN)

    def _box(self, axes: Axes, box: _Placed, fill: str) -> None:
        shape = FancyBboxPatch(
            (box.left, box.top),
            box.width,
            box.height,
            boxstyle="round,pad=0,rounding_size=8",
            facecolor=fill,
            edgecolor=_EDGE,
            linewidth=1.6,
        )
        axes.add_patch(shape)
        inner = box.width - 2 * _PAD
        self._texts(axes, box.lines, box.left + _PAD, box.top + _PAD, inner)

    def _texts(
        self, axes: Axes, lines: Sequence[_Line], left: float, top: float, width: float
    ) -> None:
        for line in lines:
            base, look = top + line.style.size, line.style.look()
            start, half = left, (width - _GAP) / 2
            if line.left is not None:
                axes.text(left, base, line.left[0], **look)
                axes.text(left + half, base, line.left[1], ha="right", **look)
                start = left + half + _GAP
            axes.text(start, base, line.text, **look)
            if line.count:
                axes.text(left + width, base, line.count, ha="right", **look)
            top += line.style.height

    def _progress(self, axes: Axes) -> None:
        """How far recruitment is, as a bar that never runs over its end."""
        top, width = self._bar_top, _WIDTH - 2 * _MARGIN
        self._texts(axes, self._bar, _MARGIN, top, width)
        top += _height(self._bar) + _PAD / 2
        share = min(1.0, self._chart.reached / self._chart.target)
        for part, colour in ((1.0, _FILL), (share, _DONE)):
            bar = Rectangle((_MARGIN, top), width * part, _GAP, facecolor=colour, linewidth=0)
            axes.add_patch(bar)


def _boxed(box: Box, left: float, top: float, width: float) -> _Placed:
    lines = tuple(_lines(box, width - 2 * _PAD))
    return _Placed(lines, left, top, width, _height(lines) + 2 * _PAD)


def _lines(box: Box, width: float) -> Iterator[_Line]:
    """Title, parts and notes, wrapped; a count stands at the end of the first line of its label."""
    yield from _counted(box.title, box.count, _TITLE, width)
    yield from _parts(box.parts, width)
    for note in box.notes:
        yield from _wrapped(note, _NOTE, width)


def _parts(parts: Sequence[Item], width: float) -> Iterator[_Line]:
    at = 0
    while at < len(parts):
        (label, count), following = parts[at], parts[at + 1 : at + 2]
        if following and all(_PART.width(name) < _SHORT for name, _ in (parts[at], *following)):
            (name, second) = following[0]
            yield _Line(name, _PART, str(second), (label, str(count)))
            at += 2
        else:
            yield from _counted(label, count, _PART, width)
            at += 1


def _counted(label: str, count: int, style: _Style, width: float) -> Iterator[_Line]:
    first, *rest = _wrapped(label, style, width - style.width(f"  {count}"))
    yield _Line(first.text, style, str(count))
    yield from rest


def _wrapped(text: str, style: _Style, width: float) -> list[_Line]:
    """The text in lines that are not wider; a word that is wider by itself is broken."""
    lines, line = [], ""
    for word in text.split(" "):
        wider = f"{line} {word}" if line else word
        if line and style.width(wider) > width:
            lines.append(line)
            wider = word
        while style.width(wider) > width and len(wider) > 1:
            end = next(
                at
                for at in range(len(wider) - 1, 0, -1)
                if at == 1 or style.width(wider[:at]) <= width
            )
            lines.append(wider[:end])
            wider = wider[end:]
        line = wider
    return [_Line(one, style) for one in (*lines, line)]


def _height(lines: Sequence[_Line]) -> float:
    return sum(line.style.height for line in lines)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=14,
        color=_EDGE,
        linewidth=1.6,
        shrinkA=0,
        shrinkB=0,
    )
    axes.add_patch(arrow)


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(from_json(sys.stdin.buffer.read()), sys.argv[1]))

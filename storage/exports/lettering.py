"""Lettering: every text of a picture is measured and wrapped before it is placed.

The sizes are for a phone: a picture is 720 points wide and is read 360 wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

WIDTH: Final = 720.0
"""Points across. On a phone that is 360 points wide a text of 22 points reads as one of 11."""

MARGIN, PAD, GAP = 24.0, 13.0, 20.0

PIXELS: Final = 1.5
"""Pixels a point: a picture 1080 pixels wide, as Telegram shows it without making it smaller."""

HINTED: Final = 1.03
"""Glyphs are fitted to pixels when they are drawn, and may run a little wider than measured."""

INK, FAINT, PAPER = "#1b2733", "#5c6b7a", "#ffffff"
EDGE, FILL, SIDE, DONE = "#33627f", "#e9f2f7", "#f6f6f4", "#2f8f63"

KINDS: Final = ("png", "svg", "pdf")

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
PLAIN = FontProperties(fname=str(FONTS / "DejaVuSans.ttf"))
BOLD = FontProperties(fname=str(FONTS / "DejaVuSans-Bold.ttf"))


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is written: size and line height in points."""

    size: float
    bold: bool = False
    colour: str = INK

    @property
    def height(self) -> float:
        """From one line to the next, in points."""
        return self.size * 1.35

    def font(self) -> FontProperties:
        """The font as matplotlib takes it."""
        font: FontProperties = (BOLD if self.bold else PLAIN).copy()
        font.set_size(self.size)
        return font

    def look(self) -> dict[str, Any]:
        """What matplotlib is told of it; a dollar sign is a dollar sign."""
        return {"fontproperties": self.font(), "color": self.colour, "parse_math": False}

    def width(self, text: str) -> float:
        """How wide a text is drawn at most, in points."""
        measured: tuple[float, float, float] = TextToPath().get_text_width_height_descent(
            text, self.font(), ismath=False
        )
        return measured[0] * HINTED


HEADING, SUB = Style(27, bold=True), Style(19, colour=FAINT)
TITLE, PART, NOTE = Style(21, bold=True), Style(20), Style(18, colour=FAINT)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text with a count at the right edge; `left` is a pair that stands before it."""

    text: str
    style: Style
    count: str = ""
    left: tuple[str, str] | None = None


def wrapped(text: str, style: Style, width: float) -> list[Line]:
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
    return [Line(one, style) for one in (*lines, line)]


def height_of(lines: Sequence[Line]) -> float:
    """How high these lines are together, in points."""
    return sum(line.style.height for line in lines)


def put(axes: Axes, lines: Sequence[Line], left: float, top: float, width: float) -> None:
    """Write lines under one another, from a corner at the left and the top."""
    for line in lines:
        base, look = top + line.style.size, line.style.look()
        start, half = left, (width - GAP) / 2
        if line.left is not None:
            axes.text(left, base, line.left[0], **look)
            axes.text(left + half, base, line.left[1], ha="right", **look)
            start = left + half + GAP
        axes.text(start, base, line.text, **look)
        if line.count:
            axes.text(left + width, base, line.count, ha="right", **look)
        top += line.style.height


def blank(height: float) -> tuple[Figure, Axes]:
    """A page of a height in points, with axes in points from its top left corner (y downwards).

    On matplotlib's own canvas (Agg): there is no screen.
    """
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72 * PIXELS, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return figure, axes


def saved(figure: Figure, kind: str) -> bytes:
    """The picture as png, svg or pdf; the same picture always gives the same bytes."""
    out = BytesIO()
    undated = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context({"svg.hashsalt": "flow", "pdf.fonttype": 42}):
        figure.savefig(out, format=kind, metadata=undated[kind])
    return out.getvalue()

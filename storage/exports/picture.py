"""Draws a picture as PNG, SVG or PDF.

Run as a process of its own (`python -m storage.exports.picture png < chart.json > chart.png`):
drawing takes a second and 100 MB, which then are neither the event loop's nor the bot's.
"""

from __future__ import annotations

import sys

from matplotlib.figure import Figure

from storage.exports import bar_picture, curve_picture, flow_picture
from storage.exports.chart import Bars, Chart, Curve, Drawable, from_json
from storage.exports.lettering import saved


def laid_out(chart: Drawable) -> Figure:
    """The figure with everything in its place."""
    match chart:
        case Chart():
            return flow_picture.laid_out(chart)
        case Bars():
            return bar_picture.laid_out(chart)
        case Curve():
            return curve_picture.laid_out(chart)


def draw(chart: Drawable, kind: str) -> bytes:
    """The picture; the same chart always gives the same bytes."""
    return saved(laid_out(chart), kind)


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(from_json(sys.stdin.buffer.read()), sys.argv[1]))

"""The picture of a flow: nothing is cut, nothing overlaps, and every format is what it says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch, Rectangle

from storage.exports import picture
from storage.exports.chart import Bars, Box, Chart, Curve, Drawable, Level, from_json, to_json
from storage.exports.lettering import KINDS
from storage.exports.picture import draw

LONG = "une étiquette beaucoup plus longue que la boîte n'est large, et " + "x" * 80
HEADS = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}


def chart(count: int = 3, label: str = "E12", reached: int = 5) -> Chart:
    """A chart with a box of every sort."""
    parts = (("I1", 0), ("I2", count), (label, count), ("confidential reason", 0))
    side = Box(f"Not eligible {label}", count, parts, ("a note of some length beside it",))
    return Chart(
        heading=f"LYSYME {label}",
        subheading="as of today",
        levels=(
            Level(Box("Assessed", count, notes=(label,)), (side, Box("Undecided", 0))),
            Level(Box("Eligible", count), (side,)),
            Level(Box("Enrolled", count, parts)),
        ),
        bar=f"Recruitment {reached} of 15",
        reached=reached,
        target=15,
        sums=(f"Screened {count}", label),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_is_what_it_says(kind: str) -> None:
    """And the same chart gives the same bytes."""
    drawn = draw(chart(), kind)
    assert drawn.startswith(HEADS[kind])
    assert drawn == draw(chart(), kind)


@pytest.mark.parametrize("count", [0, 1, 23, 240, 10**9])
@pytest.mark.parametrize("label", ["E12", LONG, "$x^2$ & <b> = «é»"])
def test_no_text_leaves_its_box_and_no_box_meets_another(count: int, label: str) -> None:
    """Measured as it is drawn, by matplotlib itself."""
    figure = picture.laid_out(chart(count, label))
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    (axes,) = figure.axes
    across, high = figure.bbox.width, figure.bbox.height
    texts = [one.get_window_extent(renderer) for one in axes.texts]
    assert all(one.x0 >= 0 and one.x1 <= across for one in texts)
    assert all(one.y0 >= 0 and one.y1 <= high for one in texts)
    for one, other in combinations(texts, 2):
        apart = one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0
        assert apart, (one, other)
    patches = [one for one in axes.patches if isinstance(one, FancyBboxPatch)]
    assert len(patches) == 6
    boxes = [one.get_window_extent(renderer) for one in patches]
    for one, other in combinations(boxes, 2):
        apart = one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0
        assert apart, (one, other)


PARTS = tuple((f"E{at}", at % 3) for at in range(1, 31))
"""As many criteria as a long protocol has."""


def bars(count: int = 3, label: str = "E12") -> Bars:
    """Two groups, one of them long."""
    parts = (*PARTS, (label, count), ("confidential reason", 0))
    groups = (
        Box(f"Not eligible {label}", count, parts, (label, "a note")),
        Box("Declined", 0, ((label, 0), ("distance", count)), ()),
    )
    return Bars(f"LYSYME {label}", "as of today", groups, (label, "each counted once"))


def curve(count: int = 3, label: str = "target 15", span: int = 400) -> Curve:
    """A curve that rises twice."""
    steps = ((0, min(1, count)), (span // 2, count)) if count else ()
    day = label[:24]
    ticks = ((0, day), (span // 3, "1 July"), (span // 2, day), (span, "10 December 2026"))
    return Curve(f"LYSYME {label}", "as of today", steps, span, 15, label, ticks, (label,))


@pytest.mark.parametrize("count", [0, 23, 10**9])
@pytest.mark.parametrize("label", ["E12", LONG, "$x^2$ & <b> = «é»"])
@pytest.mark.parametrize("drawn", [bars, curve])
def test_no_text_of_bars_and_curves_meets_another(
    drawn: Callable[[int, str], Drawable], count: int, label: str
) -> None:
    """Nor leaves the page; nor stands on a bar."""
    figure = picture.laid_out(drawn(count, label))
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    (axes,) = figure.axes
    texts = [one.get_window_extent(renderer) for one in axes.texts]
    assert len(texts) > 5
    assert all(one.x0 >= 0 and one.x1 <= figure.bbox.width for one in texts)
    assert all(one.y0 >= 0 and one.y1 <= figure.bbox.height for one in texts)
    shapes = [one.get_window_extent(renderer) for one in axes.patches]
    for one, other in [*combinations(texts, 2), *product(texts, shapes)]:
        apart = one.x1 <= other.x0 or other.x1 <= one.x0 or one.y1 <= other.y0 or other.y1 <= one.y0
        assert apart, (one, other)


@pytest.mark.parametrize("drawn", [bars(), bars(0), curve(), curve(0, span=0), curve(1, span=0)])
@pytest.mark.parametrize("kind", KINDS)
def test_bars_and_curves_come_in_each_format(drawn: Drawable, kind: str) -> None:
    """The same bytes for the same picture, through JSON and back; zero of everything too."""
    raw = draw(from_json(to_json(drawn)), kind)
    assert raw.startswith(HEADS[kind])
    assert raw == draw(drawn, kind)


def test_a_bar_is_as_long_as_its_count() -> None:
    """On one scale over all groups; a part with nobody has no bar."""
    groups = (Box("a", 6, (("x", 4), ("y", 2))), Box("b", 8, (("z", 8), ("n", 0))))
    (axes,) = picture.laid_out(Bars("h", "s", groups)).axes
    widths = [one.get_width() for one in axes.patches if isinstance(one, Rectangle)]
    drawn = [width for width in widths if width > 2]
    assert [width / max(drawn) for width in drawn] == [0.5, 0.25, 1.0]


def test_a_curve_steps_on_its_days_and_ends_today() -> None:
    """Level between the days; the line of the target lies across the whole width."""
    (axes,) = picture.laid_out(Curve("h", "s", ((0, 1), (5, 3)), 10, 6, "t", ((0, "a"),))).axes
    lines = sorted(axes.lines, key=lambda one: one.get_linewidth())
    x, y = (np.asarray(values, dtype=float) for values in lines[-1].get_data())
    left, right, bottom = x[0], x[-1], y[0]
    (_, aim), (_, other) = np.asarray(lines[-2].get_data(), dtype=float).T
    assert aim == other
    heights = [round(float((bottom - one) / (bottom - aim) * 6), 6) for one in y]
    days = [round(float((one - left) / (right - left) * 10), 6) for one in x]
    assert list(zip(days, heights, strict=True)) == [
        (0, 0),
        (0, 0),
        (0, 1),
        (5, 1),
        (5, 3),
        (10, 3),
    ]


def test_more_than_the_target_fills_the_bar_and_no_more() -> None:
    """Sixteen of fifteen is drawn as full."""
    assert draw(chart(reached=15), "png") != draw(chart(reached=3), "png")
    assert draw(chart(reached=900), "png").startswith(HEADS["png"])


def test_a_chart_travels_as_json() -> None:
    """What arrives in the process that draws is what was sent."""
    for drawn in (chart(7, LONG), bars(7, LONG), curve(7, LONG)):
        assert from_json(to_json(drawn)) == drawn


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"levels": 3}', b'{"shape": "Pie"}'])
def test_what_is_no_chart_is_refused(raw: bytes) -> None:
    """By an error, not by a picture of nothing."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(raw)

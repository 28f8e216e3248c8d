"""The picture of a flow: nothing is cut, nothing overlaps, and every format is what it says."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.patches import FancyBboxPatch

from storage.exports import picture
from storage.exports.chart import Box, Chart, Level, from_json, to_json
from storage.exports.picture import KINDS, draw

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


def test_more_than_the_target_fills_the_bar_and_no_more() -> None:
    """Sixteen of fifteen is drawn as full."""
    assert draw(chart(reached=15), "png") != draw(chart(reached=3), "png")
    assert draw(chart(reached=900), "png").startswith(HEADS["png"])


def test_a_chart_travels_as_json() -> None:
    """What arrives in the process that draws is what was sent."""
    assert from_json(to_json(chart(7, LONG))) == chart(7, LONG)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"levels": 3}'])
def test_what_is_no_chart_is_refused(raw: bytes) -> None:
    """By an error, not by a picture of nothing."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(raw)
